"""Periods as people type them: `2026-09-01..2026-09-28`, both days included."""

from datetime import date, timedelta

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.words import gettext as _
from linkstar.events.days import YEARS

_SEPARATORS = ("..", "~", " - ")


def day(text: str) -> date:
    """A day.

    Raises:
        Refused: not written YYYY-MM-DD, or of a year nobody means.
    """
    try:
        found = date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise _no_day(text) from wrong
    if found.year not in YEARS:
        raise _no_day(text)
    return found


def _no_day(text: str) -> Refused:
    return Refused(
        ExitCode.USAGE,
        "day_not_understood",
        _("“{text}” is not a day.").format(text=text),
        _("Write days as 2026-09-28."),
    )


def day_after(text: str) -> date | None:
    """The end of a half-open period whose last day is given; nothing where none is."""
    return day(text) + timedelta(days=1) if text else None


def last_day(ends_before: date | None) -> date | None:
    """The last day of a half-open period, for people."""
    return ends_before - timedelta(days=1) if ends_before else None


def out_of_order() -> Refused:
    """What is said where the first day asked for lies after the last one."""
    return Refused(
        ExitCode.USAGE,
        "period_not_understood",
        _("The first day lies after the last one."),
        _("Give --from a day that is not after --to."),
    )


def period(text: str) -> tuple[date, date]:
    """The half-open period (`starts_on`, `ends_before`) of two days, both of them included.

    Raises:
        Refused: not two days in order.
    """
    for separator in _SEPARATORS:
        first, found, last = text.partition(separator)
        if found:
            starts_on, ends_before = day(first), day(last) + timedelta(days=1)
            if starts_on < ends_before:
                return starts_on, ends_before
    raise Refused(
        ExitCode.USAGE,
        "period_not_understood",
        _("“{text}” is not a period.").format(text=text),
        _("Write its first and last day as 2026-09-01..2026-09-28."),
    )
