"""Sums of events per content and span, made again whenever the events of the span changed."""

from collections.abc import Iterable
from datetime import datetime

import duckdb
import pyarrow as pa

from linkstar.lake.datafiles import DataFile
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.ready_spans import keep_ready
from linkstar.lake.relations import rows_of
from linkstar.lake.spans import FilesByDay, Grain, Span, files_by_day, spans, true_spans
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import CONTENT_ROLLUPS, CONTENT_ROLLUPS_TABLE, EVENTS_TABLE

_ROWS_AT_ONCE = 20_000_000
_KEYS = "workspace, shop, market, channel, creator, content_id, product_id, currency"
_LABELS = ("creator_name", "content_title", "content_type", "posted_on", "category")
_ORDER = "grain, starts_on, workspace, shop, creator, content_id"
_SPANS = pa.schema([("day", pa.date32()), ("starts_on", pa.date32()), ("source", pa.string())])

_COUNTED = {
    "impressions": "impression",
    "clicks": "click",
    "plays": "play",
    "completes": "complete",
    "add_to_carts": "add_to_cart",
    "orders": "order",
    "refunds": "refund",
}
SUMS_OF_EVENTS = {
    **{
        name: f"count(*) FILTER (kind = '{kind}' AND filtered IS NULL)"
        for name, kind in _COUNTED.items()
    },
    "gmv_minor": "sum(value_minor) FILTER (kind = 'order' AND filtered IS NULL)",
    "refunds_minor": "sum(value_minor) FILTER (kind = 'refund' AND filtered IS NULL)",
    "filtered_impressions": "count(*) FILTER (kind = 'impression' AND filtered IS NOT NULL)",
    "filtered_clicks": "count(*) FILTER (kind = 'click' AND filtered IS NOT NULL)",
}
"""The columns of a roll-up that add up, and how each is counted from events."""

SUMS = tuple(SUMS_OF_EVENTS)


def refresh_rollups(lake: Lake, *, now: datetime) -> int:
    """Make every roll-up say what the events say; the number of spans that had to be made.

    Safe to run at any time, beside loads and other refreshes, and to kill.
    """
    for _ in range(ATTEMPTS):
        events = lake.snapshot(EVENTS_TABLE)
        if events is None:
            return 0
        seen = lake.opened(CONTENT_ROLLUPS_TABLE)
        add, kept, made = _made(lake, events, seen)
        stale = [file for file in seen.files if file.name not in kept]
        if not add and not stale:
            keep_ready(lake, events, seen)
            return 0
        try:
            lake.commit(seen, Change(add=add, remove=stale), now)
        except Overtaken:
            lake.discard(CONTENT_ROLLUPS_TABLE, add)
        else:
            lake.ready_counts.make(seen.paths(add))
            keep_ready(lake, events, lake.opened(CONTENT_ROLLUPS_TABLE))
            return made
    raise Overtaken(CONTENT_ROLLUPS_TABLE.name, ATTEMPTS)


def _made(lake: Lake, events: Snapshot, seen: Snapshot) -> tuple[list[DataFile], set[str], int]:
    """New roll-up files for the spans that lack a true one, names of those kept, spans made."""
    by_day = files_by_day(events)
    held = dict(true_spans(seen, by_day, Grain))
    missing = [span for span in spans(by_day, Grain) if span not in held]
    days = [span for span in missing if span.grain is Grain.DAY]
    with lake.duckdb.cursor() as cursor:
        add = [
            file
            for chunk in _chunks(days, by_day)
            for file in _from_events(lake, cursor, events, by_day, chunk)
        ]
        daily = {
            str(span.starts_on): files for span, files in held.items() if span.grain is Grain.DAY
        }
        for file in add:
            daily.setdefault(file.parted["starts_on"], []).append(file)
        for grain in (Grain.WEEK, Grain.MONTH):
            own = [span for span in missing if span.grain is grain]
            add += _from_days(lake, cursor, seen, daily, own)
    kept = {file.name for files in held.values() for file in files}
    return add, kept, len(missing)


def _chunks(days: list[Span], by_day: FilesByDay) -> Iterable[list[Span]]:
    chunk: list[Span] = []
    rows = 0
    for span in days:
        own = sum(file.rows for file in by_day[span.starts_on])
        if chunk and rows + own > _ROWS_AT_ONCE:
            yield chunk
            chunk, rows = [], 0
        chunk.append(span)
        rows += own
    if chunk:
        yield chunk


def _from_events(
    lake: Lake,
    cursor: duckdb.DuckDBPyConnection,
    events: Snapshot,
    by_day: FilesByDay,
    days: list[Span],
) -> tuple[DataFile, ...]:
    files = [file for span in days for file in by_day[span.starts_on]]
    sums = ", ".join(f"{sql} AS {name}" for name, sql in SUMS_OF_EVENTS.items())
    source = f"""SELECT day, {_KEYS}, {_any_labels()}, {sums} FROM {rows_of("files")}
        GROUP BY day, {_KEYS}"""
    return _write(lake, cursor, days, source, events.paths(files))


def _from_days(
    lake: Lake,
    cursor: duckdb.DuckDBPyConnection,
    seen: Snapshot,
    daily: dict[str, list[DataFile]],
    own: list[Span],
) -> tuple[DataFile, ...]:
    files = [file for span in own for day in span.days for file in daily[str(day)]]
    if not files:
        return ()
    source = f"""SELECT * EXCLUDE (grain, starts_on, source), starts_on AS day
        FROM {rows_of("files")}"""
    return _write(lake, cursor, own, source, seen.paths(files))


def _write(
    lake: Lake,
    cursor: duckdb.DuckDBPyConnection,
    own: list[Span],
    source: str,
    paths: list[str],
) -> tuple[DataFile, ...]:
    """Sum rows that carry a `day` into files of the spans the days belong to."""
    rows = [
        {"day": day, "starts_on": span.starts_on, "source": span.source}
        for span in own
        for day in span.days
    ]
    cursor.register("spans", pa.Table.from_pylist(rows, schema=_SPANS))
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in SUMS)
    select = f"""SELECT {", ".join(CONTENT_ROLLUPS.names)} FROM (
            SELECT '{own[0].grain}' AS grain, starts_on, source, {_KEYS}, {_any_labels()}, {sums}
            FROM ({source}) JOIN spans USING (day)
            GROUP BY starts_on, source, {_KEYS}
        ) ORDER BY {_ORDER}"""
    return lake.write_files(cursor, CONTENT_ROLLUPS_TABLE, select, {"files": paths})


def _any_labels() -> str:
    return ", ".join(f"any_value({name}) AS {name}" for name in _LABELS)
