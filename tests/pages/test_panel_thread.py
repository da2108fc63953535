"""A message to the panel that cannot be sent is told of at its field, and kept."""

from __future__ import annotations

import pytest

from tests.browsing import Browser
from tests.reviewing import make_panel
from webapp.wiring import Wiring


@pytest.mark.rule("R45")
def test_a_message_that_is_too_long_is_kept(browse: Browser, wired: Wiring) -> None:
    panel = make_panel(wired)
    typed = "A long thought. " * 2000
    page = f"/desk/proposals/{panel.proposal.reference}/thread"
    answer = browse(panel.secretary).post(page, {"text": typed})
    assert answer.status_code == 422
    assert typed.strip() in answer.text
    assert 'href="#text"' in answer.text
