"""The table of stages and moves, read from raw data; no code here knows a stage by name (R22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from webapp.domain.errors import NotFound

KINDS = ("live", "settled", "closed", "final")
TONES = ("info", "warn", "violet", "ok", "mute")
PEOPLE = ("applicant", "secretariat", "secretariat_other", "focal_points", "reviewers")
MACHINES = ("timer", "system")
WHO = PEOPLE + MACHINES
DUE_FROM = ("", "stage", "call", "parts")
STARTS = ("endorsement_requests", "review_routing", "condition_clocks")
UNITS = ("working_days", "calendar_days")

ESCALATE = "escalate"
BY_PARTS = "parts"
LIVE = "@live"
CLOSED_FROM = "@closed_from"


@dataclass(frozen=True, slots=True)
class OpenFor:
    """How long the dated moves of a closed stage can be made: `days` in `unit` from the closing."""

    days: int
    unit: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its words, whose turn it is, how long, and what happens when that is over.

    `working_days` are the defaults in working days, by part ("stage" where it has no parts).
    `staff_counted` has the placeholders {done} and {all}; empty where the stage counts nothing.
    A proposal that enters a stage that `is_public` stands in the register from then on (R49).
    """

    id: str
    public: str
    staff: str
    tone: str
    kind: str
    staff_counted: str = ""
    waits_for: tuple[str, ...] = ()
    due_from: str = ""
    working_days: Mapping[str, int] = field(default_factory=dict, hash=False)
    when_late: str = ""
    open_for: OpenFor | None = None
    is_public: bool = False

    @property
    def is_live(self) -> bool:
        return self.kind == "live"

    @property
    def is_closed(self) -> bool:
        return self.kind == "closed"

    @property
    def total_working_days(self) -> int | None:
        """Working days from entering the stage to its due time; None where something else says."""
        return sum(self.working_days.values()) if self.working_days else None

    @property
    def late_move(self) -> str:
        """The id of the move that the timer makes when the stage is late; empty where there is none."""
        return "" if self.when_late in ("", ESCALATE, BY_PARTS) else self.when_late


@dataclass(frozen=True, slots=True)
class Move:
    """One move: from which stages, its name on the button, where to, who may, and what must hold."""

    id: str
    name: str
    sources: tuple[str, ...]
    to: str
    who: tuple[str, ...]
    event: str
    guard: str = ""
    reason_required: bool = False
    starts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One version of one workflow; a proposal finishes on the version it was submitted under (R22)."""

    id: str
    version: int
    name: str
    starts_in: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]

    @property
    def key(self) -> str:
        return f"{self.id}-{self.version}"

    @property
    def live(self) -> tuple[str, ...]:
        """The ids of the live stages, in the order of the table."""
        return tuple(stage.id for stage in self.stages if stage.is_live)


def parse(raw: Mapping[str, Any]) -> Workflow:
    """Read a workflow from its raw table; ValueError names what is missing or not known.

    Only the shape is judged here: whether the workflow makes sense is for `problems` (R23).
    """
    _only("the file", raw, {"workflow", "stages", "moves"})
    head = raw["workflow"]
    _only("workflow", head, {"id", "version", "name", "starts_in"})
    _texts("workflow", head, ("id", "name", "starts_in"))
    stages = tuple(_stage(entry) for entry in raw["stages"])
    live = tuple(stage.id for stage in stages if stage.is_live)
    return Workflow(
        id=head["id"],
        version=head["version"],
        name=head["name"],
        starts_in=head["starts_in"],
        stages=stages,
        moves=tuple(_move(entry, live) for entry in raw["moves"]),
    )


def find_stage(workflow: Workflow, stage: str) -> Stage:
    """The stage of this id; NotFound where the workflow has none."""
    for candidate in workflow.stages:
        if candidate.id == stage:
            return candidate
    raise NotFound("stage_unknown", {"stage": stage})


def moves_from(workflow: Workflow, stage: str) -> tuple[Move, ...]:
    """All moves that begin in this stage, in the order of the table."""
    return tuple(move for move in workflow.moves if stage in move.sources)


def find_move(workflow: Workflow, stage: str, move_id: str) -> Move | None:
    """The move of this id if it begins in this stage, else None."""
    for move in moves_from(workflow, stage):
        if move.id == move_id:
            return move
    return None


def _stage(raw: Mapping[str, Any]) -> Stage:
    _only(f"stage {raw.get('id')!r}", raw, {entry.name for entry in fields(Stage)})
    _texts(f"stage {raw.get('id')!r}", raw, ("id", "public", "staff", "staff_counted", "when_late"))
    values = dict(raw)
    days = values.pop("working_days", {})
    if isinstance(days, int):
        days = {"stage": days}
    open_for = values.pop("open_for", None)
    values["waits_for"] = tuple(values.get("waits_for", ()))
    try:
        return Stage(
            **values,
            working_days=MappingProxyType(dict(days)),
            open_for=OpenFor(**open_for) if open_for is not None else None,
        )
    except TypeError as error:
        raise ValueError(f"stage {raw.get('id')!r}: {error}") from error


def _move(raw: Mapping[str, Any], live: tuple[str, ...]) -> Move:
    known = {entry.name for entry in fields(Move)} - {"sources"} | {"from"}
    _only(f"move {raw.get('id')!r}", raw, known)
    _texts(f"move {raw.get('id')!r}", raw, ("id", "name", "to", "event", "guard"))
    values = dict(raw)
    sources: list[str] = []
    for source in values.pop("from", ()):
        sources.extend(live if source == LIVE else (source,))
    values["who"] = tuple(values.get("who", ()))
    values["starts"] = tuple(values.get("starts", ()))
    values.setdefault("event", "")
    try:
        return Move(sources=tuple(dict.fromkeys(sources)), **values)
    except TypeError as error:
        raise ValueError(f"move {raw.get('id')!r}: {error}") from error


def _only(where: str, raw: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(raw) - known)
    if unknown:
        raise ValueError(f"{where}: not known here: {', '.join(unknown)}")


def _texts(where: str, raw: Mapping[str, Any], names: tuple[str, ...]) -> None:
    wrong = [name for name in names if name in raw and not isinstance(raw[name], str)]
    if wrong:
        raise ValueError(f"{where}: not a text: {', '.join(wrong)}")
