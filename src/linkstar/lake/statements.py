"""Loading rows that state something about a subject: repeats, revisions, and which one counts.

A *statement* is everything one import says about one key (shop, window, subject); mostly one row.
The same statement again is a duplicate. A different one is kept beside the earlier: the one stated
on the latest day counts, on equal days the one of the latest import.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from linkstar.lake.datafiles import DataFile
from linkstar.lake.loading import Loaded, Prepared, Progress, commit_once, no_progress
from linkstar.lake.relations import empty_relation, relation, rows_of
from linkstar.lake.staging import check_staged, owner_columns
from linkstar.lake.stating import Kind, Origin, as_stored, fingerprint, identity, is_as_stored
from linkstar.lake.store import Lake, Snapshot

SORTED_AT_ONCE = 2_000_000


def load_statements(
    lake: Lake,
    staged: Path,
    *,
    kind: Kind,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
    progress: Progress = no_progress,
    load: str = "",
) -> Loaded:
    """Load a staged file once; a second call with the same import id changes nothing.

    Args:
        lake: where to.
        staged: Parquet with exactly the staged columns of the kind's table; and, when `shop` is
            None, `workspace` and `shop` of each row. Or with the columns of `as_stored`.
        kind: of which rows.
        import_id: sortable by time; the later of two imports counts when both state the same.
        workspace: number of the workspace.
        shop: number of the shop, or None when the file names it row by row.
        exported_on: when the platform made the file, if the file says so.
        now: the instant of loading; its date stands in for an unknown `exported_on`.
        progress: called with rows done and rows in all.
        load: the name by which it is done once, where the import was loaded before and what it had
            repeated of another is its own now.

    Raises:
        StagedColumnsDiffer: the file has other columns.
        StagedValueMissing: a column every row must state is empty in some.
        ImportUndone: this import was undone.
    """
    origin = Origin(import_id, workspace, shop, exported_on, now)
    batch = _batch(kind, staged, origin)

    def prepare(seen: Snapshot) -> Prepared:
        with lake.duckdb.cursor() as cursor:
            loaded = _decide(cursor, kind, batch, seen)
            return Prepared(loaded, _files(lake, cursor, kind, batch, loaded))

    done = commit_once(lake, kind.table, load or import_id, prepare, now=now)
    progress(batch.rows, batch.rows)
    return done or _recount(lake, kind, batch)


def preview_statements(
    lake: Lake,
    staged: Path,
    *,
    kind: Kind,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
) -> Loaded:
    """What `load_statements` would report, without writing anything."""
    batch = _batch(kind, staged, Origin(import_id, workspace, shop, exported_on, now))
    with lake.duckdb.cursor() as cursor:
        return _decide(cursor, kind, batch, lake.snapshot(kind.table))


@dataclass(frozen=True, slots=True)
class _Batch:
    """One staged file, where it comes from, and whether its rows are as the table stores them."""

    staged: Path
    rows: int
    origin: Origin
    is_stored: bool

    def bound(self) -> dict[str, Any]:
        """Parameters of a query over the staged rows and their owner."""
        shop = self.origin.shop
        owner = {} if shop is None else {"workspace": self.origin.workspace, "shop": shop}
        return {"staged": str(self.staged), **({} if self.is_stored else owner)}


def _batch(kind: Kind, staged: Path, origin: Origin) -> _Batch:
    rows = check_staged(staged, kind.table, names_shops=origin.shop is None)
    return _Batch(staged, rows, origin, is_as_stored(staged, kind, origin))


def _said(kind: Kind, batch: _Batch) -> str:
    """SQL for the place, the line, the keys and the fingerprint of each staged row."""
    keys = ", ".join(kind.key)
    if batch.is_stored:
        told = f"workspace, shop, {keys}, subject, fingerprint"
    else:
        owner = owner_columns(names_shops=batch.origin.shop is None)
        told = f"{owner}, {keys}, {identity(kind)} AS subject, {fingerprint(kind)} AS fingerprint"
    return f"SELECT file_row_number AS n, row, {told} FROM {_staged(kind, batch)}"


def _staged(kind: Kind, batch: _Batch) -> str:
    """SQL for the staged rows and their `file_row_number`.

    A file that stores what another origin says may lack columns none of its rows fills.
    """
    rows = rows_of("staged", numbered=True)
    if batch.is_stored:
        return rows
    return f"(FROM {empty_relation(kind.table.schema)} UNION ALL BY NAME FROM {rows})"


def _decide(
    cursor: duckdb.DuckDBPyConnection, kind: Kind, batch: _Batch, seen: Snapshot | None
) -> Loaded:
    """Count what becomes of all rows; unless all are stored, `kept` is a table of those to store.

    Of rows that say the same, the one of the earliest line is stored, wherever it lies in the file.
    Where nothing is known of these shops and no row says what another says, there is nothing to
    compare: a number of each row tells.
    """
    said, keys = _said(kind, batch), ", ".join(kind.keys)
    files = _files_about(cursor, batch, seen)
    if not files and _differ(cursor, said, batch):
        return Loaded(batch.rows, batch.rows, 0)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE kept AS
        SELECT arg_min(n, row) AS n, {keys}, fingerprint
        FROM ({said}) GROUP BY {keys}, fingerprint""",
        batch.bound(),
    )
    _find_stored(cursor, kind, seen, files)
    cursor.execute(_DROP_REPEATS.format(keys=keys), _rank(batch))
    stored, superseded, supersedes = _count(cursor, kind, batch)
    return Loaded(batch.rows, stored - superseded, batch.rows - stored, superseded, supersedes)


