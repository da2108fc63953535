"""Numbers and money, read by the habits of the reader's language."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, get_currency_precision, get_decimal_symbol
from flask_babel import gettext, ngettext
from wtforms import widgets

from webapp.pages.shared.fields.kept import KeptField
from webapp.pages.shared.fields.text import clean_text
from webapp.pages.shared.filters import money, number, reader_locale

MOST_DIGITS = 15
_SPACES = " \u00a0\u2009\u202f'’"
_CANONICAL = re.compile(r"-?\d+(\.\d+)?")


def read_number(text: str, locale: Locale) -> Decimal | None:
    """The number that was meant, or None: 1,234.50 and 1 234,50 and 1.234,50, digits of any script.

    A single comma or point is read as the reader's language uses it; where that would make no sense
    (two digits after a comma that groups thousands), as a decimal sign.
    """
    plain = _plain(text)
    sign = -1 if plain.startswith("-") else 1
    plain = plain.removeprefix("-").strip(_SPACES)
    decimal = _decimal_sign(plain, get_decimal_symbol(locale))
    whole, _, rest = plain.partition(decimal) if decimal else (plain, "", "")
    groups = re.fullmatch(rf"\d{{1,3}}([.,{_SPACES}])\d{{3}}(?:\1\d{{3}})*", whole)
    if not (groups or re.fullmatch(r"\d+", whole)) or not re.fullmatch(r"\d*", rest):
        return None
    digits = re.sub(r"\D", "", whole)
    return sign * Decimal(f"{digits}.{rest or '0'}" if rest else digits)


def _plain(text: str) -> str:
    """Digits of any script as 0–9, Arabic signs as comma and point, one kind of minus."""
    found = []
    for char in text.strip():
        digit = unicodedata.digit(char, None) if char.isdecimal() else None
        found.append(str(digit) if digit is not None else char)
    return (
        "".join(found)
        .translate({0x66B: ".", 0x66C: ",", 0xFF0C: ",", 0xFF0E: ".", 0x2212: "-", 0x2009: " "})
        .translate({0xA0: " ", 0x202F: " ", 0x2019: "'", 0x200E: None, 0x200F: None, 0x61C: None})
    )


def _decimal_sign(plain: str, usual: str) -> str:
    """Which of comma and point splits off the decimals in this text; "" when none does."""
    present = [sign for sign in ".," if sign in plain]
    if not present:
        return ""
    last = max(present, key=plain.rfind)
    if plain.count(last) > 1:
        return ""
    grouped = last != usual and re.fullmatch(rf"[1-9]\d{{0,2}}{re.escape(last)}\d{{3}}", plain)
    return "" if grouped else last


class NumberField(KeptField):
    """A number. `data` is a Decimal or None; a text that is no number stays in the field."""

    widget = widgets.TextInput()

    def __init__(
        self,
        label: Any = None,
        *,
        whole: bool = False,
        least: int | Decimal | None = None,
        most: int | Decimal | None = None,
        unit: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.whole, self.least, self.most, self.unit = whole, least, most, unit
        self.render_kw = {
            "inputmode": "numeric" if whole else "decimal",
            "autocomplete": "off",
            "dir": "ltr",
            **(self.render_kw or {}),
        }

    def process_data(self, value: Any) -> None:
        self.data, self.typed = None, ""
        if value is None or value == "":
            return
        text = str(value)
        if _CANONICAL.fullmatch(text):
            self.data, self.typed = Decimal(text), self.written(Decimal(text))
        else:
            self.typed = clean_text(text)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if valuelist:
            raw = valuelist[0] if isinstance(valuelist[0], str) else ""
            self.typed = clean_text(raw)
            self.data = self.read(self.typed)

    def written(self, value: Decimal) -> str:
        """The value as it stands in the control."""
        return number(value)

    def read(self, text: str) -> Decimal | None:
        """The number in the text; None when there is none, or one longer than is ever stored."""
        found = read_number(text, reader_locale()) if len(text) <= 60 else None
        return None if found is None or len(found.as_tuple().digits) > MOST_DIGITS else found

    def complaint(self) -> str:
        if self.data is None:
            return self.not_understood()
        if self.whole and self.data != self.data.to_integral_value():
            return gettext("Enter a whole number in “%(label)s”", label=self.words)
        return self.out_of_range(self.data)

    def not_understood(self) -> str:
        """What to do about a text that is no number."""
        if len(re.sub(r"\D", "", self.typed)) > MOST_DIGITS:
            return gettext("Use at most %(most)s digits in “%(label)s”", most=MOST_DIGITS, label=self.words)
        return gettext(
            "Enter a number in “%(label)s”, such as %(example)s",
            label=self.words,
            example=number(1234 if self.whole else Decimal("1234.5")),
        )

    def out_of_range(self, found: Decimal) -> str:
        """What to do about a number that is too small or too large."""
        if self.least is not None and found < self.least:
            return gettext(
                "Enter %(least)s or more in “%(label)s”",
                least=number(self.least),
                label=self.words,
            )
        if self.most is not None and found > self.most:
            return gettext("Enter %(most)s or less in “%(label)s”", most=number(self.most), label=self.words)
        return ""

    @property
    def kept(self) -> str:
        """The number as a decimal string where it was understood, else the text as typed."""
        return format(self.data, "f") if self.data is not None else self.typed


class MoneyField(NumberField):
    """An amount in a currency: `data` is a Decimal or None, `currency` the code chosen."""

    kind = "money"

    def __init__(self, label: Any = None, *, currencies: Sequence[str] = ("USD",), **kwargs: Any) -> None:
        super().__init__(label, **{"least": 0, **kwargs})
        self.currencies = tuple(currencies)
        self.currency = self.currencies[0]
        self._strange_currency = False
        self._from_form = False

    def use_currency(self, code: str) -> None:
        """One currency, known only once the form is there: that of the whole budget."""
        self.currencies, self.currency = (code,), code
        if self.data is not None and not self._from_form:
            self.typed = self.written(self.data)

    def process_data(self, value: Any) -> None:
        if isinstance(value, tuple):
            value, self.currency = value
        super().process_data(value)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        self._from_form = formdata is not None and self.name in formdata
        chosen = formdata.get(f"{self.name}-currency") if formdata is not None else None
        if chosen and len(self.currencies) > 1:
            self._strange_currency = chosen not in self.currencies
            self.currency = self.currency if self._strange_currency else chosen

    def written(self, value: Decimal) -> str:
        """ "310,000", and "0.10": the decimals of the currency where there are any."""
        if value == value.to_integral_value():
            return number(value)
        places = max(get_currency_precision(self.currency), -int(value.normalize().as_tuple().exponent))
        return str(format_decimal(value, f"#,##0.{'0' * places}", locale=reader_locale()))

    def read(self, text: str) -> Decimal | None:
        code = re.match(r"[A-Za-z]{3}(?=[\s\d])", text) or re.search(r"(?<=[\s\d])[A-Za-z]{3}$", text)
        if code and code.group().upper() == self.currency:
            text = text.replace(code.group(), "", 1)
        return super().read(text)

    def complaint(self) -> str:
        if self._strange_currency:
            return gettext("Choose a currency from the list for “%(label)s”", label=self.words)
        found = super().complaint()
        if found or self.data is None:
            return found
        places = get_currency_precision(self.currency)
        if -int(self.data.normalize().as_tuple().exponent) > places:
            return self._fewer_decimals(places)
        return ""

    def _fewer_decimals(self, places: int) -> str:
        if not places:
            return gettext(
                "Enter a whole amount in “%(label)s”: %(currency)s has no decimals",
                label=self.words,
                currency=self.currency,
            )
        return ngettext(
            "Use at most %(num)s decimal in “%(label)s”",
            "Use at most %(num)s decimals in “%(label)s”",
            places,
            label=self.words,
        )

    def not_understood(self) -> str:
        return gettext(
            "Enter an amount in “%(label)s” in figures, such as %(example)s",
            label=self.words,
            example=number(Decimal("1234.50")),
        )

    @property
    def example(self) -> str:
        """How an amount may be written."""
        return gettext("For example, %(amount)s", amount=number(310000))

    @property
    def understood(self) -> str:
        """What was read from what was typed; "" where nothing was, where it has to be mended, or was stored before."""
        if self.data is None or self.errors or not self._from_form:
            return ""
        return gettext("Read as %(money)s", money=money(self.data, self.currency))
