"""Which files answer for which days: roll-ups where they are true, events everywhere else.

A day of a roll-up names the event files it was made from. It is clean while the day's event files
are exactly these, so there is no mark that could be forgotten or survive a crash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby

from linkstar.lake.store import DataFile, Lake, Snapshot
from linkstar.lake.tables import DAILY_CONTENT_TABLE, EVENTS_TABLE, Table


@dataclass(frozen=True, slots=True)
class DaySources:
    """Paths of Parquet files: each day asked for is in exactly one of the two lists."""

    events: list[str]
    rollups: list[str]


def day_sources(
    lake: Lake,
    *,
    shops: Sequence[int],
    starts_on: date | None,
    ends_before: date | None,
    rollups: bool,
    table: Table = DAILY_CONTENT_TABLE,
) -> DaySources:
    """The files that together tell the days of a period once."""
    seen = lake.snapshot(EVENTS_TABLE)
    if seen is None:
        return DaySources([], [])
    days = events_by_day(seen, starts_on, ends_before)
    rolled = lake.snapshot(table) if rollups else None
    clean = clean_days(rolled, days)
    events = [
        file
        for day, files in days.items()
        if day not in clean
        for file in files
        if file.may_hold("shop", shops)
    ]
    told = [file for file in clean.values() if file.may_hold("shop", shops)]
    return DaySources(seen.paths(events), rolled.paths(told) if rolled else [])


def events_by_day(
    seen: Snapshot, starts_on: date | None = None, ends_before: date | None = None
) -> dict[str, list[DataFile]]:
    """Event files of each day of a period, in order of day and name."""
    from_day, to_day = str(starts_on or date.min), str(ends_before or date.max)
    files = sorted(seen.files, key=lambda file: (file.parted["day"], file.name))
    grouped = groupby(files, key=lambda file: file.parted["day"])
    return {day: list(each) for day, each in grouped if from_day <= day < to_day}


def clean_days(rolled: Snapshot | None, days: dict[str, list[DataFile]]) -> dict[str, DataFile]:
    """Per day that a roll-up tells truly, the roll-up's file."""
    if rolled is None:
        return {}
    made_from = {day: source_of(files) for day, files in days.items()}
    return {
        file.parted["day"]: file
        for file in rolled.files
        if made_from.get(file.parted["day"]) == file.parted["source"]
    }


def source_of(files: Iterable[DataFile]) -> str:
    """One short name for a set of event files; file names are unique and never reused."""
    return sha256("\n".join(sorted(file.name for file in files)).encode()).hexdigest()[:24]
