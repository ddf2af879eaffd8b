"""Loading tracked events: each counted once by its id, in the day of its shop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from linkstar.lake.datafiles import DataFile
from linkstar.lake.engine import watched
from linkstar.lake.loading import Loaded, Prepared, Progress, commit_once, no_progress
from linkstar.lake.relations import SQL_TYPES, relation, rows_of
from linkstar.lake.staging import check_staged, owner_columns
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import EVENTS, EVENTS_TABLE, OUR_OWN
from linkstar.lake.zones import local_microseconds, offsets

CHUNK_ROWS = 4_000_000
"""Days are loaded together up to so many rows, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class _Batch:
    staged: Path
    rows: int
    import_id: str
    workspace: int
    shop: int | None
    local: str
    days: dict[date, int]

    def bound(self, **more: Any) -> dict[str, Any]:
        owner = {} if self.shop is None else {"workspace": self.workspace, "shop": self.shop}
        return {"staged": str(self.staged), **owner, **more}


def load_events(
    lake: Lake,
    staged: Path,
    *,
    import_id: str,
    workspace: int,
    shop: int | None,
    zone: str,
    now: datetime,
    progress: Progress = no_progress,
    load: str = "",
) -> Loaded:
    """Load tracked events once; an event whose id is already there that day is a duplicate.

    Args:
        lake: where to.
        staged: Parquet with exactly the columns of `STAGED_EVENTS`; and, when `shop` is None,
            `workspace` and `shop` of each row.
        import_id: whose rows they are.
        workspace: number of the workspace.
        shop: number of the shop, or None when the file names it row by row.
        zone: the shop's time zone, in which day, hour and weekday are told.
        now: the instant of loading.
        progress: called with rows done and rows in all.
        load: as of `load_statements`.

    Raises:
        StagedColumnsDiffer: the file has other columns.
        StagedValueMissing: an event lacks its id, kind, instant, market or channel.
        ImportUndone: this import was undone.
    """
    batch = _batch(lake, staged, import_id, workspace, shop, zone=zone)

    def prepare(seen: Snapshot) -> Prepared:
        files: list[DataFile] = []
        done = 0
        for days in _chunks(batch.days):
            rows = sum(batch.days[day] for day in days)
            tell = partial(_tell, progress, batch.rows, done, rows)
            files += _write(lake, batch, seen, days, tell)
            done += rows
        stored = sum(file.rows for file in files)
        return Prepared(Loaded(batch.rows, stored, batch.rows - stored), tuple(files))

    done = commit_once(lake, EVENTS_TABLE, load or import_id, prepare, now=now)
    return done or _recount(lake, batch)


def _tell(progress: Progress, rows: int, done: int, in_hand: int, share: float) -> None:
    progress(done + int(in_hand * share), rows)


def preview_events(
    lake: Lake, staged: Path, *, import_id: str, workspace: int, shop: int | None, zone: str
) -> Loaded:
    """What `load_events` would report, without writing anything."""
    batch = _batch(lake, staged, import_id, workspace, shop, zone=zone)
    seen = lake.snapshot(EVENTS_TABLE)
    new = 0
    for days in _chunks(batch.days):
        with lake.duckdb.cursor() as cursor:
            _keep_new(cursor, batch, seen, days)
            new += _one(cursor.execute("SELECT count(*) FROM kept"))
    return Loaded(batch.rows, new, batch.rows - new)


def _batch(
    lake: Lake, staged: Path, import_id: str, workspace: int, shop: int | None, *, zone: str
) -> _Batch:
    rows = check_staged(staged, EVENTS_TABLE, names_shops=shop is None)
    if not rows:
        return _Batch(staged, 0, import_id, workspace, shop, "0", {})
    file = {"staged": str(staged)}
    span = f"""SELECT min(occurred_at) AS first, max(occurred_at) AS last
        FROM {rows_of("staged")}"""
    [spanned] = lake.duckdb.query(span, file).to_pylist()
    local = local_microseconds("occurred_at", offsets(zone, spanned["first"], spanned["last"]))
    counted = f"""SELECT make_timestamp({local})::DATE AS day, count(*) AS rows
        FROM {rows_of("staged")} GROUP BY day ORDER BY day"""
    days = {row["day"]: row["rows"] for row in lake.duckdb.query(counted, file).to_pylist()}
    return _Batch(staged, rows, import_id, workspace, shop, local, days)


