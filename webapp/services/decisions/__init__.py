"""Decisions: drafted by one, confirmed by another, with their conditions and appeals. One verb a file."""
