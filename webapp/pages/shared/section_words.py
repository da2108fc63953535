"""The names of a proposal's sections, and of their groups, wherever they are listed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SECTION_NAMES = {
    "basics": _l("Basics"),
    "partners": _l("Partners"),
    "articles": _l("Articles"),
    "results": _l("Results"),
    "plan": _l("Plan"),
    "budget": _l("Budget"),
    "safeguards": _l("Safeguards"),
    "documents": _l("Documents"),
    "declarations": _l("Declarations"),
}
GROUP_NAMES = {
    "who_and_what": _l("Who and what"),
    "articles": _l("The articles"),
    "plan_and_money": _l("Plan and money"),
    "evidence": _l("Evidence"),
}
