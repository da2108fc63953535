"""The sentences for problems, by code: what to do at the field (R9). Rooms add their codes here."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from webapp.domain.problems import Problem

WORDS: dict[str, LazyString] = {
    # The mapping: R14, R15.
    "mapping_primary_missing": _l("Choose one primary article."),
    "mapping_article_not_open": _l(
        "Article %(article)s is not open under this call. Choose another article, or remove it."
    ),
    "mapping_article_twice": _l("You chose article %(article)s more than once. Choose it only once."),
    "mapping_too_many_secondary": _l(
        "You chose %(chosen)s secondary articles. Choose %(most)s or fewer, those you can show results for."
    ),
    "mapping_justification_missing": _l(
        "Say how your project serves article %(article)s, in %(least)s characters or more."
    ),
    "mapping_justification_short": _l(
        "Say more on how your project serves article %(article)s. "
        "You wrote %(length)s characters, and %(least)s are needed."
    ),
    "mapping_justification_long": _l(
        "Shorten the text on how your project serves article %(article)s. "
        "You wrote %(length)s characters, and there is room for %(most)s."
    ),
    # Answers to the questions of mapped articles: R16.
    "answer_missing": _l("Article %(article)s: answer the question “%(question)s”"),
    "answer_number_missing": _l("Article %(article)s: enter a number for “%(question)s”"),
    "answer_not_chosen": _l("Article %(article)s: choose an answer to “%(question)s”"),
    "answer_none_chosen": _l("Article %(article)s: choose at least one answer to “%(question)s”"),
    "answer_city_pair_missing": _l("Article %(article)s: enter two cities and their partners for “%(question)s”"),
    "answer_too_long": _l(
        "Article %(article)s: shorten your answer to “%(question)s”. Limit: %(most)s characters. Over it: %(over)s."
    ),
    "answer_not_a_number": _l(
        "Article %(article)s: enter only digits for “%(question)s”, with a point before decimals, like 1200 or 0.5"
    ),
    "answer_not_offered": _l("Article %(article)s: choose from the answers offered to “%(question)s”"),
    "answer_unreadable": _l("Article %(article)s: answer “%(question)s” again. What was sent could not be read."),
    "answer_city_missing": _l("Article %(article)s: enter the names of both cities for “%(question)s”"),
    "answer_city_partner_missing": _l("Article %(article)s: choose the partner of each city for “%(question)s”"),
    "answer_city_partner_unknown": _l(
        "Article %(article)s: choose the partner of each city from the list for “%(question)s”"
    ),
    "answer_city_pair_one_partner": _l(
        "Article %(article)s: choose two different partners for “%(question)s”. Both cities belong to one now."
    ),
}

UNKNOWN = _l("Look at this answer again and change it.")


def words(problem: Problem) -> str:
    """The sentence for one problem, in the reader's language."""
    return str(WORDS.get(problem.code, UNKNOWN)) % problem.params
