"""Checking the facts against themselves, on live data."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from linkstar.lake import ready_spans
from linkstar.lake.books import identities
from linkstar.lake.journaled_counts import minutes
from linkstar.lake.relations import rows_of
from linkstar.lake.rollups import SUMS, SUMS_OF_EVENTS
from linkstar.lake.spans import Grain, files_by_day, true_spans
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import (
    CONTENT_ROLLUPS_TABLE,
    EVENTS_TABLE,
    FACT_TABLES,
    JOURNAL_TABLES,
    PERFORMANCE_TABLE,
    RECEIPTS_TABLE,
)
from linkstar.lake.traffic_sums import holds_tracked

ROWS_BY_IMPORT = pa.schema(
    [("table", pa.string()), ("import_id", pa.string()), ("rows", pa.int64())]
)


class Fault(StrEnum):
    """What can be wrong with the facts."""

    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    ROWS_WITHOUT_IMPORT = "rows_without_import"
    EVENT_TWICE = "event_twice"
    EVENT_IN_WRONG_DAY = "event_in_wrong_day"
    ROLLUP_DIFFERS = "rollup_differs"
    LINES_UNACCOUNTED = "lines_unaccounted"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, and how many rows (or bytes, for a changed file)."""

    fault: Fault
    table: str
    where: str
    amount: int


def verify(lake: Lake) -> list[Finding]:
    """Everything that is wrong with the facts; empty when all is well. Reads every fact once."""
    return list(_findings(lake))


def rows_by_import(lake: Lake) -> pa.Table:
    """Rows stored per table and import, as `ROWS_BY_IMPORT`: to hold against what imports said."""
    found = [ROWS_BY_IMPORT.empty_table()]
    for table in FACT_TABLES:
        seen = lake.snapshot(table)
        if seen is not None and seen.files:
            sql = f"""SELECT '{table.name}' AS "table", import_id, count(*) AS rows
                FROM {rows_of("files")} GROUP BY import_id"""
            found.append(lake.engine.query(sql, {"files": seen.paths()}).cast(ROWS_BY_IMPORT))
    return pa.concat_tables(found)


def _findings(lake: Lake) -> Iterator[Finding]:
    broken = False
    for table in (*FACT_TABLES, *JOURNAL_TABLES, CONTENT_ROLLUPS_TABLE):
        seen = lake.snapshot(table)
        for finding in _files(seen) if seen is not None else ():
            broken = True
            yield finding
    if broken:
        return  # what cannot be read cannot be compared
    yield from _imports(lake)
    yield from _windows(lake)
    yield from _received(lake)
    events = lake.snapshot(EVENTS_TABLE)
    if events is not None and events.files:
        yield from _events(lake, events)
        yield from _traffic(lake, events)
        yield from _rollups(lake, events)


def _files(seen: Snapshot) -> Iterator[Finding]:
    for file in seen.files:
        path = seen.folder / file.name
        if not path.exists():
            yield Finding(Fault.FILE_MISSING, seen.table.name, file.name, file.rows)
        elif path.stat().st_size != file.size:
            yield Finding(Fault.FILE_CHANGED, seen.table.name, file.name, path.stat().st_size)


def _imports(lake: Lake) -> Iterator[Finding]:
    for row in rows_by_import(lake).to_pylist():
        table = next(each for each in FACT_TABLES if each.name == row["table"])
        seen = lake.opened(table)
        if not (seen.has_loaded(row["import_id"]) or seen.journaled_up_to(row["import_id"])):
            yield Finding(Fault.ROWS_WITHOUT_IMPORT, row["table"], row["import_id"], row["rows"])


def _windows(lake: Lake) -> Iterator[Finding]:
    """What lies ready of exports, against the exports."""
    seen = lake.snapshot(PERFORMANCE_TABLE)
    for file in seen.files if seen is not None else ():
        path = str(lake.folder(PERFORMANCE_TABLE) / file.name)
        if not lake.ready_windows.agrees(path):
            yield Finding(Fault.ROLLUP_DIFFERS, "ready_windows", file.name, file.rows)


def _received(lake: Lake) -> Iterator[Finding]:
    """Received = counted + filtered + duplicates + conflicts + quarantined, per shop and minute."""
    by_minute: Counter[int] = Counter()
    for one in minutes(lake, None, only_wrong=True):
        by_minute[one.shop] += one.difference
        where = f"shop {one.shop} {one.minute:%Y-%m-%dT%H:%MZ}"
        yield Finding(Fault.LINES_UNACCOUNTED, RECEIPTS_TABLE.name, where, one.difference)
    for book in identities(lake, None):
        rest = book.difference - by_minute[book.shop]
        if rest:
            where = f"shop {book.shop}"
            yield Finding(Fault.LINES_UNACCOUNTED, RECEIPTS_TABLE.name, where, rest)


def _events(lake: Lake, seen: Snapshot) -> Iterator[Finding]:
    for day, files in files_by_day(seen).items():
        sql = f"""SELECT count(*) - count(DISTINCT (workspace, shop, event_id)) AS twice,
            count(*) FILTER (day <> $day) AS elsewhere FROM {rows_of("files")}"""
        [found] = lake.engine.query(sql, {"files": seen.paths(files), "day": day}).to_pylist()
        if found["twice"]:
            yield Finding(Fault.EVENT_TWICE, seen.table.name, str(day), found["twice"])
        if found["elsewhere"]:
            yield Finding(Fault.EVENT_IN_WRONG_DAY, seen.table.name, str(day), found["elsewhere"])


def _traffic(lake: Lake, seen: Snapshot) -> Iterator[Finding]:
    """What lies ready of tracked events, against the events."""
    for file in filter(holds_tracked, seen.files):
        [path] = seen.paths([file])
        if not lake.ready_traffic.agrees(path):
            yield Finding(Fault.ROLLUP_DIFFERS, "ready_traffic", file.name, file.rows)


def _rollups(lake: Lake, events: Snapshot) -> Iterator[Finding]:
    rolled = lake.snapshot(CONTENT_ROLLUPS_TABLE)
    if rolled is None:
        return
    if not ready_spans.agrees(lake):
        yield Finding(Fault.ROLLUP_DIFFERS, rolled.table.name, "ready_spans", 0)
    by_day = files_by_day(events)
    keys = "workspace, shop, market, channel, creator, content_id, product_id, currency"
    raw = ", ".join(f"coalesce({sql}, 0)::BIGINT AS {name}" for name, sql in SUMS_OF_EVENTS.items())
    kept = ", ".join(f"coalesce(sum({name}), 0)::BIGINT AS {name}" for name in SUMS)
    sql = f"""WITH raw AS (SELECT {keys}, {raw} FROM {rows_of("events")} GROUP BY {keys}),
        kept AS (SELECT {keys}, {kept} FROM {rows_of("rollups")} GROUP BY {keys})
        SELECT count(*) AS rows FROM (
            (FROM raw EXCEPT FROM kept) UNION ALL (FROM kept EXCEPT FROM raw))"""
    for span, files in true_spans(rolled, by_day, Grain):
        told = [file for day in span.days for file in by_day[day]]
        bound = {"events": events.paths(told), "rollups": rolled.paths(files)}
        [found] = lake.engine.query(sql, bound).to_pylist()
        if found["rows"]:
            where = f"{span.grain} {span.starts_on}"
            yield Finding(Fault.ROLLUP_DIFFERS, rolled.table.name, where, found["rows"])
        for file in files:
            [path] = rolled.paths([file])
            if not lake.ready_counts.agrees(path):
                yield Finding(Fault.ROLLUP_DIFFERS, "ready_counts", file.name, file.rows)
