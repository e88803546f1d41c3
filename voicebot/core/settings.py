"""Every setting, with its unit and default; the only reader of the environment (but ``models.places``, which engines use alone).

Variables are named ``SANTUN_`` + name, nested ones with a double underscore (``SANTUN_SIP__TRUNK_HOST``). ``docs/settings.md`` is
written by ``python -m voicebot.core.settings`` and a test keeps it current. Secrets have no default.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from voicebot.core.errors import SettingsError

Port = Annotated[int, Field(ge=0, le=65535)]


class SipSettings(BaseModel):
    """The trunk, and this machine's side of it."""

    model_config = ConfigDict(extra="forbid")

    bind_host: str = Field("127.0.0.1", description="Address that SIP and RTP are bound to.")
    bind_port: Port = Field(0, description="UDP port for SIP; 0 takes any free one.")
    rtp_port: Port = Field(20000, description="First UDP port for sound.")
    trunk_host: str = Field("127.0.0.1", description="Host of the SIP trunk that calls go out through.")
    trunk_port: Port = Field(5060, description="UDP port of the trunk.")
    username: str = Field("", description="User name at the trunk; empty for none.")
    password: SecretStr | None = Field(None, description="Password at the trunk.")
    caller_number: str = Field("santun", description="Caller number shown to customers, as the trunk wants it.")
    lines: Annotated[int, Field(ge=1, le=4)] = Field(4, description="Calls at once in one worker process.")
    ring_timeout_s: Annotated[float, Field(gt=0, le=120)] = Field(30.0, description="Seconds to let it ring.")
    transfer_to: str = Field(
        "", description="SIP address or number that callers who want a human are transferred to; empty: a human calls back."
    )
    log_level: Annotated[int, Field(ge=0, le=6)] = Field(1, description="Verbosity of the SIP stack (0-6).")


class TurnSettings(BaseModel):
    """Whose turn it is to speak."""

    model_config = ConfigDict(extra="forbid")

    endpoint_s: Annotated[float, Field(ge=0.2, le=3)] = Field(0.6, description="Silence that ends an answer.")
    complete_endpoint_s: Annotated[float, Field(ge=0.1, le=3)] = Field(
        0.35, description="Silence that ends an answer that is complete already."
    )
    unfinished_endpoint_s: Annotated[float, Field(ge=0.2, le=5)] = Field(
        1.2, description="Silence that ends an answer whose words ask for more, and digits being read out."
    )
    resume_s: Annotated[float, Field(ge=0, le=3)] = Field(
        0.8, description="Speech that begins within this time of the bot's reply belongs to the answer before it."
    )
    barge_in_s: Annotated[float, Field(ge=0.05, le=2)] = Field(0.25, description="Speech with words that interrupts the bot.")
    barge_in_unclear_s: Annotated[float, Field(ge=0.1, le=5)] = Field(
        0.7, description="Speech without words that are understood that interrupts the bot."
    )
    silence_s: Annotated[float, Field(ge=1, le=30)] = Field(5.0, description="Silence after a question, then ask again.")
    max_answer_s: Annotated[float, Field(ge=2, le=60)] = Field(15.0, description="Longest single answer.")


