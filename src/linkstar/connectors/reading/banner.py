"""What a file says outside its table: the days in its banner, the day in its name."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from linkstar.connectors.reading.detected import Window
from linkstar.connectors.reading.layouts import DayOrder

_ISO = r"(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_DAY_FIRST = r"(\d{1,2})[-/.](\d{1,2})[-/.](20\d{2})"
_BETWEEN = r"\s*(?:~|～|—|–|-|to|至|到)\s*"
_ISO_RANGE = re.compile(_ISO + _BETWEEN + _ISO)
_DAY_FIRST_RANGE = re.compile(_DAY_FIRST + _BETWEEN + _DAY_FIRST)
_IN_NAME = re.compile(r"(?<!\d)(20\d{2})([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


def window_in(texts: Iterable[str], *, day_order: DayOrder = DayOrder.DMY) -> Window | None:
    """The first range of days stated, its last day included; None where there is none."""
    for text in texts:
        if found := _ISO_RANGE.search(text):
            year, month, day, until_year, until_month, until_day = map(int, found.groups())
            return _window((year, month, day), (until_year, until_month, until_day))
        if found := _DAY_FIRST_RANGE.search(text):
            a, b, year, until_a, until_b, until_year = map(int, found.groups())
            if day_order is DayOrder.MDY:
                return _window((year, a, b), (until_year, until_a, until_b))
            return _window((year, b, a), (until_year, until_b, until_a))
    return None


def _window(first: tuple[int, int, int], last: tuple[int, int, int]) -> Window | None:
    try:
        starts_on, ends_on = date(*first), date(*last)
    except ValueError:
        return None
    if ends_on < starts_on:
        return None
    return Window(starts_on, ends_on + timedelta(days=1))


def days_in_name(name: str) -> tuple[date, ...]:
    """Every day written in a file's name, such as `Video_Data_20260722.xlsx`."""
    found = []
    for year, _, month, day in _IN_NAME.findall(name):
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return tuple(found)


def window_in_name(name: str) -> Window | None:
    """Two days in a name are the window it covers."""
    days = days_in_name(name)
    if len(days) == 2 and days[0] <= days[1]:
        return Window(days[0], days[1] + timedelta(days=1))
    return None


def exported_on(name: str) -> date | None:
    """One day in a name is when the platform made the file."""
    days = days_in_name(name)
    return days[0] if len(days) == 1 else None
