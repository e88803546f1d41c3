"""The model store: what is shipped is whole, what is listed says where it comes from, and a user may put models of their own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from models import store
from models.catalogue import Archive, Check, Hub, ModelStoreError, Recipe, Url, Wheel, card_of, entries, entry
from models.fetch import pull
from models.places import places
from models.store import find, folder_of, is_present, verify
from tests.models.conftest import Listed
from voicebot.core.settings import Settings

MODELS = Path(store.__file__).parent
WEIGHTS = MODELS / "weights"
CARDS = MODELS / "cards"


def test_the_shipped_models_match_their_hashes() -> None:
    for name in ("id-phone", "silero-vad"):
        store.verify(name)
        assert "licen" in card_of(entry(name)).lower() or "MIT" in card_of(entry(name))
        assert (WEIGHTS / name / "NOTICE").is_file()


def test_the_package_stays_small_and_holds_nothing_for_research_only() -> None:
    for folder in WEIGHTS.iterdir():
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 20_000_000, folder
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) < 40_000_000
    assert not [path for path in WEIGHTS.rglob("*") if "-nc" in str(path.relative_to(WEIGHTS))]


def test_the_recognizer_gives_probabilities_for_windows_of_any_length_and_batch() -> None:
    encoder = onnxruntime.InferenceSession(str(WEIGHTS / "id-phone" / "encoder.onnx"), providers=["CPUExecutionProvider"])
    head = onnxruntime.InferenceSession(str(WEIGHTS / "id-phone" / "head.onnx"), providers=["CPUExecutionProvider"])
    for batch, frames in ((1, 40), (3, 100), (1, 400)):
        taps = encoder.run(None, {"log_mel": np.zeros((batch, 80, 2 * frames), np.float32)})[0]
        assert taps.shape == (batch, frames, 768)
        log_probs = head.run(None, {"taps": taps})[0]
        assert log_probs.shape[:2] == (batch, frames // 2)
        assert np.allclose(np.exp(log_probs).sum(-1), 1, atol=1e-3)


def test_every_download_says_where_it_lies_what_it_may_be_used_for_and_what_vouches_for_it(models_dir: Path) -> None:
    downloads = tomllib.loads((MODELS / "downloads.toml").read_text(encoding="utf-8"))
    assert {
        "vosk-small-en",
        "zipformer-multi",
        "piper-id-news",
        "indobert-base",
        "whisper-tiny",
        "whisper-large-v3-ct2",
    } <= set(downloads)
    for name in downloads:
        model = entry(name)
        assert not model.in_package
        assert model.licence != "unknown", name
        assert model.summary, name
        assert (CARDS / f"{model.card or name}.md").is_file(), f"{name} has no card"
        assert not is_present(name), "nothing is fetched without being asked"
        if re.search("NC|no commercial", model.licence):
            assert model.research_only, f"{name} must say that it is for research only"
        match model.source:
            case Hub(revision=revision):
                assert re.fullmatch("[0-9a-f]{40}", revision), f"{name} follows a branch that moves"
            case Url(url=address) | Archive(archive=address):
                assert address.startswith("https://"), name
            case Wheel() as wheel:
                assert "==" in wheel.wheel
                assert wheel.size_bytes
                assert model.check is Check.OURS
            case Recipe(recipe=command):
                assert command.startswith("python -m models.recipes."), name
                assert model.research_only, f"{name}: a model that may be handed out is handed out"
            case None:
                pytest.fail(f"{name} has no source")


def test_hashes_are_hashes_and_every_kind_of_vouching_is_honest() -> None:
    for model in entries().values():
        digests = [file.sha256 for file in model.files]
        if isinstance(model.source, Archive | Wheel):
            digests.append(model.source.sha256)
        assert all(re.fullmatch("([0-9a-f]{64})?", digest) for digest in digests), model.name
        if isinstance(model.source, Hub | Url) or (isinstance(model.source, Archive) and model.source.sha256):
            assert model.check in (Check.PUBLISHED, Check.NOTHING), f"{model.name}: nobody of us could reach the hubs"
    assert entry("whisper-small").check is Check.PUBLISHED
    assert entry("coqui-id-mms").check is Check.NOTHING
    assert entry("id-phone").check is Check.OURS


def test_models_of_the_same_wheel_name_the_same_file() -> None:
    digests: dict[str, set[str]] = {}
    for model in entries().values():
        if isinstance(model.source, Wheel):
            digests.setdefault(model.source.wheel, set()).add(model.source.sha256)
    assert all(len(found) == 1 for found in digests.values()), digests


def test_a_damaged_package_asks_to_be_reinstalled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(store, "_HERE", tmp_path)
    with pytest.raises(ModelStoreError, match="reinstall santun"):
        pull("id-phone")


def test_an_unknown_model_points_to_the_list() -> None:
    with pytest.raises(ModelStoreError, match="santun models list"):
        entry("nothing")


def test_a_name_can_point_to_a_folder_of_ones_own(models_dir: Path, listed: Listed, tmp_path: Path) -> None:
    mine = tmp_path / "my whisper"
    listed("whisper-small", "", folder=str(mine))
    assert not is_present("whisper-small")
    with pytest.raises(ModelStoreError, match="the folder of your model whisper-small is not there"):
        find("whisper-small")
    mine.mkdir()
    assert find("whisper-small") == mine
    assert folder_of("whisper-small") == mine
    assert entry("whisper-small").licence == "Apache-2.0", "what the own list does not say stays as it was"
    assert pull("whisper-small", offline=True) == mine


def test_a_model_of_ones_own_may_be_held_to_hashes(listed: Listed, tmp_path: Path) -> None:
    mine = tmp_path / "own"
    mine.mkdir()
    (mine / "head.onnx").write_bytes(b"head")
    listed("our-calls", "", {"head.onnx": b"head"}, folder=str(mine), kind="recognizer", licence="our own")
    verify("our-calls")
    (mine / "head.onnx").write_bytes(b"tail")
    with pytest.raises(ModelStoreError, match=r"head\.onnx is not the file"):
        verify("our-calls")


def test_a_hash_of_ones_own_vouches_for_a_model_that_was_unverified(models_dir: Path) -> None:
    text = '[indobert-base]\nfiles = [{ path = "config.json", size_bytes = 2, sha256 = "%s" }]\n' % ("1" * 64)
    (models_dir / "models.toml").write_text(text, encoding="utf-8")
    assert entry("indobert-base").check is not Check.NOTHING
    assert isinstance(entry("indobert-base").source, Hub)


def test_files_copied_in_by_hand_count_where_their_hashes_are_known(listed: Listed, models_dir: Path) -> None:
    name = listed("by-hand", '{ url = "https://example.org/" }', {"model.bin": b"weights"})
    (models_dir / name).mkdir()
    (models_dir / name / "model.bin").write_bytes(b"weights")
    assert find(name) == models_dir / name


def test_files_copied_in_by_hand_do_not_count_where_nothing_vouches_for_them(listed: Listed, models_dir: Path) -> None:
    name = listed("by-hand", '{ url = "https://example.org/" }', {"model.bin": (7, "")})
    (models_dir / name).mkdir()
    (models_dir / name / "model.bin").write_bytes(b"weights")
    assert not is_present(name)
    with pytest.raises(ModelStoreError, match="is not here"):
        find(name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nsource = { url = 'https://x/', hub = 'y' }", "exactly one of url, hub, wheel, archive"),
        ("[a]\nlicense = 'MIT'", "unknown field license"),
        ("[a]\nsource = { hub = 'x/y' }", "revision"),
        ("[a]\nfiles = [{ path = '../../outside' }]", "does not stay in the model's folder"),
        ("[a]\nfiles = [{ path = '/etc/passwd' }]", "does not stay in the model's folder"),
        ("['../a']\nlicence = 'MIT'", "is no name"),
        ("a = 1", "is not a table"),
        ("[a", "models.toml"),
    ],
)
def test_a_mistake_in_the_own_list_is_told_with_its_file(models_dir: Path, text: str, said: str) -> None:
    (models_dir / "models.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelStoreError, match=rf"models\.toml: .*{re.escape(said)}" if said != "models.toml" else said):
        entries()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"SANTUN_DATA_DIR": "/srv/santun"},
        {"SANTUN_MODELS_DIR": "~/models", "SANTUN_MODELS_MIRROR": "https://mirror.example/m"},
    ],
)
def test_engines_and_settings_agree_on_where_models_are(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name in ("SANTUN_DATA_DIR", "SANTUN_MODELS_DIR", "SANTUN_MODELS_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()  # type: ignore[call-arg]
    here = places()
    assert here.folder == (settings.models_dir or settings.data_dir / "models")
    assert here.mirror == settings.models_mirror


def test_a_card_is_short_text_for_people() -> None:
    assert card_of(entry("whisper-large-v2")).startswith("# Whisper")
