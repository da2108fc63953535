"""Proposals: drafted, saved, submitted, withdrawn; their documents and collaborators. One verb a file."""
