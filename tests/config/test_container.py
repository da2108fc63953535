"""The container files: no default for a secret, no root, nothing writable without need, settings that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OWN = ("web", "worker", "beat", "migrate")


def test_every_secret_comes_from_outside_and_has_no_default() -> None:
    secrets = {name for name, _ in re.findall(r"\$\{(\w+)(\S*)", COMPOSE) if re.search("PASSWORD|KEY|URL|FROM", name)}
    assert {"DESK_SECRET_KEY", "DATABASE_APP_PASSWORD", "BROKER_PASSWORD", "DESK_MAIL_URL"} <= secrets
    for name in secrets:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", COMPOSE)
        assert [use for use in uses if not use.startswith(":?set it to ")] == []
    example = (ROOT / ".env.example").read_text()
    assert {name for name in secrets if not re.search(rf"^{name}=$", example, re.MULTILINE)} == set()


def test_the_application_is_given_settings_that_exist_and_only_migrations_the_owners_password() -> None:
    for name in OWN:
        given = SERVICES[name]["environment"]
        assert {key.removeprefix(PREFIX).lower() for key in given} <= set(Settings.model_fields)
        assert ("DATABASE_OWNER_PASSWORD" in str(given)) is (name == "migrate")
    assert SERVICES["migrate"]["environment"].keys() - SERVICES["web"]["environment"].keys() == {"DESK_MIGRATION_URL"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_closed(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert "healthcheck" in service or name == "web"  # the image brings its own
    assert not service.get("privileged")
    tag = service["image"].partition(":")[2]
    assert name in OWN or tag not in ("", "latest")


def test_only_proxy_and_catcher_are_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy", "mail"}
    assert SERVICES["mail"]["profiles"] == ["try"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["mail"]["ports"])
    for name in ("postgres", "valkey"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert yaml.safe_load(COMPOSE)["networks"]["inside"] == {"internal": True}


def test_the_processes_wait_for_servers_and_tables() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "postgres": {"condition": "service_healthy"},
            "valkey": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }


def test_the_proxy_lets_through_what_an_upload_may_hold() -> None:
    limit = re.search(r"max_size (\d+)MB", COMPOSE)
    assert limit is not None
    assert Settings.model_fields["upload_max_mb"].default + 2 < int(limit[1]) < 20


def test_the_image_runs_as_nobody_in_particular_and_holds_what_it_copies() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER desk"]
    assert lines.index("USER desk") > max(i for i, line in enumerate(lines) if line.startswith(("RUN", "COPY")))
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert sorted(copied) == sorted(let_in)
    assert [path for path in let_in if not (ROOT / path).exists()] == []
    assert any("--require-hashes" in line for line in lines)