class EngineSettings(BaseModel):
    """Which engines hear, understand and speak."""

    model_config = ConfigDict(extra="forbid")

    recognizer: str = Field(
        "embedded",
        description="Recognizer for calls and recordings in Indonesian: `embedded`, `embedded:NAME` (adapted, see adapt.md), "
        "`vosk:MODEL`, `sherpa:MODEL`, `faster-whisper:MODEL`, `whisper:MODEL` or `wav2vec2:MODEL`, where MODEL is a folder or a name from `santun models list`.",
    )
    interpreter: str = Field(
        "embedded",
        description="Interpreter of what customers say: `embedded`, or `transformer:` with a checkpoint's folder or name.",
    )
    voice: str = Field(
        "espeak",
        description="Voice of the bot in Indonesian: `espeak`, `pyttsx3`, `piper:MODEL`, `sherpa:MODEL` or `coqui:MODEL`, where MODEL "
        "is a folder or a name from `santun models list`; `@SPEAKER` at the end picks one of several speakers, as in `espeak@m3`; or "
        "`recorded:FOLDER` for a person's recordings (docs/voice.md).",
    )
    voice_en: str = Field("espeak", description="The same in English.")
    voice_speed: Annotated[float, Field(ge=0.5, le=2)] = Field(
        1.0, description="How fast the bot speaks; 1 is the voice's natural pace, 0.9 a little slower."
    )
    voice_store_mb: Annotated[float, Field(ge=0, le=100_000)] = Field(
        256.0,
        description="Megabytes on disk for the sound of scripts' fixed sentences, which hold nothing of a customer; 0 for none.",
    )
    threads: Annotated[int, Field(ge=1, le=64)] = Field(1, description="Threads that recognition uses in a process.")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(env_prefix="SANTUN_", env_nested_delimiter="__", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Field(Path("~/.local/share/santun"), description="Folder for the embedded database, recordings and keys.")
    models_dir: Path | None = Field(None, description="Folder for fetched models; default: `models` in the data folder.")
    models_mirror: str = Field(
        "",
        description="Where `santun models pull` takes everything from instead of the internet: a copy of a models folder, as a URL or a path.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL to use, such as postgresql://user:password@host/name; empty starts the embedded one.",
    )
    web_host: str = Field("127.0.0.1", description="Address that the web app listens on.")
    web_port: Port = Field(8000, description="Port that the web app listens on.")
    admin_email: str = Field("admin@localhost", description="Login of the admin made on the first run.")
    admin_password: SecretStr | None = Field(
        None,
        description="Password of that admin; without it the first visit to the web app from this machine sets one.",
    )
    api_key: SecretStr | None = Field(
        None, description="Key that programs send as `Authorization: Bearer …`; none closes the API."
    )
    company: str = Field("Santun Finance", description="The lender's name as the bot says it.")
    bot_name: str = Field("Sinta", description="The virtual assistant's name as the bot says it.")
    hotline: str = Field("", description="The lender's telephone number for customers.")
    rules: str = Field("id", description="Rule pack (name or file) for contacts.")
    chat_script: str = Field("payment_reminder", description="Call script (name or file) that written chats follow.")
    recording_retention_days: Annotated[int, Field(ge=1)] = Field(365, description="Days that recordings are kept.")
    simulated_now: datetime | None = Field(
        None, description="Start of the simulated clock (ISO-8601 with zone); refused unless the trunk is 127.0.0.1."
    )
    simulated_since_epoch_s: float | None = Field(
        None, description="Real moment (Unix seconds) at which the simulated clock began; lets processes agree."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe entry to log.")
    log_format: Literal["auto", "json", "text"] = Field("auto", description="Form of log entries; auto: text on a terminal.")
    log_pii: bool = Field(False, description="Show personal data in logs (for debugging on invented data only).")
    sip: SipSettings = Field(default_factory=lambda: SipSettings.model_validate({}), description="Telephony.")
    turns: TurnSettings = Field(default_factory=lambda: TurnSettings.model_validate({}), description="Turn-taking.")
    engines: EngineSettings = Field(default_factory=lambda: EngineSettings.model_validate({}), description="Engines.")

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @field_validator("simulated_now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs a zone, such as 2026-11-24T10:00:00+07:00")
        return value

    @model_validator(mode="after")
    def _simulation_stays_at_home(self) -> Settings:
        if self.simulated_now is not None and self.sip.trunk_host != "127.0.0.1":
            raise ValueError("simulated_now is for trials: it is refused unless sip.trunk_host is 127.0.0.1")
        return self

    @property
    def recordings_dir(self) -> Path:
        """Where recordings and call journals lie."""
        return self.data_dir / "recordings"


@cache
def load_settings() -> Settings:
    """The settings of this process; raises ``SettingsError`` naming the variable. Tests call ``load_settings.cache_clear()``."""
    try:
        return Settings()  # pyright: ignore[reportCallIssue] - the environment fills the fields
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(item["loc"], item["msg"]) for item in error.errors())) from error


def _explain(place: tuple[int | str, ...], message: str) -> str:
    name = "SANTUN_" + "__".join(str(part).upper() for part in place) if place else "settings"
    return f"{name}: {message.removeprefix('Value error, ')}"


def describe() -> str:
    """``docs/settings.md``: a table of every setting."""
    lines = [
        "# Settings",
        "",
        "Written by `python -m voicebot.core.settings > docs/settings.md`; do not edit by hand.",
        "",
        "| Variable | Default | Meaning |",
        "|---|---|---|",
        *(f"| `{name}` | {default} | {meaning} |" for name, default, meaning in _rows(Settings, "SANTUN_")),
    ]
    return "\n".join(lines) + "\n"


def _rows(model: type[BaseModel], prefix: str) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            rows += _rows(kind, f"{prefix}{name.upper()}__")
            continue
        default = "(none)" if field.default is None or field.default == "" else f"`{field.default}`"
        rows.append((f"{prefix}{name.upper()}", default, field.description or ""))
    return rows


if __name__ == "__main__":
    print(describe(), end="")  # noqa: T201 - this is the command that writes the page