def _differ(cursor: duckdb.DuckDBPyConnection, said: str, batch: _Batch) -> bool:
    """Whether no two rows are one: the fingerprint alone tells it, if it tells it at all.

    Some millions of numbers are sorted in a fifth of the time a table of them takes.
    """
    if batch.rows <= SORTED_AT_ONCE:
        rows = cursor.execute(f"SELECT fingerprint FROM ({said})", batch.bound())
        numbers = np.sort(rows.fetchnumpy()["fingerprint"])
        return not bool((numbers[1:] == numbers[:-1]).any())
    found = cursor.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT fingerprint FROM ({said}))",
        batch.bound(),
    ).fetchone()
    return found == (batch.rows,)


def _files_about(
    cursor: duckdb.DuckDBPyConnection, batch: _Batch, seen: Snapshot | None
) -> list[DataFile]:
    """The stored files that may hold rows of the same shops."""
    if seen is None or not seen.files:
        return []
    shops: list[int | None] = [batch.origin.shop]
    if batch.origin.shop is None:
        found = cursor.execute(
            f"SELECT DISTINCT shop FROM {rows_of('staged')}", {"staged": str(batch.staged)}
        )
        shops = [shop for (shop,) in found.fetchall()]
    return [file for file in seen.files if file.may_hold("shop", shops)]


_DROP_REPEATS = """
DELETE FROM kept WHERE ({keys}) IN (
    WITH earlier AS (
        SELECT {keys}, count(*) AS rows, sum(fingerprint) AS said, (stated_on, import_id) AS stated,
            max((stated_on, import_id)) OVER (PARTITION BY {keys}) AS newest
        FROM stored GROUP BY {keys}, stated_on, import_id
    ), offered AS (
        SELECT {keys}, count(*) AS rows, sum(fingerprint) AS said FROM kept GROUP BY {keys}
    ) SELECT ({keys}) FROM offered JOIN earlier USING ({keys}, rows, said)
    WHERE stated = newest OR newest > ($stated_on::DATE, $import_id::VARCHAR))
"""
"""A repeat changes nothing. Going back to what was said before the newest statement is news."""


def _rank(batch: _Batch) -> dict[str, Any]:
    origin = batch.origin
    return {"stated_on": origin.stated_on, "import_id": origin.import_id}


def _find_stored(
    cursor: duckdb.DuckDBPyConnection, kind: Kind, seen: Snapshot | None, files: list[DataFile]
) -> None:
    """Fill the temporary table `stored` with the facts that speak about the same keys."""
    keys = ", ".join(kind.keys)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE stored AS
        SELECT {keys}, fingerprint, import_id, stated_on
        FROM {relation(kind.table.schema, has_files=bool(files))}
        WHERE ({keys}) IN (SELECT ({keys}) FROM kept)""",
        {"files": seen.paths(files)} if seen and files else {},
    )


def _count(cursor: duckdb.DuckDBPyConnection, kind: Kind, batch: _Batch) -> tuple[int, int, int]:
    """Rows kept, of these superseded, and rows of others that this import supersedes."""
    keys = ", ".join(kind.keys)
    found = cursor.execute(
        f"""WITH newest AS (
            SELECT {keys}, max((stated_on, import_id)) AS newest FROM stored GROUP BY {keys}
        ), met AS (
            SELECT {keys}, newest, newest > ($stated_on::DATE, $import_id::VARCHAR) AS stays
            FROM newest WHERE ({keys}) IN (SELECT ({keys}) FROM kept)
        ) SELECT
            (SELECT count(*) FROM kept),
            (SELECT count(*) FROM kept JOIN met USING ({keys}) WHERE stays),
            (SELECT count(*) FROM stored JOIN met USING ({keys})
             WHERE NOT stays AND (stored.stated_on, stored.import_id) = newest)""",
        _rank(batch),
    ).fetchone()
    assert found is not None
    return found[0], found[1], found[2]


def _files(
    lake: Lake, cursor: duckdb.DuckDBPyConnection, kind: Kind, batch: _Batch, loaded: Loaded
) -> tuple[DataFile, ...]:
    """The data files that hold the rows to store: the staged file itself where that is all."""
    stored = loaded.loaded + loaded.superseded
    if not stored:
        return ()
    if stored == batch.rows and batch.is_stored:
        return (lake.adopt(kind.table, batch.staged),)
    rows = _staged(kind, batch)
    if stored < batch.rows:
        rows = f"(FROM {rows} SEMI JOIN kept ON n = file_row_number)"
    if batch.is_stored:
        select = f"SELECT * EXCLUDE (file_row_number) FROM {rows}"
    else:
        owner = ("workspace", "shop") if batch.origin.shop is None else ()
        staged = f"(SELECT {', '.join((*kind.staged, *owner))} FROM {rows})"
        select = as_stored(staged, kind, batch.origin)
    return lake.write_files(cursor, kind.table, select, {"staged": str(batch.staged)})


def _recount(lake: Lake, kind: Kind, batch: _Batch) -> Loaded:
    """What an import that was loaded before holds now."""
    seen = lake.opened(kind.table)
    keys = ", ".join(kind.keys)
    with lake.duckdb.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT count(*), count(*) FILTER (newest > (stated_on, import_id)) FROM (
                SELECT import_id, stated_on, max((stated_on, import_id)) OVER (PARTITION BY {keys})
                    AS newest
                FROM {relation(kind.table.schema, has_files=bool(seen.files))}
            ) WHERE import_id = $import_id""",
            {"files": seen.paths(), "import_id": batch.origin.import_id}
            if seen.files
            else {"import_id": batch.origin.import_id},
        ).fetchone()
    assert found is not None
    stored, superseded = found
    return Loaded(batch.rows, stored - superseded, batch.rows - stored, superseded)
