"""What a search for words finds: parts of words, without regard to capitals, accents and widths of letters."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_proposal
from tests.pages.filling import example
from webapp.models.proposals import Proposal
from webapp.queries.searching import mentions
from webapp.wiring import Wiring

TITLE = "Télémédecine le long du fleuve Sénégal: 100% of clinics_2 远程医疗 التطبيب عن بُعد"


def found(wired: Wiring, text: str) -> list[str]:
    with wired.open_reading() as session:
        return list(session.scalars(select(Proposal.title).where(mentions(text))))


@pytest.mark.rule("R58")
@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("telemedecine", True),
        ("TÉLÉMÉDECINE", True),
        ("te\u0301le\u0301me", True),
        ("senegal", True),
        ("ｃｌｉｎｉｃｓ", True),
        ("远程医疗", True),
        ("程医", True),
        ("التطبيب", True),
        ("100%", True),
        ("100%x", False),
        ("clinics_2", True),
        ("clinics%2", False),
        ("clinicsx2", False),
        ("back\\slash", False),
        ("telemedicine", False),
    ],
)
def test_words_are_found_however_they_are_written(wired: Wiring, text: str, fits: bool) -> None:
    make_proposal(wired, make_person(wired), make_call(wired), title=TITLE)
    make_proposal(wired, make_person(wired), make_call(wired), title="Another")
    assert found(wired, text) == ([TITLE] if fits else [])


@pytest.mark.rule("R58")
def test_organisations_that_take_part_are_found(wired: Wiring) -> None:
    call = make_call(wired)
    sections = example()
    sections["partners"]["lead_organisation"]["name"] = "Université Félix Houphouët-Boigny"
    make_draft(wired, actor_of(wired, make_person(wired)), call.code, sections)
    assert found(wired, "houphouet") == [sections["basics"]["title"]]
