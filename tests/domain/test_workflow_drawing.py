"""The drawing of a workflow: everything is on it, once, and nothing covers anything else."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import pytest

from config import workflows
from webapp.domain import workflow as wf
from webapp.domain.workflow import layout

STANDARD = wf.parse(workflows.load("standard-1"))
SVG = "{http://www.w3.org/2000/svg}"


def read(drawn: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn)  # noqa: S314 – our own drawing


def text_of(root: ElementTree.Element) -> str:
    return " ".join(text.strip() for text in root.itertext() if text.strip())


@pytest.mark.rule("R23")
def test_every_stage_and_move_is_drawn_once() -> None:
    root = read(wf.draw_svg(STANDARD))
    drawn = [box.get("data-stage") for box in root.iter(f"{SVG}g")]
    assert drawn == [stage.id for stage in STANDARD.stages]
    lines = [line.get("data-move") for line in root.iter(f"{SVG}path") if line.get("data-move")]
    noted = {"withdraw", "reopen"}
    assert sorted(lines) == sorted(move.id for move in STANDARD.moves if move.id not in noted)
    words = text_of(root)
    assert "Withdraw proposal: from every live stage" in words
    assert words.count("Reopen proposal: to where it was closed") == 3


@pytest.mark.rule("R23")
def test_it_says_what_it_shows_to_those_who_do_not_see_it() -> None:
    root = read(wf.draw_svg(STANDARD))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert title.text == "Workflow: Endorsement, then review, version 1"
    assert "Pass screening: from To screen." in (description.text or "")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.rule("R23")
def test_counts_stand_in_their_stages() -> None:
    root = read(wf.draw_svg(STANDARD, {"screening": 12, "review": 3}))
    counted = {
        box.get("data-stage"): next(text.text for text in box.iter(f"{SVG}text") if text.get("class") == "wf-count")
        for box in root.iter(f"{SVG}g")
    }
    assert counted.pop("screening") == "12"
    assert counted.pop("review") == "3"
    assert set(counted.values()) == {"0"}
    assert "wf-count" not in wf.draw_svg(STANDARD)


def test_a_page_gets_no_style_of_its_own() -> None:
    """The content security policy allows nothing inline; the page's tokens give the colours."""
    on_page = wf.draw_svg(STANDARD, standalone=False)
    assert "<style" not in on_page
    assert "style=" not in on_page
    assert "var(--warn-soft," in on_page
    assert "prefers-color-scheme: dark" in wf.draw_svg(STANDARD)


def test_words_are_translated_and_escaped() -> None:
    drawn = wf.draw_svg(STANDARD, say=lambda words: words.replace("Draft", "<Brouillon & Cie>"))
    assert "&lt;Brouillon &amp; Cie&gt;" in drawn
    read(drawn)


def test_boxes_stand_apart_and_inside() -> None:
    cells = layout.place(STANDARD)
    assert len(set(cells.values())) == len(STANDARD.stages)
    for one, other in combinations(cells.values(), 2):
        assert abs(one.x - other.x) >= layout.BOX_WIDTH + 60 or abs(one.y - other.y) >= layout.BOX_HEIGHT + 40
    for cell in cells.values():
        assert layout.BOX_WIDTH / 2 < cell.x < layout.WIDTH - layout.BOX_WIDTH / 2


def test_lines_cross_no_box_and_share_no_track() -> None:
    cells = layout.place(STANDARD)
    lines = layout.draw_lines(STANDARD, cells)
    for line in lines:
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            for stage, cell in cells.items():
                apart = (
                    max(x1, x2) <= cell.x - layout.BOX_WIDTH / 2
                    or min(x1, x2) >= cell.x + layout.BOX_WIDTH / 2
                    or max(y1, y2) <= cell.y - layout.BOX_HEIGHT / 2
                    or min(y1, y2) >= cell.y + layout.BOX_HEIGHT / 2
                )
                assert apart, (line.move.id, stage)
    upright = [
        (x1, min(y1, y2), max(y1, y2), line.move.id)
        for line in lines
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False)
        if x1 == x2
    ]
    for one, other in combinations(upright, 2):
        assert one[0] != other[0] or one[2] <= other[1] or other[2] <= one[1], (one, other)
