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

from linkstar.lake.datafiles import DataFile
from linkstar.lake.loading import Loaded, Prepared, commit_once
from linkstar.lake.relations import SQL_TYPES, relation, rows_of
from linkstar.lake.staging import owner_columns
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import Table

_ADDED = frozenset(
    {"workspace", "shop", "import_id", "exported_on", "stated_on", "subject", "fingerprint"}
)
_UNSAID = frozenset({*_ADDED, "row", "layout", "flags"})


@dataclass(frozen=True)
class Kind:
    """How rows of one table state something.

    Attributes:
        key: columns that, with workspace, shop and subject, tell statements apart.
        subject: SQL expressions whose values together are what a row is about.
    """

    table: Table
    key: tuple[str, ...]
    subject: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return ("workspace", "shop", *self.key, "subject")

    @property
    def said(self) -> tuple[str, ...]:
        """Columns whose values make the fingerprint: all that the row says, not where it stood."""
        return tuple(name for name in self.table.schema.names if name not in _UNSAID)


@dataclass(frozen=True, slots=True)
class Batch:
    """One staged file and what is known about it beside its rows."""

    staged: Path
    rows: int
    import_id: str
    workspace: int
    shop: int | None
    exported_on: date | None
    now: datetime

    @property
    def stated_on(self) -> date:
        """When it was stated: the day of loading where the file does not say."""
        return self.exported_on or self.now.date()

    def bound(self) -> dict[str, Any]:
        """Parameters of a query over the staged rows and their owner."""
        owner = {} if self.shop is None else {"workspace": self.workspace, "shop": self.shop}
        return {"staged": str(self.staged), **owner}


def load_statements(lake: Lake, kind: Kind, batch: Batch) -> Loaded:
    """Load a staged file of one kind once.

    Raises:
        ImportUndone: the import was undone.
    """

    def prepare(seen: Snapshot) -> Prepared:
        with lake.duckdb.cursor() as cursor:
            loaded = _decide(cursor, kind, batch, seen)
            kept = loaded.loaded + loaded.superseded
            return Prepared(loaded, _write(lake, cursor, kind, batch) if kept else ())

    done = commit_once(lake, kind.table, batch.import_id, prepare, now=batch.now)
    return done or _recount(lake, kind, batch)


def preview_statements(lake: Lake, kind: Kind, batch: Batch) -> Loaded:
    """What loading would report, without writing anything."""
    with lake.duckdb.cursor() as cursor:
        return _decide(cursor, kind, batch, lake.snapshot(kind.table))


def _identity(expressions: tuple[str, ...]) -> str:
    """SQL for 63 bits of MD5 over the values: the same for ever, for it decides what adds up."""
    values = ", ".join(f"coalesce(({each})::VARCHAR, '')" for each in expressions)
    return f"(md5_number(concat_ws(chr(31), {values})) >> 65)::BIGINT"


def _fingerprint(columns: tuple[str, ...]) -> str:
    """SQL for 63 bits of the engine's own hash, five times cheaper over some fifty columns.

    Should an engine ever hash otherwise, a file loaded before and after it is reported as restated
    instead of repeated; what is counted does not change.
    """
    return f"(hash({', '.join(columns)}) >> 1)::BIGINT"


def _decide(
    cursor: duckdb.DuckDBPyConnection, kind: Kind, batch: Batch, seen: Snapshot | None
) -> Loaded:
    """Fill the temporary table `kept` with the file rows to store; count what becomes of all."""
    keys = ", ".join(kind.keys)
    owner = owner_columns(names_shops=batch.shop is None)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE said AS
        SELECT file_row_number AS n, {owner}, {", ".join(kind.key)},
            {_identity(kind.subject)} AS subject, {_fingerprint(kind.said)} AS fingerprint
        FROM {rows_of("staged", numbered=True)}""",
        batch.bound(),
    )
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE kept AS
        SELECT min(n) AS n, {keys}, fingerprint FROM said GROUP BY {keys}, fingerprint"""
    )
    _find_stored(cursor, kind, seen)
    cursor.execute(_DROP_REPEATS.format(keys=keys), _rank(batch))
    stored, superseded, supersedes = _count(cursor, kind, batch)
    return Loaded(batch.rows, stored - superseded, batch.rows - stored, superseded, supersedes)


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


def _rank(batch: Batch) -> dict[str, Any]:
    return {"stated_on": batch.stated_on, "import_id": batch.import_id}


def _find_stored(cursor: duckdb.DuckDBPyConnection, kind: Kind, seen: Snapshot | None) -> None:
    """Fill the temporary table `stored` with the facts that speak about the same keys."""
    keys = ", ".join(kind.keys)
    shops = [row[0] for row in cursor.execute("SELECT DISTINCT shop FROM kept").fetchall()]
    files = [] if seen is None else [f for f in seen.files if f.may_hold("shop", shops)]
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE stored AS
        SELECT {keys}, fingerprint, import_id, stated_on
        FROM {relation(kind.table.schema, has_files=bool(files))}
        WHERE ({keys}) IN (SELECT ({keys}) FROM kept)""",
        {"files": seen.paths(files)} if seen and files else {},
    )


def _count(cursor: duckdb.DuckDBPyConnection, kind: Kind, batch: Batch) -> tuple[int, int, int]:
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


def _write(
    lake: Lake, cursor: duckdb.DuckDBPyConnection, kind: Kind, batch: Batch
) -> tuple[DataFile, ...]:
    added = {
        "workspace": "kept.workspace",
        "shop": "kept.shop",
        "import_id": "$import_id::VARCHAR",
        "exported_on": "$exported_on::DATE",
        "stated_on": "$stated_on::DATE",
        "subject": "kept.subject",
        "fingerprint": "kept.fingerprint",
    }
    columns = ", ".join(
        f"{added[field.name]} AS {field.name}"
        if field.name in added
        else f"file.{field.name}::{SQL_TYPES[field.type]} AS {field.name}"
        for field in kind.table.schema
    )
    select = f"""SELECT {columns} FROM {rows_of("staged", numbered=True)} AS file
        JOIN kept ON kept.n = file.file_row_number"""
    parameters = {
        "staged": str(batch.staged),
        "import_id": batch.import_id,
        "exported_on": batch.exported_on,
        "stated_on": batch.stated_on,
    }
    return lake.write_files(cursor, kind.table, select, parameters)


def _recount(lake: Lake, kind: Kind, batch: Batch) -> Loaded:
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
            {"files": seen.paths(), "import_id": batch.import_id}
            if seen.files
            else {"import_id": batch.import_id},
        ).fetchone()
    assert found is not None
    stored, superseded = found
    return Loaded(batch.rows, stored - superseded, batch.rows - stored, superseded)
