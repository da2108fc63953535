"""Draws proposals, reviewers and policies for the tests of routing."""

from __future__ import annotations

from hypothesis import strategies as st

from webapp.domain.routing import Candidate, Need, Policy, RoleRule, Weights

ARTICLES = (1, 2, 3)
LANGUAGES = ("en", "fr")
levels = st.dictionaries(st.sampled_from(ARTICLES), st.integers(1, 3))
roles = st.builds(
    RoleRule,
    id=st.just("expert"),
    label=st.just("One expert"),
    article=st.sampled_from(ARTICLES),
    reviewers=st.integers(1, 2),
    expertise_at_least=st.integers(1, 3),
)


def candidate(person_id: int) -> st.SearchStrategy[Candidate]:
    """A reviewer with this number."""
    return st.builds(
        Candidate,
        person_id=st.just(person_id),
        expertise=levels,
        languages=st.frozensets(st.sampled_from(LANGUAGES), min_size=1),
        partner_id=st.sampled_from([None, 1, 2]),
        organisation_id=st.sampled_from([None, 1, 2]),
        organisation_kind=st.sampled_from(["", "agency", "ngo"]),
        open_reviews=st.integers(0, 2),
        all_reviews=st.integers(0, 4),
        load_max=st.integers(1, 3),
        is_away=st.sampled_from([False, False, False, True]),
    )


@st.composite
def candidates(draw: st.DrawFn, *, most: int = 6, first: int = 1) -> tuple[Candidate, ...]:
    """Some reviewers, numbered from `first`."""
    count = draw(st.integers(0, most))
    return tuple(draw(candidate(first + place)) for place in range(count))


@st.composite
def needs(draw: st.DrawFn, *, proposals: int = 2, people: int = 6) -> tuple[Need, ...]:
    """Proposals that want reviewers; some have conflicts, some a member who stays."""
    made = []
    for number in range(1, draw(st.integers(1, proposals)) + 1):
        panel = draw(st.lists(candidate(100 + number), max_size=1))
        made.append(
            Need(
                proposal_id=number,
                wanted=draw(st.integers(1, 3)),
                articles=tuple(draw(st.permutations(ARTICLES))[: draw(st.integers(1, 3))]),
                language=draw(st.sampled_from(LANGUAGES)),
                roles=tuple(draw(st.lists(roles, max_size=1))),
                panel=tuple(panel),
                barred=draw(st.dictionaries(st.integers(1, people), st.sampled_from(["conflict", "declined"]))),
                returning=draw(st.frozensets(st.integers(1, people), max_size=2)),
            )
        )
    return tuple(made)


policies = st.builds(
    Policy,
    partner_at_most=st.sampled_from([None, 1]),
    organisation_at_most=st.sampled_from([None, 1]),
    some_expertise=st.booleans(),
    weights=st.sampled_from([Weights(), Weights(10, 0, 0, 0, 0), Weights(1, 2, 5, 5, 9)]),
)
