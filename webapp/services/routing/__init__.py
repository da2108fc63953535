"""Routing: panels proposed, changed by hand, released, and mended when somebody leaves."""
