"""Words for dates, times with their zone, money, numbers, lists, by Babel; in pages and mails alike.

Language and zone are the reader's, as Flask-Babel's selectors say in the application context there is.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from flask_babel import get_locale, get_timezone, gettext, ngettext

Zone = tzinfo | str | None
Number = Decimal | int | float | str

WARN_DAYS = 3


def reader_locale(language: str | None = None) -> Locale:
    """The locale that dates and numbers are written in: of `language`, else the reader's.

    Plain English means the international form ("28 February 2027"), not that of one country.
    """
    found = Locale.parse(language, sep="-") if language else get_locale()
    if found is None or (found.language == "en" and found.territory is None):
        return Locale("en", "GB")
    return found


def reader_zone(zone: Zone = None) -> tzinfo:
    """The zone to show times in: the one given (IANA name or tzinfo), else the reader's, else UTC."""
    if isinstance(zone, str):
        return ZoneInfo(zone)
    found: tzinfo | None = zone or get_timezone()
    return found or UTC


def place_of(zone: Zone = None) -> str:
    """The city by which people know a zone ("Banjul"); "UTC" for UTC."""
    found = reader_zone(zone)
    name = getattr(found, "key", None) or getattr(found, "zone", None) or "UTC"
    if name in {"UTC", "Etc/UTC"}:
        return "UTC"
    # Where the city has no name of its own in the language, the zone's path comes back: its end is the city.
    return str(get_timezone_location(name, locale=reader_locale(), return_city=True)).rsplit("/", 1)[-1]


