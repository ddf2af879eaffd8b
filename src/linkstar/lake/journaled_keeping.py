"""Which of the arrived events are new: the first with an id stays, whatever comes after it."""

import duckdb
import numpy as np
import pyarrow as pa

from linkstar.lake.datafiles import DataFile
from linkstar.lake.known_ids import HASH, rows_at
from linkstar.lake.reasons import TIME_DERIVED
from linkstar.lake.relations import SQL_TYPES, empty_relation, rows_of
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import EVENTS, EVENTS_TABLE, SET_ASIDE, SET_ASIDE_TABLE

_SAME = ("kind", "creator", "content_id", "product_id", "value_minor", "currency")
"""What a repeat must say as the first one did; else the two are in conflict."""

_STORED = pa.schema(
    [EVENTS.field(each) for each in ("workspace", "shop", "event_id", "occurred_at", *_SAME)]
)

_FATES = f"""CREATE OR REPLACE TEMP TABLE fates AS
    WITH derived AS (
        SELECT DISTINCT workspace, shop, event_id FROM {{derived}} WHERE reason = '{TIME_DERIVED}'
    ), first AS (
        SELECT *, row_number() OVER (PARTITION BY workspace, shop, event_id ORDER BY place) AS turn
        FROM (
            SELECT {", ".join(_STORED.names)}, -1 AS place FROM stored UNION ALL
            SELECT workspace, shop, event_id, occurred_at, {", ".join(_SAME)}, n
            FROM resolved WHERE reason IS NULL)
    )
    SELECT n, CASE WHEN reason IS NOT NULL THEN 'quarantined'
        WHEN derived.event_id IS NOT NULL THEN 'duplicate'
        WHEN first.place = n THEN 'stored'
        WHEN (is_derived OR resolved.occurred_at = first.occurred_at)
            AND {" AND ".join(f"resolved.{c} IS NOT DISTINCT FROM first.{c}" for c in _SAME)}
        THEN 'duplicate' ELSE 'conflict' END AS fate
    FROM resolved LEFT JOIN first ON first.turn = 1 AND first.workspace = resolved.workspace
        AND first.shop = resolved.shop AND first.event_id = resolved.event_id
    LEFT JOIN derived ON derived.workspace = resolved.workspace
        AND derived.shop = resolved.shop AND derived.event_id = resolved.event_id"""


def keep(lake: Lake, cursor: duckdb.DuckDBPyConnection, seen: Snapshot) -> None:
    """Fill the temporary table `fates`: `stored`, `duplicate`, `conflict` or `quarantined` by `n`.

    An id is looked for on the days the events fall on and among all events whose own time was not
    believed: a repeat of one of those may be believed, or fall on another day.
    """
    cursor.register("stored", _stored(lake, cursor, seen))
    aside = lake.snapshot(SET_ASIDE_TABLE)
    bound = {}
    derived = empty_relation(SET_ASIDE)
    if aside is not None and aside.files:
        bound["aside"] = aside.paths()
        derived = rows_of("aside")
    cursor.execute(_FATES.format(derived=derived), bound)


def _stored(lake: Lake, cursor: duckdb.DuckDBPyConnection, seen: Snapshot) -> pa.Table:
    """The events of these days that have an id of the load, as `_STORED`."""
    ids = cursor.execute(f"SELECT {HASH} AS id FROM resolved WHERE reason IS NULL").fetchnumpy()
    files = _files(cursor, seen)
    held = dict(zip(seen.paths(files), (file.rows for file in files), strict=True))
    rows = lake.known_ids.rows_with(cursor, held, np.unique(ids["id"]))
    return pa.concat_tables(
        [_STORED.empty_table(), *(rows_at(path, at, _STORED) for path, at in rows.items())]
    )


def _files(cursor: duckdb.DuckDBPyConnection, seen: Snapshot) -> list[DataFile]:
    days = cursor.execute("""SELECT day::VARCHAR FROM resolved WHERE reason IS NULL
        UNION SELECT (stated_at::DATE + step)::VARCHAR
        FROM resolved, (VALUES (-1), (0), (1)) AS steps(step)
        WHERE reason IS NULL AND is_derived
            AND stated_at BETWEEN received_at - INTERVAL 3 YEAR AND received_at""").fetchall()
    among = {day for (day,) in days}
    return [file for file in seen.files if file.parted["day"] in among]


def write_events(lake: Lake, cursor: duckdb.DuckDBPyConnection) -> tuple[DataFile, ...]:
    """Write the events to be stored as files of the events table, not committed yet."""
    unknown = {"content_title", "posted_on"}
    columns = ", ".join(
        f"{_source(field.name, unknown)}::{SQL_TYPES[field.type]} AS {field.name}"
        for field in EVENTS
    )
    select = f"""SELECT {columns} FROM resolved JOIN fates USING (n) WHERE fate = 'stored'
        ORDER BY day, workspace, shop, creator, content_id, kind"""
    return lake.write_files(cursor, EVENTS_TABLE, select, {})


def _source(name: str, unknown: set[str]) -> str:
    if name == "import_id":
        return "journal"
    return "NULL" if name in unknown else name
