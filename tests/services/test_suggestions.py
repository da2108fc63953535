"""Another mapping by the screener or a reviewer, merges and duplicates, and what the applicant says (R20, R71)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.asked import Asked, make_screened
from tests.browsing import Browser
from tests.deciding import decide, now
from tests.factories import actor_of, make_person, make_proposal, make_secretary, make_version
from tests.post import run_outbox
from tests.reviewing import Panel, accept, make_panel, review, route
from webapp.adapters.clocks import SetClock
from webapp.domain import mapping as mappings
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from webapp.domain.initiative import QuestionKind
from webapp.domain.mapping import Mapping
from webapp.domain.people import SYSTEM
from webapp.domain.suggestions import apply_mapping
from webapp.models.audit import EventRow
from webapp.models.initiative import ArticleRow
from webapp.models.proposals import Proposal, ProposalArticle, ProposalSection, ProposalVersion
from webapp.models.reviews import Suggestion
from webapp.models.routing import Assignment
from webapp.queries.access import find_head_by_id
from webapp.queries.reviews.suggestions import list_links
from webapp.services.proposals.remap import accept_mapping, answer_mapping
from webapp.services.reviews.suggest import suggest
from webapp.services.reviews.suggestions import offer_mapping, set_aside, take_suggestion
from webapp.wiring import Wiring

SERVES = "It brings doctors to forty-two villages that have none, and trains nurses."
OTHER = Mapping(1, (5, 12))


@pytest.fixture
def screened(wired: Wiring, clock: SetClock) -> Asked:
    """In screening, with the section that its version was frozen from."""
    made = make_screened(wired, clock)
    texts = {str(number): SERVES for number in (5, 1, 10)}
    content = {"primary": 5, "secondary": [1, 10], "justifications": texts, "answers": {"10": {"trainees": "12"}}}
    with wired.open_work(SYSTEM) as work:
        work.session.add(
            ProposalSection(proposal_id=made.proposal.id, section="articles", content=content, saved_at=work.now)
        )
    return made


@pytest.fixture
def panel(wired: Wiring) -> Panel:
    made = make_panel(wired, reviewers=3)
    route(wired, made.proposal)
    return made


def offer(made: Asked, mapped: Mapping = OTHER, reason: str = "It is about villages first.", **given: Any) -> None:
    with made.wired.open_work(made.staff) as work:
        offer_mapping(work, made.reference, mapped=mapped, reason=reason, **given)


def accept_it(made: Asked, texts: dict[int, str], **given: Any) -> None:
    asked = {"answers": answers_for(made.wired, 12), "indicators": indicators_for(made.wired, 12)}
    with made.wired.open_work(actor_of(made.wired, made.owner)) as work:
        accept_mapping(work, made.reference, justifications=texts, **{**asked, **given})


ANSWERED = {
    QuestionKind.NUMBER: "3",
    QuestionKind.YES_NO: "yes",
    QuestionKind.CITY_PAIR: {"city_a": "Kisumu", "partner_a": "KE", "city_b": "Kunming", "partner_b": "CN"},
}


def answers_for(wired: Wiring, number: int) -> dict[str, dict[str, Any]]:
    """An answer to every question of the article."""
    article = wired.rules.initiative.article(number)
    assert article is not None
    found: dict[str, Any] = {}
    for question in article.profile.questions:
        value = question.options[0].id if question.options else ANSWERED.get(question.kind, "By the river.")
        found[question.id] = [value] if question.kind is QuestionKind.CHOICES else value
    return {str(number): found}


def indicators_for(wired: Wiring, number: int) -> dict[str, dict[str, str]]:
    """A baseline and a target for every indicator of the article."""
    article = wired.rules.initiative.article(number)
    assert article is not None
    return {f"{number}.{one.id}": {"baseline": "0", "target": "12"} for one in article.profile.indicators}


def typed(wired: Wiring, number: int) -> dict[str, Any]:
    """The same as the form sends it."""
    form: dict[str, Any] = {}
    for question, value in answers_for(wired, number)[str(number)].items():
        name = f"q-{number}-{question}"
        form |= {f"{name}-{part}": one for part, one in value.items()} if isinstance(value, dict) else {name: value}
    for key, parts in indicators_for(wired, number).items():
        form |= {f"{key}-{part}": value for part, value in parts.items()}
    return form


def articles(wired: Wiring, proposal: Proposal) -> list[int]:
    with wired.open_reading() as session:
        found = select(ArticleRow.number).join(ProposalArticle, ProposalArticle.article_id == ArticleRow.id)
        return list(
            session.scalars(found.where(ProposalArticle.proposal_id == proposal.id).order_by(ProposalArticle.place))
        )


def seated(panel: Panel) -> Assignment:
    assignment = panel.assignments("invited")[0]
    accept(panel, assignment)
    return assignment


def suggested(panel: Panel, assignment: Assignment, **given: Any) -> int:
    with panel.wired.open_work(panel.actor(assignment.reviewer_id)) as work:
        suggest(work, assignment.public_id, **{"reason": "It is about villages first.", **given})
    with panel.wired.open_reading() as session:
        return session.scalars(select(Suggestion.id).order_by(Suggestion.id.desc()).limit(1)).one()


def state(wired: Wiring, suggestion_id: int) -> str:
    with wired.open_reading() as session:
        return session.scalars(select(Suggestion.state).where(Suggestion.id == suggestion_id)).one()


@pytest.mark.rule("R20", "R15", "R16")
def test_a_mapping_accepted_in_screening_makes_a_new_version(wired: Wiring, screened: Asked) -> None:
    offer(screened)
    (mail,) = [one for one in run_outbox(wired) if one.to == screened.owner.email]
    assert mail.subject.endswith("Another mapping is proposed for your proposal")
    for wrong in ({}, {12: "Short."}):
        with pytest.raises(Invalid) as refused:
            accept_it(screened, wrong)
        assert [one.field for one in refused.value.problems] == ["article_12"]
    wanted = {f"answers.12.{question}" for question in answers_for(wired, 12)["12"]}
    wanted |= {f"indicators.{key}.{part}" for key in indicators_for(wired, 12) for part in ("baseline", "target")}
    with pytest.raises(Invalid) as refused:
        accept_it(screened, {12: SERVES}, answers={}, indicators={})
    assert {one.field for one in refused.value.problems} == wanted
    accept_it(screened, {12: SERVES})
    assert articles(wired, screened.proposal) == [1, 5, 12]
    with wired.open_reading() as session:
        version = session.get_one(ProposalVersion, now(wired, screened.proposal).current_version_id)
        number, content = version.number, version.content["articles"]
    assert number == 2
    assert (content["primary"], content["secondary"], content["justifications"]["12"]) == (1, [5, 12], SERVES)
    assert "10" not in content["answers"]
    assert content["answers"]["12"] == answers_for(wired, 12)["12"]
    with wired.open_reading() as session:
        version = session.get_one(ProposalVersion, now(wired, screened.proposal).current_version_id)
        assert version.content["results"]["indicators"] == indicators_for(wired, 12)
    assert [event.version_id for event in screened.events("MappingAccepted")] == [screened.version_id()]
    assert any("accepted the mapping" in one.subject for one in run_outbox(wired) if one.to == screened.secretary.email)
    with pytest.raises(NotNow):
        accept_it(screened, {12: SERVES})


@pytest.mark.rule("R20")
def test_the_applicant_may_keep_the_mapping_and_say_why(wired: Wiring, screened: Asked) -> None:
    offer(screened)
    owner = actor_of(wired, screened.owner)
    with pytest.raises(Invalid), wired.open_work(owner) as work:
        answer_mapping(work, screened.reference, answer=" ")
    with wired.open_work(owner) as work:
        answer_mapping(work, screened.reference, answer="Health comes first here.")
    assert articles(wired, screened.proposal) == [5, 1, 10]
    assert screened.events("MappingAnswered")[0].payload["answer"] == "Health comes first here."
    offer(screened)  # the secretariat can propose again


@pytest.mark.rule("R14", "R20", "R26")
@pytest.mark.parametrize(
    ("mapped", "reason", "field"),
    [
        (Mapping(None, (5,)), "Why.", "primary"),
        (Mapping(5, (1, 10)), "Why.", "primary"),
        (Mapping(5, (10, 1)), "Why.", "primary"),
        (Mapping(1, (1,)), "Why.", "secondary"),
        (Mapping(1, (2, 3, 4, 5, 6)), "Why.", "secondary"),
        (OTHER, " ", "reason"),
    ],
)
def test_only_a_mapping_that_could_be_submitted_is_offered(
    screened: Asked, mapped: Mapping, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offer(screened, mapped, reason)
    assert refused.value.problems[0].field == field


@pytest.mark.rule("R20")
def test_one_mapping_is_offered_at_a_time_and_can_be_taken_back(wired: Wiring, screened: Asked) -> None:
    offer(screened, form_key="k" * 20)
    offer(screened, form_key="k" * 20)
    with pytest.raises(NotNow) as refused:
        offer(screened)
    assert refused.value.code == "mapping_offered"
    with wired.open_reading() as session:
        (number,) = session.scalars(select(Suggestion.id)).all()
    with wired.open_work(screened.staff) as work:
        set_aside(work, screened.reference, number, reason="It was a slip.")
    with pytest.raises(NotNow) as refused:
        accept_it(screened, {12: SERVES})
    assert refused.value.code == "mapping_not_offered"


@pytest.mark.rule("R1", "R20")
def test_only_the_owner_answers_and_only_the_secretariat_offers(wired: Wiring, screened: Asked) -> None:
    offer(screened)
    with pytest.raises(NotAllowed), wired.open_work(screened.actor("KE")) as work:
        accept_mapping(work, screened.reference, justifications={12: SERVES})
    with pytest.raises(NotFound), wired.open_work(actor_of(wired, make_person(wired))) as work:
        offer_mapping(work, screened.reference, mapped=OTHER, reason="Why.")


@pytest.mark.rule("R20", "R71")
def test_a_mapping_agreed_in_review_is_fixed_by_the_decision(wired: Wiring, panel: Panel) -> None:
    with wired.open_work(SYSTEM) as work:
        content = {"primary": 5, "secondary": [1], "justifications": {"5": SERVES, "1": SERVES}}
        work.session.add(
            ProposalSection(proposal_id=panel.proposal.id, section="articles", content=content, saved_at=work.now)
        )
    number = suggested(panel, seated(panel), kind="mapping", mapped=Mapping(1, (5,)))
    with wired.open_work(panel.secretariat) as work:
        take_suggestion(work, panel.proposal.reference, number)
    version = panel.now().current_version_id
    with wired.open_work(actor_of(wired, panel.owner)) as work:
        accept_mapping(work, panel.proposal.reference, justifications={})
    # Nobody's work is lost: the version, its panel and what lists show stay until the decision.
    assert panel.now().current_version_id == version
    assert articles(wired, panel.proposal) == [5, 1]
    for assignment in panel.assignments("invited"):
        accept(panel, assignment)
    for assignment in panel.assignments("accepted"):
        review(panel, assignment)
    assert panel.now().stage == "deliberation"
    decide(wired, panel.secretariat, actor_of(wired, make_secretary(wired)), panel.proposal, "approved")
    assert articles(wired, panel.proposal) == [1, 5]
    with pytest.raises(NotNow) as refused, wired.open_work(panel.secretariat) as work:
        offer_mapping(work, panel.proposal.reference, mapped=Mapping(5, ()), reason="Why.")
    assert refused.value.code == "mapping_fixed"


@pytest.mark.rule("R71")
@pytest.mark.parametrize("kind", ["merge", "duplicate"])
def test_two_proposals_are_linked_both_ways_by_one_press(wired: Wiring, panel: Panel, kind: str) -> None:
    other = make_proposal(
        wired,
        make_person(wired),
        panel.call,
        ("KE", "CN"),
        reference="PD-2026-00042-1",
        stage="screening",
        submitted_at=panel.now().submitted_at,
    )
    make_version(wired, other)
    number = suggested(panel, seated(panel), kind=kind, other_reference="pd 2026 42 1")
    with wired.open_work(panel.secretariat) as work:
        take_suggestion(work, panel.proposal.reference, number)
    assert state(wired, number) == "taken"
    with wired.open_reading() as session:
        for one, to in ((panel.proposal, other), (other, panel.proposal)):
            head = find_head_by_id(session, wired.rules, one.id)
            assert head is not None
            (link,) = list_links(session, panel.secretariat, head)
            assert (link.reference, link.kind) == (to.reference, kind)
            assert list_links(session, actor_of(wired, make_person(wired)), head) == []
            told = select(EventRow).where(EventRow.name == "ProposalsLinked", EventRow.subject_id == one.id)
            assert session.scalars(told).one().payload["other"] == to.reference
    with pytest.raises(NotNow), wired.open_work(panel.secretariat) as work:
        take_suggestion(work, panel.proposal.reference, number)


@pytest.mark.rule("R2", "R71")
def test_a_reviewer_learns_nothing_of_other_proposals(wired: Wiring, panel: Panel) -> None:
    assignment = seated(panel)
    # Whether it exists or not, the answer is the same; only the secretariat finds out.
    number = suggested(panel, assignment, kind="duplicate", other_reference="PD-2026-00042-1")
    with pytest.raises(Invalid) as refused, wired.open_work(panel.secretariat) as work:
        take_suggestion(work, panel.proposal.reference, number)
    assert refused.value.problems[0].code == "suggestion_other_unknown"
    for wrong in ("", "PD-2026-00042-9", "nonsense", panel.proposal.reference):
        with pytest.raises(Invalid):
            suggested(panel, assignment, kind="duplicate", other_reference=wrong)
    with pytest.raises(Invalid):
        suggested(panel, assignment, kind="other")
    with wired.open_work(panel.secretariat) as work:
        set_aside(work, panel.proposal.reference, number, reason="There is no such proposal.")
    assert state(wired, number) == "set_aside"


@pytest.mark.rule("R2", "R71")
def test_only_who_reviews_suggests(wired: Wiring, panel: Panel) -> None:
    invited = panel.assignments("invited")[0]
    with pytest.raises(NotNow):
        suggested(panel, invited, kind="merge", other_reference="PD-2026-00042-1")
    with pytest.raises(NotFound), wired.open_work(actor_of(wired, make_person(wired))) as work:
        suggest(work, invited.public_id, kind="merge", reason="Why.", other_reference="PD-2026-00042-1")


@pytest.mark.rule("R16", "R20")
def test_a_new_mapping_keeps_texts_and_puts_answers_aside() -> None:
    content = {
        "primary": 5,
        "secondary": [10],
        "justifications": {"5": "a", "10": "b"},
        "answers": {"10": {"x": "1"}},
        "aside": {"12": {"y": "2"}},
    }
    mapped = Mapping(12, (5,))
    new = apply_mapping(content, mapped, {12: " c "})
    assert new["justifications"] == {"5": "a", "10": "b", "12": "c"}
    assert (new["answers"], new["aside"]) == ({"12": {"y": "2"}}, {"10": {"x": "1"}})
    assert mappings.read_mapping(new).articles == (12, 5)


@pytest.mark.rule("R20", "R71")
def test_the_pages_of_suggestions(browse: Browser, wired: Wiring, panel: Panel, screened: Asked) -> None:
    assignment = seated(panel)
    reviewer, desk = browse(assignment.reviewer_id), browse(panel.secretary)
    page = f"/reviews/{assignment.public_id}/suggest"
    assert "Another mapping" in reviewer.get(page).text
    assert reviewer.post(page, {"kind": "merge", "reason": ""}).status_code == 422
    form = {"kind": "mapping", "primary": "1", "secondary": "5", "reason": "Villages first."}
    assert reviewer.post(page, form).status_code == 303
    assert "To look at" in reviewer.get(page).text
    staff = f"/desk/proposals/{panel.proposal.reference}/suggestions"
    assert "Propose it to the applicant" in desk.get(staff).text
    with wired.open_reading() as session:
        number = session.scalars(select(Suggestion.id)).one()
    assert desk.get(f"{staff}/{number}/set-aside").status_code == 200
    assert desk.post(f"{staff}/{number}/take", {}).status_code == 303
    assert "With the applicant" in desk.get(staff).text
    # Whom the applicant hears from is the secretariat: no reviewer is named.
    own = browse(panel.owner)
    shown = own.get(f"/proposals/{panel.proposal.reference}/mapping").text
    assert "Villages first." in shown
    with wired.open_reading() as session:
        name = panel.actor(assignment.reviewer_id).name
    assert name not in shown
    status = browse(screened.owner)
    path = f"/proposals/{screened.reference}"
    desk = browse(screened.secretary)
    form = {"primary": "1", "secondary": ["5", "12"], "reason": "Villages."}
    assert desk.post(f"/desk/proposals/{screened.reference}/suggestions", form | {"reason": ""}).status_code == 422
    assert desk.post(f"/desk/proposals/{screened.reference}/suggestions", form).status_code == 303
    assert "The secretariat proposes another mapping" in status.get(path).text
    assert status.post(f"{path}/mapping", {"act": "accept", "article_12": "Short."}).status_code == 422
    assert status.post(f"{path}/mapping", {"act": "answer", "answer": ""}).status_code == 422
    without = status.post(f"{path}/mapping", {"act": "accept", "article_12": SERVES})
    assert without.status_code == 422 and SERVES in without.text
    whole = {"act": "accept", "article_12": SERVES, **typed(wired, 12)}
    assert status.post(f"{path}/mapping", whole).status_code == 303
    assert "The secretariat proposes another mapping" not in status.get(path).text
    assert "No mapping is proposed" in status.get(f"{path}/mapping").text
