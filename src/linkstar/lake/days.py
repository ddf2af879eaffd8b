"""Which files answer for which days: roll-ups where they are true, events everywhere else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linkstar.lake.datafiles import DataFile, alike
from linkstar.lake.ready_spans import ready_spans
from linkstar.lake.spans import FilesByDay, Grain, Span, Spans, files_by_day, true_spans
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS_TABLE, Table

_OFTEN_ALIKE = ("market", "channel")


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
    period = starts_on or date.min, ends_before or date.max
    ready = ready_spans(lake) if grains else None
    if ready is not None:
        chosen = _chosen(_within(ready.days, period), ready.held, grains, may_take_off=may_take_off)
        if not chosen.untold:
            return _sources(lake, chosen, [], shops)
    seen = lake.snapshot(EVENTS_TABLE)
    if seen is None:
        return DaySources()
    by_day = lake.derived(files_by_day, seen)
    rolled = lake.snapshot(CONTENT_ROLLUPS_TABLE) if grains else None
    held = lake.derived(_held, seen, rolled) if rolled else []
    chosen = _chosen(_within(by_day, period), held, grains, may_take_off=may_take_off)
    untold = (file for day in sorted(chosen.untold) for file in by_day[day])
    return _sources(lake, chosen, untold, shops)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Files of roll-ups that tell days asked for, those taken off again, and the days left."""

    told: list[DataFile]
    less: list[DataFile]
    untold: set[date]


def _within(days: Iterable[date], period: tuple[date, date]) -> set[date]:
    return {day for day in days if period[0] <= day < period[1]}


def _chosen(
    days: set[date], held: Spans, grains: Collection[Grain], *, may_take_off: bool
) -> _Chosen:
    """The longest spans that lie within these days, and weeks that mostly do."""
    told: list[DataFile] = []
    less: list[DataFile] = []
    daily = {span.starts_on: files for span, files in held if span.grain is Grain.DAY}
    for span, files in held:
        if span.grain not in grains or span.days.isdisjoint(days):
            continue
        if span.days <= days:
            told += files
        elif may_take_off and (others := _worth_taking_off(span, files, days, daily)):
            told += files
            less += others
        else:
            continue
        days = days - span.days
    return _Chosen(told, less, days)


def _sources(
    lake: Lake, chosen: _Chosen, untold: Iterable[DataFile], shops: Sequence[int]
) -> DaySources:
    """The files of a choice that may hold any of the shops."""
    events = _may_hold(untold, shops)
    return DaySources(
        _paths(lake, EVENTS_TABLE, events),
        _paths(lake, CONTENT_ROLLUPS_TABLE, _may_hold(chosen.told, shops)),
        _paths(lake, CONTENT_ROLLUPS_TABLE, _may_hold(chosen.less, shops)),
        alike(events, _OFTEN_ALIKE),
    )


def _paths(lake: Lake, table: Table, files: Iterable[DataFile]) -> list[str]:
    folder = str(lake.folder(table))
    return [f"{folder}/{file.name}" for file in files]


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
