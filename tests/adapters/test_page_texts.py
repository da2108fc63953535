"""What the pages say is found whole: by templates, by modules, by the data."""

from __future__ import annotations

import pytest

from webapp.adapters.page_texts import SAID_BY_DATA, page_messages
from webapp.wiring import Wiring


@pytest.mark.rule("R64")
def test_messages_of_templates_modules_and_data(wired: Wiring) -> None:
    found = page_messages(wired.rules)
    assert "templates/proposals/mine.html" in found["Begin a proposal"]
    assert "pages/shared/problem_words.py" in found["Choose what is decided."]
    assert ("Answer %(num)s invitation", "Answer %(num)s invitations") in found
    article = wired.rules.initiative.articles[4]
    for text in (article.short_title, article.profile.summary, article.profile.questions[0].label, "To screen"):
        assert SAID_BY_DATA in found[text]
    assert article.text not in found, "the initiative's own text is nobody's to translate here"
    assert "Bonjour" not in found
    assert not any(place.startswith("templates/email") for places in found.values() for place in places)
