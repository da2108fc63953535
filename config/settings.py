"""Settings of the product: typed, frozen, read once from the environment (`DESK_…`) by the composition roots."""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "DESK_"
MAKE_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PLACEHOLDERS = ("change-me", "changeme", "replace-me")
PUBLIC_MAIL_DOMAINS = frozenset(
    {
        *("126.com", "139.com", "163.com", "aliyun.com", "foxmail.com", "qq.com", "sina.cn", "sina.com", "sohu.com"),
        *("vip.163.com", "vip.qq.com", "yeah.net", "gmail.com", "googlemail.com", "hotmail.com", "live.com", "msn.com"),
        *("outlook.com", "icloud.com", "mac.com", "me.com", "aol.com", "yahoo.com", "yahoo.co.uk", "yahoo.com.ar"),
        *("yahoo.com.my", "yahoo.es", "yahoo.fr", "hotmail.fr", "live.fr", "orange.fr", "outlook.fr", "wanadoo.fr"),
        *("gmx.com", "gmx.de", "gmx.net", "mail.com", "mail.ru", "yandex.com", "yandex.ru", "naver.com"),
        *("pm.me", "proton.me", "protonmail.com", "rediffmail.com", "tutanota.com", "zoho.com", "demo.example"),
    }
)

CommaList = Annotated[tuple[str, ...], NoDecode]
CommaSet = Annotated[frozenset[str], NoDecode]


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message names each one and says what to set."""


class Settings(BaseSettings):
    """All that an installation can choose. Nothing here is read from anywhere but the environment and secret files."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    demo: bool = Field(
        False, description="1 shows the demo: example people and proposals, and the built-in mailbox at /dev/mail."
    )
    base_url: str = Field(
        description="Address under which people reach the product; every link in a mail begins with it. "
        "Must be https outside the demo, but for addresses of this machine itself.",
    )
    port: int = Field(8000, ge=0, le=65535, description="Port the web server listens on; 0 takes any free one.")
    bind: str = Field("127.0.0.1", description="Address the web server listens on; 0.0.0.0 inside a container.")
    secret_key: str = Field(
        repr=False,
        description="Key that signs forms and links: 32 or more random characters, kept private. No default.",
    )
    database_url: str = Field(
        repr=False,
        description="PostgreSQL (15 or newer) as the application uses it: a role that does not own the tables.",
    )
    migration_url: str = Field(
        repr=False,
        description="PostgreSQL as migrations use it: the role that owns the tables. The database URL where empty.",
    )
    redis_url: str = Field(repr=False, description="Redis or Valkey: nudges, counters and caches, never the only copy.")
    data_dir: Path = Field(
        Path(".desk"), description="Folder of what the installation keeps; uploaded files are in files/ under it."
    )
    initiative: str = Field(
        "beijing-2023",
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        description="The initiative served: a folder of config/initiatives/.",
    )
    default_language: str = Field("en", description="Language shown where a reader's own is not known.")
    languages: CommaList = Field(
        ("en", "fr", "es", "pt", "zh", "ar"), description="Languages offered, separated by commas."
    )

    mail_url: str = Field(
        repr=False,
        description="SMTP server that takes the mail: smtp://, smtp+starttls:// or smtps://, user:password@ if asked.",
    )
    mail_from: str = Field(
        description="Sender of every mail, as Name <address>.",
    )
    mail_reply_to: str = Field("", description="Address that people's answers go to; the sender's where empty.")
    mail_timeout_seconds: int = Field(
        20, ge=1, le=120, description="How long one word of the mail server is waited for."
    )
    mail_bounces_to: str = Field(
        "", description="Address that mail servers return mails to which did not arrive; the sender's where empty."
    )
    bounces_url: str = Field(
        "",
        repr=False,
        description="Mailbox in which returned mails are found: imaps://user:password@host/INBOX, imap+starttls:// or "
        "maildir:///folder; empty: none is read.",
    )
    bounces_key: str = Field(
        "",
        repr=False,
        description="Key with which Mailgun signs its reports (HTTP webhook signing key); empty: no reports are taken.",
    )
    dkim_key: str = Field(
        "",
        repr=False,
        description="Private RSA key (PEM) that signs mails (DKIM), best as the secret file desk_dkim_key; empty: they "
        "are not signed here.",
    )
    dkim_selector: str = Field(
        "desk",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$",
        description="Name under which the DNS holds the key's public half.",
    )
    dev_mail_port: int = Field(8025, ge=0, le=65535, description="Port of the demo's built-in mailbox (SMTP).")
    shared_mail_domains: CommaSet = Field(
        PUBLIC_MAIL_DOMAINS,
        repr=False,
        description="Mail domains that strangers share, separated by commas: no sign of the same house (R38).",
    )

    trusted_hosts: CommaList = Field(
        description="Host names answered to, separated by commas; from the base URL where empty.",
    )
    proxy_count: int = Field(
        0, ge=0, le=5, description="Number of reverse proxies in front whose X-Forwarded headers are believed."
    )
    session_idle_hours: int = Field(
        2, ge=1, le=72, description="A session ends after this many hours without a request."
    )
    session_absolute_hours: int = Field(
        12, ge=1, le=720, description="A session ends this many hours after signing in, whatever happens."
    )
    second_factor: Literal["required", "offered"] = Field(
        "required",
        description="required asks the secretariat and administrators for a second factor; offered leaves it to each "
        "person, as the demo does.",
    )
    web_workers: int = Field(2, ge=1, le=64, description="Processes of the web server.")
    web_threads: int = Field(4, ge=1, le=64, description="Threads in each process of the web server.")
    database_pool: int = Field(5, ge=1, le=100, description="Database connections each process keeps open.")
    worker_processes: int = Field(2, ge=1, le=64, description="Background tasks that run at once.")

    upload_max_mb: int = Field(10, ge=1, le=200, description="Largest file that can be attached, in megabytes.")
    uploads_per_proposal: int = Field(20, ge=1, le=200, description="Files one proposal can hold.")
    scan_url: str = Field(
        "",
        description="A clamd that scans uploaded files: tcp://host:3310 or unix:///path; empty: files are not scanned.",
    )
    grace_minutes: int = Field(
        15,
        ge=0,
        le=1440,
        description="Minutes after closing in which a submission still counts, where the call sets none (R12).",
    )

    outbox_batch: int = Field(50, ge=1, le=1000, description="Mails claimed at once by one sender.")
    outbox_lease_seconds: int = Field(
        120, ge=2, le=3600, description="A claimed mail returns to the queue after this many seconds."
    )
    outbox_sweep_seconds: int = Field(
        10, ge=1, le=600, description="Seconds between two sweeps of the outbox and the timers."
    )
    outbox_max_attempts: int = Field(12, ge=1, le=50, description="Tries before a mail is set aside as dead (R56).")
    outbox_first_pause_seconds: int = Field(
        30, ge=1, le=3600, description="Pause after the first failed try; it doubles each time."
    )
    outbox_longest_pause_seconds: int = Field(21600, ge=1, le=86400, description="Longest pause between two tries.")
    task_soft_seconds: int = Field(
        90, ge=1, le=3600, description="A background task is asked to end after this many seconds."
    )
    task_hard_seconds: int = Field(
        120, ge=2, le=3600, description="A background task is ended after this many seconds."
    )
    broker_visibility_seconds: int = Field(
        300,
        ge=10,
        le=7200,
        description="An unfinished nudge is given out again after this many seconds; above the hard limit of a task.",
    )
    broker_patience_ms: int = Field(
        200,
        ge=10,
        le=5000,
        description="Longest time a nudge waits for Redis (no page does); the sweep finds what was not nudged.",
    )
    worker_shutdown_seconds: int = Field(
        4, ge=1, le=300, description="Seconds a worker gives its tasks when it is told to stop."
    )

    metrics_token: str = Field(
        "",
        repr=False,
        description="Token (Authorization: Bearer) that reads /metrics from elsewhere; this machine itself needs none.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    log_format: Literal["json", "text"] = Field(
        "json", description="json for machines, text for a person at a terminal."
    )

    @property
    def files_dir(self) -> Path:
        """Folder of the uploaded files."""
        return self.data_dir / "files"

    @property
    def cookie_secure(self) -> bool:
        """True where people come by https: cookies are then never sent in the clear."""
        return self.base_url.startswith("https://")

    @property
    def migration_libpq_url(self) -> str:
        """`migration_url` as PostgreSQL's own programs (pg_dump, psql) read it."""
        return self.migration_url.replace("postgresql+psycopg://", "postgresql://", 1)

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: dict[str, Any]) -> dict[str, Any]:
        demo = {}
        if str(given.get("demo", "")).lower() in {"1", "true", "yes", "on"}:
            demo = {
                "base_url": f"http://127.0.0.1:{given.get('port', 8000)}",
                "mail_url": f"smtp://127.0.0.1:{given.get('dev_mail_port', 8025)}",
                "mail_from": "Proposal Desk <desk@demo.example>",
                "second_factor": "offered",
            }
        derived = demo | given
        if "database_url" in derived:
            derived.setdefault("migration_url", derived["database_url"])
        derived.setdefault("trusted_hosts", _hosts_of(str(derived.get("base_url", ""))))
        return derived

    @field_validator("secret_key")
    @classmethod
    def _strong(cls, value: str) -> str:
        if len(value) < 32:
            raise ValueError(f"needs 32 or more characters; make one with: {MAKE_KEY}")
        if len(set(value)) < 8 or any(word in value.lower() for word in PLACEHOLDERS):
            raise ValueError(f"is a placeholder; make one with: {MAKE_KEY}")
        return value

    @field_validator("database_url", "migration_url")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        scheme, _, rest = value.partition("://")
        if scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("must begin with postgresql://")
        return f"postgresql+psycopg://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must begin with redis:// or rediss://")
        return value

    @field_validator("mail_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
            raise ValueError(
                "must look like smtp://host:port, smtp+starttls://user:password@host:587 or smtps://user:password@host:465"
            )
        return value

    @field_validator("scan_url")
    @classmethod
    def _clamd(cls, value: str) -> str:
        parts = urlsplit(value)
        named = parts.hostname if parts.scheme == "tcp" else parts.path if parts.scheme == "unix" else ""
        if value and not named:
            raise ValueError("must look like tcp://host:3310 or unix:///run/clamav/clamd.ctl")
        return value

    @field_validator("bounces_url")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        parts = urlsplit(value)
        at_server = parts.scheme in {"imaps", "imap+starttls"} and parts.hostname and parts.username
        if value and not at_server and not (parts.scheme == "maildir" and parts.path.strip("/")):
            raise ValueError("must look like imaps://user:password@host/INBOX or maildir:///folder")
        return value

    @field_validator("mail_from", "mail_reply_to", "mail_bounces_to")
    @classmethod
    def _sender(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name != "mail_from":
            return value
        if "@" not in parseaddr(value)[1] or "\n" in value or "\r" in value:
            raise ValueError("must hold one address, as in Proposal Desk <desk@example.org>")
        return value

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("must be an address without a path, as in https://desk.example.org")
        return value.rstrip("/")

    @field_validator("languages", "trusted_hosts", "shared_mail_domains", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if not (self.demo or self.cookie_secure or urlsplit(self.base_url).hostname in LOOPBACK):
            raise ValueError(
                "DESK_BASE_URL must begin with https:// outside the demo: passwords would travel in the clear"
            )
        if self.default_language not in self.languages:
            raise ValueError("DESK_DEFAULT_LANGUAGE must be one of DESK_LANGUAGES")
        if not self.task_soft_seconds < self.task_hard_seconds < self.broker_visibility_seconds:
            raise ValueError(
                "DESK_TASK_SOFT_SECONDS < DESK_TASK_HARD_SECONDS < DESK_BROKER_VISIBILITY_SECONDS must hold"
            )
        if self.session_idle_hours > self.session_absolute_hours:
            raise ValueError("DESK_SESSION_IDLE_HOURS must not be above DESK_SESSION_ABSOLUTE_HOURS")
        return self


def _hosts_of(base_url: str) -> tuple[str, ...]:
    """Host names that a base URL implies; for this machine itself, both its names."""
    host = urlsplit(base_url).hostname or ""
    return ("127.0.0.1", "localhost") if host in LOOPBACK else (host,)


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment, secret files and `overrides` (which win).

    Raises SettingsError, whose text names every setting that is missing or cannot be used.
    """
    folder = Path(os.environ.get("DESK_SECRETS_DIR", "/run/secrets"))
    given: dict[str, Any] = {key: value for key, value in overrides.items() if value is not None}
    if folder.is_dir():
        given["_secrets_dir"] = folder
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_in_words(error)) from None


def _in_words(error: ValidationError) -> str:
    """One line for each setting at fault, by the name it has in the environment."""
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        missing = fault["type"] == "missing"
        message = "is not set, and has no default" if missing else fault["msg"].removeprefix("Value error, ")
        if fault["loc"] == ("migration_url",) and missing:
            continue  # said once, at the database URL it is taken from
        name = f"{PREFIX}{fault['loc'][0]}".upper() if fault["loc"] else ""
        lines.append(f"  {name} {message}".rstrip() if name else f"  {message}")
    return "These settings need a change before Proposal Desk can start:\n" + "\n".join(lines)
