"""A focal point consults ministries by mailed links; what they advise is the partner's alone (row 6, R32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain.endorsements import AT_REST, Case, Happened, Ministry, ministries_for
from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.mapping import read_mapping
from webapp.domain.people import normal_email
from webapp.domain.problems import Problem
from webapp.models.endorsements import Consultation, Endorsement
from webapp.models.partners import Partner
from webapp.models.proposals import Proposal, ProposalVersion
from webapp.queries.endorsements.around import is_in_play
from webapp.services.endorsements.cases import HeldCase
from webapp.services.endorsements.speaking import REPEATED, hold_to_speak, speak
from webapp.services.endorsements.steps import record_on
from webapp.services.people.links import find_link, make_link
from webapp.services.work import UnitOfWork

LINK = "consultation"
ADVICE_AT_MOST = 8000
QUESTION_AT_MOST = 2000
NAME_AT_MOST = 200


def consult(  # noqa: PLR0917 – what its form holds
    work: UnitOfWork,
    reference: str,
    code: str,
    ministries: Sequence[str],
    others: Sequence[Ministry] = (),
    question: str = "",
    form_key: str = "",
) -> Case | None:
    """Ask these ministries of the partner's path, by name, and others beside them; each gets a link by mail.

    Raises Invalid where nobody is named, a name is not of the path, or an address stands twice.
    """
    if work.first_answer(form_key) is not None:
        return None
    held = hold_to_speak(work, reference, code)
    asked = _asked(work, held, ministries, others, question)
    happened = Happened("consult", by=work.actor.person_id, fields={entry.name: question for entry in asked})
    case = speak(work, held, happened).case
    for entry in asked:
        _send(work, held, entry, question.strip())
    work.remember_answer(form_key, REPEATED)
    return case


def _asked(
    work: UnitOfWork, held: HeldCase, names: Sequence[str], others: Sequence[Ministry], question: str
) -> list[Ministry]:
    content = work.session.get_one(ProposalVersion, held.case.version).content
    mapped = read_mapping(content.get("articles", {})).articles
    known = {entry.name: entry for entry in ministries_for(held.rule, mapped)}
    found = [known[name] for name in dict.fromkeys(names) if name in known] + list(others)
    problems: list[Problem] = []
    if any(name not in known for name in names):
        problems.append(Problem("endorsement", "ministries", "ministry_unknown"))
    if len(question) > QUESTION_AT_MOST:
        problems.append(Problem("endorsement", "question", "too_long", {"most": QUESTION_AT_MOST}))
    for entry in others:
        if not entry.name.strip() or len(entry.name) > NAME_AT_MOST or "@" not in entry.email:
            problems.append(Problem("endorsement", "other_name", "ministry_incomplete"))
    addresses = [normal_email(entry.email) for entry in found]
    if len(set(addresses)) < len(addresses) or len({entry.name for entry in found}) < len(found):
        problems.append(Problem("endorsement", "other_email", "ministry_twice"))
    if problems:
        raise Invalid(problems)
    return found


def _send(work: UnitOfWork, held: HeldCase, entry: Ministry, question: str) -> None:
    """Write the row and the link; asked once more about a newer version, a ministry gets a new link."""
    email = normal_email(entry.email)
    link = make_link(
        work,
        LINK,
        email,
        proposal_id=held.row.proposal_id,
        partner_id=held.partner.id,
        invited_by_id=work.actor.person_id,
    )
    row = work.session.scalars(
        select(Consultation).where(Consultation.endorsement_id == held.row.id, Consultation.email == email)
    ).one_or_none()
    if row is None:
        row = Consultation(endorsement_id=held.row.id, email=email)
        work.session.add(row)
    row.version_id, row.link_id, row.ministry, row.question = held.case.version, link.id, entry.name.strip(), question
    row.asked_by_id, row.asked_at = work.actor.person_id, work.now
    work.session.flush()
    record_on(work, held, "MinistryConsulted", {"link_id": link.id, "consultation_id": row.id})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of a mailed link is about: whose question, on which version of which proposal."""

    proposal_id: int
    version_id: int
    partner_code: str
    ministry: str
    question: str
    advice: str
    advised_by: str
    is_open: bool


def see_consultation(work: UnitOfWork, token: str) -> Asked:
    """What the link asks; changes nothing. Raises NotFound for a false one, NotNow for one that is over."""
    row, case = _find(work, token)
    partner = work.session.get_one(Partner, case.partner_id)
    return Asked(
        proposal_id=case.proposal_id,
        version_id=row.version_id,
        partner_code=partner.code,
        ministry=row.ministry,
        question=row.question,
        advice=row.advice,
        advised_by=row.advised_by,
        is_open=_is_open(work, case),
    )


def advise(work: UnitOfWork, token: str, *, text: str, name: str) -> None:
    """Give a ministry's advice, or better it, as long as its partner has not answered.

    Whoever holds the link gives it. Raises Invalid; NotNow `consultation_over` once the partner has spoken.
    """
    row, case = _find(work, token)
    work.session.execute(select(Proposal.id).where(Proposal.id == case.proposal_id).with_for_update())
    work.session.refresh(case)
    if not _is_open(work, case):
        raise NotNow("consultation_over")
    problems = [
        Problem("consultation", field, "too_long", {"most": most})
        for field, value, most in (("text", text, ADVICE_AT_MOST), ("name", name, NAME_AT_MOST))
        if len(value) > most
    ]
    problems += [Problem("consultation", "text", "advice_missing")] if not text.strip() else []
    problems += [Problem("consultation", "name", "adviser_missing")] if not name.strip() else []
    if problems:
        raise Invalid(problems)
    row.advice, row.advised_by, row.advised_at = text.strip(), " ".join(name.split()), work.now
    work.session.flush()
    details = {"endorsement_id": case.id, "partner_id": case.partner_id, "consultation_id": row.id}
    work.record(Event("MinistryAdvised", "proposal", case.proposal_id, details, version_id=row.version_id))


def _find(work: UnitOfWork, token: str) -> tuple[Consultation, Endorsement]:
    link = find_link(work, token, LINK)
    row = work.session.scalars(select(Consultation).where(Consultation.link_id == link.id)).one_or_none()
    if row is None:
        raise NotFound("link_unknown")
    return row, work.session.get_one(Endorsement, row.endorsement_id)


def _is_open(work: UnitOfWork, case: Endorsement) -> bool:
    proposal = work.session.get_one(Proposal, case.proposal_id)
    in_play = is_in_play(work.rules, (proposal.workflow, proposal.workflow_version), proposal.stage)
    return in_play and case.state not in AT_REST
