"""Reviews: invitations answered, reviews written and sent, rounds that close, the panel's thread."""
