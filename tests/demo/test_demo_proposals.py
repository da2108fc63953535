"""Check that every demo proposal is whole: its form filled, its sums right, its article questions answered."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "config" / "demo" / "proposals"
INITIATIVE = ROOT / "config" / "initiatives" / "beijing-2023"
FILES = sorted(FOLDER.glob("*.json"))

SECTIONS = ["basics", "partners", "articles", "plan", "results", "budget", "safeguards", "declarations"]
KINDS = {"ministry", "agency", "enterprise", "university", "ngo", "city"}
CALLS = {"open-2026": set(range(1, 21)), "skills-2026": {9, 10, 13}}
SAFEGUARDS = {"inclusion", "environment", "personal_data", "security"}
EARLIEST, LATEST = date(2026, 12, 1), date(2030, 12, 31)

Json = dict[str, Any]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


PROFILES: dict[int, Json] = {p["article"]: p for p in read(INITIATIVE / "profiles.json")["profiles"]}
VOCABULARY = read(INITIATIVE / "vocabulary.json")
PARTNERS = {p["code"] for p in read(INITIATIVE / "partners.json")["partners"]}


def vocabulary(name: str) -> set[str]:
    return {entry["id"] for entry in VOCABULARY[name]}


def mapped(proposal: Json) -> list[int]:
    articles = proposal["sections"]["articles"]
    return [articles["primary"], *articles["secondary"]]


def taking_part(proposal: Json) -> set[str]:
    partners = proposal["sections"]["partners"]
    return {partners["lead_partner"], *(p["partner"] for p in partners["participants"])}


def basics_problems(proposal: Json) -> Iterator[str]:
    basics = proposal["sections"]["basics"]
    if not 10 <= len(basics["title"]) <= 150:
        yield f"title: {len(basics['title'])} characters"
    # A Chinese text says as much in a third of the characters.
    least = 300 if proposal["language"] == "zh" else 600
    if not least <= len(basics["summary"]) <= 1500:
        yield f"summary: {len(basics['summary'])} characters"
    if basics["sector"] not in vocabulary("sectors"):
        yield f"sector {basics['sector']}"
    if basics["language"] != proposal["language"]:
        yield "language of the form"
    if not all(proposal["source"].get(key) for key in ("corpus_id", "title", "publisher")):
        yield "source not named"


def organisation_problems(organisation: Json, partner: str) -> Iterator[str]:
    if set(organisation) != {"name", "kind", "partner"} or not organisation["name"].strip():
        yield f"organisation {organisation}"
    elif organisation["kind"] not in KINDS or organisation["partner"] != partner:
        yield f"organisation {organisation['name']}: kind or partner"


def contact_problems(name: str, email: str) -> Iterator[str]:
    domain = email.rpartition("@")[2]
    if len(name.strip()) < 3:
        yield f"contact name {name!r}"
    if not email.isascii() or not (domain == "demo.example" or domain.endswith(".demo.example")):
        yield f"contact address {email}"


def partner_problems(proposal: Json) -> Iterator[str]:
    partners = proposal["sections"]["partners"]
    yield from organisation_problems(partners["lead_organisation"], partners["lead_partner"])
    yield from contact_problems(partners["lead_contact_name"], partners["lead_contact_email"])
    for participant in partners["participants"]:
        yield from organisation_problems(participant["organisation"], participant["partner"])
        yield from contact_problems(participant["contact_name"], participant["contact_email"])
        if len(participant["role"]) < 15 and proposal["language"] != "zh":
            yield f"role {participant['role']!r}"
    names = [partners["lead_organisation"]["name"], *(p["organisation"]["name"] for p in partners["participants"])]
    if len(names) != len(set(names)) or not 2 <= len(names) <= 5:
        yield "organisations: too few, too many or twice"
    if len(taking_part(proposal)) < 2 or not taking_part(proposal) <= PARTNERS:
        yield f"partners {sorted(taking_part(proposal))}"
    for pair in partners["city_pairs"]:
        yield from city_pair_problems(pair, taking_part(proposal))


def city_pair_problems(pair: Json, codes: set[str]) -> Iterator[str]:
    if not {pair["partner_a"], pair["partner_b"]} <= codes or pair["partner_a"] == pair["partner_b"]:
        yield f"city pair {pair}"
    if not pair["city_a"].strip() or not pair["city_b"].strip():
        yield "city pair without a name"


def article_problems(proposal: Json) -> Iterator[str]:
    articles = proposal["sections"]["articles"]
    numbers = mapped(proposal)
    if len(numbers) != len(set(numbers)) or not 2 <= len(numbers) <= 4:
        yield f"mapping {numbers}"
    if not set(numbers) <= CALLS[proposal["call"]]:
        yield f"mapping {numbers} not open in {proposal['call']}"
    if set(articles["justifications"]) != {str(n) for n in numbers}:
        yield "justifications do not match the mapping"
    for number, text in articles["justifications"].items():
        if len(text.strip()) < 40:
            yield f"justification of {number}: {len(text)} characters"
    if set(articles["answers"]) != {str(n) for n in numbers}:
        yield "answers do not match the mapping"
    for number in numbers:
        yield from answer_problems(proposal, number, articles["answers"].get(str(number), {}))


def answer_problems(proposal: Json, number: int, answers: Json) -> Iterator[str]:
    questions = {q["id"]: q for q in PROFILES[number]["questions"]}
    for unknown in set(answers) - set(questions):
        yield f"{number}.{unknown}: no such question"
    for question in questions.values():
        answer = answers.get(question["id"])
        if not answer:
            if question["required"]:
                yield f"{number}.{question['id']}: not answered"
        elif not fits(question, answer, proposal):
            yield f"{number}.{question['id']}: {str(answer)[:60]!r}"


def fits(question: Json, answer: Any, proposal: Json) -> bool:
    """Whether the answer has the shape that the kind of question asks for."""
    options = {o["id"] for o in question.get("options", ())}
    match question["kind"]:
        case "choices":
            return isinstance(answer, list) and len(answer) == len(set(answer)) and set(answer) <= options
        case "choice":
            return answer in options
        case "yes_no":
            return answer in ("yes", "no")
        case "number":
            return isinstance(answer, str) and answer.isdecimal()
        case "city_pair":
            pairs = proposal["sections"]["partners"]["city_pairs"]
            return answer in [{k: p[k] for k in ("city_a", "partner_a", "city_b", "partner_b")} for p in pairs]
        case _:
            return isinstance(answer, str) and len(answer) <= question["max_length"]


def plan_problems(proposal: Json) -> Iterator[str]:
    plan = proposal["sections"]["plan"]
    least = 40 if proposal["language"] == "zh" else 120
    for key in ("objectives", "activities"):
        if len(plan[key]) < least:
            yield f"{key}: {len(plan[key])} characters"
    starts, ends = date.fromisoformat(plan["starts_on"]), date.fromisoformat(plan["ends_on"])
    if not EARLIEST <= starts < ends <= LATEST:
        yield f"dates {starts} to {ends}"
    due = [date.fromisoformat(m["due_on"]) for m in plan["milestones"]]
    if due != sorted(due) or not all(starts <= d <= ends for d in due) or not 3 <= len(due) <= 5:
        yield f"milestones {due}"
    if not all(m["title"].strip() and m["deliverable"].strip() for m in plan["milestones"]):
        yield "milestone without a title or deliverable"


def result_problems(proposal: Json) -> Iterator[str]:
    indicators = proposal["sections"]["results"]["indicators"]
    known = {f"{n}.{i['id']}": i for n in mapped(proposal) for i in PROFILES[n]["indicators"]}
    for key in set(indicators) ^ set(known):
        yield f"indicator {key}: missing or unknown"
    for key in set(indicators) & set(known):
        row = indicators[key]
        baseline, target = Decimal(row["baseline"]), Decimal(row["target"])
        if (baseline > target) if known[key]["direction"] == "up" else (baseline < target):
            yield f"indicator {key}: from {baseline} to {target}"
        if known[key]["unit"] == "percent" and known[key]["id"] != "sales_growth" and target > 100:
            yield f"indicator {key}: {target} percent"
        if len(row["how_measured"]) < (4 if proposal["language"] == "zh" else 12):
            yield f"indicator {key}: not said how it is measured"


def budget_problems(proposal: Json) -> Iterator[str]:
    budget = proposal["sections"]["budget"]
    if not 4 <= len(budget["lines"]) <= 8:
        yield f"{len(budget['lines'])} budget lines"
    for line in budget["lines"]:
        if line["category"] not in vocabulary("budget_categories") or line["partner"] not in taking_part(proposal):
            yield f"budget line {line}"
    for source in budget["sources"]:
        if source["kind"] not in vocabulary("source_kinds") or source["state"] not in vocabulary("source_states"):
            yield f"source {source}"
    amounts = [Decimal(row["amount"]) for row in (*budget["lines"], *budget["sources"])]
    if any(a <= 0 or a.as_tuple().exponent != -2 for a in amounts):
        yield "an amount is not a positive sum with two decimals"
    lines, sources = (sum(Decimal(r["amount"]) for r in budget[key]) for key in ("lines", "sources"))
    if lines != sources:
        yield f"lines {lines}, sources {sources}"


def evidence_problems(proposal: Json) -> Iterator[str]:
    safeguards = proposal["sections"]["safeguards"]
    if set(safeguards) - {"artificial_intelligence"} != SAFEGUARDS:
        yield f"safeguards {sorted(safeguards)}"
    if 16 in mapped(proposal) and not safeguards.get("artificial_intelligence"):
        yield "article 16 without a safeguard on artificial intelligence"
    least = 20 if proposal["language"] == "zh" else 60
    for key, text in safeguards.items():
        # The text on artificial intelligence stays empty where none is used.
        if len(text) < least and not (key == "artificial_intelligence" and text == ""):
            yield f"safeguard {key}: {len(text)} characters"
    declarations = proposal["sections"]["declarations"]
    if not all(declarations[key] is True for key in ("accurate", "authorised", "voluntary")):
        yield "a declaration is not made"
    if not 1 <= len(proposal["documents"]) <= 2:
        yield f"{len(proposal['documents'])} documents"
    for document in proposal["documents"]:
        if not document["name"].endswith(".pdf") or not document["title"] or "\n" in document["text"]:
            yield f"document {document['name']}"


CHECKS: list[Callable[[Json], Iterator[str]]] = [
    basics_problems,
    partner_problems,
    article_problems,
    plan_problems,
    result_problems,
    budget_problems,
    evidence_problems,
]


def problems(proposal: Json) -> list[str]:
    if list(proposal["sections"]) != SECTIONS:
        return [f"sections {list(proposal['sections'])}"]
    return [problem for check in CHECKS for problem in check(proposal)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_demo_proposal_is_whole(path: Path) -> None:
    proposal = read(path)
    assert proposal["id"] == path.stem
    assert problems(proposal) == []


def test_the_demo_has_proposals_and_no_title_twice() -> None:
    titles = [read(path)["sections"]["basics"]["title"] for path in FILES]
    assert titles
    assert len(titles) == len(set(titles))


def test_an_organisation_is_the_same_everywhere() -> None:
    kinds: dict[tuple[str, str], set[str]] = {}
    for path in FILES:
        partners = read(path)["sections"]["partners"]
        for entry in (partners["lead_organisation"], *(p["organisation"] for p in partners["participants"])):
            kinds.setdefault((entry["partner"], entry["name"]), set()).add(entry["kind"])
    assert {key: kind for key, kind in kinds.items() if len(kind) > 1} == {}


def spoil(proposal: Json, path: str, value: Any) -> Json:
    """Return a copy in which the value at the dotted path is replaced, or taken out if None."""
    copied = copy.deepcopy(proposal)
    *way, last = path.split(".")
    place: Any = copied["sections"]
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        place.pop(last)
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return copied


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("basics.summary", "Too short."),
        ("basics.sector", "space"),
        ("partners.lead_partner", "FR"),
        ("partners.participants.0.contact_email", "someone@example.org"),
        ("articles.secondary", [1, 1]),
        ("articles.justifications", {}),
        ("articles.answers", {}),
        ("plan.starts_on", "2031-01-01"),
        ("plan.milestones", []),
        ("results.indicators", {}),
        ("budget.lines.0.amount", "0.01"),
        ("budget.lines.0.category", "sundries"),
        ("budget.sources.0.state", "hoped for"),
        ("safeguards.security", None),
        ("declarations.accurate", False),
    ],
)
def test_a_spoilt_proposal_is_noticed(path: str, value: Any) -> None:
    assert problems(spoil(read(FILES[0]), path, value))
