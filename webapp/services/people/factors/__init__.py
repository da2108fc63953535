"""Second factors: added, used, removed. One verb a file."""
