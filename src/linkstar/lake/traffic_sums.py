"""Questions about tracked events by link, sub-ID and rule, answered from sums that lie ready.

A few small files are read as they are: a load each second would otherwise leave one more file of
sums behind.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from linkstar.lake.datafiles import DataFile
from linkstar.lake.ready_traffic import SUMS_OF_TRACKED
from linkstar.lake.relations import empty_relation, whole_rows
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import EVENTS, EVENTS_TABLE

FILES_READ, ROWS_READ = 50, 50_000
"""So many files, and rows of them, are read as they are."""
_FROM, _TO = "journal:", "journal;"
"""What every tracked row's import lies between."""
_NONE = empty_relation(EVENTS)


def ask_sums(
    lake: Lake,
    sql: str,
    scope: Scope | None,
    values: Mapping[str, Any],
    *,
    starts_on: date | None = None,
    ends_before: date | None = None,
) -> list[dict[str, Any]]:
    """Rows of a question about sums of tracked events, which it names `{sums}`.

    Args:
        lake: whose events.
        sql: the question; `{sums}` has the columns of `READY_TRAFFIC`, many rows of each key.
        scope: of which shops; of all shops where none is named.
        values: its parameters besides those of the scope.
        starts_on: not before this day.
        ends_before: before this day.
    """
    ready: list[str] = []
    read: list[str] = []
    if seen := lake.snapshot(EVENTS_TABLE):
        ready, read = _ready_or_read(lake, seen, _told(seen, scope, starts_on, ends_before))
    bound, tables = dict(values), {}
    parts = [f"({SUMS_OF_TRACKED.format(rows=whole_rows(EVENTS, 'files') if read else _NONE)})"]
    if read:
        bound["files"] = read
    if ready:
        tables["ready"] = pa.concat_tables(lake.ready_traffic.of(path) for path in ready)
        parts.append("(FROM ready)")
    if scope is not None:
        bound |= {"workspace": scope.workspace, "shops": list(scope.shops)}
    sums = f"({' UNION ALL BY NAME '.join(parts)})"
    rows: list[dict[str, Any]] = lake.engine.query(sql.format(sums=sums), bound, tables).to_pylist()
    return rows


def keep_ready(lake: Lake) -> None:
    """Make ready what a question about everything would have to make."""
    if seen := lake.snapshot(EVENTS_TABLE):
        _ready_or_read(lake, seen, _told(seen, None, None, None))


def _told(
    seen: Snapshot, scope: Scope | None, starts_on: date | None, ends_before: date | None
) -> list[DataFile]:
    """Files with tracked events of the scope and the days; each file is of one day."""
    first, end = str(starts_on or date.min), str(ends_before or date.max)
    return [
        file
        for file in seen.files
        if first <= file.parted["day"] < end
        and holds_tracked(file)
        and (scope is None or file.may_hold("shop", scope.shops))
    ]


def holds_tracked(file: DataFile) -> bool:
    """Whether the file may hold events that came through our own door."""
    low, high = file.low.get("import_id"), file.high.get("import_id")
    return low is None or high is None or (low < _TO and high >= _FROM)


def _ready_or_read(
    lake: Lake, seen: Snapshot, files: Sequence[DataFile]
) -> tuple[list[str], list[str]]:
    """Paths of files whose sums lie ready now, and of the small ones that are read as they are."""
    kept = lake.ready_traffic
    ready, read = [], []
    for file, path in zip(files, seen.paths(files), strict=True):
        if kept.lies_ready(path):
            ready.append(path)
        else:
            read.append((file.rows, path))
    read.sort()
    left = sum(rows for rows, _ in read)
    while len(read) > FILES_READ or left > ROWS_READ:
        rows, path = read.pop()
        left -= rows
        kept.make([path])
        ready.append(path)
    return ready, [path for _, path in read]
