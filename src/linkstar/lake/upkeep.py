"""Taking an import back, merging small files, sweeping what nothing names any more."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from deltalake import DeltaTable

from linkstar.lake.datafiles import DataFile
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.relations import empty_relation, rows_of
from linkstar.lake.replacing import replace_files
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import (
    CONTENT_ROLLUPS_TABLE,
    DECISIONS_TABLE,
    EVENTS_TABLE,
    FACT_TABLES,
    INCOME_LINES_TABLE,
    JOURNAL_TABLES,
    ORDER_LINES_TABLE,
    PERFORMANCE_TABLE,
    RECEIPTS_TABLE,
    SET_ASIDE_TABLE,
    Table,
)

KEPT_FOR = timedelta(hours=24)
"""How long files stay after a commit dropped them: readers may still hold the older snapshot."""

Choice = Callable[[list[DataFile]], list[DataFile]]
"""Which of the small files of one part of a table are merged."""

_SMALL_BYTES = 64 * 1024 * 1024
_ROWS_AT_ONCE = 4_000_000
_ORDER = {
    PERFORMANCE_TABLE.name: "workspace, shop, level, starts_on, creator, content_id",
    EVENTS_TABLE.name: "day, workspace, shop, creator, content_id, kind",
    ORDER_LINES_TABLE.name: "workspace, shop, order_id",
    INCOME_LINES_TABLE.name: "workspace, shop, line_id",
    RECEIPTS_TABLE.name: "workspace, shop, minute",
    SET_ASIDE_TABLE.name: "workspace, shop, received_at",
    DECISIONS_TABLE.name: "workspace, shop, decided_at",
}


def remove_import(lake: Lake, import_id: str, *, now: datetime) -> int:
    """Take every row of an import back; how many there were. What it superseded counts again.

    The id is spent: loading it again is refused. Removing what was never loaded, or twice, does
    nothing. Rows that were not stored because this import already had them are in the later file:
    load that again under a name of its own and it has them.
    """
    return sum(_remove(lake, table, import_id, now) for table in FACT_TABLES)


def has_loaded(lake: Lake, name: str) -> bool:
    """Whether a load of this name, of an import or of what it took over, stands in any table."""
    seen = (lake.snapshot(table) for table in FACT_TABLES)
    return any(one is not None and one.has_loaded(name) for one in seen)


def compact(lake: Lake, *, now: datetime) -> int:
    """Merge small files into sorted ones; how many files fewer there are. Answers stay the same."""
    return sum(_compact(lake, table, now) for table in (*FACT_TABLES, *JOURNAL_TABLES))


def compact_journaled(
    lake: Lake,
    *,
    now: datetime,
    files_max: int,
    may_go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Merge what loading every second leaves behind, where it is more than so many files.

    A file is written anew only with as much again, so that each event is merged a few times and
    not again and again, however large its day has grown.

    Args:
        lake: whose tables are merged.
        now: what commits are dated with.
        files_max: so many files are left as they are.
        may_go_on: asked before each part of the work; what is left then is for the next time.
    """
    return sum(
        _compact(lake, table, now, _equals, may_go_on)
        for table in (EVENTS_TABLE, *JOURNAL_TABLES)
        if (seen := lake.snapshot(table)) is not None and len(_mergeable(seen, _equals)) > files_max
    )


