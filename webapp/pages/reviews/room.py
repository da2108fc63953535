"""The room's blueprint, and the words that its macros read."""

from __future__ import annotations

from flask import Blueprint

from webapp.pages.shared.review_words import assignment_tag, claim_word, review_word

reviews = Blueprint("reviews", __name__)
reviews.add_app_template_global(review_word)
reviews.add_app_template_global(claim_word)
reviews.add_app_template_global(assignment_tag)
