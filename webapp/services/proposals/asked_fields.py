"""Where only named fields may be changed, nothing else is (R68)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.domain.endorsements import overlay
from webapp.domain.errors import NotNow
from webapp.domain.versions import difference


def require_asked(
    asked: frozenset[str], section: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> None:
    """Refuse a change of anything but the fields asked for; without any, everything may be changed."""
    if not asked:
        return
    kept = overlay({section: before}, {section: after}, [name for name in asked if name.partition(".")[0] == section])
    if difference(kept.get(section), after):
        raise NotNow("field_not_asked")


def require_documents_asked(asked: frozenset[str]) -> None:
    """Refuse a change of the documents where partners asked for other fields alone."""
    if asked and "documents" not in asked:
        raise NotNow("field_not_asked")
