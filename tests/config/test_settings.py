"""Settings: what is refused and in which words, what is derived, and that code, example and documents agree."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.settings import PREFIX, Settings, SettingsError, load_settings

ROOT = Path(__file__).resolve().parents[2]
KEY = "tests-only-0123456789-abcdefghijklmnop"
SERVERS = {"database_url": "postgresql://desk_app:pw@db/desk", "redis_url": "redis://broker:6379/0", "secret_key": KEY}
REAL = SERVERS | {
    "base_url": "https://desk.example.org",
    "mail_url": "smtps://desk:pw@mail.example.org:465",
    "mail_from": "Proposal Desk <desk@example.org>",
}
DERIVED = {"migration_url", "trusted_hosts"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without any setting."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    monkeypatch.setenv("DESK_SECRETS_DIR", str(tmp_path / "none"))


def test_production_names_every_setting_it_misses() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    named = re.findall(r"^ {2}(\S+) is not set, and has no default$", str(refused.value), re.MULTILINE)
    assert named == [
        "DESK_BASE_URL",
        "DESK_SECRET_KEY",
        "DESK_DATABASE_URL",
        "DESK_REDIS_URL",
        "DESK_MAIL_URL",
        "DESK_MAIL_FROM",
    ]


def test_the_demo_needs_servers_and_a_key_only() -> None:
    settings = load_settings(demo=True, port=8123, dev_mail_port=2600, **SERVERS)
    assert settings.base_url == "http://127.0.0.1:8123"
    assert settings.mail_url == "smtp://127.0.0.1:2600"
    assert settings.trusted_hosts == ("127.0.0.1", "localhost")
    assert not settings.cookie_secure


def test_what_is_derived_follows_what_is_given() -> None:
    settings = load_settings(**REAL)
    assert settings.database_url == "postgresql+psycopg://desk_app:pw@db/desk"
    assert settings.migration_url == settings.database_url
    assert settings.migration_libpq_url == "postgresql://desk_app:pw@db/desk"
    assert settings.trusted_hosts == ("desk.example.org",)
    assert settings.cookie_secure
    assert settings.files_dir == settings.data_dir / "files"


def test_the_environment_is_read_lists_are_split_and_empty_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REAL.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
    monkeypatch.setenv("DESK_LANGUAGES", "en, fr")
    monkeypatch.setenv("DESK_TRUSTED_HOSTS", "")
    monkeypatch.setenv("DESK_SHARED_MAIL_DOMAINS", "post.example,mail.example")
    settings = load_settings()
    assert settings.languages == ("en", "fr")
    assert settings.trusted_hosts == ("desk.example.org",)
    assert settings.shared_mail_domains == {"post.example", "mail.example"}


def test_secrets_come_from_files_too_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "desk_secret_key").write_text(KEY + "-file\n")
    (tmp_path / "desk_redis_url").write_text("redis://file")
    monkeypatch.setenv("DESK_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("DESK_REDIS_URL", "redis://environment")
    given = {name: value for name, value in REAL.items() if name not in ("secret_key", "redis_url")}
    settings = load_settings(**given)
    assert settings.secret_key == KEY + "-file"
    assert settings.redis_url == "redis://environment"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret_key": "short"}, "DESK_SECRET_KEY needs 32 or more characters"),
        ({"secret_key": "change-me-change-me-change-me-change-me"}, "DESK_SECRET_KEY is a placeholder"),
        ({"secret_key": "a" * 64}, "DESK_SECRET_KEY is a placeholder"),
        ({"database_url": "mysql://db/desk"}, "DESK_DATABASE_URL must begin with postgresql://"),
        ({"redis_url": "http://broker"}, "DESK_REDIS_URL must begin with redis://"),
        ({"mail_url": "mail.example.org"}, "DESK_MAIL_URL must look like smtp://host:port"),
        ({"mail_from": "Proposal Desk"}, "DESK_MAIL_FROM must hold one address"),
        ({"mail_from": "a@example.org\nBcc: b@example.org"}, "DESK_MAIL_FROM must hold one address"),
        ({"base_url": "https://example.org/desk"}, "DESK_BASE_URL must be an address without a path"),
        ({"base_url": "http://desk.example.org"}, "DESK_BASE_URL must begin with https:// outside the demo"),
        ({"port": "eight"}, "DESK_PORT"),
        ({"upload_max_mb": 0}, "DESK_UPLOAD_MAX_MB"),
        ({"initiative": "../elsewhere"}, "DESK_INITIATIVE"),
        ({"default_language": "xx"}, "DESK_DEFAULT_LANGUAGE must be one of DESK_LANGUAGES"),
        ({"task_hard_seconds": 400}, "DESK_TASK_HARD_SECONDS < DESK_BROKER_VISIBILITY_SECONDS"),
        ({"session_idle_hours": 24}, "DESK_SESSION_IDLE_HOURS must not be above"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(**REAL | change)
    assert said in str(refused.value)


def test_secrets_show_neither_in_a_refusal_nor_in_the_settings_printed() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(**REAL | {"secret_key": "hush-hush", "database_url": "oracle://scott:tiger@db"})
    assert "hush-hush" not in str(refused.value)
    assert "tiger" not in str(refused.value)
    shown = repr(load_settings(**REAL))
    assert KEY not in shown
    assert ":pw@" not in shown


def test_settings_are_frozen() -> None:
    settings = load_settings(**REAL)
    with pytest.raises(ValidationError):
        settings.port = 1


def _default(name: str) -> str:
    """A setting's default as the environment would hold it; empty where there is none or it is derived."""
    field = Settings.model_fields[name]
    if field.is_required():
        return ""
    if isinstance(field.default, bool):
        return str(int(field.default))
    if isinstance(field.default, frozenset):
        return ",".join(sorted(field.default))
    return ",".join(field.default) if isinstance(field.default, tuple) else str(field.default)


def test_the_example_holds_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    held = [line.partition("=") for line in lines if re.match(r"#?DESK_[A-Z0-9_]+=", line)]
    required = {name for name, field in Settings.model_fields.items() if field.is_required()} - DERIVED
    expected = {
        f"{'' if name in required else '#'}{PREFIX}{name.upper()}": _default(name) for name in Settings.model_fields
    }
    assert {name: value for name, _, value in held} == expected
    assert len(held) == len(expected)


def test_the_example_and_the_documents_tell_what_each_setting_is() -> None:
    example = " ".join((ROOT / ".env.example").read_text().replace("\n# ", " ").split())
    rows = dict(re.findall(r"^\| `(DESK_\w+)` \| [^|]+ \| (.*) \|$", (ROOT / "docs/operations.md").read_text(), re.M))
    described = {f"{PREFIX}{name.upper()}": field.description for name, field in Settings.model_fields.items()}
    assert rows == described
    assert [name for name, words in described.items() if words not in example] == []


def test_the_documents_show_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `DESK_(\w+)` \| `([^|`]*)` \|", (ROOT / "docs/operations.md").read_text(), re.M))
    assert {name: _default(name.lower()) for name in rows} == rows
    unshown = {name for name in Settings.model_fields if name.upper() not in rows}
    assert {name for name in unshown if _default(name)} == {"shared_mail_domains"}
