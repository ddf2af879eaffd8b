"""What is there to ask about: sources, levels, days, definitions, segments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, DEFINITION_COLUMNS, Segment
from linkstar.lake.datafiles import DataFile
from linkstar.lake.days import day_sources
from linkstar.lake.export_plan import windows_of
from linkstar.lake.relations import rows_of
from linkstar.lake.selection import Scope, Source, Window, owned
from linkstar.lake.spans import Grain, files_by_day
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE, PERFORMANCE_TABLE
from linkstar.lake.windows import choose
from linkstar.stats.ctr import Definition

_ALWAYS = (Segment.CHANNEL, Segment.CONTENT_TYPE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one source tells at one level of rows under one definition.

    Attributes:
        source: exports or tracked events.
        level: of the rows: `creator`, `content`, `product` or `shop`.
        definition: which two columns are stated.
        starts_on: first day told.
        ends_before: day after the last one told.
        impressions: over disjoint windows; where several imports state one window, of the largest.
        clicks: of the same rows.
        segments: lines along which rows can be cut.
    """

    source: Source
    level: str
    definition: Definition
    starts_on: date
    ends_before: date
    impressions: int
    clicks: int
    segments: tuple[Segment, ...]


def coverage(
    lake: Lake,
    scope: Scope,
    *,
    market: str = "US",
    starts_on: date | None = None,
    ends_before: date | None = None,
) -> list[Coverage]:
    """What there is within a period, one entry per source, level and definition with data."""
    if not scope.shops:
        return []
    exports = _of_exports(lake, scope, market, starts_on, ends_before)
    tracked = _of_events(lake, scope, market, starts_on, ends_before)
    return [*exports, *tracked]


def _of_exports(
    lake: Lake, scope: Scope, market: str, starts_on: date | None, ends_before: date | None
) -> Iterable[Coverage]:
    seen = lake.snapshot(PERFORMANCE_TABLE)
    files = [] if seen is None else [f for f in seen.files if f.may_hold("shop", scope.shops)]
    if seen is None or not files:
        return
    sums = ", ".join(
        f"sum({counted}) FILTER (states_{definition})::BIGINT AS {definition}, "
        f"sum({clicks}) FILTER (states_{definition})::BIGINT AS clicks_by_{definition}"
        for definition, (clicks, counted) in DEFINITION_COLUMNS.items()
    )
    sql = f"""SELECT shop, level, starts_on, ends_before, split, stated_on, import_id,
            sum(rows)::BIGINT AS rows, {sums}
        FROM windows WHERE {owned(scope)}
        GROUP BY shop, level, starts_on, ends_before, split, stated_on, import_id
        ORDER BY level"""
    bound = {"workspace": scope.workspace, "market": market}
    windows = windows_of(lake, seen.paths(files))
    rows = lake.engine.query(sql, bound, {"windows": windows}).to_pylist()
    for level, own in groupby(rows, key=lambda row: str(row["level"])):
        stated = list(own)
        for definition in Definition:
            yield from _stated(level, definition, stated, starts_on, ends_before)


def _stated(
    level: str,
    definition: Definition,
    rows: list[dict[str, Any]],
    starts_on: date | None,
    ends_before: date | None,
) -> Iterable[Coverage]:
    largest: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in rows:
        if row[definition] is not None:
            key = (row["shop"], row["starts_on"], row["ends_before"], row["split"])
            known = largest.get(key)
            if known is None or row[definition] > known[definition]:
                largest[key] = row
    windows = {_window(row, definition): row for row in largest.values()}
    taken, _ = choose(
        list(windows), starts_on=starts_on, ends_before=ends_before, week=False, segment=None
    )
    if taken:
        cuts = {name for window in windows for name in window.split}
        yield Coverage(
            source=Source.EXPORTS,
            level=level,
            definition=definition,
            starts_on=min(window.starts_on for window in taken),
            ends_before=max(window.ends_before for window in taken),
            impressions=sum(window.impressions for window in taken),
            clicks=sum(windows[window][f"clicks_by_{definition}"] for window in taken),
            segments=(*(each for each in AUDIENCE_SEGMENTS if each in cuts), *_ALWAYS),
        )


def _window(row: dict[str, Any], definition: Definition) -> Window:
    return Window(
        shop=row["shop"],
        level=row["level"],
        starts_on=row["starts_on"],
        ends_before=row["ends_before"],
        stated_on=row["stated_on"],
        import_id=row["import_id"],
        split=tuple(filter(None, row["split"].split(","))),
        rows=row["rows"],
        impressions=row[definition],
    )


def _of_events(
    lake: Lake, scope: Scope, market: str, starts_on: date | None, ends_before: date | None
) -> Iterable[Coverage]:
    sources = day_sources(
        lake, shops=scope.shops, starts_on=starts_on, ends_before=ends_before, grains=[Grain.DAY]
    )
    parts = []
    if sources.rollups:
        parts.append(f"""SELECT starts_on AS day, impressions, clicks
            FROM {rows_of("rollups")} WHERE {owned(scope)}""")
    if sources.events:
        parts.append(f"""SELECT day, (kind = 'impression')::BIGINT AS impressions,
                (kind = 'click')::BIGINT AS clicks
            FROM {rows_of("events")} WHERE {owned(scope)} AND filtered IS NULL""")
    if not parts:
        return
    sql = f"""SELECT min(day) AS first, max(day) AS last, sum(impressions)::BIGINT AS impressions,
        sum(clicks)::BIGINT AS clicks FROM ({" UNION ALL ".join(parts)})"""
    bound = {"workspace": scope.workspace, "market": market}
    bound |= {"rollups": sources.rollups} if sources.rollups else {}
    bound |= {"events": sources.events} if sources.events else {}
    [told] = lake.engine.query(sql, bound).to_pylist()
    if told["first"] is not None:
        yield Coverage(
            source=Source.TRACKED,
            level="content",
            definition=Definition.PRODUCT_IMPRESSIONS,
            starts_on=told["first"],
            ends_before=told["last"] + timedelta(days=1),
            impressions=told["impressions"],
            clicks=told["clicks"],
            segments=_segments(lake, scope),
        )


def _segments(lake: Lake, scope: Scope) -> tuple[Segment, ...]:
    """Segments that some event file of these shops has values for."""
    seen = lake.opened(EVENTS_TABLE)
    files = [
        file
        for day in files_by_day(seen).values()
        for file in day
        if file.may_hold("shop", scope.shops)
    ]
    known = (each for each in AUDIENCE_SEGMENTS if any(_has(file, each) for file in files))
    return (*known, *_ALWAYS)


def _has(file: DataFile, segment: Segment) -> bool:
    return file.empty.get(segment, 0) < file.rows
