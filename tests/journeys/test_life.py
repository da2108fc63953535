"""The life of a proposal through the running product, by eight people, with scripts and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import deciding, endorsing, public, reviewing, writing
from tests.journeys.people import OWN_PASSWORD, Crowd
from tests.journeys.product import Product
from tests.journeys.story import READERS, Story

pytestmark = [
    pytest.mark.journey,
    pytest.mark.rule("R9", "R14", "R26", "R30", "R36", "R46", "R48", "R49", "R58", "R64"),
]

VOUCHERS = Story("desktop", "d1-17-digital-vouchers-small-firms", (("MM", "Myanmar"), ("TH", "Thailand")))
HUB = Story("phone", "d1-16-hub-for-small-industry", (("PS", "Palestine"), ("MY", "Malaysia")))


@pytest.mark.parametrize(("story", "scripts"), [(VOUCHERS, True), (HUB, False)], ids=["scripts", "no-scripts"])
def test_from_a_web_form_to_the_register(
    product: Product, browser: Browser, tmp_path: Path, story: Story, scripts: bool
) -> None:
    crowd = Crowd(browser, product, scripts)
    one = crowd.person("Amara Lindqvist", "secretariat@demo.example")
    two = crowd.person("Tomás Okafor", "secretariat.two@demo.example")
    applicant = crowd.person("Joyce Wanjala", f"joyce@{story.mark}.example", OWN_PASSWORD)
    (code, lead), (other_code, other) = story.partners
    focal = crowd.person(f"Focal point of {lead}", f"focal.{code.lower()}@demo.example")
    other_focal = crowd.person(f"Focal point of {other}", f"focal.{other_code.lower()}@demo.example")
    reviewers = [
        crowd.person(name, f"{name.split()[0].lower()}@{story.mark}-readers.example", OWN_PASSWORD) for name in READERS
    ]

    deciding.make_call(one, story)
    deciding.invite_reviewers(one, reviewers, story)
    for reviewer in reviewers:
        reviewing.join(reviewer, story)

    writing.make_account(applicant)
    writing.begin(applicant, story)
    writing.fill(applicant, story)
    writing.attach(applicant, tmp_path)
    writing.submit(applicant, story, version=1)

    deciding.return_it(one, story)
    writing.mend(applicant, story)
    writing.submit(applicant, story, version=2)
    deciding.let_pass(one, story)

    endorsing.acknowledge(focal, story, lead)
    endorsing.acknowledge(other_focal, story, other)
    endorsing.endorse(focal, story, lead)
    endorsing.endorse_with_conditions(other_focal, story, other)

    deciding.release_panel(one, reviewers, story)
    for reviewer in reviewers:
        reviewing.accept(reviewer, story)
    for place, reviewer in enumerate(reviewers):
        reviewing.review(reviewer, story, place)

    deciding.draft_decision(one, story)
    deciding.confirm_decision(two, story)
    writing.show_condition_met(applicant, story)
    deciding.settle_condition(two, story)

    applicant.opens_mail("Your proposal is in the register", story.reference)
    visitor = crowd.person("Visitor", "")
    public.read_register(visitor, story)
    public.read_data(visitor, story)
