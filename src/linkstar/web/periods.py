"""The dates a page is about: named ranges, typed ranges and what they are compared with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from linkstar.events.days import YEARS
from linkstar.insights.questions import ALL_DAYS_MAX

DAYS_MAX = 25 * 31
_DAY = r"\s*(\d{4}-\d{1,2}-\d{1,2})\s*"
_TYPED = re.compile(f"^{_DAY}(?:\\.\\.|~|–|—|至|to){_DAY}$")


class PeriodName(StrEnum):
    TODAY = "today"
    YESTERDAY = "yesterday"
    DAYS_7 = "7d"
    DAYS_28 = "28d"
    DAYS_90 = "90d"
    THIS_WEEK = "week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "month"
    LAST_MONTH = "last_month"
    ALL = "all"
    CUSTOM = "custom"


class Compare(StrEnum):
    OFF = "off"
    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `starts_on` up to but not including `ends_before`, in the shop's zone."""

    name: PeriodName
    starts_on: date
    ends_before: date

    @property
    def days(self) -> int:
        return (self.ends_before - self.starts_on).days

    @property
    def last_day(self) -> date:
        return self.ends_before - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """The days there are facts for, half-open; both equal when there are none."""

    starts_on: date
    ends_before: date


def period_of(params: Mapping[str, str], *, today: date, known: Known) -> Period:
    """The range an address names: `period=28d`, `from=…&to=…` (both days included), or a typed one.

    Ranges of days end with the last day there are facts for, so that files that arrive late do not
    leave the page empty. An address that names nothing readable gets everything known when that is
    at most 90 days, else the last 28 days.
    """
    typed = _typed(params)
    if typed:
        return typed
    try:
        name = PeriodName(params.get("period", ""))
    except ValueError:
        name = _usual(known)
    return _named(name, today=today, known=known)


def compared_with(period: Period, compare: Compare) -> Period | None:
    """The period before of the same length on the same weekdays, or the same days a year ago.

    None when nothing is compared.
    """
    if compare is Compare.OFF:
        return None
    shift = timedelta(days=364) if compare is Compare.YEAR else timedelta(days=period.days)
    return Period(PeriodName.CUSTOM, period.starts_on - shift, period.ends_before - shift)


def compare_of(params: Mapping[str, str]) -> Compare:
    try:
        return Compare(params.get("compare", ""))
    except ValueError:
        return Compare.OFF


def shifted(period: Period, *, back: bool) -> Period:
    """The neighbouring range of the same length."""
    step = timedelta(days=-period.days if back else period.days)
    return Period(PeriodName.CUSTOM, period.starts_on + step, period.ends_before + step)


def _usual(known: Known) -> PeriodName:
    days = (known.ends_before - known.starts_on).days
    return PeriodName.ALL if 0 < days <= ALL_DAYS_MAX else PeriodName.DAYS_28


def _typed(params: Mapping[str, str]) -> Period | None:
    starts, ends = params.get("from", ""), params.get("to", "")
    written = _TYPED.match(params.get("dates", ""))
    if written:
        starts, ends = written.groups()
    first, last = _day(starts), _day(ends)
    if first is None or last is None:
        return None
    first, last = min(first, last), max(first, last)
    first = max(first, last - timedelta(days=DAYS_MAX))
    return Period(PeriodName.CUSTOM, first, last + timedelta(days=1))


def _day(written: str) -> date | None:
    parts = written.strip().split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def _named(name: PeriodName, *, today: date, known: Known) -> Period:
    end = known.ends_before if known.ends_before > known.starts_on else today
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    month_before = (first - timedelta(days=1)).replace(day=1)
    day = timedelta(days=1)
    ranges = {
        PeriodName.TODAY: (today, today + day),
        PeriodName.YESTERDAY: (today - day, today),
        PeriodName.DAYS_7: (end - 7 * day, end),
        PeriodName.DAYS_28: (end - 28 * day, end),
        PeriodName.DAYS_90: (end - 90 * day, end),
        PeriodName.THIS_WEEK: (monday, monday + 7 * day),
        PeriodName.LAST_WEEK: (monday - 7 * day, monday),
        PeriodName.THIS_MONTH: (first, today + day),
        PeriodName.LAST_MONTH: (month_before, first),
        PeriodName.ALL: (min(known.starts_on, end - day), end),
        PeriodName.CUSTOM: (end - 28 * day, end),
    }
    return Period(name, *ranges[name])
