"""Public holidays of partners from the `holidays` library."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


class LibraryHolidays:
    """The `Holidays` port."""

    def days(self, code: str, year: int) -> frozenset[date]:
        """The public holidays of a country (its code in the library) from last year to two years on."""
        return _days(code, year)


@lru_cache(maxsize=256)
def _days(code: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(code, years=range(year - 1, year + 3)))
