"""Budgets: exact decimals in one currency, lines that add up, sources that cover them, shares (R8)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from types import MappingProxyType
from typing import Any

from webapp.domain.problems import Problem

_BY_MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
        "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
        "GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
        "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
        "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
        "TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
MINOR_UNITS: Mapping[str, int] = MappingProxyType(
    {code: digits for digits, codes in _BY_MINOR_UNITS.items() for code in codes.split()}
)
"""How many decimals an amount in each currency of ISO 4217 can have."""

MOST_DIGITS = 15
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One cost: which partner bears it, of which category, and how much."""

    partner: str
    category: str
    description: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Source:
    """One source of funding: its name, kind, amount, and how sure it is."""

    name: str
    kind: str
    amount: Decimal
    state: str


@dataclass(frozen=True, slots=True)
class Budget:
    """All amounts are in `currency` (ISO 4217)."""

    currency: str
    lines: tuple[Line, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def total(self) -> Decimal:
        """What all lines add up to."""
        return _sum(self.currency, (line.amount for line in self.lines))

    @property
    def funding(self) -> Decimal:
        """What all sources add up to."""
        return _sum(self.currency, (source.amount for source in self.sources))

    @property
    def gap(self) -> Decimal:
        """What no source covers; nought where the funding suffices."""
        return max(self.total - self.funding, _sum(self.currency, ()))


@dataclass(frozen=True, slots=True)
class Share:
    """What one partner bears, and its part of the whole in per cent with one decimal."""

    partner: str
    amount: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """The ids that a budget may use: partners that take part, and the initiative's vocabulary."""

    partners: Collection[str]
    categories: Collection[str]
    kinds: Collection[str]
    states: Collection[str]


def read_amount(text: Any, currency: str) -> Decimal | None:
    """An amount as it is stored ("120000.00"); None unless it is a plain decimal that the currency can have."""
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text) or currency not in MINOR_UNITS:
        return None
    whole, _, part = text.partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS or len(part.rstrip("0")) > MINOR_UNITS[currency]:
        return None
    return Decimal(text).quantize(_unit(currency))


def write_amount(amount: Decimal, currency: str) -> str:
    """The amount as it is stored, with all decimals of its currency; ValueError where it has more."""
    exact = amount.quantize(_unit(currency))
    if exact != amount:
        raise ValueError(f"{currency} has no amount of {amount}")
    return f"{exact:f}"


def read_budget(content: Mapping[str, Any]) -> Budget:
    """The budget of a section's content; lines and sources whose amount cannot be read yet are left out."""
    currency = str(content.get("currency", ""))
    lines = [
        Line(str(entry.get("partner", "")), str(entry.get("category", "")), str(entry.get("description", "")), amount)
        for entry in _entries(content, "lines")
        if (amount := read_amount(entry.get("amount"), currency)) is not None
    ]
    sources = [
        Source(str(entry.get("name", "")), str(entry.get("kind", "")), amount, str(entry.get("state", "")))
        for entry in _entries(content, "sources")
        if (amount := read_amount(entry.get("amount"), currency)) is not None
    ]
    return Budget(currency, tuple(lines), tuple(sources))


def shares(budget: Budget) -> tuple[Share, ...]:
    """What each partner bears, greatest first; the percentages add up to exactly 100.0."""
    amounts: dict[str, Decimal] = {}
    for line in budget.lines:
        amounts[line.partner] = amounts.get(line.partner, Decimal(0)) + line.amount
    total = sum(amounts.values(), Decimal(0))
    if not total:
        return tuple(Share(partner, amount, Decimal("0.0")) for partner, amount in sorted(amounts.items()))
    exact = {partner: amount * 1000 / total for partner, amount in amounts.items()}
    tenths = {partner: int(part.to_integral_value(ROUND_FLOOR)) for partner, part in exact.items()}
    # The tenths that rounding down left over go to those who lost most by it.
    by_loss = sorted(amounts, key=lambda partner: (tenths[partner] - exact[partner], partner))
    for partner in by_loss[: 1000 - sum(tenths.values())]:
        tenths[partner] += 1
    found = [Share(partner, amounts[partner], Decimal(tenths[partner]) / 10) for partner in amounts]
    return tuple(
        Share(share.partner, share.amount, share.percent.quantize(Decimal("0.1")))
        for share in sorted(found, key=lambda share: (-share.amount, share.partner))
    )


def problems(content: Mapping[str, Any], terms: Terms) -> tuple[Problem, ...]:
    """What must be mended before the budget can be submitted, each at its field (R8)."""
    currency = str(content.get("currency", ""))
    if currency not in MINOR_UNITS:
        code = "currency_unknown" if currency else "currency_missing"
        return (Problem("budget", "currency", code),)
    lines, sources = _entries(content, "lines"), _entries(content, "sources")
    found: list[Problem] = []
    if not lines:
        found.append(Problem("budget", "lines", "budget_lines_missing"))
    if not sources:
        found.append(Problem("budget", "sources", "budget_sources_missing"))
    for number, entry in enumerate(lines):
        where = f"lines.{number}"
        found += _known(where, entry, "partner", terms.partners)
        found += _known(where, entry, "category", terms.categories)
        found += _named(where, entry, "description")
        found += _amount(where, entry, currency)
    for number, entry in enumerate(sources):
        where = f"sources.{number}"
        found += _named(where, entry, "name")
        found += _known(where, entry, "kind", terms.kinds)
        found += _amount(where, entry, currency)
        found += _known(where, entry, "state", terms.states)
    budget = read_budget(content)
    if lines and sources and not found and budget.gap:
        missing = write_amount(budget.gap, currency)
        found.append(Problem("budget", "sources", "budget_not_covered", {"missing": missing, "currency": currency}))
    return tuple(found)


def _known(where: str, entry: Mapping[str, Any], field: str, known: Collection[str]) -> list[Problem]:
    value = entry.get(field)
    if isinstance(value, str) and value in known:
        return []
    return [Problem("budget", f"{where}.{field}", f"budget_{field}_{'unknown' if value else 'missing'}")]


def _named(where: str, entry: Mapping[str, Any], field: str) -> list[Problem]:
    value = entry.get(field)
    if isinstance(value, str) and value.strip():
        return []
    return [Problem("budget", f"{where}.{field}", f"budget_{field}_missing")]


def _amount(where: str, entry: Mapping[str, Any], currency: str) -> list[Problem]:
    text = entry.get("amount")
    at = f"{where}.amount"
    if text in (None, ""):
        return [Problem("budget", at, "budget_amount_missing")]
    amount = read_amount(text, currency)
    if amount is None:
        params: dict[str, str | int] = {"currency": currency, "decimals": MINOR_UNITS[currency]}
        return [Problem("budget", at, "budget_amount_unreadable", params)]
    return [] if amount else [Problem("budget", at, "budget_amount_nought")]


def _entries(content: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    entries = content.get(key)
    if not isinstance(entries, list | tuple):
        return ()
    return tuple(entry if isinstance(entry, Mapping) else {} for entry in entries)


def _sum(currency: str, amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0)).quantize(_unit(currency))


def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-MINOR_UNITS.get(currency, 2))
