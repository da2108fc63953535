"""Twenty identical submits at once make one version, one event, one receipt (R9, R24)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person
from tests.post import run_outbox
from webapp.domain.errors import Refusal
from webapp.models.audit import EventRow
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.services.proposals.submit import Receipt, submit
from webapp.wiring import Wiring

TIMES = 20


@pytest.mark.rule("R9", "R24")
@pytest.mark.parametrize("same_form", [True, False], ids=["one form pressed often", "a form in each of many windows"])
def test_many_submits_at_once_are_one(committed: Wiring, *, same_form: bool) -> None:
    owner = make_person(committed)
    actor = actor_of(committed, owner)
    reference = make_draft(committed, actor, make_call(committed).code)
    barrier = Barrier(TIMES)

    def press(number: int) -> Receipt | Refusal:
        barrier.wait(timeout=30)
        try:
            with committed.open_work(actor) as work:
                return submit(work, reference, form_key="one" if same_form else f"form {number}")
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(press, range(TIMES)))
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    if same_form:
        # Every press reads the same receipt.
        assert len(receipts) == TIMES and len(set(receipts)) == 1
    else:
        # One window submits; the others read what has become of it.
        assert len(receipts) == 1
        assert {refusal.code for refusal in answers if isinstance(refusal, Refusal)} == {"nothing_to_submit"}
    with committed.open_reading() as session:
        (sha256,) = session.scalars(select(ProposalVersion.sha256))
        assert session.scalars(select(Proposal.stage)).one() == "screening"
        told = select(func.count()).select_from(EventRow).where(EventRow.name == "ProposalSubmitted")
        assert session.scalars(told).one() == 1
    mails = [mail for mail in run_outbox(committed) if mail.to == owner.email and sha256 in mail.text]
    assert len(mails) == 1
