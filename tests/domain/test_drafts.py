"""Which fields differ between two texts, and whose change each is (R6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.drafts import differing, find_entry, fingerprint, fingerprints

pytestmark = pytest.mark.rule("R6")
values = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", " ", "a", "b", "é", "e\u0301"])
texts = st.fixed_dictionaries(dict.fromkeys(("one", "two", "three"), values))


@given(seen=texts, mine=texts, theirs=texts)
def test_what_i_changed_is_mine_and_what_is_the_same_is_not_asked(
    seen: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
) -> None:
    found = {one.name: one for one in differing(mine, theirs, fingerprints(seen))}
    for name, value in mine.items():
        assert (name in found) == (fingerprint(value) != fingerprint(theirs[name]))
        if name in found:
            assert found[name].is_mine == (fingerprint(value) != fingerprint(seen[name]))
            assert (found[name].mine, found[name].theirs) == (value, theirs[name])


@pytest.mark.parametrize("empty", [None, "", "  ", False, [], {}])
def test_all_that_is_empty_is_one(empty: object) -> None:
    assert fingerprint(empty) == fingerprint(None) != fingerprint("a")


@given(entries=st.lists(texts, min_size=1, max_size=6), data=st.data())
def test_an_entry_is_found_by_what_it_was(entries: list[dict[str, object]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    found = find_entry(entries, fingerprint(entries[place]), place)
    assert found == place
    assert find_entry(entries, fingerprint({"one": "nowhere"}), 0) is None
