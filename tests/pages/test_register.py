"""The register: only what is published is shown, nothing hidden shows, exports cannot execute (R58, R59, R70)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.browsing import Browser
from tests.factories import make_call, make_person, make_proposal, make_version
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM
from webapp.domain.register import COLUMNS, FORMULA_STARTS, guard_cell, sum_targets, write_csv
from webapp.models.initiative import ArticleRow
from webapp.models.proposals import Proposal, ProposalArticle
from webapp.wiring import Wiring

CONTENT: dict[str, Any] = {
    "basics": {"title": "=HYPERLINK(1)", "summary": "Clinics on rivers.", "sector": "health", "language": "en"},
    "partners": {"lead_partner": "KE", "lead_contact_name": "Asha Otieno", "lead_contact_email": "asha@demo.example"},
    "results": {"indicators": {"5.services": {"baseline": "0", "target": "120", "how_measured": "Counted."}}},
    "budget": {"currency": "USD", "lines": [{"partner": "KE", "category": "staff", "amount": "731.00"}]},
    "declarations": {"publish_contacts": True, "publish_budget": True},
}


def published(wired: Wiring, clock: SetClock, content: dict[str, Any] | None = None, **call: Any) -> Proposal:
    owner = make_person(wired)
    moments = {"submitted_at": clock.at, "published_at": clock.at, "stage": "published", "sector": "health"}
    proposal = make_proposal(wired, owner, make_call(wired, **call), ("KE", "CN"), **moments)
    make_version(wired, proposal, content or CONTENT)
    with wired.open_work(SYSTEM) as work:
        numbered = select(ArticleRow.id, ArticleRow.number).where(ArticleRow.number.in_((5, 10)))
        for article_id, number in work.session.execute(numbered).all():
            mapped = {"is_primary": number == 5, "place": 0 if number == 5 else 1}
            work.session.add(ProposalArticle(proposal_id=proposal.id, article_id=article_id, **mapped))
    return proposal


def hidden(wired: Wiring, clock: SetClock) -> Proposal:
    owner = make_person(wired)
    made = make_proposal(
        wired, owner, make_call(wired), ("MY", "CN"), stage="approved", submitted_at=clock.at, title="Secret plan"
    )
    make_version(wired, made, CONTENT)
    return made


@pytest.mark.rule("R58", "R70")
def test_only_what_is_published_is_shown(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    shown, kept = published(wired, clock), hidden(wired, clock)
    visitor = browse()
    for path in ("/", "/register", "/register?partner=CN", "/register.csv", "/register.json", "/register/feed.atom"):
        text = visitor.get(path).get_data(as_text=True)
        assert shown.reference in text, path
        assert kept.reference not in text, path
        assert "Secret plan" not in text, path
    assert visitor.get(f"/register/{shown.reference}").status_code == 200
    assert visitor.get(f"/register/{kept.reference}").status_code == 404


@pytest.mark.rule("R70")
def test_a_hidden_change_changes_no_byte(client: FlaskClient, wired: Wiring, clock: SetClock) -> None:
    published(wired, clock)
    paths = ("/register.csv", "/register.json", "/register/feed.atom")
    before = [client.get(path).data for path in paths]
    secret = hidden(wired, clock)
    with wired.open_work(SYSTEM) as work:
        work.session.get_one(Proposal, secret.id).summary = "Changed."
    assert [client.get(path).data for path in paths] == before


@pytest.mark.rule("R58")
@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("q=RIVERS", 0),
        ("q=telemedicine", 1),
        ("q=%25", 0),
        ("partner=KE", 1),
        ("partner=MY", 0),
        ("sector=health", 1),
        ("sector=trade", 0),
        ("year=2026", 1),
        ("year=2025", 0),
        ("article=10", 1),
        ("article=11", 0),
        ("status=completed", 0),
        ("status=draft&year=x&article=99&page=99999999999", 1),
    ],
)
def test_filters(client: FlaskClient, wired: Wiring, clock: SetClock, query: str, number: int) -> None:
    published(wired, clock)
    assert len(json.loads(client.get(f"/register.json?{query}").data)["entries"]) == number
    assert client.get(f"/register?{query}").status_code == 200


@pytest.mark.rule("R49")
@pytest.mark.parametrize(("call", "agreed"), [(True, True), (True, False), (False, True)])
def test_contacts_and_budget_need_both_agreements(
    browse: Browser, wired: Wiring, clock: SetClock, call: bool, agreed: bool
) -> None:
    content = CONTENT | {"declarations": {"publish_contacts": agreed, "publish_budget": agreed}}
    shown = published(wired, clock, content, publication={"contacts": call, "budget": call})
    text = browse().get(f"/register/{shown.reference}").get_data(as_text=True)
    assert ("asha@demo.example" in text) == (call and agreed)
    assert ("USD\u00a0731" in text) == (call and agreed)
    assert ("Budget lines are withheld." in text) != (call and agreed)
    assert "voluntary and non-binding" in text


@pytest.mark.rule("R59")
def test_exports_say_what_they_are_and_execute_nothing(client: FlaskClient, wired: Wiring, clock: SetClock) -> None:
    published(wired, clock)
    (row,) = csv.DictReader(io.StringIO(client.get("/register.csv").data.decode("utf-8-sig"), newline=""))
    assert list(row) == list(COLUMNS)
    assert row["title"] == "'=HYPERLINK(1)"
    assert (row["licence"], row["exported_at"]) == ("CC BY 4.0", clock.at.isoformat())
    assert (row["partners"], row["articles"], row["primary_article"]) == ("KE CN", "5 10", "5")
    assert json.loads(client.get("/register.json").data)["columns"] == dict(COLUMNS)
    assert Xml.fromstring(client.get("/register/feed.atom").data).tag.endswith("feed")  # noqa: S314 - our own


@pytest.mark.rule("R59")
@given(start=st.sampled_from(FORMULA_STARTS), rest=st.text(max_size=20), spaces=st.integers(0, 3))
def test_no_cell_begins_a_formula(start: str, rest: str, spaces: int) -> None:
    assert guard_cell(" " * spaces + start + rest).startswith("'")
    assert f",'{start}" in write_csv([{"title": start}]).replace('"', "")


@pytest.mark.rule("R58")
def test_targets_are_summed() -> None:
    results = [
        {"indicators": {"5.a": {"target": "1.5"}, "x": {"target": "1"}}},
        {"indicators": {"5.a": {"target": "2"}}},
    ]
    (one,) = sum_targets([*results, {"indicators": {"5.a": {"target": "many"}, "5.b": {"target": "NaN"}}}, {}])
    assert (one.article, one.indicator, str(one.total), one.entries) == (5, "a", "3.5", 2)


@pytest.mark.parametrize(
    "path", ["/", "/register", "/initiative", "/help", "/privacy", "/accessibility", "/register/data-dictionary"]
)
def test_texts_for_everybody(browse: Browser, path: str) -> None:
    assert browse().get(path).status_code == 200


def test_what_may_be_kept(browse: Browser, client: FlaskClient, wired: Wiring) -> None:
    assert client.get("/register.csv").headers["Cache-Control"] == "public, max-age=60"
    assert browse(make_person(wired)).get("/register").headers["Cache-Control"] == "no-store"
    assert b"Disallow: /desk" in client.get("/robots.txt").data
    assert b'id="A12.s2"' in client.get("/initiative").data
