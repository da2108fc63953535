"""Points of a case: what a partner asks at a field or wants changed there, kept until it is settled (R68)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from webapp.domain.endorsements import ADJUSTABLE, WHOLE
from webapp.domain.errors import Invalid
from webapp.domain.problems import Problem
from webapp.models.endorsements import EndorsementPoint
from webapp.services.endorsements.cases import HeldCase
from webapp.services.work import UnitOfWork

TEXT_AT_MOST = 2000
POINTS_AT_MOST = 20
FIELDS = {"question": (*ADJUSTABLE, WHOLE), "adjustment": ADJUSTABLE}
"""The fields that each kind of point can name."""


def check_points(kind: str, points: Mapping[str, str]) -> dict[str, str]:
    """The points as they are kept; raises Invalid with what has to be mended, each at its field."""
    texts = {field: text.strip() for field, text in points.items()}
    found = [Problem("endorsement", "fields", "field_unknown") for field in texts if field not in FIELDS[kind]]
    found += [
        Problem("endorsement", field, "too_long", {"most": TEXT_AT_MOST})
        for field, text in texts.items()
        if len(text) > TEXT_AT_MOST
    ]
    found += [Problem("endorsement", field, "point_without_text") for field, text in texts.items() if not text]
    if len(texts) > POINTS_AT_MOST:
        found.append(Problem("endorsement", "fields", "too_many", {"most": POINTS_AT_MOST}))
    if found:
        raise Invalid(found)
    return texts


def add_points(work: UnitOfWork, held: HeldCase, kind: str, points: Mapping[str, str]) -> None:
    """Keep what was asked, on the version that the case is about."""
    work.session.add_all(
        EndorsementPoint(
            endorsement_id=held.row.id,
            version_id=held.case.version,
            kind=kind,
            field=field,
            text=text,
            asked_by_id=work.actor.person_id,
            asked_at=work.now,
        )
        for field, text in points.items()
    )
    work.session.flush()


def open_points(work: UnitOfWork, held: HeldCase) -> Sequence[EndorsementPoint]:
    """What the applicant owes an answer or a change on, in the order it was asked."""
    return work.session.scalars(
        select(EndorsementPoint)
        .where(EndorsementPoint.endorsement_id == held.row.id, EndorsementPoint.state == "open")
        .order_by(EndorsementPoint.id)
    ).all()


def settle_points(
    work: UnitOfWork, points: Sequence[EndorsementPoint], answers: Mapping[int, str], changed: Sequence[str] = ()
) -> None:
    """Each was changed, or answered, or both: the answer is kept either way."""
    for point in points:
        point.answer = answers.get(point.id, "").strip()
        point.state = "changed" if point.field in changed else "answered"
        point.answered_by_id, point.settled_at = work.actor.person_id, work.now
    work.session.flush()


def end_points(work: UnitOfWork, held: HeldCase) -> None:
    """No answer came in time; what was asked stays to be read (row 8)."""
    work.session.execute(
        update(EndorsementPoint)
        .where(EndorsementPoint.endorsement_id == held.row.id, EndorsementPoint.state == "open")
        .values(state="late", settled_at=work.now)
    )
