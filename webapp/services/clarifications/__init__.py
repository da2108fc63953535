"""Clarifications: a question to the applicant, asked, answered, withdrawn or left open. One verb a file."""
