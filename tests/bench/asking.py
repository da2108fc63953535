"""What is measured: pages asked for by several people in turn, and the two deeds of a deadline."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from sqlalchemy import text

from tests.bench.base import WHOLE_DRAFT
from tests.bench.web import Line, Reader, Site, Spent, hidden_fields, sign_in
from webapp.wiring import Wiring

READERS = 12
WARM = 12
ASKED = 60
SECONDS_AT_MOST = 12.0
DEEDS = 60


@dataclass
class Measured:
    """The times of one kind of request in milliseconds, and the processor's time for all of them."""

    name: str
    is_list: bool = True
    times: list[float] = field(default_factory=list)
    spent: Spent = field(default_factory=lambda: Spent(0, 0))

    @property
    def web(self) -> float:
        """Processor time of the pages' processes for one request, in milliseconds."""
        return self.spent.web / len(self.times) * 1000

    @property
    def database(self) -> float:
        """Processor time of the database for one request, in milliseconds."""
        return self.spent.database / len(self.times) * 1000

    def part(self, share: float) -> float:
        """The time within which this share of the requests was answered, in milliseconds."""
        return sorted(self.times)[min(int(len(self.times) * share), len(self.times) - 1)]


PEOPLE = {
    "secretariat": "SELECT person_id FROM seats WHERE role = 'secretariat'",
    "focal point": "SELECT person_id FROM seats WHERE role = 'focal_point'",
    "reviewer": "SELECT reviewer_id FROM assignments a JOIN proposals p ON p.id = a.proposal_id"
    " WHERE a.state = 'accepted' AND p.stage = 'review' GROUP BY 1"
    " HAVING count(*) BETWEEN 6 AND 10",
    "applicant": "SELECT owner_id FROM proposals GROUP BY 1 HAVING count(*) BETWEEN 3 AND 30",
    "everybody": "SELECT NULL",
}
# Who asks for what; a part in braces is taken from the question with that name.
LISTS: tuple[tuple[str, str, str], ...] = (
    ("Reviewer's queue", "reviewer", "/reviews"),
    ("Secretariat's list", "secretariat", "/desk/proposals"),
    ("Secretariat's list, page 5 of a stage", "secretariat", "/desk/proposals?stage=live&page=5"),
    ("Secretariat's list, one partner and article", "secretariat", "/desk/proposals?partner=KE&article=5"),
    ("Secretariat's search, a town", "secretariat", "/desk/proposals?q={town}"),
    ("Secretariat's search, a common word", "secretariat", "/desk/proposals?q=digital"),
    ("Desk overview", "secretariat", "/desk"),
    ("Focal point's queue", "focal point", "/endorsements"),
    ("Applicant's list", "applicant", "/proposals"),
    ("Task list", "draft", "/proposals/{draft}"),
    ("Register's list", "everybody", "/register"),
    ("Register's list, a search", "everybody", "/register?q={town}"),
    ("Start page", "everybody", "/"),
)
WORDS = {"town": "SELECT lower(split_part(title, ', ', -1)) FROM proposals WHERE id > 100000"}
DRAFTS = "SELECT owner_id, reference FROM proposals WHERE stage = 'draft' AND title LIKE :title"
CASES = (
    "SELECT s.person_id, p.reference, partners.code FROM endorsements e"
    " JOIN proposals p ON p.id = e.proposal_id JOIN partners ON partners.id = e.partner_id"
    " JOIN seats s ON s.partner_id = e.partner_id AND s.role = 'focal_point'"
    " WHERE e.state = 'delivered' AND p.stage = 'endorsement'"
)


def measure_all(site: Site, wired: Wiring, seed: int) -> Iterator[Measured]:
    """Every list, then the deeds; one request at a time, so that what is measured is the request and not a queue."""
    chance = random.Random(seed)
    lines = (Line(site.port), Line(site.port))
    for name, who, path in LISTS:
        yield _measure_list(site, wired, lines, name, who, path, chance)
    drafts = _ask(wired, DRAFTS, chance, title=f"{WHOLE_DRAFT}%")[:DEEDS]
    yield _measure_deeds(
        site,
        wired,
        lines[0],
        "Submit",
        [(person, f"/proposals/{reference}/check", f"/proposals/{reference}/submit") for person, reference in drafts],
    )
    cases = {reference: (person, reference, code) for person, reference, code in _ask(wired, CASES, chance)}
    yield _measure_deeds(
        site,
        wired,
        lines[1],
        "Endorse",
        [
            (person, page := f"/endorsements/{reference}/{code}/answer/endorse", page)
            for person, reference, code in list(cases.values())[:DEEDS]
        ],
    )


def _measure_list(
    site: Site, wired: Wiring, lines: Sequence[Line], name: str, who: str, path: str, chance: random.Random
) -> Measured:
    readers: list[tuple[Reader, dict[str, str]]] = []
    if who == "draft":
        for (person, reference), line in zip(
            _ask(wired, DRAFTS, chance, title="%")[:READERS], cycle(lines), strict=False
        ):
            readers.append((sign_in(wired, line, person), {"draft": reference}))
    else:
        for (person,), line in zip(_ask(wired, PEOPLE[who], chance)[:READERS], cycle(lines), strict=False):
            readers.append((sign_in(wired, line, person), {}))
    words = {key: [row[0] for row in _ask(wired, found, chance)[:ASKED]] for key, found in WORDS.items()}
    turns = cycle(readers)

    def ask(number: int) -> None:
        reader, own = next(turns)
        reader.get(path.format(**own, **{key: found[number % len(found)] for key, found in words.items()}))

    for number in range(WARM):
        ask(number)
    return _timed(site, Measured(name), [lambda number=number: ask(number) for number in range(ASKED)])


def _measure_deeds(site: Site, wired: Wiring, line: Line, name: str, deeds: Sequence[tuple[int, str, str]]) -> Measured:
    """The forms' pages are opened first; what is timed is the sending."""
    ready: list[Callable[[], None]] = []
    for person, page, address in deeds:
        reader = sign_in(wired, line, person)
        fields = hidden_fields(reader.get(page), address)
        ready.append(lambda reader=reader, address=address, fields=fields: reader.post(address, fields))
    for deed in ready[:4]:
        deed()
    return _timed(site, Measured(name, is_list=False), ready[4:])


def _timed(site: Site, measured: Measured, requests: Sequence[Callable[[], Any]]) -> Measured:
    before, until = site.spent(), time.monotonic() + SECONDS_AT_MOST
    for request in requests:
        began = time.perf_counter()
        request()
        measured.times.append((time.perf_counter() - began) * 1000)
        if time.monotonic() > until:
            break
    measured.spent = site.spent() - before
    return measured


def _ask(wired: Wiring, question: str, chance: random.Random, **given: Any) -> list[Any]:
    """The answer's rows, shuffled."""
    with wired.open_reading() as session:
        rows = sorted(tuple(row) for row in session.execute(text(question), given))
    chance.shuffle(rows)
    return rows
