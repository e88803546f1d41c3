"""Open the database that the settings name, the embedded one when they name none, brought to the present schema."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from voicebot.core import clock
from voicebot.core.database import make_engine
from voicebot.core.embedded_postgres import embedded_server
from voicebot.core.errors import StorageError
from voicebot.core.schema import migrate
from voicebot.core.settings import Settings


@contextmanager
def open_storage(settings: Settings) -> Generator[str]:
    """Yield the database's URL. Raises ``StorageError`` that says what to do."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        _migrate(url)
        yield url
        return
    with embedded_server(settings.data_dir) as url:
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    engine = make_engine(url)
    try:
        migrate(engine)
    except SQLAlchemyError as error:
        raise StorageError(
            f"the database cannot be used ({type(error).__name__}); check SANTUN_DATABASE_URL and that the server runs"
        ) from error
    finally:
        engine.dispose()


def set_clock(settings: Settings) -> None:
    """Let this process live at the simulated time, where one is set."""
    if settings.simulated_now is not None:
        clock.simulate_from(settings.simulated_now, started_at_epoch_s=settings.simulated_since_epoch_s)
