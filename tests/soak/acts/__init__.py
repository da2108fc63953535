"""What people can do, room by room; importing this registers all of it."""

from tests.soak.acts import (
    answering,
    applicants,
    deciding,
    desk,
    mending,
    offices,
    reviewing,
    sharing,
    speaking,
    talking,
)

__all__ = [
    "answering",
    "applicants",
    "deciding",
    "desk",
    "mending",
    "offices",
    "reviewing",
    "sharing",
    "speaking",
    "talking",
]
