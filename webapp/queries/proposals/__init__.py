"""Questions about proposals: whole ones to read, drafts to edit, one's own list."""
