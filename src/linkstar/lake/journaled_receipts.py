"""What became of each line: written down before the events are committed, a fact afterwards.

`pending-<last>/` beside the segments holds the receipts of a load up to that segment. Once the
events table says that segment is in, the receipts are true and become rows of their tables; if it
does not, they are forgotten and made anew. One loader at a time sees to it that the receipts found
are those of the attempt that was committed.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from linkstar.lake.datafiles import DataFile
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.reasons import CONFLICT, SPOILT, TIME_DERIVED
from linkstar.lake.relations import SQL_TYPES, empty_relation, rows_of
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import (
    EVENTS_TABLE,
    JOURNAL_TABLES,
    RECEIPTS,
    RECEIPTS_TABLE,
    SET_ASIDE_TABLE,
    Table,
)

ADDRESS = "journal, segment, line_number"
"""What names one line for good."""

_RECEIPTS = """CREATE OR REPLACE TEMP TABLE receipts AS
    SELECT journal, segment, workspace, shop,
        date_trunc('minute', coalesce(received_at, $now)) AS minute, $now AS loaded_at,
        count(*) AS received,
        count(*) FILTER (fate = 'stored') AS stored,
        count(*) FILTER (fate = 'duplicate') AS duplicates,
        count(*) FILTER (fate = 'conflict') AS conflicts,
        count(*) FILTER (fate = 'quarantined') AS quarantined,
        0 AS dismissed
    FROM resolved JOIN fates USING (n) GROUP BY ALL
    UNION ALL
    SELECT journal, segment, 0, 0, date_trunc('minute', $now), $now, lines, 0, 0, 0, lines, 0
    FROM rotten"""

SET_ASIDE_NOW = f"""SELECT {ADDRESS}, workspace, shop, coalesce(received_at, $now) AS received_at,
    event_id, fate,
    CASE fate WHEN 'stored' THEN '{TIME_DERIVED}' WHEN 'conflict' THEN '{CONFLICT}' ELSE reason END
        AS reason, line, 1 AS lines
    FROM resolved JOIN fates USING (n)
    WHERE fate IN ('conflict', 'quarantined') OR (fate = 'stored' AND is_derived)"""

ROTTEN_NOW = f"""SELECT journal, segment, 0 AS line_number, 0 AS workspace, 0 AS shop,
    $now AS received_at, NULL AS event_id, 'quarantined' AS fate, '{SPOILT}' AS reason, '' AS line,
    lines FROM rotten"""
"""What is spoilt of a segment is one row: whose lines it was is lost, how many is a guess."""

_ROTTEN = pa.schema([("journal", pa.string()), ("segment", pa.int64()), ("lines", pa.int64())])

SETTLED = "settled"
"""The addresses of lines that are not set aside any more."""


def count_lines(
    cursor: duckdb.DuckDBPyConnection, name: str, rotten: dict[int, int], *, now: datetime
) -> None:
    """Fill the temporary table `receipts` for what a collector's journal held."""
    rows = [(name, segment, lines) for segment, lines in rotten.items()]
    cursor.register(
        "rotten",
        pa.Table.from_pylist(
            [dict(zip(_ROTTEN.names, row, strict=True)) for row in rows], schema=_ROTTEN
        ),
    )
    cursor.execute(_RECEIPTS, {"now": now})


def write_down(
    cursor: duckdb.DuckDBPyConnection,
    journal: Path,
    last: int,
    told: Mapping[str, tuple[str, pa.Schema]],
    *,
    now: datetime,
) -> None:
    """Put what is told of this attempt on disk, in place of what was told of any other.

    Args:
        cursor: with the temporary table `receipts`, and those the questions name.
        journal: the folder.
        last: the last segment of the load.
        told: rows for each table, as a question about `$now` and their schema.
        now: the instant of loading.
    """
    _forget(journal)
    folder = journal / ".receipts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _copy(cursor, "FROM receipts", RECEIPTS, folder / f"{RECEIPTS_TABLE.name}.parquet")
    for name, (select, schema) in told.items():
        _copy(cursor, select, schema, folder / f"{name}.parquet", now=now)
    make_durable(folder)
    folder.rename(_pending(journal, last))
    make_durable(journal)


