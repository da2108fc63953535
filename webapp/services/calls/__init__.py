"""What the secretariat does with calls: one verb a file."""
