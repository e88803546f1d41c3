"""The web app: recordings with their transcripts and scores, behind a login; a health endpoint; a first API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import uvicorn
from annotated_types import Interval as Range
from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.sessions import SessionMiddleware

from voicebot import __version__
from voicebot.core.database import make_engine, make_sessions
from voicebot.core.logs import get_logger
from voicebot.core.settings import Settings
from voicebot.core.store.recordings import get_recording, list_recordings
from voicebot.web import auth
from voicebot.web.chat_routes import add_chat_routes
from voicebot.web.rows import as_json, detail_of, row_of
from voicebot.web.texts import LOCALES, translator

PAGE_ROWS = 25
RowId = Annotated[int, Range(ge=1, le=2**63 - 1)]
_HERE = Path(__file__).parent
_POLICY = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
log = get_logger()


def serve(settings: Settings, url: str) -> None:
    """Serve until interrupted."""
    uvicorn.run(make_app(settings, url), host=settings.web_host, port=settings.web_port, log_level="warning", access_log=False)


def make_app(settings: Settings, url: str) -> FastAPI:
    """The app on the database at ``url``."""
    sessions = make_sessions(make_engine(url))
    auth.ensure_admin(sessions, settings)
    app = FastAPI(title="Santun", version=__version__, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    pages = _Pages(settings, sessions)
    _guards(app, pages)
    _account_routes(app, pages)
    _recording_routes(app, pages)
    add_chat_routes(app, settings, sessions)
    # Outermost last: the session must be there before the guards look at it.
    app.add_middleware(
        SessionMiddleware, secret_key=auth.session_secret(settings), same_site="strict", https_only=False, max_age=12 * 3600
    )
    return app


class _Pages:
    """Templates and the two questions that every page asks: in which language, and for whom."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        self.settings = settings
        self.sessions = sessions
        self._templates = Jinja2Templates(directory=_HERE / "templates")

    def locale(self, request: Request) -> str:
        chosen = request.session.get("locale")
        if chosen in LOCALES:
            return chosen
        wanted = request.headers.get("accept-language", "id")[:2]
        return wanted if wanted in LOCALES else "id"

    def render(self, request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        locale = self.locale(request)
        context = {"_": translator(locale), "locale": locale, "user": request.session.get("user"), **values}
        return self._templates.TemplateResponse(request, name, context, status_code=status)


def _guards(app: FastAPI, pages: _Pages) -> None:
    @app.middleware("http")
    async def protect(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:  # pyright: ignore[reportUnusedFunction]
        path = request.url.path
        if request.method == "POST" and not _same_origin(request):
            return JSONResponse({"error": "cross-site request refused"}, status_code=403)
        if path.startswith("/api/") and not auth.has_key(request, pages.settings):
            return JSONResponse({"error": "an API key is needed: Authorization: Bearer …"}, status_code=401)
        public = path in ("/health", "/login", "/setup", "/language") or path.startswith(("/static/", "/api/"))
        if not public and "user" not in request.session:
            return RedirectResponse("/login", status_code=303)
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @app.exception_handler(StarletteHTTPException)
    async def known(request: Request, error: StarletteHTTPException) -> Response:  # pyright: ignore[reportUnusedFunction]
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": str(error.detail)}, status_code=error.status_code)
        message = "Page not found." if error.status_code == 404 else str(error.detail)
        return pages.render(request, "message.html", status=error.status_code, message=message)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:  # pyright: ignore[reportUnusedFunction]
        places = ", ".join(".".join(str(part) for part in item["loc"]) for item in error.errors())
        return JSONResponse({"error": f"not usable: {places}"}, status_code=422)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> Response:  # pyright: ignore[reportUnusedFunction]
        log.error("request_failed", path=request.url.path, reason=type(error).__name__)
        return JSONResponse({"error": "Something went wrong. The error was noted."}, status_code=500)


def _same_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _account_routes(app: FastAPI, pages: _Pages) -> None:
    @app.get("/health")
    def health() -> Response:  # pyright: ignore[reportUnusedFunction]
        try:
            with pages.sessions() as session:
                session.execute(text("SELECT 1"))
        except Exception as error:
            return JSONResponse({"status": "no database", "reason": type(error).__name__}, status_code=503)
        return JSONResponse({"status": "ok", "version": __version__})

    @app.get("/login")
    def login_form(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        with pages.sessions() as session:
            if auth.needs_setup(session):
                return RedirectResponse("/setup", status_code=303)
        return pages.render(request, "login.html", error="")

    @app.post("/login")
    def login(request: Request, email: str = Form(), password: str = Form()) -> Response:  # pyright: ignore[reportUnusedFunction]
        user_id = auth.check_login(pages.sessions, email, password)
        if user_id is None:
            return pages.render(request, "login.html", status=401, error="The e-mail address or password is wrong.")
        request.session["user"] = user_id
        return RedirectResponse("/recordings", status_code=303)

    @app.post("/logout")
    def logout(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        request.session.clear()
        return RedirectResponse("/login", status_code=303)

    @app.post("/language")
    def language(request: Request, locale: str = Form()) -> Response:  # pyright: ignore[reportUnusedFunction]
        if locale in LOCALES:
            request.session["locale"] = locale
        back = urlsplit(request.headers.get("referer", "/recordings")).path
        return RedirectResponse(back, status_code=303)

    @app.get("/setup")
    def setup_form(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _setup(request, pages, None, None)

    @app.post("/setup")
    def setup(request: Request, email: str = Form(), password: str = Form()) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _setup(request, pages, email, password)


def _setup(request: Request, pages: _Pages, email: str | None, password: str | None) -> Response:
    """The first run: an administrator, once, and only from this machine."""
    with pages.sessions.begin() as session:
        if not auth.needs_setup(session):
            return RedirectResponse("/login", status_code=303)
        if not auth.is_local(request):
            raise HTTPException(403, "Setup is only possible from this machine.")
        error = ""
        if email is not None and password is not None:
            try:
                user = auth.make_admin(session, email=email, password=password)
            except ValueError as refused:
                error = str(refused)
            else:
                request.session["user"] = user.id
                return RedirectResponse("/recordings", status_code=303)
    return pages.render(request, "setup.html", status=422 if error else 200, error=error, email=pages.settings.admin_email)


def _recording_routes(app: FastAPI, pages: _Pages) -> None:
    @app.get("/")
    def home() -> Response:  # pyright: ignore[reportUnusedFunction]
        return RedirectResponse("/recordings", status_code=303)

    @app.get("/recordings")
    def recordings(request: Request, before: RowId | None = None) -> Response:  # pyright: ignore[reportUnusedFunction]
        with pages.sessions() as session:
            found = list_recordings(session, limit=PAGE_ROWS + 1, before_id=before)
            rows = [row_of(recording) for recording in found[:PAGE_ROWS]]
        more = rows[-1].id if len(found) > PAGE_ROWS else None
        name = "rows.html" if request.headers.get("hx-request") else "recordings.html"
        return pages.render(request, name, rows=rows, more=more)

    @app.get("/recordings/{recording_id}")
    def recording(request: Request, recording_id: RowId) -> Response:  # pyright: ignore[reportUnusedFunction]
        with pages.sessions() as session:
            found = get_recording(session, recording_id)
            if found is None:
                raise HTTPException(404)
            detail = detail_of(found)
        return pages.render(request, "recording.html", detail=detail)

    @app.get("/recordings/{recording_id}/audio")
    def sound(recording_id: RowId) -> Response:  # pyright: ignore[reportUnusedFunction]
        with pages.sessions() as session:
            found = get_recording(session, recording_id)
        folder = pages.settings.recordings_dir.resolve()
        path = (folder / found.path).resolve() if found else folder
        if found is None or not path.is_relative_to(folder) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type="audio/wav" if path.suffix == ".wav" else None)

    @app.get("/api/recordings")
    def api_recordings(limit: int = 50, before: RowId | None = None) -> Response:  # pyright: ignore[reportUnusedFunction]
        with pages.sessions() as session:
            found = list_recordings(session, limit=max(1, min(limit, 500)), before_id=before)
            return JSONResponse([as_json(row_of(recording)) for recording in found])
