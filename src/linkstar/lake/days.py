"""Which files answer for which days: roll-ups where they are true, events everywhere else.

A roll-up of a span (a day, a week, a month) names the event files it was made from. It is true
while the event files of the span are exactly these, so there is no mark that could be forgotten
or outlive a crash.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from linkstar.lake.datafiles import DataFile
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS_TABLE

FilesByDay = Mapping[date, Sequence[DataFile]]


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
    """Paths of Parquet files: each day asked for is told by exactly one of the two lists."""

    events: list[str]
    rollups: list[str]


def day_sources(
    lake: Lake,
    *,
    shops: Sequence[int],
    starts_on: date | None,
    ends_before: date | None,
    grains: Sequence[Grain],
) -> DaySources:
    """The files that together tell the days of a period once.

    Args:
        lake: where the files are.
        shops: files without any of these shops are left out.
        starts_on: first day; None is the beginning.
        ends_before: day after the last; None is the end.
        grains: roll-ups that may be read; none means events only.
    """
    seen = lake.snapshot(EVENTS_TABLE)
    if seen is None:
        return DaySources([], [])
    by_day = files_by_day(seen)
    open_days = {
        day for day in by_day if (starts_on or date.min) <= day < (ends_before or date.max)
    }
    rolled = lake.snapshot(CONTENT_ROLLUPS_TABLE) if grains else None
    told: list[DataFile] = []
    if rolled:
        for span, files in true_spans(rolled, by_day, grains):
            if span.days <= open_days:
                open_days -= span.days
                told += files
    untold = [file for day in sorted(open_days) for file in by_day[day]]
    return DaySources(
        seen.paths(file for file in untold if file.may_hold("shop", shops)),
        rolled.paths(file for file in told if file.may_hold("shop", shops)) if rolled else [],
    )


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
