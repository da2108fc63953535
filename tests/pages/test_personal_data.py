"""A person's own data (R60): all of it as a file; erased, and no trace outside what the record keeps."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Text, cast, func, literal_column, select

from tests.browsing import Browser
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_seat, make_secretary
from tests.pages.test_accounts_held import with_password
from tests.post import run_outbox
from tests.reviewing import make_panel, route
from webapp.domain.erasure import Holding
from webapp.domain.people import Role
from webapp.models import Base
from webapp.models.people import Person, SeatRow
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.queries import personal
from webapp.services.audit import verify
from webapp.services.people.seats import end_seat
from webapp.wiring import Wiring

UNDERSTOOD = {"understood": "y"}
# Who did something for others or in an office: told by the events, which are in the file.
TOLD_BY_EVENTS = {
    *("conditions.settled_by_id", "conflicts.recorded_by_id", "consultations.asked_by_id", "decisions.released_by_id"),
    *("endorsement_points.answered_by_id", "endorsement_words.acting_for_id", "endorsements.signatory_id"),
    *("mailed_links.invited_by_id", "organisations.confirmed_by_id", "partner_paths.created_by_id"),
    *("proposal_links.made_by_id", "proposal_sections.saved_by_id", "proposal_versions.submitted_by_id"),
    *(
        "routing_plans.released_by_id",
        "seats.granted_by_id",
        "sign_offs.asked_by_id",
        "suggestions.settled_by_id",
        "webhooks.added_by_id",
    ),
    # Holds a random key and where its form led, for thirty days.
    "form_keys.person_id",
}


def traces(wired: Wiring, *words: str) -> set[str]:
    """The tables in which one of the words stands anywhere."""
    found = set()
    with wired.open_reading() as session:
        for table in Base.metadata.sorted_tables:
            for word in words:
                whole = cast(literal_column(table.name), Text)
                if session.execute(
                    select(func.count()).select_from(table).where(whole.ilike(f"%{word}%"))
                ).scalar_one():
                    found.add(table.name)
    return found


def is_intact(wired: Wiring) -> bool:
    with wired.open_reading() as session:
        return not verify(session).breaks


@pytest.mark.rule("R60")
def test_every_mention_of_a_person_is_in_the_file_or_told_by_events() -> None:
    mentions = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname == "people.id"
    }
    asked = " ".join(str(where) for _, _, where, _ in personal._parts(1, ""))
    missing = {mention for mention in mentions if f"{mention} =" not in asked}
    assert missing == TOLD_BY_EVENTS


@pytest.mark.rule("R60")
def test_the_file_holds_what_the_person_wrote_and_no_secret(browse: Browser, wired: Wiring) -> None:
    person = with_password(wired, "six green kettles on a boat", email="own@demo.example", name="Fatou Ceesay")
    draft = make_draft(wired, actor_of(wired, person), make_call(wired).code)
    answer = browse(person).get("/account/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    held = json.loads(answer.text)
    assert held["account"][0]["email"] == "own@demo.example"
    assert [row["reference"] for row in held["proposals"]] == [draft]
    assert held["sections"] and held["sessions"]
    assert {"DraftCreated"} <= {row["name"] for row in held["events"]}
    assert "argon2" not in answer.text
    assert "password_hash" not in held["account"][0]


@pytest.mark.rule("R60")
def test_who_is_bound_by_nothing_is_erased_at_once(browse: Browser, wired: Wiring) -> None:
    person = with_password(wired, "six green kettles on a boat", email="quokka@demo.example", name="Zebedee Quokka")
    draft = make_draft(wired, actor_of(wired, person), make_call(wired).code)
    visitor = browse(person)
    visitor.post("/password/forgotten", {"email": person.email})
    run_outbox(wired)
    assert traces(wired, "quokka") >= {"people", "mails", "mailed_links"}
    assert visitor.post("/account/data/erase").status_code == 422
    assert visitor.post("/account/data/erase", UNDERSTOOD).location == "/erased"
    assert traces(wired, "quokka") == set()
    assert visitor.get("/account").location.startswith("/sign-in")
    with wired.open_reading() as session:
        row = session.get_one(Person, person.id)
        assert (row.name, row.email) == (f"Former user {row.id}", f"erased-{row.id}@erased.invalid")
        assert row.erased_at and row.disabled_at and row.password_hash is None
        assert session.scalars(select(func.count(Proposal.id)).where(Proposal.reference == draft)).one() == 0
    assert is_intact(wired)
    assert run_outbox(wired) == []
    assert browse().post("/sign-up", {"name": "New", "email": person.email, "password": "a new start with seven cups"})
    assert len(run_outbox(wired)) == 1


@pytest.mark.rule("R60")
def test_who_is_bound_waits_until_nothing_binds_them(browse: Browser, wired: Wiring) -> None:
    person = make_person(wired)
    seat = make_seat(wired, person, Role.FOCAL_POINT, partner="KE")
    secretary = make_secretary(wired)
    visitor, desk = browse(person), browse(secretary)
    assert "1 seat" in visitor.get("/account/data/erase").text
    for _ in range(2):
        assert visitor.post("/account/data/erase", UNDERSTOOD).location == "/account/data"
    assert "You asked to be erased" in visitor.get("/account/data").text
    assert [mail.to for mail in run_outbox(wired)] == [secretary.email]
    assert "Asks to be erased" in desk.get("/desk/people").text
    page = f"/desk/people/{person.id}"
    assert desk.post(f"{page}/erase", UNDERSTOOD).status_code == 409
    with wired.open_work(actor_of(wired, secretary)) as work:
        end_seat(work, work.session.scalars(select(SeatRow.id).where(SeatRow.id == seat.id)).one())
    assert desk.post(f"{page}/erase", UNDERSTOOD).location == page
    assert "was erased on" in desk.get(page).text
    assert "Former user" in desk.get("/desk/people").text
    for again in ("erase", "disable"):
        assert desk.post(f"{page}/{again}", UNDERSTOOD).status_code == 404
    assert is_intact(wired)


@pytest.mark.rule("R60")
def test_a_wish_is_taken_back(browse: Browser, wired: Wiring) -> None:
    person = make_person(wired)
    make_seat(wired, person, Role.AUDITOR)
    visitor = browse(person)
    visitor.post("/account/data/erase", UNDERSTOOD)
    assert visitor.post("/account/data/keep").location == "/account/data"
    assert "You asked" not in visitor.get("/account/data").text


@pytest.mark.rule("R60")
def test_nobody_erases_themselves_at_the_desk(browse: Browser, wired: Wiring) -> None:
    secretary = make_secretary(wired)
    assert browse(secretary).post(f"/desk/people/{secretary.id}/erase", UNDERSTOOD).status_code == 409


@pytest.mark.rule("R60")
def test_reviews_and_proposals_under_way_bind(wired: Wiring) -> None:
    panel = make_panel(wired)
    route(wired, panel.proposal)
    with wired.open_reading() as session:
        asked = session.scalars(select(Assignment.reviewer_id)).first()
        owner = personal.find_holding(session, wired.rules, panel.owner.id)
        reviewer = personal.find_holding(session, wired.rules, asked or 0)
        free = personal.find_holding(session, wired.rules, make_person(wired).id)
        assert personal.read_all(session, asked or 0)["reviewer_profile"]
    assert owner == Holding(proposals=(panel.proposal.reference,))
    assert reviewer == Holding(seats=1, reviews=1)
    assert free.is_free and not owner.is_free and not reviewer.is_free
