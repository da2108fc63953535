"""An organisation's signatory certifies a proposal before it is submitted, or sends it back (R69)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.browsing import Browser, Visitor
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_seat, make_secretary
from tests.pages.filling import example
from tests.post import run_outbox
from webapp.domain.errors import Invalid, NotAllowed, NotNow
from webapp.domain.people import Role
from webapp.domain.sign_offs import SignOff, sign_off_problems
from webapp.models.people import Organisation, Person
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.sign_offs import SignOff as SignOffRow
from webapp.services.people.organisations import set_signatory
from webapp.services.proposals.save import save_section
from webapp.services.proposals.sign_off import ask_sign_off
from webapp.services.proposals.submit import submit
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R69")
SIGNATORY = "minister@example.org"


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def lead(wired: Wiring, draft: str) -> Organisation:
    """The organisation that leads the draft; it requires a signature."""
    name = example()["partners"]["lead_organisation"]["name"]
    with wired.open_reading() as session:
        row = session.scalars(select(Organisation).where(Organisation.name == name)).one()
        session.expunge_all()
    with wired.open_work(actor_of(wired, make_secretary(wired))) as work:
        set_signatory(work, row.id, name="Grace Wanjiru", email=SIGNATORY.upper())
    return row


@pytest.fixture
def draft(wired: Wiring, owner: Person) -> str:
    return make_draft(wired, actor_of(wired, owner), make_call(wired).code)


def try_to_submit(wired: Wiring, owner: Person, reference: str) -> list[str]:
    """The codes of what keeps it from being submitted; none where it is."""
    try:
        with wired.open_work(actor_of(wired, owner)) as work:
            submit(work, reference)
    except Invalid as refusal:
        return [problem.code for problem in refusal.problems]
    return []


def change(wired: Wiring, owner: Person, reference: str, word: str) -> None:
    with wired.open_work(actor_of(wired, owner)) as work:
        given = {**example()["safeguards"], "security": word * 30}
        save_section(work, reference, "safeguards", given, base_version=1)


def asked(browse: Browser, wired: Wiring, owner: Person, reference: str, lead: Organisation) -> str:
    """The path of the mailed link, after the applicant has asked."""
    browse(owner).post(f"/proposals/{reference}/sign-offs/{lead.id}", {})
    (mail,) = [one for one in run_outbox(wired) if one.to == SIGNATORY]
    assert "sign a proposal" in mail.subject
    return next(f"/sign-offs/{found.group(1)}" for link in mail.links if (found := re.search("/sign-offs/(.+)$", link)))


def shown_hash(visitor: Visitor, path: str) -> str:
    found = re.search('name="sha256" value="([0-9a-f]{64})"', visitor.get(path).text)
    assert found is not None
    return found.group(1)


def test_without_the_signature_nothing_is_submitted(
    wired: Wiring, browse: Browser, owner: Person, draft: str, lead: Organisation
) -> None:
    assert try_to_submit(wired, owner, draft) == ["sign_off_missing"]
    page = browse(owner).get(f"/proposals/{draft}/check").text
    assert "A signature is missing" in page and "Submit proposal" not in page
    path = asked(browse, wired, owner, draft, lead)
    assert try_to_submit(wired, owner, draft) == ["sign_off_asked"]
    visitor = browse(None)
    seen = shown_hash(visitor, path)  # opening the link signs nothing (R35)
    assert try_to_submit(wired, owner, draft) == ["sign_off_asked"]
    incomplete = visitor.post(f"{path}/sign", {"sha256": seen, "name": "Grace Wanjiru"})
    assert incomplete.status_code == 422 and "Tick the box" in incomplete.text
    signed = visitor.post(f"{path}/sign", {"sha256": seen, "name": " Grace  Wanjiru ", "certified": "y"})
    assert signed.status_code == 303
    assert "Nothing more is asked of you" in visitor.get(path).text
    assert owner.email in {mail.to for mail in run_outbox(wired) if "has signed" in mail.subject}
    page = browse(owner).get(f"/proposals/{draft}/check").text
    assert "Submit proposal" in page and "Grace Wanjiru" in page
    assert try_to_submit(wired, owner, draft) == []
    with wired.open_reading() as session:
        # What was signed is what was submitted, to the last sign.
        assert session.scalars(select(ProposalVersion.sha256)).one() == seen
        assert session.scalars(select(SignOffRow.signed_by)).one() == "Grace Wanjiru"


def test_a_signature_lapses_with_any_change_and_each_is_kept(
    wired: Wiring, browse: Browser, owner: Person, draft: str, lead: Organisation
) -> None:
    path = asked(browse, wired, owner, draft, lead)
    visitor = browse(None)
    seen = shown_hash(visitor, path)
    visitor.post(f"{path}/sign", {"sha256": seen, "name": "Grace Wanjiru", "certified": "y"})
    change(wired, owner, draft, "other ")
    assert try_to_submit(wired, owner, draft) == ["sign_off_lapsed"]
    assert "Changed since it was signed" in browse(owner).get(f"/proposals/{draft}/check").text
    again = asked(browse, wired, owner, draft, lead)
    visitor.post(f"{again}/sign", {"sha256": shown_hash(visitor, again), "name": "Grace Wanjiru", "certified": "y"})
    with wired.open_reading() as session:
        rows = session.execute(select(SignOffRow.number, SignOffRow.state).order_by(SignOffRow.number)).all()
    assert [tuple(row) for row in rows] == [(1, "signed"), (2, "signed")]
    assert try_to_submit(wired, owner, draft) == []


def test_what_changed_while_it_was_read_is_not_signed(
    wired: Wiring, browse: Browser, owner: Person, draft: str, lead: Organisation
) -> None:
    path = asked(browse, wired, owner, draft, lead)
    visitor = browse(None)
    seen = shown_hash(visitor, path)
    change(wired, owner, draft, "other ")
    refused = visitor.post(f"{path}/sign", {"sha256": seen, "name": "Grace Wanjiru", "certified": "y"})
    assert refused.status_code == 409 and "changed while you read it" in refused.text
    assert try_to_submit(wired, owner, draft) == ["sign_off_asked"]


def test_the_signatory_sends_it_back_with_a_reason(
    wired: Wiring, browse: Browser, owner: Person, draft: str, lead: Organisation
) -> None:
    path = asked(browse, wired, owner, draft, lead)
    visitor = browse(None)
    assert visitor.post(f"{path}/send-back", {"reason": " "}).status_code == 422
    visitor.post(f"{path}/send-back", {"reason": "The budget is not ours."})
    mails = [mail for mail in run_outbox(wired) if "sent your proposal back" in mail.subject]
    assert [mail.to for mail in mails] == [owner.email] and "The budget is not ours" not in mails[0].text
    assert "The budget is not ours." in browse(owner).get(f"/proposals/{draft}/check").text
    assert try_to_submit(wired, owner, draft) == ["sign_off_sent_back"]
    assert visitor.post(f"{path}/sign", {"sha256": "x", "name": "G", "certified": "y"}).status_code == 409
    # Asked again, the link of before is over.
    again = asked(browse, wired, owner, draft, lead)
    assert again != path and "Sign the proposal" in visitor.get(again).text


def test_only_a_whole_proposal_is_given_to_sign(
    wired: Wiring, browse: Browser, owner: Person, draft: str, lead: Organisation
) -> None:
    with wired.open_work(actor_of(wired, owner)) as work:
        save_section(work, draft, "declarations", {}, base_version=1)
    browse(owner).post(f"/proposals/{draft}/sign-offs/{lead.id}", {})
    assert not [one for one in run_outbox(wired) if one.to == SIGNATORY]
    with wired.open_reading() as session:
        assert session.scalars(select(SignOffRow)).all() == []
        assert session.scalars(select(Proposal.submitted_at)).one() is None


def test_who_signs_is_set_by_the_partner(wired: Wiring, browse: Browser, owner: Person, draft: str) -> None:
    name = example()["partners"]["lead_organisation"]
    with wired.open_reading() as session:
        row = session.scalars(select(Organisation).where(Organisation.name == name["name"])).one()
        organisation_id = row.id
    focal_point = make_person(wired)
    make_seat(wired, focal_point, Role.FOCAL_POINT, partner=name["partner"])
    visitor, path = browse(focal_point), f"/partners/{name['partner']}/organisations"
    assert name["name"] in visitor.get(path).text
    half = visitor.post(f"{path}/{organisation_id}", {"name": "Grace Wanjiru", "email": ""})
    assert half.status_code == 422 and "mail address of the signatory" in half.text
    assert visitor.post(f"{path}/{organisation_id}", {"name": "Grace", "email": SIGNATORY}).status_code == 303
    assert "Grace" in visitor.get(path).text
    assert try_to_submit(wired, owner, draft) == ["sign_off_missing"]
    visitor.post(f"{path}/{organisation_id}", {"name": "", "email": ""})
    assert try_to_submit(wired, owner, draft) == []
    with pytest.raises(NotAllowed), wired.open_work(actor_of(wired, owner)) as work:
        set_signatory(work, organisation_id, name="Me", email="me@example.org")


def test_what_is_submitted_is_signed_no_more(
    wired: Wiring, browse: Browser, owner: Person, draft: str, lead: Organisation
) -> None:
    path = asked(browse, wired, owner, draft, lead)
    with wired.open_work(actor_of(wired, make_secretary(wired))) as work:
        set_signatory(work, lead.id, name="", email="")
    assert try_to_submit(wired, owner, draft) == []
    assert "not needed any more" in browse(None).get(path).text
    with pytest.raises((NotNow, NotAllowed)), wired.open_work(actor_of(wired, owner)) as work:
        ask_sign_off(work, draft, lead.id)


@pytest.mark.parametrize(
    ("state", "signed", "code"),
    [
        ("", "", "sign_off_missing"),
        ("asked", "", "sign_off_asked"),
        ("sent_back", "", "sign_off_sent_back"),
        ("signed", "other", "sign_off_lapsed"),
        ("signed", "same", ""),
    ],
)
def test_a_signature_holds_for_the_content_that_was_signed(state: str, signed: str, code: str) -> None:
    found = sign_off_problems([SignOff(1, "Ministry", "Grace", state, 1, signed)], "same")
    assert [one.code for one in found] == ([code] if code else [])
