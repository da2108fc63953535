"""What may stand in an address: a row's number is never larger than the database can hold."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1


class RowNumber(IntegerConverter):
    """The `int` of all routes; a larger number names nothing, so its page is not found (404)."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)


def row_number(text: str) -> int:
    """The number of a row in a form or a query; raises ValueError for what can name none."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number