def sweep(lake: Lake) -> int:
    """Delete files that no snapshot of the last day names: replaced, or left by a killed load."""
    swept = 0
    for table in (*FACT_TABLES, *JOURNAL_TABLES, CONTENT_ROLLUPS_TABLE):
        seen = lake.snapshot(table)
        if seen is not None:
            swept += len(
                DeltaTable(str(seen.folder)).vacuum(
                    retention_hours=int(KEPT_FOR.total_seconds() // 3600),
                    dry_run=False,
                    enforce_retention_duration=False,
                    full=True,
                )
            )
    for table, beside in (
        (EVENTS_TABLE, lake.known_ids.beside),
        (EVENTS_TABLE, lake.ready_traffic.beside),
        (CONTENT_ROLLUPS_TABLE, lake.ready_counts.beside),
        (PERFORMANCE_TABLE, lake.ready_windows.beside),
    ):
        seen = lake.snapshot(table)
        beside.keep_only(seen.paths() if seen is not None else ())
    return swept


def _remove(lake: Lake, table: Table, import_id: str, now: datetime) -> int:
    for _ in range(ATTEMPTS):
        seen = lake.snapshot(table)
        if seen is None or not seen.has_loaded(import_id):
            return 0
        touched = [file for file in seen.files if file.may_hold("import_id", [import_id])]
        add = _without(lake, seen, touched, import_id)
        gone = sum(file.rows for file in touched) - sum(file.rows for file in add)
        with suppress(Overtaken):
            replace_files(lake, seen, Change(add=add, remove=touched, undoes=import_id), now)
            return gone
    raise Overtaken(table.name, ATTEMPTS)


def _without(
    lake: Lake, seen: Snapshot, files: Sequence[DataFile], import_id: str
) -> list[DataFile]:
    """The files written anew without the rows of one import."""
    shared = [file for file in files if file.low["import_id"] != file.high["import_id"]]
    return [
        written
        for chunk in _chunks(shared)
        for written in _rewrite(lake, seen, chunk, "import_id <> $import_id", import_id=import_id)
    ]


def _compact(
    lake: Lake,
    table: Table,
    now: datetime,
    chosen: Choice = list,
    may_go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Merge chunk by chunk; one that others wrote anew meanwhile is left to the next time."""
    seen = lake.snapshot(table)
    if seen is None:
        return 0
    fewer = 0
    for chunk in filter(None, map(_not_alone, _chunks(_mergeable(seen, chosen)))):
        if not may_go_on():
            break
        add = _rewrite(lake, seen, chunk, "true")
        with suppress(Overtaken):
            replace_files(lake, seen, Change(add=add, remove=chunk, changes_data=False), now)
            fewer += len(chunk) - len(add)
    return fewer


def _mergeable(seen: Snapshot, chosen: Choice) -> list[DataFile]:
    """Small files that have a small neighbour in the same part of the table, as far as chosen."""
    small = [file for file in seen.files if file.size < _SMALL_BYTES]
    return _not_alone(file for part in _parts(small) for file in chosen(part))


def _not_alone(files: Iterable[DataFile]) -> list[DataFile]:
    """Those that have a neighbour among them: a file by itself need not be written anew."""
    return [file for part in _parts(files) if len(part) > 1 for file in part]


def _parts(files: Iterable[DataFile]) -> Iterable[list[DataFile]]:
    """By the part of the table they lie in."""
    parts: dict[tuple[str, ...], list[DataFile]] = {}
    for file in files:
        parts.setdefault(tuple(file.parted.values()), []).append(file)
    return parts.values()


def _equals(part: list[DataFile]) -> list[DataFile]:
    """The smallest files, up to the last that is at most twice as large as those before it."""
    files = sorted(part, key=lambda each: each.size)
    taken = size = 0
    for place, file in enumerate(files):
        if file.size <= 2 * size:
            taken = place + 1
        size += file.size
    return files[:taken]


def _chunks(files: Sequence[DataFile]) -> Iterator[list[DataFile]]:
    """Files in order of their part, together up to so many rows that they sort in memory."""
    chunk: list[DataFile] = []
    for file in sorted(files, key=lambda each: tuple(each.parted.values())):
        if chunk and sum(each.rows for each in chunk) + file.rows > _ROWS_AT_ONCE:
            yield chunk
            chunk = []
        chunk.append(file)
    if chunk:
        yield chunk


def _rewrite(
    lake: Lake, seen: Snapshot, files: Sequence[DataFile], kept: str, **bound: str
) -> tuple[DataFile, ...]:
    columns = ", ".join(seen.table.schema.names)
    source = f"""SELECT * FROM {empty_relation(seen.table.schema)}
        UNION ALL BY NAME SELECT * FROM {rows_of("files", widened=True)}"""
    select = f"""SELECT {columns} FROM ({source}) WHERE {kept}
        ORDER BY {_ORDER[seen.table.name]}"""
    with lake.duckdb.cursor() as cursor:
        return lake.write_files(cursor, seen.table, select, {"files": seen.paths(files), **bound})
