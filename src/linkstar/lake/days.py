"""Which files answer for which days: roll-ups where they are true, events everywhere else.

A roll-up of a span (a day, a week, a month) names the event files it was made from. It is true
while the event files of the span are exactly these, so there is no mark that could be forgotten
or outlive a crash.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from linkstar.lake.datafiles import DataFile, alike
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS_TABLE

_OFTEN_ALIKE = ("market", "channel")
FilesByDay = Mapping[date, Sequence[DataFile]]
Spans = Sequence[tuple["Span", Sequence[DataFile]]]


class Grain(StrEnum):
    """The length of a span, the longest first."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"

    def start(self, day: date) -> date:
        """The first day of the span a day lies in."""
        if self is Grain.MONTH:
            return day.replace(day=1)
        return day - timedelta(days=day.weekday()) if self is Grain.WEEK else day


@dataclass(frozen=True, slots=True)
class Span:
    """The days of one span that have events, and the name of the event files they lie in."""

    grain: Grain
    starts_on: date
    days: frozenset[date]
    source: str


@dataclass(frozen=True, slots=True)
class DaySources:
    """Paths of Parquet files: each day asked for is told by exactly one of the first two lists.

    Roll-ups that tell days nobody asked for beside them are made up for by those of `less`, which
    tell just these. `alike` are the columns with one value in all events, where that is known.
    """

    events: list[str] = field(default_factory=list)
    rollups: list[str] = field(default_factory=list)
    less: list[str] = field(default_factory=list)
    alike: Mapping[str, Any] = field(default_factory=dict)


def day_sources(
    lake: Lake,
    *,
    shops: Sequence[int],
    starts_on: date | None,
    ends_before: date | None,
    grains: Sequence[Grain],
    may_take_off: bool = False,
) -> DaySources:
    """The files that together tell the days of a period once.

    Args:
        lake: where the files are.
        shops: files without any of these shops are left out.
        starts_on: first day; None is the beginning.
        ends_before: day after the last; None is the end.
        grains: roll-ups that may be read; none means events only.
        may_take_off: whether a week may be read of which some days are taken off again.
    """
    seen = lake.snapshot(EVENTS_TABLE)
    if seen is None:
        return DaySources()
    by_day = lake.derived(files_by_day, seen)
    open_days = {
        day for day in by_day if (starts_on or date.min) <= day < (ends_before or date.max)
    }
    rolled = lake.snapshot(CONTENT_ROLLUPS_TABLE) if grains else None
    told: list[DataFile] = []
    less: list[DataFile] = []
    held = lake.derived(_held, seen, rolled) if rolled else []
    daily = {span.starts_on: files for span, files in held if span.grain is Grain.DAY}
    for span, files in held:
        if span.grain not in grains or span.days.isdisjoint(open_days):
            continue
        if span.days <= open_days:
            told += files
        elif may_take_off and (others := _worth_taking_off(span, files, open_days, daily)):
            told += files
            less += others
        else:
            continue
        open_days -= span.days
    untold = _may_hold((file for day in sorted(open_days) for file in by_day[day]), shops)
    return DaySources(
        seen.paths(untold),
        rolled.paths(_may_hold(told, shops)) if rolled else [],
        rolled.paths(_may_hold(less, shops)) if rolled else [],
        alike(untold, _OFTEN_ALIKE),
    )


def _may_hold(files: Iterable[DataFile], shops: Sequence[int]) -> list[DataFile]:
    return [file for file in files if file.may_hold("shop", shops)]


def _held(seen: Snapshot, rolled: Snapshot) -> Spans:
    """All spans whose roll-up is true."""
    return true_spans(rolled, files_by_day(seen), Grain)


def _worth_taking_off(
    span: Span, files: Sequence[DataFile], open_days: set[date], daily: FilesByDay
) -> list[DataFile]:
    """The days of a week nobody asked for, where reading these and the week is less to read."""
    if span.grain is not Grain.WEEK or not span.days <= daily.keys():
        return []
    asked, others = (
        [file for day in days for file in daily[day]]
        for days in (span.days & open_days, span.days - open_days)
    )
    rows = sum(file.rows for file in (*files, *others))
    return others if rows < sum(file.rows for file in asked) else []


def files_by_day(seen: Snapshot) -> dict[date, list[DataFile]]:
    """The event files of each day."""
    found: dict[date, list[DataFile]] = {}
    for file in seen.files:
        found.setdefault(date.fromisoformat(file.parted["day"]), []).append(file)
    return found


def spans(by_day: FilesByDay, grains: Iterable[Grain]) -> list[Span]:
    """Every span with events, in the order of the grains."""
    return [span for grain in grains for span in _spans_of(by_day, grain)]


def true_spans(
    rolled: Snapshot, by_day: FilesByDay, grains: Iterable[Grain]
) -> list[tuple[Span, list[DataFile]]]:
    """The spans whose roll-up tells what the events say now, with the roll-up's files."""
    held: dict[tuple[str, str, str], list[DataFile]] = {}
    for file in rolled.files:
        key = (file.parted["grain"], file.parted["starts_on"], file.parted["source"])
        held.setdefault(key, []).append(file)
    named = (
        (span, (span.grain, str(span.starts_on), span.source)) for span in spans(by_day, grains)
    )
    return [(span, held[key]) for span, key in named if key in held]


def _spans_of(by_day: FilesByDay, grain: Grain) -> list[Span]:
    days: dict[date, list[date]] = {}
    for day in sorted(by_day):
        days.setdefault(grain.start(day), []).append(day)
    return [
        Span(grain, start, frozenset(own), _source([f for day in own for f in by_day[day]]))
        for start, own in days.items()
    ]


def _source(files: Iterable[DataFile]) -> str:
    """One short name for a set of event files; names of files are unique and never used again."""
    return sha256("\n".join(sorted(file.name for file in files)).encode()).hexdigest()[:24]
