"""What became of each line: written down before the events are committed, a fact afterwards.

`pending-<last>/` beside the segments holds the receipts of a load up to that segment. Once the
events table says that segment is in, the receipts are true and become rows of their tables; if it
does not, they are forgotten and made anew. One loader at a time sees to it that the receipts found
are those of the attempt that was committed.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from linkstar.lake.journaled_keeping import TIME_DERIVED
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.relations import SQL_TYPES, rows_of
from linkstar.lake.store import Change, Lake, Overtaken
from linkstar.lake.tables import (
    EVENTS_TABLE,
    JOURNAL_TABLES,
    RECEIPTS,
    RECEIPTS_TABLE,
    SET_ASIDE,
    SET_ASIDE_TABLE,
    Table,
)

_RECEIPTS = """CREATE OR REPLACE TEMP TABLE receipts AS
    SELECT $journal AS journal, segment, workspace, shop,
        date_trunc('minute', coalesce(received_at, $now)) AS minute, $now AS loaded_at,
        count(*) AS received,
        count(*) FILTER (fate = 'stored') AS stored,
        count(*) FILTER (fate = 'duplicate') AS duplicates,
        count(*) FILTER (fate = 'conflict') AS conflicts,
        count(*) FILTER (fate = 'quarantined') AS quarantined
    FROM resolved JOIN fates USING (n) GROUP BY ALL
    UNION ALL
    SELECT $journal, segment, 0, 0, date_trunc('minute', $now), $now, lines, 0, 0, 0, lines
    FROM rotten"""

_SET_ASIDE = f"""SELECT $journal AS journal, segment, workspace, shop, received_at, event_id,
    CASE fate WHEN 'stored' THEN '{TIME_DERIVED}' WHEN 'conflict' THEN 'conflict' ELSE reason END
        AS reason, line
    FROM resolved JOIN fates USING (n)
    WHERE fate IN ('conflict', 'quarantined') OR (fate = 'stored' AND is_derived)"""


def write_down(
    cursor: duckdb.DuckDBPyConnection,
    journal: Path,
    name: str,
    last: int,
    rotten: dict[int, int],
    *,
    now: datetime,
) -> None:
    """Put the receipts of this attempt on disk, in place of those of any other."""
    _forget(journal)
    counted = {"segment": list(rotten), "lines": list(rotten.values())}
    schema = pa.schema([("segment", pa.int64()), ("lines", pa.int64())])
    cursor.register("rotten", pa.table(counted, schema=schema))
    cursor.execute(_RECEIPTS, {"journal": name, "now": now})
    folder = journal / ".receipts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _copy(cursor, "SELECT * FROM receipts", RECEIPTS, folder / f"{RECEIPTS_TABLE.name}.parquet")
    _copy(cursor, _SET_ASIDE, SET_ASIDE, folder / f"{SET_ASIDE_TABLE.name}.parquet", journal=name)
    make_durable(folder)
    folder.rename(_pending(journal, last))
    make_durable(journal)


def make_facts(lake: Lake, journal: Path, name: str, last: int, *, now: datetime) -> None:
    """Commit the receipts of a load whose events are in; a second time changes nothing."""
    folder = _pending(journal, last)
    for table in JOURNAL_TABLES:
        _commit(lake, table, folder / f"{table.name}.parquet", (name, last), now=now)
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
    cursor: duckdb.DuckDBPyConnection, select: str, schema: pa.Schema, path: Path, **bound: str
) -> None:
    columns = ", ".join(
        f"{field.name}::{SQL_TYPES[field.type]} AS {field.name}" for field in schema
    )
    quoted = str(path).replace("'", "''")
    cursor.execute(f"COPY (SELECT {columns} FROM ({select})) TO '{quoted}' (FORMAT parquet)", bound)
    make_durable(path)


def _commit(
    lake: Lake, table: Table, source: Path, journal: tuple[str, int], *, now: datetime
) -> None:
    for _ in range(ATTEMPTS):
        seen = lake.opened(table)
        if seen.journaled_up_to(journal[0]) >= journal[1]:
            return
        with lake.duckdb.cursor() as cursor:
            select = f"SELECT * FROM {rows_of('source')}"
            files = lake.write_files(cursor, table, select, {"source": str(source)})
        try:
            lake.commit(seen, Change(add=files, journal=journal), now)
        except Overtaken:
            lake.discard(table, files)
        else:
            return
    raise Overtaken(table.name, ATTEMPTS)
