"""A passkey in a real browser: made, asked for at signing in, asked for again before something dangerous."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.factories import make_person
from webapp.adapters.clocks import SetClock
from webapp.adapters.passkeys import SitePasskeys
from webapp.app import create_app
from webapp.domain.people import SYSTEM
from webapp.wiring import Wiring

pytestmark = pytest.mark.journey
EMAIL, PASSWORD = "fatou@demo.example", "six green kettles on a boat"


@pytest.fixture
def site(committed: Wiring) -> Iterator[str]:
    """The pages at a name, over a database of their own."""
    app = create_app(committed.settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://localhost:{server.server_port}"
    app.extensions["desk"] = replace(
        committed, ports=replace(committed.ports, passkeys=SitePasskeys(address, "Proposal Desk"))
    )
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield address
    server.shutdown()
    serving.join()


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as player:
        chromium = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        found = chromium.new_context()
        found.set_default_timeout(20_000)
        yield found
        chromium.close()


def with_authenticator(page: Page) -> None:
    """A device of the browser's own that makes and keeps passkeys, and whose person always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in")
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_a_passkey_from_making_to_removing(
    site: str, committed: Wiring, context: BrowserContext, clock: SetClock
) -> None:
    with committed.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(PASSWORD)
    make_person(committed, email=EMAIL, password_hash=stored)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    with_authenticator(page)
    sign_in(page, site)
    page.goto(f"{site}/account/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("This laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("button", name="Make recovery codes").click()
    codes = page.get_by_role("main").locator("li code").all_inner_texts()
    assert len(codes) == 10

    page.get_by_role("button", name="Sign out").first.click()
    sign_in(page, site)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.goto(f"{site}/account")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{site}/sign-in/second")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="My proposals")).to_be_visible()

    clock.at += timedelta(minutes=20)
    page.goto(f"{site}/account/security")
    page.get_by_role("button", name="Remove This laptop").click()
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Send the form").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    assert faults == []


def test_without_scripts_a_recovery_code_lets_in(site: str, committed: Wiring, context: BrowserContext) -> None:
    with committed.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(PASSWORD)
    make_person(committed, email=EMAIL, password_hash=stored)
    page = context.new_page()
    with_authenticator(page)
    sign_in(page, site)
    page.goto(f"{site}/account/security/passkeys")
    page.get_by_label("Name").fill("A key")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("button", name="Make recovery codes").click()
    code = page.get_by_role("main").locator("li code").first.inner_text()
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False).new_page()
    sign_in(plain, site)
    expect(plain.get_by_role("button", name="Use a passkey")).to_be_hidden()
    plain.get_by_label("Code").fill(code)
    plain.get_by_role("button", name="Go on").click()
    expect(plain.get_by_role("heading", name="My proposals")).to_be_visible()
