"""The reader: language and direction, time zone, what the bar offers them; and the texts for stages."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from webapp.domain.people import Actor, Role
from webapp.domain.policy import Action, Nothing, decide
from webapp.domain.workflow import Stage, find_stage
from webapp.pages.shared import guard
from webapp.pages.shared.content_words import LANGUAGES
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.section_words import SECTION_NAMES

LANGUAGE_COOKIE = "lang"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def register(app: Flask) -> None:
    """Give templates what they all need; macros are imported without context and see globals only."""
    app.context_processor(for_templates)
    app.after_request(remember_language)
    app.jinja_env.globals.update(
        asset=asset, stage_tag=stage_tag, stage_of=stage_of, partner_name=partner_name, section_name=section_name
    )


def language() -> str:
    """The reader's language: chosen in the address, in the account, by cookie, by the browser."""
    offered = wiring().settings.languages
    who = guard.actor()
    for asked in (request.args.get("lang"), who.language if who.person_id else request.cookies.get(LANGUAGE_COOKIE)):
        if asked in offered:
            return asked
    return request.accept_languages.best_match(offered) or wiring().settings.default_language


def language_links() -> list[tuple[str, str, str]]:
    """This page in each language, for who is not signed in: (language, its own name, address)."""
    if guard.actor().person_id or request.method != "GET" or request.endpoint is None:
        return []
    page, given = quote(request.script_root + request.path), request.args.to_dict(flat=False)
    return [
        (code, LANGUAGES.get(code, code), f"{page}?{urlencode({**given, 'lang': [code]}, doseq=True)}")
        for code in wiring().settings.languages
    ]


def remember_language(response: Response) -> Response:
    """Keep the language that somebody who is not signed in has chosen; an account says its own."""
    asked = request.args.get("lang")
    if asked in wiring().settings.languages and not guard.actor().person_id:
        year = timedelta(days=365)
        secure = wiring().settings.cookie_secure
        response.set_cookie(LANGUAGE_COOKIE, asked, max_age=year, secure=secure, httponly=True, samesite="Lax")
    return response


def time_zone() -> str:
    """The IANA name of the reader's time zone; UTC for the public."""
    return guard.actor().time_zone


def for_templates() -> dict[str, Any]:
    """The names that every template may use."""
    # The error page of a request that failed before its actor was known has none.
    who = guard.actor()
    lang = str(get_locale() or "en").replace("_", "-")
    return {
        "actor": who if who.person_id else None,
        "may": lambda action, subject=None: decide(who, Action(action), subject or Nothing()).may,
        "nav": navigation(who),
        "demo": wiring().settings.demo,
        "demo_roles": demo_roles() if wiring().settings.demo else [],
        "demo_mail_url": "/dev/mail" if wiring().settings.demo else "",
        "theme": who.theme,
        "shared_computer": g.get("is_shared", False),
        "footer_links": footer_links(),
        "csp_nonce": g.get("csp_nonce", ""),
        "lang": lang,
        "dir": "rtl" if lang.split("-")[0] in RIGHT_TO_LEFT else "ltr",
        "reader_zone": time_zone(),
        "languages": wiring().settings.languages,
        "language_links": language_links(),
        "initiative": rulebook().initiative,
    }


def demo_roles() -> list[tuple[str, str, bool]]:
    """The demonstration's roles in the bar's strip: (words, address to post to, whether it is the reader)."""
    roles = (
        (_("Applicant"), "applicant"),
        (_("Collaborator"), "collaborator"),
        (_("Secretariat"), "secretariat"),
        (_("Second secretary"), "secretariat.two"),
        (_("Focal point"), "focal.ke"),
        (_("Reviewer"), "reviewer.01"),
        (_("Administrator"), "admin"),
        (_("Auditor"), "auditor"),
    )
    return [
        (
            text,
            url_for("people.sign_in_as", email=f"{name}@demo.example"),
            f"{name}@demo.example" == guard.actor().email,
        )
        for text, name in roles
    ]


def footer_links() -> list[tuple[str, str]]:
    """The links at the foot of every page, those whose pages exist."""
    places = (
        (_("Help"), "register.help_page"),
        (_("Accessibility"), "register.accessibility"),
        (_("Privacy"), "register.privacy"),
    )
    return [(text, url_for(endpoint)) for text, endpoint in places if endpoint in current_app.view_functions]


def stage_of(stage: str, workflow: tuple[str, int] = ("standard", 1)) -> Stage:
    """The stage's names and tone as the workflow has them (product.md §5)."""
    return find_stage(rulebook().workflow(workflow), stage)


def stage_tag(stage: str, side: str = "public") -> tuple[str, str]:
    """The stage's word for this side ("public" or "staff") and its tone, for the tag macro."""
    found = stage_of(stage)
    return _(found.public if side == "public" else found.staff), found.tone


def section_name(section: str) -> str:
    """The name of a proposal's section in the reader's language."""
    return str(SECTION_NAMES.get(section, section))


def partner_name(code: str) -> str:
    """The partner's name in the reader's language, as its government writes it."""
    lang = str(get_locale() or "en").split("_")[0]
    entry = rulebook().initiative.partner(code)
    return entry.name(lang) if entry else code


def asset(name: str) -> str:
    """The address of a static file with a hash of its content, so that it can be kept for a year."""
    folder = Path(current_app.static_folder or "")
    return url_for("static", filename=name, v=_content_hash(str(folder / name)))


@lru_cache
def _content_hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def navigation(who: Actor) -> list[tuple[str, str, bool]]:
    """The bar's links for this person: (label, address, whether it is the page shown); five at most."""
    places: list[tuple[str, str]] = []
    if who.has(Role.SECRETARIAT, Role.AUDITOR):
        places.append((_("Desk"), "desk.overview"))
    if who.has(Role.FOCAL_POINT, Role.DEPUTY):
        places.append((_("To endorse"), "endorsements.queue"))
    if who.has(Role.REVIEWER):
        places.append((_("To review"), "reviews.queue"))
    if who.person_id and not who.seats:
        places.append((_("My proposals"), "proposals.mine"))
    if who.has(Role.ADMINISTRATOR) and not who.has(Role.SECRETARIAT):
        places.append((_("People"), "people.list_people"))
    places += [(_("Calls"), "calls.open_calls"), (_("Register"), "register.index")]
    if who.person_id and who.seats:
        places.append((_("My proposals"), "proposals.mine"))
    known = current_app.view_functions
    links = [(label, url_for(endpoint)) for label, endpoint in places[:5] if endpoint in known]
    here = max((path for _, path in links if f"{request.path}/".startswith(f"{path}/")), key=len, default="")
    return [(label, path, path == here) for label, path in links]
