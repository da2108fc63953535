"""The secretariat's own words: kept by language and number, refused where they say what the letter has not (R57)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.browsing import Browser
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat
from tests.post import run_outbox
from webapp.domain.errors import Invalid, NotAllowed, NotFound, Stale
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM, Actor, Role
from webapp.models.people import Person
from webapp.queries.notices.wordings import find_wording, list_worded, list_wordings
from webapp.services.notices.wordings import write_wording
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R57")
LETTER = "screening_passed"
SUBJECT = "Your proposal passed screening"
GREETING = "Dear %(name)s,"


@pytest.fixture
def staff(wired: Wiring) -> Person:
    """A member of the secretariat."""
    person = make_person(wired)
    make_seat(wired, person, Role.SECRETARIAT)
    return person


def _write(wired: Wiring, actor: Actor, texts: dict[str, str], seen: int = 0, language: str = "fr") -> int:
    with wired.open_work(actor) as work:
        return write_wording(work, LETTER, language, texts, seen)


def _mail(wired: Wiring, language: str, title: str = "Wells & <b>pumps</b>") -> tuple[str, str, str]:
    owner = make_person(wired, language=language, name="Awa Jallow")
    proposal = make_proposal(wired, owner, make_call(wired), ("GM", "KE"), title=title)
    with wired.open_work(SYSTEM) as work:
        work.record(Event("ScreeningPassed", "proposal", proposal.id))
    (mail,) = (mail for mail in run_outbox(wired) if mail.to == owner.email)
    return mail.subject.partition("] ")[2], mail.text, mail.html


def test_a_letter_is_said_in_own_words_in_that_language_alone(wired: Wiring, staff: Person) -> None:
    own = {SUBJECT: "Bravo : 100 % pour « {{ proposal.title }} »", GREETING: "Cher {{ name }} de {{ proposal.call }},"}
    _write(wired, actor_of(wired, staff), own)
    subject, text, html = _mail(wired, "fr")
    assert subject == "Bravo : 100 % pour « Wells & <b>pumps</b> »"
    assert "Cher Awa Jallow de " in text
    assert "<b>pumps</b>" not in html
    assert "a passé l’examen préalable" in text, "what is not changed stays the product's"
    assert _mail(wired, "en")[0] == SUBJECT


@pytest.mark.parametrize(
    ("text", "code", "what"),
    [
        ("{{ proposal.titel }}", "wording_unknown_variable", "proposal.titel"),
        ("{{ proposal.title.__class__ }}", "wording_unknown_variable", "proposal.title.__class__"),
        ("{{ config }}", "wording_unknown_variable", "config"),
        ("{{ proposal.title|upper }}", "wording_unknown_filter", "upper"),
        ("{{ proposal.title|date(1) }}", "wording_unknown_filter", "date"),
        ("{{ 7 * 7 }}", "wording_not_text", ""),
        ("{{ _('a') }}", "wording_not_text", ""),
        ("{% if event %}a{% endif %}", "wording_not_text", "if"),
        ("{% include 'email/_layout.html' %}", "wording_not_text", "include"),
        ("{{ proposal.title", "wording_syntax", None),
        ("a" * 2001, "wording_too_long", None),
    ],
)
def test_more_than_text_and_known_variables_is_refused(
    wired: Wiring, staff: Person, text: str, code: str, what: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        _write(wired, actor_of(wired, staff), {SUBJECT: text})
    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == (SUBJECT, code)
    assert what is None or problem.params["what"] == what
    with wired.open_reading() as session:
        assert find_wording(session, LETTER, "fr").number == 0


def test_markup_is_shown_as_it_is_typed(wired: Wiring, staff: Person) -> None:
    _write(wired, actor_of(wired, staff), {GREETING: "<a href='http://x.example'>Ici</a>"})
    _, text, html = _mail(wired, "fr")
    assert "<a href='http://x.example'>Ici</a>" in text
    assert "x.example'>Ici</a>" not in html


def test_old_wordings_are_kept_and_the_products_words_come_back(wired: Wiring, staff: Person) -> None:
    actor = actor_of(wired, staff)
    assert _write(wired, actor, {SUBJECT: "Un"}) == 1
    with wired.open_reading() as session:
        assert list_worded(session) == {LETTER: ["fr"]}
    assert _write(wired, actor, {SUBJECT: "Deux"}, seen=1) == 2
    # Words that are the product's own are no own words.
    assert _write(wired, actor, {SUBJECT: "Votre proposition a passé l’examen préalable"}, seen=2) == 3
    with wired.open_reading() as session:
        assert [(line.number, line.changed) for line in list_wordings(session, LETTER, "fr")] == [
            (3, 0),
            (2, 1),
            (1, 1),
        ]
        assert find_wording(session, LETTER, "fr", 1).words == {SUBJECT: "Un"}
        assert list_worded(session) == {}
    assert _mail(wired, "fr")[0] == "Votre proposition a passé l’examen préalable"


def test_who_was_second_is_told_and_who_may_not_is_refused(wired: Wiring, staff: Person) -> None:
    actor = actor_of(wired, staff)
    _write(wired, actor, {SUBJECT: "Un"})
    with pytest.raises(Stale):
        _write(wired, actor, {SUBJECT: "Deux"})
    with pytest.raises(NotAllowed):
        _write(wired, actor_of(wired, make_person(wired)), {SUBJECT: "Un"}, seen=1)
    with pytest.raises(NotFound):
        _write(wired, actor, {SUBJECT: "Eins"}, language="de")


def test_the_page_keeps_shows_and_refuses(browse: Browser, wired: Wiring, staff: Person) -> None:
    visitor, path = browse(staff), f"/desk/notices/{LETTER}/fr"
    page = visitor.get(path)
    assert "Votre proposition a passé l’examen préalable" in page.text
    shown = visitor.post(f"{path}/letter", {"key": SUBJECT, "text": "Essai pour {{ proposal.reference }}"})
    assert "Essai pour PD-2027-00148-3" in shown.text
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert visitor.post(f"{path}/letter", {"key": SUBJECT, "text": "{{ x }}"}).status_code == 422
    refused = visitor.post(path, {"number": "0", "key": SUBJECT, "text": "{{ x }}"})
    assert refused.status_code == 422
    assert "There is no variable “x” in this letter" in refused.text
    assert "{{ x }}" in refused.text
    assert visitor.post(path, {"number": "0", "key": SUBJECT, "text": "Essai"}).location == path
    assert "Essai" in visitor.get(f"{path}/letter").text


def test_a_rehearsal_tells_nobody_and_shows_the_mail(browse: Browser, wired: Wiring, staff: Person) -> None:
    owner = make_person(wired, language="ar", name="Huda Saleh")
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    call = make_call(wired)
    proposal = make_proposal(wired, owner, call, ("GM", "KE"), stage="screening", submitted_at=now)
    visitor = browse(staff)
    asked = f"event=ScreeningPassed&reference={proposal.reference}"
    page = visitor.get(f"/desk/notices/rehearsal?{asked}")
    assert "Huda Saleh" in page.text
    assert "At once" in page.text
    letter = visitor.get(f"/desk/notices/rehearsal/letter?{asked}&who=person:{owner.id}")
    assert 'dir="rtl"' in letter.text
    assert "Huda Saleh" in letter.text
    assert run_outbox(wired) == []
