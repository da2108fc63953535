"""The applicant's part: an account, a draft typed section by section, documents, submitting, mending."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.journeys.people import Person
from tests.journeys.story import READERS, Story
from tests.pages.filling import LISTS, dated, plain, typed_answers
from webapp.cli.demo.papers import make_pdf

TO_LIST = "Save and go to the list of sections"
ADDS = {
    "participants": "Add a participant",
    "city-pairs": "Add a city pair",
    "milestones": "Add a milestone",
    "lines": "Add a cost",
    "sources": "Add a source of funding",
}
MENDED = "One named person at each partner answers for security and tells of an incident within three days."


def make_account(applicant: Person) -> None:
    """Sign up, confirm the address by the mail's link, sign in."""
    applicant.opens("/")
    applicant.opens("/sign-up")
    applicant.writes("Full name", applicant.name)
    applicant.writes("Email address", applicant.email)
    applicant.writes("Password", applicant.password)
    applicant.presses("Make account")
    applicant.reads("Look into your mail")
    applicant.signs_in()
    applicant.reads("You have no proposal yet.")
    applicant.follows("Begin a proposal")
    applicant.reads("Confirm your address first", applicant.email)
    applicant.opens_mail("Confirm", "/confirm/")
    applicant.presses("Confirm address")
    applicant.opens("/account")
    applicant.reads("Your account")


def begin(applicant: Person, story: Story) -> None:
    """Find the open call and start a proposal under it."""
    applicant.opens("/calls")
    applicant.follows(story.call_title)
    applicant.reads("This call is open all the time.", "Articles that are open")
    applicant.follows("Start a proposal")
    applicant.presses("Begin")
    story.reference = applicant.page.url.rstrip("/").rsplit("/", 1)[1]
    applicant.reads(story.reference, "Without a title yet", "Sections complete: 0 of 9.")


def fill(applicant: Person, story: Story) -> None:
    """Every section of the task list, the first by the keyboard alone."""
    told = story.sections
    applicant.follows("Basics")
    with applicant.using_keys_alone():
        applicant.fills_in(told["basics"])
        applicant.presses(TO_LIST)
    applicant.reads("Sections complete: 1 of 9.", story.title)
    _partners(applicant, story)
    _articles(applicant, told)
    for name, section in (("Plan", "plan"), ("Budget", "budget")):
        applicant.follows(name)
        applicant.fills_in(dated(plain(told[section])))
        applicant.presses(TO_LIST)
        _entries(applicant, name, section, told[section])
    applicant.follows("Safeguards")
    applicant.fills_in(told["safeguards"])
    applicant.presses(TO_LIST)
    applicant.follows("Declarations")
    applicant.fills_in({name: "y" for name, value in told["declarations"].items() if value})
    applicant.presses(TO_LIST)


def attach(applicant: Person, folder: Path) -> None:
    """Store a letter; the worker looks into it."""
    letter = folder / "Letter of intent.pdf"
    letter.write_bytes(make_pdf("Letter of intent", "We take part as the proposal says.").getvalue())
    applicant.follows("Documents")
    applicant.uploads("Files", "Store files", letter)
    applicant.waits_to_read("Checked")
    applicant.reads("Letter of intent.pdf")


def submit(applicant: Person, story: Story, *, version: int) -> None:
    """Check the answers, submit, and keep the receipt that came by mail."""
    applicant.opens(f"/proposals/{story.reference}")
    applicant.follows("Check your answers and submit")
    applicant.reads("Everything is there.", story.title, "Letter of intent.pdf")
    applicant.presses("Submit proposal")
    applicant.reads("Your proposal is submitted", story.reference)
    receipt = applicant.opens_mail(f"[{story.reference}] Your proposal is submitted", "/receipts", count=version)
    found = re.search(r"[0-9a-f]{64}", receipt.text)
    assert found
    applicant.writes("The receipt", f"{story.reference} {found[0]}")
    applicant.presses("Verify")
    applicant.reads("This receipt is genuine", story.reference, found[0])
    applicant.opens(f"/proposals/{story.reference}")
    applicant.reads("Submitted")


def mend(applicant: Person, story: Story) -> None:
    """Read what is asked, change the section that is named, submit again."""
    applicant.opens_mail("Changes", f"/proposals/{story.reference}")
    applicant.reads("Changes are asked.", story.reason, story.remark)
    applicant.follows("Safeguards")
    applicant.writes("Security", f"{story.sections['safeguards']['security']}\n\n{MENDED}")
    applicant.presses(TO_LIST)


def _partners(applicant: Person, story: Story) -> None:
    told = story.sections["partners"]
    applicant.follows("Partners")
    named = [told["lead_organisation"], *(entry["organisation"] for entry in told["participants"])]
    for organisation in named:
        applicant.follows("Name an organisation that is not in the list")
        applicant.fills_in(organisation)
        applicant.presses("Add organisation")
        applicant.reads("is in the list now. Choose it.")
    applicant.fills_in({**plain(told), "lead_organisation": applicant.option(told["lead_organisation"]["name"])})
    applicant.presses(TO_LIST)
    _entries(applicant, "Partners", "partners", told)


def _entries(applicant: Person, name: str, section: str, told: dict[str, Any]) -> None:
    """The lists of a section, one page an entry."""
    applicant.follows(name)
    for (of, field), kind in LISTS.items():
        for entry in told.get(field, []) if of == section else []:
            applicant.follows(ADDS[kind])
            typed = dict(entry)
            if "organisation" in entry:
                typed["organisation"] = applicant.option(entry["organisation"]["name"])
            applicant.fills_in(dated(typed))
            applicant.presses("Save")
    applicant.presses(TO_LIST)


def _articles(applicant: Person, told: dict[str, Any]) -> None:
    """The mapping, what its articles ask, and the results they bring."""
    articles = told["articles"]
    applicant.follows("Articles")
    chosen = [articles["primary"], *articles["secondary"]]
    applicant.fills_in({"articles": chosen})
    if not applicant.sees(
        f"#primary-{articles['primary']}"
    ):  # without scripts the ticked ones are offered after a save
        applicant.is_refused("Save and continue", "Choose which of your articles is the primary one.")
    applicant.fills_in({"primary": articles["primary"]})
    applicant.presses("Save and continue")
    applicant.reads("What the articles ask")
    applicant.fills_in(typed_answers(articles))
    applicant.presses(TO_LIST)
    applicant.follows("Results")
    for key, entry in told["results"]["indicators"].items():
        applicant.fills_in({f"{key}-{part}": text for part, text in entry.items()})
    applicant.presses(TO_LIST)


def show_condition_met(applicant: Person, story: Story) -> None:
    """Read the letter, and show how its condition is met."""
    letter = applicant.opens_mail("Your proposal is approved with conditions", f"/proposals/{story.reference}")
    assert story.reference in letter.subject
    applicant.opens(f"/proposals/{story.reference}/decision")
    applicant.reads("Approved with conditions", story.condition)
    applicant.follows("Read what the reviewers say")
    applicant.reads("A sound plan; the first of us says so.", "A sound plan; the third of us says so.")
    applicant.does_not_read(*READERS)
    applicant.page.go_back()
    applicant.follows("Show how it is met")
    applicant.writes("How is this condition met?", story.evidence)
    applicant.presses("Send it to the secretariat")
    applicant.reads("Your evidence is with the secretariat.")
