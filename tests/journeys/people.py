"""A person before a browser: opens pages and mails, reads, writes, presses; by mouse or by the keyboard alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.journeys.product import Mail, Product

DEMO_PASSWORD = "demonstration-only"
OWN_PASSWORD = "a boat on the quiet river"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
TABS_AT_MOST = 150
SECONDS = 30_000
expect.set_options(timeout=SECONDS)


@dataclass
class Person:
    """One of the people of a story, with a browser of their own."""

    name: str
    email: str
    page: Page
    product: Product
    password: str = DEMO_PASSWORD
    has_scripts: bool = True
    wrong: list[str] = field(default_factory=list)
    by_keyboard: bool = False

    # --- reading

    def opens(self, path: str) -> None:
        """Open a page by its path or whole address; sign in where it asks for that first."""
        self.page.goto(path)
        self._arrive()
        if "/sign-in?next=" in self.page.url:
            self.signs_in_here()

    def reads(self, *texts: str) -> None:
        """These words stand on the page."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def does_not_read(self, *texts: str) -> None:
        """None of these words stands anywhere on the page."""
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text)

    def sees(self, part: str) -> bool:
        """Whether this part of the page shows."""
        return self.page.locator(part).is_visible()

    def choices(self, part: str) -> dict[str, list[str]]:
        """The names of the radio buttons in this part of the page, with their values in order."""
        found: dict[str, list[str]] = {}
        for radio in self.page.locator(f"{part} input[type=radio]").all():
            found.setdefault(str(radio.get_attribute("name")), []).append(str(radio.get_attribute("value")))
        return found

    def waits_to_read(self, text: str) -> None:
        """Load the page again until the words are there: a worker is at it."""
        for _attempt in range(120):
            if text in self.page.locator("main").inner_text():
                self._arrive()
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError(f"{self.name} never read “{text}” at {self.page.url}")

    def gets_mail(self, subject: str, *, count: int = 1) -> Mail:
        """The mail with these words in its subject, once it is there; so many have come by now, no more."""
        return self.product.wait_for_mail(self.email, subject, count=count)

    def opens_mail(self, subject: str, link: str, *, count: int = 1) -> Mail:
        """Open the link of a mail."""
        mail = self.gets_mail(subject, count=count)
        self.opens(mail.link(link))
        return mail

    # --- acting

    def signs_in(self) -> None:
        """With address and password, as the sign-in page asks."""
        self.opens("/sign-in")
        self.signs_in_here()

    def signs_in_here(self) -> None:
        """Fill in the sign-in page that is there."""
        self.writes("Email address", self.email)
        self.writes("Password", self.password)
        self.presses("Sign in")

    def writes(self, label: str, text: str) -> None:
        """Type into the field of this label."""
        self._type(self._main().get_by_label(label, exact=True).first, text)

    def picks(self, label: str) -> None:
        """Choose the radio button or tick the box of this label."""
        self._pick(self._main().get_by_label(label, exact=True).first)

    def fills_in(self, form: Mapping[str, Any]) -> None:
        """Answer every field of a form, by the fields' names; a list ticks several boxes, an empty text is left."""
        for name, value in form.items():
            fields = self._main().locator(f'[name="{name}"]')
            kind = fields.first.evaluate("field => field.type")
            if kind in ("radio", "checkbox"):
                for one in value if isinstance(value, list) else [value]:
                    self._pick(self._main().locator(f'[name="{name}"][value="{one}"]'))
            elif value != "":
                self._type(fields.first, str(value))

    def uploads(self, label: str, button: str, file: Path) -> None:
        """Choose a file of this device and send it; where there are scripts the page stays and shows how far it is."""
        self._main().get_by_label(label, exact=True).set_input_files(file)
        self._main().get_by_role("button", name=button).click()
        self.reads("Stored.")
        self._arrive()

    def option(self, words: str) -> str:
        """The value of the option that begins with these words."""
        found = self._main().locator("option").filter(has_text=words).first.get_attribute("value")
        assert found
        return found

    def presses(self, button: str) -> None:
        """Press the button of these words; the page that answers is there afterwards."""
        self._go(self._main().get_by_role("button", name=re.compile(f"^{re.escape(button)}")).first)

    def is_refused(self, button: str, words: str) -> None:
        """Press the button; the page comes again and says first what to do."""
        self._go(self._main().get_by_role("button", name=re.compile(f"^{re.escape(button)}")).first, refused=True)
        expect(self.page.locator(".errors")).to_contain_text(words)

    def follows(self, link: str) -> None:
        """Follow the link, or the button that is one, of these words."""
        self._go(self._main().get_by_role("link", name=re.compile(f"^{re.escape(link)}")).first)

    def opens_row(self, title: str) -> None:
        """Open a row of a list in full: where there are scripts, the first press shows it beside the list."""
        row = self._main().get_by_role("link", name=title).first
        if self.has_scripts:
            row.click()
            expect(self.page.locator(".view")).to_contain_text(title)
        self._go(row)

    @contextmanager
    def using_keys_alone(self) -> Iterator[None]:
        """From here on nothing but Tab, letters, Space and Enter."""
        self.by_keyboard = True
        yield
        self.by_keyboard = False

    # --- hands

    def _main(self) -> Locator:
        return self.page.locator("main")

    def _type(self, box: Locator, text: str) -> None:
        is_select = box.evaluate("field => field.tagName") == "SELECT"
        if self.by_keyboard:
            self._tab_to(box)
            words = box.locator(f'option[value="{text}"]').inner_text() if is_select else text
            self.page.keyboard.type(words) if is_select else self.page.keyboard.insert_text(words)
        elif is_select:
            box.select_option(text)
        else:
            box.fill(text)

    def _pick(self, box: Locator) -> None:
        if self.by_keyboard:
            self._tab_to(box)
            self.page.keyboard.press("Space")
        else:
            box.check(force=True)  # the label of its row lies over it, and is pressed as well
        expect(box).to_be_checked()

    def _go(self, target: Locator, *, refused: bool = False) -> None:
        if self.by_keyboard:
            self._tab_to(target)
        with self.page.expect_navigation() as answered:
            self.page.keyboard.press("Enter") if self.by_keyboard else target.click()
        assert (answered.value is not None and answered.value.status == 422) is refused, self.page.url
        self._arrive()

    def _tab_to(self, target: Locator) -> None:
        """Press Tab until this has the focus, as its outline shows."""
        for _press in range(TABS_AT_MOST):
            if target.evaluate("element => element === document.activeElement"):
                width = target.evaluate("element => getComputedStyle(element).outlineWidth")
                assert width != "0px", f"the focus does not show on {target} at {self.page.url}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target} at {self.page.url}")

    # --- whatever page it is

    def _arrive(self) -> None:
        self.page.wait_for_load_state("load")
        assert self.wrong == [], f"{self.name} at {self.page.url}: {self.wrong}"
        inner, whole = self.page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]")
        assert whole <= inner, f"{self.page.url} is {whole} pixels wide on a screen of {inner}"
        if folder := os.environ.get("DESK_SCREENSHOTS"):
            self._photograph(Path(folder))

    def _photograph(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size or DESKTOP
        path = re.sub(r"[^a-z0-9]+", "-", urlsplit(self.page.url).path.lower()).strip("-")[:70] or "start"
        number = len(list(folder.iterdir()))
        for each in (DESKTOP, PHONE):
            self.page.set_viewport_size(each)  # type: ignore[arg-type]
            name = f"{number:04d}-{each['width']}-{self.name.split()[0].lower()}-{path}.png"
            self.page.screenshot(path=folder / name, full_page=True)
        self.page.set_viewport_size(size)  # type: ignore[arg-type]


@dataclass
class Crowd:
    """Lets people in, each in a browser of their own, and notes what goes wrong before their eyes."""

    browser: Browser
    product: Product
    scripts: bool

    def person(self, name: str, email: str, password: str = DEMO_PASSWORD) -> Person:
        """Somebody at a desk, or with a phone where there are no scripts."""
        context = self.browser.new_context(
            base_url=self.product.address,
            java_script_enabled=self.scripts,
            viewport=DESKTOP if self.scripts else PHONE,  # type: ignore[arg-type]
        )
        context.set_default_timeout(SECONDS)
        found = Person(name, email, context.new_page(), self.product, password, self.scripts)
        found.page.on("pageerror", lambda error: found.wrong.append(str(error)))
        found.page.on("console", lambda message: _note(found, message))
        found.page.on("response", lambda response: _note_answer(found, response))
        return found


def _note(person: Person, message: ConsoleMessage) -> None:
    if message.type == "error" and "status of 422" not in message.text:
        person.wrong.append(message.text)


def _note_answer(person: Person, response: Response) -> None:
    if response.status >= 400 and response.status != 422:
        person.wrong.append(f"{response.status} {response.request.method} {response.url}")