def offset_of(at: datetime) -> str:
    """The distance from UTC at that moment, as people write it: "UTC+0", "UTC+6:30", "UTC−3"."""
    minutes = round((at.utcoffset() or UTC.utcoffset(at)).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def _local(value: datetime, zone: Zone) -> datetime:
    if value.tzinfo is None:
        raise ValueError("A moment needs its time zone")
    return value.astimezone(reader_zone(zone))


def _local_day(value: date | datetime, zone: Zone) -> date:
    return _local(value, zone).date() if isinstance(value, datetime) else value


def long_date(value: date | datetime, zone: Zone = None) -> str:
    """ "28 February 2027"."""
    return str(format_date(_local_day(value, zone), "long", locale=reader_locale()))


def short_day(value: date | datetime, zone: Zone = None) -> str:
    """ "28 Feb 2027", for lists with little room."""
    return str(format_date(_local_day(value, zone), "medium", locale=reader_locale()))


def clock_time(value: datetime, zone: Zone = None) -> str:
    """ "17:00"."""
    return str(format_time(_local(value, zone).time(), "short", locale=reader_locale()))


def time_in(value: datetime, zone: Zone = None) -> str:
    """ "17:00 in Banjul (UTC+0)"."""
    place = place_of(zone)
    if place == "UTC":
        return str(gettext("%(time)s (UTC)", time=clock_time(value, zone)))
    offset = offset_of(_local(value, zone))
    return str(
        gettext(
            "%(time)s in %(place)s (%(offset)s)",
            time=clock_time(value, zone),
            place=place,
            offset=offset,
        )
    )


def moment(value: datetime, zone: Zone = None) -> str:
    """ "28 February 2027, 17:00 in Banjul (UTC+0)"."""
    return str(gettext("%(date)s, %(time)s", date=long_date(value, zone), time=time_in(value, zone)))


def zone_sentence(zone: Zone, at: datetime | None = None) -> str:
    """ "Times are shown in Banjul time (UTC+0)"; the offset only where a moment is given or it never changes."""
    place = place_of(zone)
    if place == "UTC":
        return str(gettext("Times are shown in UTC"))
    found = reader_zone(zone)
    if at is not None:
        offset = offset_of(at.astimezone(found))
    else:
        winter = offset_of(datetime(2026, 1, 15, 12, tzinfo=UTC).astimezone(found))
        summer = offset_of(datetime(2026, 7, 15, 12, tzinfo=UTC).astimezone(found))
        offset = winter if winter == summer else ""
    if offset:
        return str(gettext("Times are shown in %(place)s time (%(offset)s)", place=place, offset=offset))
    return str(gettext("Times are shown in %(place)s time", place=place))


def days_until(due: date | datetime, now: datetime, zone: Zone = None) -> int:
    """Calendar days from today to the due day, as the reader's calendar counts; negative when over."""
    return (_local_day(due, zone) - _local_day(now, zone)).days


def _is_over(due: date | datetime, now: datetime, zone: Zone) -> bool:
    if isinstance(due, datetime):
        return due < now
    return days_until(due, now, zone) < 0


def days_left(due: date | datetime, now: datetime, zone: Zone = None) -> str:
    """ "12 days left", "Last day", "2 days late"."""
    days = days_until(due, now, zone)
    if days == 0:
        return str(gettext("Over since today") if _is_over(due, now, zone) else gettext("Last day"))
    if days < 0:
        return str(ngettext("%(num)s day late", "%(num)s days late", -days))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def due_words(due: date | datetime, now: datetime, zone: Zone = None) -> str:
    """ "Due in 3 days", "Due tomorrow", "Due today", "2 days late"."""
    days = days_until(due, now, zone)
    if days < 0:
        return str(ngettext("%(num)s day late", "%(num)s days late", -days))
    if days == 0:
        return str(gettext("Was due today") if _is_over(due, now, zone) else gettext("Due today"))
    if days == 1:
        return str(gettext("Due tomorrow"))
    return str(ngettext("Due in %(num)s day", "Due in %(num)s days", days))


def due_tone(due: date | datetime, now: datetime, zone: Zone = None) -> str:
    """The tone of a due time: bad from the day before, warn from three days, else none ("")."""
    days = days_until(due, now, zone)
    if days <= 1:
        return "bad"
    return "warn" if days <= WARN_DAYS else ""


def number(value: Number) -> str:
    """ "1,234.5"."""
    exact = Decimal(str(value))
    return str(format_decimal(exact, locale=reader_locale(), decimal_quantization=False))


def percent(value: Number) -> str:
    """ "96%" of 0.96; at most one decimal."""
    return str(format_percent(Decimal(str(value)), "#,##0.#%", locale=reader_locale()))


def money(value: Number, currency: str) -> str:
    """ "USD 310,000": code, then figures; the decimals of the currency only where there are any."""
    amount = Decimal(str(value))
    whole = amount == amount.to_integral_value()
    digits = 0 if whole else max(get_currency_precision(currency), -int(amount.as_tuple().exponent))
    locale = reader_locale()
    found = str(locale.currency_formats["standard"].pattern).split(";")[0]
    after = found.rstrip("\u200e\u200f\xa0 ").endswith("¤")
    figures = "#,##0" + (f".{'0' * digits}" if digits else "")
    pattern = f"{figures}\xa0¤¤" if after else f"¤¤\xa0{figures}"
    return str(format_currency(amount, currency, pattern, locale=locale, currency_digits=False))


def file_size(size: int) -> str:
    """ "14 MB", "180 KB": whole numbers of what people know (1 KB = 1,024 bytes), never 0."""
    if size < 1024 * 1024:
        return str(gettext("%(size)s KB", size=number(max(1, round(size / 1024)))))
    megabytes = Decimal(size) / (1024 * 1024)
    return str(gettext("%(size)s MB", size=number(round(megabytes, 1 if megabytes < 10 else 0).normalize() + 0)))


def list_words(values: Iterable[str]) -> str:
    """ "Kenya, China and The Gambia", joined as the reader's language does."""
    return str(format_list([str(value) for value in values], locale=reader_locale()))


def initials(name: str) -> str:
    """One or two letters that stand for a person: the first of the first and of the last word."""
    words = [word for word in re.split(r"[\s\-]+", name.strip()) if word[:1].isalpha()]
    chosen = words[:1] + words[1:][-1:]
    return "".join(unicodedata.normalize("NFC", word)[0].upper() for word in chosen) or "?"


def slug(text: str) -> str:
    """A word for an `id` attribute, the same for the same text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or f"x{abs(sum(map(ord, text)))}"


def language_name(code: str) -> str:
    """The name of a language in the reader's language; the code itself where nobody knows it."""
    return reader_locale().languages.get(code, code) if code else ""


def day_text(value: str) -> str:
    """A day that is stored as ISO text, in words; what was typed and is no day, as it was typed."""
    try:
        return long_date(date.fromisoformat(value))
    except ValueError:
        return value


FILTERS: dict[str, Callable[..., object]] = {
    "day_text": day_text,
    "date": long_date,
    "day": short_day,
    "time": clock_time,
    "time_in": time_in,
    "moment": moment,
    "zone_sentence": zone_sentence,
    "days_left": days_left,
    "due_words": due_words,
    "due_tone": due_tone,
    "number": number,
    "percent": percent,
    "money": money,
    "file_size": file_size,
    "list_words": list_words,
    "initials": initials,
    "slug": slug,
    "language_name": language_name,
}
