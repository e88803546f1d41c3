"""The web app: what is open and what is closed, the first run, pages in two languages, and how they look in Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from analytics.samples import render_samples
from analytics.store import import_recordings, score_waiting
from voicebot.core.settings import Settings
from voicebot.web.app import make_app
from voicebot.web.assets import VENDOR, missing_assets
from voicebot.web.texts import catalogue

pytestmark = pytest.mark.database
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render_samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, api_key="key-for-tests")  # pyright: ignore[reportCallIssue]


@pytest.fixture
def client(settings: Settings, database_url: str) -> Iterator[TestClient]:
    with TestClient(make_app(settings, database_url), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def scored(sessions: sessionmaker[Session], settings: Settings, samples: Path) -> list[int]:
    import_recordings(sessions, settings, [samples / "threat_call.wav", samples / "good_call.wav"])
    return [result["recording"] for result in score_waiting(sessions, settings)]


def set_up(client: TestClient) -> None:
    response = client.post("/setup", data={"email": "Admin@Example.org", "password": PASSWORD})
    assert response.status_code == 303


def test_health_is_open_and_the_rest_is_closed(client: TestClient) -> None:
    assert client.get("/health").json()["status"] == "ok"
    for path in ("/", "/recordings", "/recordings/1", "/recordings/1/audio", "/nowhere"):
        response = client.get(path)
        assert response.status_code == 303, path
        assert response.headers["location"] == "/login"
    assert client.get("/api/recordings").status_code == 401
    assert client.get("/api/recordings", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/api/recordings", headers={"Authorization": "Bearer key-for-tests"}).json() == []


def test_the_first_run_sets_a_password_once(client: TestClient) -> None:
    assert client.get("/login").headers["location"] == "/setup"
    assert client.post("/setup", data={"email": "a@b.c", "password": "short"}).status_code == 422
    set_up(client)
    assert client.get("/recordings").status_code == 200
    assert client.post("/setup", data={"email": "evil@b.c", "password": PASSWORD}).headers["location"] == "/login"


def test_login_logout_and_a_wrong_password(client: TestClient) -> None:
    set_up(client)
    assert client.post("/logout").headers["location"] == "/login"
    assert client.get("/recordings").status_code == 303
    assert client.post("/login", data={"email": "admin@example.org", "password": "wrong"}).status_code == 401
    assert client.post("/login", data={"email": "nobody@example.org", "password": PASSWORD}).status_code == 401
    assert client.post("/login", data={"email": "admin@example.org", "password": PASSWORD}).headers["location"] == "/recordings"


def test_a_post_from_another_site_is_refused(client: TestClient) -> None:
    response = client.post("/login", data={"email": "a", "password": "b"}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403


def test_hostile_requests_get_plain_errors(client: TestClient) -> None:
    set_up(client)
    for path, status in {
        "/recordings/abc": 422,
        "/recordings/999999": 404,
        "/recordings?before=x": 422,
        "/static/../settings.py": 404,
    }.items():
        assert client.get(path).status_code == status, path
    assert client.post("/login", data={}).status_code == 422
    assert client.get("/recordings/999999999999999999999999").status_code == 422


def test_pages_carry_a_strict_policy_and_load_nothing_from_elsewhere(client: TestClient, scored: list[int]) -> None:
    set_up(client)
    for path in ("/recordings", f"/recordings/{scored[0]}"):
        response = client.get(path)
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert "http://" not in response.text.replace("http://www.w3.org", "")
        assert "https://" not in response.text


def test_the_page_of_a_call_shows_transcript_findings_and_hides_names(client: TestClient, scored: list[int]) -> None:
    set_up(client)
    pages = {recording: client.get(f"/recordings/{recording}").text for recording in scored}
    together = " ".join(pages.values())
    assert "bawa polisi" in together
    assert "shaming" in together
    assert "agus hidayat" not in together
    audio = client.get(f"/recordings/{scored[0]}/audio", headers={"Range": "bytes=0-43"})
    assert audio.content[:4] == b"RIFF"
    assert audio.status_code == 206


def test_both_languages_are_complete(client: TestClient) -> None:
    import re

    used: set[str] = set()
    for template in (ROOT / "voicebot" / "web" / "templates").glob("*.html"):
        used |= set(re.findall(r"""_\(["']([^"']+(?:'[^"']+)?)["']\)""", template.read_text(encoding="utf-8")))
    missing = used - catalogue("id").keys()
    assert not missing
    assert ">Masuk<" in client.get("/setup").text or client.get("/setup").status_code == 200
    client.post("/language", data={"locale": "en"})
    assert "administrator&#39;s password" in client.get("/setup").text


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def served(settings: Settings, database_url: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(make_app(settings, database_url), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (tools/debian-packages.sh installs it)")
@pytest.mark.skipif(bool(missing_assets()), reason=f"the browser libraries are not in {VENDOR}: run make setup")
@pytest.mark.parametrize(("name", "width", "height"), [("desktop", 1280, 900), ("phone", 390, 844)])
def test_the_pages_work_in_chromium_and_have_no_serious_accessibility_fault(
    served: str, scored: list[int], tmp_path: Path, name: str, width: int, height: int
) -> None:
    from playwright.sync_api import sync_playwright

    pictures = Path(os.environ.get("SANTUN_TEST_SCREENSHOTS") or tmp_path)
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        context = browser.new_context(viewport={"width": width, "height": height}, locale="id-ID", bypass_csp=True)
        page = context.new_page()
        faults: list[str] = []
        outside: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda request: outside.append(request.url) if not request.url.startswith((served, "data:", "blob:")) else None,
        )
        page.goto(f"{served}/recordings")
        page.fill("input[name=password]", PASSWORD)
        page.click("button.main")
        page.wait_for_selector("table.list")
        for place, path in (("recordings", "/recordings"), ("recording", f"/recordings/{scored[0]}")):
            page.goto(served + path)
            page.wait_for_timeout(1200 if place == "recording" else 100)
            page.screenshot(path=pictures / f"{place}-{name}.png", full_page=True)
            if axe.is_file():
                page.add_script_tag(path=axe)
                found = page.evaluate(
                    "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')))"
                )
                assert found == [], found
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 1, f"{place} is {overflow} pixels too wide on a {name}"
        page.click(".turns li[data-start] .time")
        assert page.locator(".turns li").count() >= 3
        browser.close()
    assert faults == []
    assert outside == []
