"""What a file leaves unsaid and must be asked: never guessed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from linkstar.connectors.fields.catalogue import FIELDS, Form
from linkstar.connectors.reading import headers
from linkstar.connectors.reading.detected import Hints, Match, Notice, Window, has_own_days
from linkstar.connectors.reading.layouts import Column, DayOrder, Kind, Layout
from linkstar.money.currencies import currency_of_mark, is_mark

_DAY_OR_MONTH = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}")
_STATES_ZONE = re.compile(r".*:\d.*?(Z|\s?UTC|[+-]\d{2}(:?\d{2})?)\s*|1\d{9}|1\d{12}")
_ONLY_UTC = re.compile(r"\(UTC\)\s*$", re.IGNORECASE)
_DIGITS = re.compile(r"[\d.,'\s()+\-−%]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the file says of zone and currency, its columns with day orders, what is missing."""

    zone: str
    currency: str
    columns: tuple[Match, ...]
    needs: tuple[str, ...]


def what(layout: Layout, matches: Sequence[Match], *, window: Window | None, hints: Hints) -> Asked:
    """What must be asked about a file laid out like this."""
    forms = FIELDS[layout.kind]
    columns = tuple(_with_day_order(match, forms, hints) for match in matches)
    currency = hints.currency or stated_currency(columns, forms, hints.expected_currency)
    zone = hints.zone or stated_zone(columns, forms)
    needs = {
        "period": layout.kind is Kind.PERFORMANCE and not window and not has_own_days(columns),
        "currency": not currency
        and bool(_amounts(columns, forms))
        and not _names_currency(columns),
        "zone": not zone and any(_leaves_zone_open(m) for m in _of(columns, forms, Form.INSTANT)),
        "day_order": any(not m.day_order for m in columns if forms[m.field] in _DATED),
        "state": layout.kind is Kind.ORDER_LINES
        and layout.is_generic
        and not any(m.field in _SAYS_HOW_FAR for m in columns),
    }
    return Asked(zone, currency, columns, tuple(need for need, is_open in needs.items() if is_open))


_SAYS_HOW_FAR = {
    "status", "settlement_status", "paid_at", "shipped_at", "delivered_at", "cancelled_at",
}  # fmt: skip
"""Fields that tell how far an order line is."""
_DATED = {Form.DATE, Form.LOCAL_TIME, Form.INSTANT}


def _of(columns: Sequence[Match], forms: Mapping[str, Form], form: Form) -> list[Match]:
    return [m for m in columns if forms[m.field] is form]


def _amounts(columns: Sequence[Match], forms: Mapping[str, Form]) -> list[Match]:
    return _of(columns, forms, Form.MONEY) + _of(columns, forms, Form.PRICE)


def _names_currency(columns: Sequence[Match]) -> bool:
    return any(m.field == "currency" for m in columns)


def _leaves_zone_open(match: Match) -> bool:
    if _ONLY_UTC.search(match.header):
        return False
    return not match.samples or not all(_STATES_ZONE.fullmatch(s) for s in match.samples)


def stated_zone(columns: Sequence[Match], forms: Mapping[str, Form]) -> str:
    """UTC where every column of instants says so in its header; else empty."""
    instants = _of(columns, forms, Form.INSTANT)
    return "UTC" if instants and all(_ONLY_UTC.search(m.header) for m in instants) else ""


def stated_currency(columns: Sequence[Match], forms: Mapping[str, Form], expected: str) -> str:
    """The one currency in headers such as `GMV ($)`, else the one mark all amounts carry."""
    money = _amounts(columns, forms)
    suffixes = {headers.currency_suffix(m.header, expected=expected) for m in money} - {""}
    if len(suffixes) == 1:
        return suffixes.pop()
    amounts = [sample for m in money for sample in m.samples if any(map(str.isdigit, sample))]
    marks = {_DIGITS.sub("", sample).casefold() for sample in amounts}
    currencies = {currency_of_mark(m, expected=expected) for m in marks if is_mark(m)}
    return currencies.pop() if len(currencies) == 1 else ""


def _with_day_order(match: Match, forms: Mapping[str, Form], hints: Hints) -> Match:
    """Dates such as 22/07/2026 speak for themselves, whatever the layout is used to."""
    if forms[match.field] not in _DATED:
        return replace(match, day_order="")
    if hints.day_order:
        return replace(match, day_order=hints.day_order)
    pairs = [tuple(map(int, d.groups())) for s in match.samples if (d := _DAY_OR_MONTH.match(s))]
    if not pairs:
        return replace(match, day_order=match.day_order or DayOrder.YMD)
    day_first = any(first > 12 for first, _ in pairs)
    month_first = any(second > 12 for _, second in pairs)
    if day_first == month_first:
        unclear = "" if match.day_order == DayOrder.YMD else match.day_order
        return replace(match, day_order=unclear)
    return replace(match, day_order=DayOrder.DMY if day_first else DayOrder.MDY)


def notices(
    header: Sequence[str], columns: Mapping[int, Column], layout: Layout
) -> tuple[Notice, ...]:
    """Columns nobody knows, each with the known column it may be the new name of."""
    if layout.is_generic:
        return ()
    here = {column.field for column in columns.values()}
    absent = [c.names[0] for c in layout.columns if c.field and c.field not in here]
    return tuple(
        Notice(
            "column.unknown",
            {"column": headers.visible(cell), "nearest": headers.nearest(cell, absent)},
        )
        for i, cell in enumerate(header)
        if i not in columns and cell.strip() and headers.key(cell) not in headers.REASON_HEADERS
    )
