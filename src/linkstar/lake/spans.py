"""Spans of days whose events are summed up together, and which of them are told truly.

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
from linkstar.lake.store import Snapshot

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
