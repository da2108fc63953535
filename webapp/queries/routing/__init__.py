"""Questions about routing: who might review, who is on the panel, and what stands in the way."""

from webapp.queries.routing.candidates import Known
from webapp.queries.routing.facts import Live, RoutingFacts, find_routing
from webapp.queries.routing.panel import Choice, PanelView, Seated, find_panel

__all__ = ["Choice", "Known", "Live", "PanelView", "RoutingFacts", "Seated", "find_panel", "find_routing"]