def make_facts(lake: Lake, journal: Path, name: str, last: int, *, now: datetime) -> None:
    """Commit the receipts of a load whose events are in; a second time changes nothing."""
    folder = _pending(journal, last)
    settled = folder / f"{SETTLED}.parquet"
    for table in JOURNAL_TABLES:
        source = folder / f"{table.name}.parquet"
        gone = settled if table is SET_ASIDE_TABLE and settled.exists() else None
        if source.exists() or gone:
            _commit(lake, table, source, (name, last), without=gone, now=now)
    shutil.rmtree(folder)


def finish_interrupted(lake: Lake, journal: Path, name: str, *, now: datetime) -> None:
    """Bring the receipts of a load that was cut short to their end, one way or the other."""
    for folder in journal.glob("pending-*"):
        last = int(folder.name.partition("-")[2])
        if lake.opened(EVENTS_TABLE).journaled_up_to(name) >= last:
            make_facts(lake, journal, name, last, now=now)
        else:
            shutil.rmtree(folder)


def make_durable(path: Path) -> None:
    """Sync a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pending(journal: Path, last: int) -> Path:
    return journal / f"pending-{last}"


def _forget(journal: Path) -> None:
    for folder in journal.glob("pending-*"):
        shutil.rmtree(folder)


def _copy(
    cursor: duckdb.DuckDBPyConnection, select: str, schema: pa.Schema, path: Path, **bound: object
) -> None:
    columns = ", ".join(
        f"{field.name}::{SQL_TYPES[field.type]} AS {field.name}" for field in schema
    )
    quoted = str(path).replace("'", "''")
    asked = {name: value for name, value in bound.items() if f"${name}" in select}
    copied = cursor.execute(
        f"COPY (SELECT {columns} FROM ({select})) TO '{quoted}' (FORMAT parquet)", asked
    )
    if copied.fetchall()[0][0]:
        make_durable(path)
    else:
        path.unlink()  # nothing to say, nothing to commit


def _commit(
    lake: Lake,
    table: Table,
    source: Path,
    journal: tuple[str, int],
    *,
    without: Path | None,
    now: datetime,
) -> None:
    for _ in range(ATTEMPTS):
        seen = lake.opened(table)
        if seen.journaled_up_to(journal[0]) >= journal[1]:
            return
        gone = _files_with(lake, seen, without) if without else []
        add = _written(lake, table, source, seen.paths(gone), without)
        try:
            lake.commit(seen, Change(add=add, remove=gone, journal=journal), now)
        except Overtaken:
            lake.discard(table, add)
        else:
            return
    raise Overtaken(table.name, ATTEMPTS)


def _files_with(lake: Lake, seen: Snapshot, addresses: Path) -> list[DataFile]:
    """The files that hold any of these lines."""
    if not seen.files:
        return []
    sql = f"""WITH held AS (
            SELECT *, NULL AS filename FROM {empty_relation(seen.table.schema)}
            UNION ALL BY NAME SELECT * FROM read_parquet($files,
                hive_partitioning=false, union_by_name=true, filename=true))
        SELECT DISTINCT filename FROM held SEMI JOIN {rows_of("addresses")} USING ({ADDRESS})"""
    bound = {"files": seen.paths(), "addresses": str(addresses)}
    found = {row["filename"] for row in lake.engine.query(sql, bound).to_pylist()}
    return [file for file in seen.files if str(seen.folder / file.name) in found]


def _written(
    lake: Lake, table: Table, source: Path, rewritten: Sequence[str], without: Path | None
) -> tuple[DataFile, ...]:
    """The new rows, and those of files that are written anew without some of their lines."""
    columns = ", ".join(table.schema.names)
    select, bound = f"SELECT {columns} FROM {empty_relation(table.schema)}", dict[str, object]()
    if source.exists():
        select += f" UNION ALL SELECT {columns} FROM {rows_of('source')}"
        bound |= {"source": str(source)}
    if rewritten:
        held = f"""(SELECT * FROM {empty_relation(table.schema)}
            UNION ALL BY NAME SELECT * FROM {rows_of("files", widened=True)})"""
        select += f""" UNION ALL SELECT {columns} FROM {held}
            ANTI JOIN {rows_of("addresses")} USING ({ADDRESS})"""
        bound |= {"files": list(rewritten), "addresses": str(without)}
    with lake.duckdb.cursor() as cursor:
        return lake.write_files(cursor, table, select, bound)
