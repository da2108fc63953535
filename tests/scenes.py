"""Proposals in every state with the people around them, for tests that open all pages there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.asked import make_asked, make_screened
from tests.browsing import Browser
from tests.deciding import review_it
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_secretary, make_version
from tests.post import run_outbox
from tests.reviewing import accept, make_panel, review, route
from webapp.adapters.clocks import SetClock
from webapp.domain.decisions import ConditionText
from webapp.domain.people import Role
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.services.decisions.confirm import confirm_decision
from webapp.services.decisions.draft import Draft, draft_decision
from webapp.wiring import Wiring


@dataclass
class Scene:
    """Who is there, and at which addresses each begins to look around; None is the public."""

    starts: list[tuple[Person | None, list[str]]] = field(default_factory=list)

    def begin(self, person: Person | None, *paths: str) -> None:
        """Let this person look around from these addresses."""
        self.starts.append((person, list(paths)))


def make_scene(wired: Wiring, clock: SetClock, browse: Browser) -> Scene:
    """Proposals as drafts, in screening, with partners, in review, to be decided and decided; links in mails."""
    scene = Scene()
    secretary = make_secretary(wired)
    owner = make_person(wired, email="owner@demo.example")
    staff: list[str] = ["/desk", "/desk/people", "/desk/calls", "/desk/outbox", "/desk/organisations"]
    scene.begin(owner, "/", "/alerts", *_draft(wired, owner))
    staff += _screening(wired, clock, scene)
    staff += _review(wired, scene)
    staff += _decisions(wired, clock, scene, owner, secretary)
    administrator = make_person(wired)
    make_seat(wired, administrator, Role.ADMINISTRATOR, initiative_id=None)
    focal_point = make_person(wired)
    make_seat(wired, focal_point, Role.FOCAL_POINT, partner="TH")
    scene.begin(secretary, *staff)
    scene.begin(administrator, "/desk/people", "/desk/calls")
    scene.begin(focal_point, "/partners/TH/desk", "/desk/people/invite", "/account")
    links = _links(wired, browse, owner)
    scene.begin(None, "/", "/sign-up", "/password/forgotten", "/register", "/receipts", "/letters", *links)
    scene.begin(make_person(wired, email="colleague@demo.example"), "/account", *links)
    return scene


def _draft(wired: Wiring, owner: Person) -> list[str]:
    call = make_call(wired)
    reference = make_draft(wired, actor_of(wired, owner), call.code)
    base = f"/proposals/{reference}"
    lists = ("participants", "city-pairs", "milestones", "lines", "sources")
    return [
        "/proposals/new",
        base,
        f"{base}/check",
        f"{base}/articles/answers",
        *(f"{base}/lists/{kind}/0" for kind in lists),
    ]


def _screening(wired: Wiring, clock: SetClock, scene: Scene) -> list[str]:
    codes = ("TH", "MY")
    screened, asked = make_screened(wired, clock, codes), make_asked(wired, clock, codes)
    scene.begin(screened.owner, f"/proposals/{screened.reference}")
    scene.begin(asked.points["TH"], "/endorsements", f"/endorsements/{asked.reference}/TH")
    return [
        f"/desk/proposals/{screened.reference}/screening",
        f"/desk/proposals/{asked.reference}",
        f"/desk/proposals/{asked.reference}/endorsements",
    ]


def _review(wired: Wiring, scene: Scene) -> list[str]:
    panel, proposed = make_panel(wired), make_panel(wired, routing={"release": "after_look"})
    route(wired, panel.proposal)
    route(wired, proposed.proposal)
    _invited, accepted, sent = panel.assignments()[:3]
    accept(panel, accepted)
    accept(panel, sent)
    review(panel, sent)
    people = {one.id: one for one in panel.reviewers}
    for one in panel.assignments():
        scene.begin(people[one.reviewer_id], "/reviews", f"/reviews/{one.public_id}", "/account/reviewing")
    scene.begin(people[sent.reviewer_id], f"/proposals/{panel.proposal.reference}/reviews")
    base = f"/desk/proposals/{panel.proposal.reference}"
    other = f"/desk/proposals/{proposed.proposal.reference}/panel"
    return [base, f"{base}/panel", f"{base}/decision", f"{base}/history", other, f"{other}/release"]


def _decisions(wired: Wiring, clock: SetClock, scene: Scene, owner: Person, secretary: Person) -> list[str]:
    call, second = make_call(wired), make_secretary(wired)
    made = []
    for outcome, confirmed in (
        ("approved_with_conditions", True),
        ("declined", True),
        ("approved", False),
        ("", False),
    ):
        proposal = make_proposal(
            wired, owner, call, ("KE", "CN"), stage="deliberation", submitted_at=clock.at, due_at=clock.at
        )
        make_version(wired, proposal)
        review_it(wired, proposal)
        if outcome:
            _decide(wired, second, secretary if confirmed else None, proposal, outcome)
        made.append(proposal.reference)
    scene.begin(owner, *(f"/proposals/{reference}/decision" for reference in made[:2]))
    scene.begin(owner, *(f"/proposals/{reference}" for reference in made))
    scene.begin(second, *(f"/desk/proposals/{reference}/decision" for reference in made))
    return ["/desk/decisions", *(f"/desk/proposals/{reference}/decision" for reference in made)]


def _decide(wired: Wiring, drafter: Person, confirmer: Person | None, proposal: Proposal, outcome: str) -> None:
    conditions = [ConditionText("Show a letter.")] if outcome == "approved_with_conditions" else []
    with wired.open_work(actor_of(wired, drafter)) as work:
        draft = Draft(outcome, "The plan is sound.", "Dear applicant,\n\nwe have decided.", conditions)
        draft_decision(work, proposal.reference, draft, revision=_revision(wired, proposal))
    if confirmer is not None:
        with wired.open_work(actor_of(wired, confirmer)) as work:
            confirm_decision(work, proposal.reference, revision=_revision(wired, proposal))


def _revision(wired: Wiring, proposal: Proposal) -> int:
    with wired.open_reading() as session:
        row = session.get_one(Proposal, proposal.id, populate_existing=True)
        return row.revision


def _links(wired: Wiring, browse: Browser, owner: Person) -> list[str]:
    """The addresses with tokens that mails lead to: an account to confirm, a password to set, invitations."""
    public, staff = browse(), browse(make_secretary(wired))
    entry: dict[str, Any] = {"name": "New", "email": "new@demo.example", "password": "a long enough phrase"}
    public.post("/sign-up", entry)
    public.post("/password/forgotten", {"email": "owner@demo.example"})
    staff.post("/desk/people/invite", {"email": "staff@demo.example", "role": "secretariat"})
    reference = make_draft(wired, actor_of(wired, owner), make_call(wired).code)
    invited = {"email": "colleague@demo.example", "role": "editor"}
    browse(owner).post(f"/proposals/{reference}/collaborators", invited)
    wanted = ("/confirm/", "/password/", "/invitations/", "/collaborations/", "/unsubscribe/")
    mails = run_outbox(wired)
    found = [link for mail in mails for link in (*mail.links, mail.headers.get("List-Unsubscribe", "").strip("<>"))]
    return list(
        dict.fromkeys(link.removeprefix("http://localhost") for link in found if any(w in link for w in wanted))
    )
