"""Questions about reviews: a reviewer's queue and sheet, what a panel said, its thread."""

from webapp.queries.reviews.assignments import OwnAssignment, find_own, is_amendable
from webapp.queries.reviews.queue import PAGE, VIEWS, Queue, QueueRow, find_queue
from webapp.queries.reviews.summary import (
    ArticleWords,
    CriterionMarks,
    PanelReview,
    PanelSummary,
    panel_labels,
    panel_summary,
    readable_versions,
)
from webapp.queries.reviews.texts import SentTexts, list_texts
from webapp.queries.reviews.thread import Message, check_thread, list_messages

__all__ = [
    "PAGE",
    "VIEWS",
    "ArticleWords",
    "CriterionMarks",
    "Message",
    "OwnAssignment",
    "PanelReview",
    "PanelSummary",
    "Queue",
    "QueueRow",
    "SentTexts",
    "check_thread",
    "find_own",
    "find_queue",
    "is_amendable",
    "list_messages",
    "list_texts",
    "panel_labels",
    "panel_summary",
    "readable_versions",
]
