"""Questions about routing: who might review, who is on the panel, and what stands in the way."""

from webapp.queries.routing.candidates import Known
from webapp.queries.routing.comparison import Asked, Comparison, compare
from webapp.queries.routing.facts import Live, RoutingFacts, find_routing
from webapp.queries.routing.panel import Choice, PanelView, Seated, find_panel

__all__ = [
    "Asked",
    "Choice",
    "Comparison",
    "Known",
    "Live",
    "PanelView",
    "RoutingFacts",
    "Seated",
    "compare",
    "find_panel",
    "find_routing",
]
