"""Questions about endorsements: what partners have said, what waits for whom, what a letter says."""

from webapp.queries.endorsements.asked import find_asked, sufficiency, takes_part

__all__ = ["find_asked", "sufficiency", "takes_part"]
