"""The five refusals a verb can answer with, each with a code and the values its words need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.domain.problems import Problem

Params = Mapping[str, str | int]


class Refusal(Exception):
    """What was asked is not done and nothing was changed (R25).

    `code` names the sentence shown to people; `params` fills its placeholders. The sentences
    themselves stand on the pages floor, so that a rule never speaks one language.
    """

    def __init__(self, code: str, params: Params | None = None) -> None:
        super().__init__(code, dict(params or {}))
        self.code: str = code
        self.params: Params = MappingProxyType(dict(params or {}))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {dict(self.params)!r})"


class NotFound(Refusal):
    """It does not exist, or the person may not know that it does (R2)."""

    def __init__(self, code: str = "not_found", params: Params | None = None) -> None:
        super().__init__(code, params)


class NotAllowed(Refusal):
    """The person sees the thing but may not do this with it (R1)."""

    def __init__(self, code: str = "not_allowed", params: Params | None = None) -> None:
        super().__init__(code, params)


class NotNow(Refusal):
    """Allowed in principle, but not in this stage or while something is still missing (R25)."""

    def __init__(self, code: str, params: Params | None = None) -> None:
        super().__init__(code, params)


class Invalid(Refusal):
    """What was sent has problems; all of them are listed, each at its field (R9)."""

    def __init__(self, problems: Iterable[Problem], code: str = "has_problems") -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(code, {"count": len(self.problems)})


class Stale(Refusal):
    """Somebody else was first: says what they did, so that the person can go on from there (R24).

    `event` is the name of the event that came first, `by` the shown name of who made it (empty
    where the reader may not know), `at` its time in UTC (None where it is not known).
    """

    def __init__(
        self,
        event: str = "",
        *,
        by: str = "",
        at: datetime | None = None,
        code: str = "changed_meanwhile",
        params: Params | None = None,
    ) -> None:
        self.event = event
        self.by = by
        self.at = at
        values: dict[str, str | int] = {"event": event, "by": by}
        if at is not None:
            values["at"] = at.isoformat()
        super().__init__(code, {**values, **(params or {})})