def _chunks(days: dict[date, int]) -> Iterator[list[date]]:
    """Consecutive days, together up to `CHUNK_ROWS` (or one day that alone has more)."""
    chunk: list[date] = []
    for day, rows in days.items():
        if chunk and sum(days[each] for each in chunk) + rows > CHUNK_ROWS:
            yield chunk
            chunk = []
        chunk.append(day)
    if chunk:
        yield chunk


def _keep_new(
    cursor: duckdb.DuckDBPyConnection, batch: _Batch, seen: Snapshot | None, days: list[date]
) -> None:
    """Fill the temporary table `kept` with the file rows of these days that are not stored yet."""
    among = {str(day) for day in days}
    files = [] if seen is None else [f for f in seen.files if f.parted["day"] in among]
    stored = {"files": seen.paths(files)} if seen and files else {}
    owner = owner_columns(names_shops=batch.shop is None)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE kept AS
        SELECT min(n) AS n, workspace, shop, day, event_id FROM (
            SELECT file_row_number AS n, {owner}, event_id,
                make_timestamp({batch.local})::DATE AS day
            FROM {rows_of("staged", numbered=True)}
        ) WHERE day BETWEEN $first AND $last
        GROUP BY workspace, shop, day, event_id""",
        batch.bound(first=days[0], last=days[-1]),
    )
    if stored:
        cursor.execute(
            f"""DELETE FROM kept WHERE (workspace, shop, day, event_id) IN (
                SELECT (workspace, shop, day, event_id) FROM {relation(EVENTS, has_files=True)})""",
            stored,
        )


def _write(
    lake: Lake,
    batch: _Batch,
    seen: Snapshot,
    days: list[date],
    tell: Callable[[float], None],
) -> tuple[DataFile, ...]:
    with lake.duckdb.cursor() as cursor:
        _keep_new(cursor, batch, seen, days)
        added = {
            "workspace": "kept.workspace",
            "shop": "kept.shop",
            "day": "kept.day",
            "import_id": "$import_id::VARCHAR",
            "hour": f"hour(make_timestamp({batch.local}))::TINYINT",
            "weekday": "isodow(kept.day)::TINYINT",
            **dict.fromkeys(OUR_OWN, "NULL"),
        }
        columns = ", ".join(
            f"{added[field.name]}::{SQL_TYPES[field.type]} AS {field.name}"
            if field.name in added
            else f"file.{field.name}::{SQL_TYPES[field.type]} AS {field.name}"
            for field in EVENTS
        )
        select = f"""SELECT {columns} FROM {rows_of("staged", numbered=True)} AS file
            JOIN kept ON kept.n = file.file_row_number
            ORDER BY kept.day, kept.workspace, kept.shop, creator, content_id, kind"""
        bound = {"staged": str(batch.staged), "import_id": batch.import_id}
        return watched(cursor, lambda: lake.write_files(cursor, EVENTS_TABLE, select, bound), tell)


def _recount(lake: Lake, batch: _Batch) -> Loaded:
    seen = lake.opened(EVENTS_TABLE)
    with lake.duckdb.cursor() as cursor:
        files = {"files": seen.paths()} if seen.files else {}
        source = relation(EVENTS, has_files=bool(files))
        stored = _one(
            cursor.execute(
                f"SELECT count(*) FROM {source} WHERE import_id = $import_id",
                {"import_id": batch.import_id, **files},
            )
        )
    return Loaded(batch.rows, stored, batch.rows - stored)


def _one(result: duckdb.DuckDBPyConnection) -> int:
    found = result.fetchone()
    assert found is not None
    return int(found[0])
