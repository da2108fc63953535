"""A receipt is verified by who holds it; what changed is read by everyone who saw the earlier version (R10, R11)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_secretary, make_version
from tests.post import run_outbox
from webapp.domain.people import SYSTEM, Role
from webapp.domain.references import make_reference
from webapp.domain.versions import read_receipt
from webapp.models.people import Person
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.models.routing import Assignment
from webapp.services.proposals.submit import Receipt, submit
from webapp.wiring import Wiring

HASH = "0123456789abcdef" * 4


def first(summary: str, partners: tuple[str, ...] = ("KE", "CN"), **more: Any) -> dict[str, Any]:
    """A content with this summary, these partners taking part."""
    lead, *others = partners
    participants = [{"partner": code, "organisation": 0, "role": "Builds"} for code in others]
    return {
        "basics": {"title": "河流", "summary": summary, "sector": "health", "language": "zh"},
        "partners": {"lead_partner": lead, "participants": participants},
        "documents": [],
        **more,
    }


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def proposal(wired: Wiring, owner: Person) -> Proposal:
    """Two versions: Laos joins in the second, in which the Chinese summary changes by one sign."""
    made = make_proposal(
        wired, owner, make_call(wired), ("KE", "CN", "LA"), stage="review", submitted_at=owner.created_at
    )
    make_version(wired, made, first("远程医疗连接三条河流。"))
    make_version(wired, made, first("远程医疗连接四条河流。", ("KE", "CN", "LA"), plan={"starts_on": "2027-03-01"}))
    return made


@pytest.fixture
def submitted(wired: Wiring, owner: Person) -> Receipt:
    actor = actor_of(wired, owner)
    reference = make_draft(wired, actor, make_call(wired).code)
    with wired.open_work(actor) as work:
        return submit(work, reference)


@pytest.mark.rule("R10")
def test_the_mail_that_came_is_a_receipt_anyone_can_verify(
    wired: Wiring, browse: Browser, owner: Person, submitted: Receipt
) -> None:
    mail = next(mail for mail in run_outbox(wired) if mail.to == owner.email)
    answer = browse().get("/receipts", query_string={"receipt": mail.text})
    assert answer.location.endswith(f"/receipts/{submitted.reference}/{submitted.sha256}")
    page = browse().get(answer.location.removeprefix("http://localhost"))
    assert page.status_code == 200 and "genuine" in page.text and submitted.reference in page.text
    with wired.open_reading() as session:
        title = session.scalars(select(Proposal.title)).one()
    assert title not in page.text  # nothing that is not on the receipt


@pytest.mark.rule("R10")
def test_who_has_half_a_receipt_learns_nothing(wired: Wiring, browse: Browser, submitted: Receipt) -> None:
    wrong = [
        f"/receipts/{submitted.reference}/{HASH}",
        f"/receipts/PD-2026-00099-5/{submitted.sha256}",
        f"/receipts/{submitted.reference}/{submitted.sha256[:-1]}",
    ]
    # But for what differs in every page: its nonce, and its own address in each language.
    varying = re.compile(r'nonce="[^"]+"|<nav class="foot__langs".*?</nav>')
    pages = {varying.sub("", browse().get(path).text) for path in wrong}
    assert all(browse().get(path).status_code == 404 for path in wrong)
    assert len(pages) == 1 and submitted.reference not in pages.pop()
    for typed in (submitted.sha256, submitted.reference, "rubbish"):
        page = browse().get("/receipts", query_string={"receipt": typed})
        assert page.status_code == 200 and 'id="receipt-error"' in page.text


@pytest.mark.rule("R10")
def test_a_copy_with_the_same_text_has_a_receipt_of_its_own(wired: Wiring, browse: Browser, submitted: Receipt) -> None:
    twin = make_proposal(
        wired,
        make_person(wired),
        make_call(wired),
        stage="screening",
        submitted_at=submitted.received_at,
        reference=make_reference(2026, 77),
    )
    with wired.open_work(SYSTEM) as work:
        values = {"content": {}, "sha256": submitted.sha256, "submitted_at": work.now}
        work.session.add(ProposalVersion(proposal_id=twin.id, number=1, **values))
    for reference in (submitted.reference, twin.reference):
        page = browse().get(f"/receipts/{reference}/{submitted.sha256}")
        assert "genuine" in page.text and reference in page.text


@pytest.mark.rule("R10")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"PD-2026-00042-1 {HASH}", True),
        (f"SHA-256 {HASH[:40]}\n{HASH[40:]}\r\nReference: pd–2026–00042–1", True),
        (f"PD-2026-00042-1 {HASH.upper()}", True),
        (f"PD-2026-00042-1 {HASH}0", False),
        (f"PD-2026-00042-1 {HASH[1:]}", False),
        (f"PD-2026-00042-3 {HASH}", False),
        (HASH, False),
        ("", False),
    ],
)
def test_reading_a_receipt(text: str, found: bool) -> None:
    assert read_receipt(text) == (("PD-2026-00042-1", HASH) if found else None)


@pytest.mark.rule("R11")
def test_everyone_who_saw_the_earlier_version_reads_what_changed(
    wired: Wiring, browse: Browser, owner: Person, proposal: Proposal
) -> None:
    point = make_person(wired)
    make_seat(wired, point, Role.FOCAL_POINT, partner="CN")
    reviewer = make_person(wired)
    _assign(wired, proposal, reviewer, number=1)
    for person in (owner, make_secretary(wired), point, reviewer):
        page = browse(person).get(f"/proposals/{proposal.reference}/changes").text
        # One sign of Chinese, not the whole sentence; a new partner by its name; a day in words.
        assert "远程医疗连接<del>" in page and "三</del><ins>" in page and "四</ins>条河流。" in page
        assert "Laos" in page or "Lao" in page
        assert "1 March 2027" in page
        assert (
            f"/proposals/{proposal.reference}/changes"
            in browse(person).get(f"/proposals/{proposal.reference}/read").text
        )


@pytest.mark.rule("R11", "R2")
def test_who_came_later_has_no_earlier_version(wired: Wiring, browse: Browser, proposal: Proposal) -> None:
    late = make_person(wired)
    make_seat(wired, late, Role.FOCAL_POINT, partner="LA")
    reviewer = make_person(wired)
    _assign(wired, proposal, reviewer, number=2)
    for person in (late, reviewer):
        page = browse(person).get(f"/proposals/{proposal.reference}/changes?older=1&newer=2").text
        assert "三" not in page and "no earlier version that you have seen" in page
    assert browse(make_person(wired)).get(f"/proposals/{proposal.reference}/changes").status_code == 404


@pytest.mark.rule("R11")
def test_any_two_versions(wired: Wiring, browse: Browser, owner: Person, proposal: Proposal) -> None:
    make_version(wired, proposal, first("远程医疗连接三条河流。"))
    path = f"/proposals/{proposal.reference}/changes"
    assert "from version 2 to version 3" in browse(owner).get(path).text
    page = browse(owner).get(f"{path}?older=3&newer=1").text
    assert "from version 1 to version 3" in page and "The two versions say the same." in page
    for odd in ("older=x", "older=99&newer=-1", "newer=2&older=2"):
        assert browse(owner).get(f"{path}?{odd}").status_code == 200


def _assign(wired: Wiring, proposal: Proposal, reviewer: Person, number: int) -> None:
    with wired.open_work(SYSTEM) as work:
        version = work.session.scalars(
            select(ProposalVersion.id).where(
                ProposalVersion.proposal_id == proposal.id, ProposalVersion.number == number
            )
        ).one()
        work.session.add(
            Assignment(
                public_id=f"assignment-{reviewer.id}",
                proposal_id=proposal.id,
                version_id=version,
                reviewer_id=reviewer.id,
                state="accepted",
            )
        )
