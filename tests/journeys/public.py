"""What anybody reads in the register, and takes from it as data."""

from __future__ import annotations

import csv
import io
import json

from tests.journeys.people import Person
from tests.journeys.story import Story


def read_register(visitor: Person, story: Story) -> None:
    """The entry, found by its words, with what the call lets be shown and nothing of the reviewers."""
    visitor.opens("/register")
    visitor.writes("Search the register", story.title[:30])
    visitor.presses("Search")
    visitor.follows(story.title)
    lead = story.sections["partners"]
    visitor.reads(
        story.title, story.reference, "Approved", lead["lead_organisation"]["name"], lead["lead_contact_email"]
    )
    visitor.does_not_read("Contact details are withheld.", "A sound plan", story.evidence)


def read_data(visitor: Person, story: Story) -> None:
    """The same proposal as rows and as JSON."""
    rows = csv.DictReader(io.StringIO(visitor.product.load("/register.csv").lstrip("\ufeff")))
    assert [row["title"] for row in rows if row["reference"] == story.reference] == [story.title]
    known = json.loads(visitor.product.load("/register.json"))
    assert story.title in json.dumps(known, ensure_ascii=False)
