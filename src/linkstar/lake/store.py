"""Where the tables lie: opening snapshots, writing data files, committing all or nothing.

A data file is written first and means nothing until a commit names it. A commit names the version
it was reasoned from and is refused when another came in between, so no decision (such as "this row
is new") is ever made on stale facts.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import uuid4

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction, RemoveAction

from linkstar.lake.datafiles import DataFile, adopted_file, listed_files, written_file
from linkstar.lake.engine import DuckDBEngine, Engine
from linkstar.lake.known_ids import KnownIds
from linkstar.lake.ready_counts import ReadyCounts
from linkstar.lake.tables import Table

_LOADED, _UNDONE = 1, 2
_FORGETS = {
    "delta.logRetentionDuration": "interval 1 hour",
    "delta.deletedFileRetentionDuration": "interval 24 hours",
}
"""Two commits a second would leave five million log entries in Delta's thirty days, and a million
names of replaced files in each checkpoint; whoever opens a table reads them. A reader holds a
snapshot, never an old version; replaced files are named as long as `upkeep` keeps them."""
Made = TypeVar("Made")
LogEntry = tuple[int, int]
"""Number and time of change of a file."""


class Overtaken(Exception):
    """Another writer committed first: look at the new facts and decide again."""

    def __init__(self, table: str, version: int) -> None:
        super().__init__(table, version)
        self.table = table
        self.version = version


class Listings:
    """The version of each table that was looked at last, and its files: finding both takes time."""

    def __init__(self) -> None:
        self._opened: dict[Path, tuple[LogEntry, DeltaTable]] = {}
        self._last: dict[str, tuple[tuple[str, int], tuple[DataFile, ...]]] = {}
        self._derived: dict[Callable[..., Any], tuple[list[tuple[DataFile, ...]], Any]] = {}

    def table(self, folder: Path) -> DeltaTable | None:
        """The table as it is now, None where there is none.

        It is read only, whoever writes opens it for himself.
        """
        known, delta = self._opened.get(folder, (None, None))
        if delta is not None and known == _last_entry(folder, delta.version()):
            return delta
        if not DeltaTable.is_deltatable(str(folder)):
            return None
        delta = DeltaTable(str(folder))
        entry = _last_entry(folder, delta.version())
        if entry is not None:
            self._opened[folder] = (entry, delta)
        return delta

    def of(self, delta: DeltaTable) -> tuple[DataFile, ...]:
        """The files of a table at its version; a table made anew is another table."""
        state = (str(delta.metadata().id), delta.version())
        known, files = self._last.get(delta.table_uri, (None, ()))
        if known != state:
            # As a stream: `pa.table` would load pandas to see whether it is given a frame.
            actions = pa.RecordBatchReader.from_stream(delta.get_add_actions(flatten=True))
            files = listed_files(actions.read_all())
            self._last[delta.table_uri] = (state, files)
        return files

    def derived(self, make: Callable[..., Made], *snapshots: "Snapshot") -> Made:
        """What `make` says of these versions of tables; asked again when one of them is another."""
        state = [snapshot.files for snapshot in snapshots]
        known, made = self._derived.get(make, ([], None))
        if len(known) != len(state) or any(a is not b for a, b in zip(known, state, strict=True)):
            made = make(*snapshots)
            self._derived[make] = (state, made)
        return cast("Made", made)


def _last_entry(folder: Path, version: int) -> LogEntry | None:
    """What tells the log entry of a version from any other; None where it is not the last one.

    Old entries are cleared from the front: while this one is there, so is the one after it.
    """
    log = folder / "_delta_log"
    if (log / _entry_name(version + 1)).exists():
        return None
    try:
        found = (log / _entry_name(version)).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _entry_name(version: int) -> str:
    return f"{version:020}.json"


@dataclass(frozen=True)
class Snapshot:
    """A table as it stood at one version. It never changes while it is held."""

    table: Table
    folder: Path
    delta: DeltaTable
    listings: Listings

    @property
    def version(self) -> int:
        return self.delta.version()

    @cached_property
    def files(self) -> tuple[DataFile, ...]:
        """Every data file, in order of name."""
        return self.listings.of(self.delta)

    def writable(self) -> DeltaTable:
        """The table at this version for one's own: what is written to it changes nobody's."""
        return DeltaTable(str(self.folder), version=self.version)

    def paths(self, files: Iterable[DataFile] | None = None) -> list[str]:
        return [str(self.folder / file.name) for file in (self.files if files is None else files)]

    def has_loaded(self, import_id: str) -> bool:
        return self.delta.transaction_version(import_id) == _LOADED

    def journaled_up_to(self, journal: str) -> int:
        """The last segment of a journal whose events this table holds; 0 where there is none."""
        return self.delta.transaction_version(journal) or 0

    def has_undone(self, import_id: str) -> bool:
        return self.delta.transaction_version(import_id) == _UNDONE


@dataclass(frozen=True)
class Change:
    """What one commit does: files in, files out, and the import it loads or undoes.

    Or the journal it loads, with the number of the last segment.
    """

    add: Sequence[DataFile] = ()
    remove: Sequence[DataFile] = ()
    loads: str | None = None
    undoes: str | None = None
    journal: tuple[str, int] | None = None
    changes_data: bool = True

    def transactions(self) -> list[Transaction]:
        loads = [Transaction(self.loads, _LOADED)] if self.loads else []
        undoes = [Transaction(self.undoes, _UNDONE)] if self.undoes else []
        return loads + undoes + ([Transaction(*self.journal)] if self.journal else [])


class Lake:
    """The facts below one folder. Cheap to make; a table appears when it is first written.

    Args:
        root: the folder; made when first written.
        engine: who answers questions; DuckDB in this process unless said otherwise.
        memory_limit: what one process may use for one question or load, as DuckDB spells it.
    """

    def __init__(
        self, root: Path, *, engine: Engine | None = None, memory_limit: str = "1GB"
    ) -> None:
        self.root = root
        self.duckdb = DuckDBEngine(root / "spill", memory_limit=memory_limit)
        self.engine: Engine = engine or self.duckdb
        self.listings = Listings()
        self.known_ids = KnownIds(root / "known_ids")
        self.ready_counts = ReadyCounts(root / "ready_counts", self.duckdb)

    def folder(self, table: Table) -> Path:
        return self.root / table.name

    def snapshot(self, table: Table) -> Snapshot | None:
        """The table now, or None where nothing was ever written to it."""
        folder = self.folder(table)
        delta = self.listings.table(folder)
        return None if delta is None else Snapshot(table, folder, delta, self.listings)

    def opened(self, table: Table) -> Snapshot:
        """The table now, created empty if need be, with every column this version knows."""
        return self._widened(self.snapshot(table) or self._create(table))

    def _widened(self, seen: Snapshot) -> Snapshot:
        """Older tables get the columns that came later; older files simply have no values there."""
        held = {field.name for field in seen.delta.schema().fields}
        missing = [field for field in seen.table.schema if field.name not in held]
        if not missing:
            return seen
        try:
            seen.writable().alter.add_columns(list(Schema.from_arrow(pa.schema(missing)).fields))
        except CommitFailedError as refused:
            raise Overtaken(seen.table.name, seen.version) from refused
        return replace(seen, delta=DeltaTable(str(seen.folder)))

    def _create(self, table: Table) -> Snapshot:
        folder = self.folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            DeltaTable.create(
                str(folder),
                Schema.from_arrow(table.schema),
                mode="ignore",
                configuration=_FORGETS,
                partition_by=list(table.parted_by),
            )
        except DeltaError:
            if not DeltaTable.is_deltatable(str(folder)):  # else someone was faster
                raise
        return Snapshot(table, folder, DeltaTable(str(folder)), self.listings)

    def write_files(
        self, cursor: Any, table: Table, select: str, parameters: Mapping[str, Any]
    ) -> tuple[DataFile, ...]:
        """Write what `select` yields as data files of the table; nothing is visible yet."""
        folder = self.folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        name = uuid4().hex
        options = "FORMAT parquet, COMPRESSION zstd, RETURN_STATS"
        if table.parted_by:
            options += f", PARTITION_BY ({', '.join(table.parted_by)}), WRITE_PARTITION_COLUMNS"
            options += f", APPEND, FILENAME_PATTERN '{name}-{{uuid}}'"
            target = folder
        else:
            target = folder / f"{name}.parquet"
        written = cursor.execute(
            f"COPY ({select}) TO '{_quoted(target)}' ({options})", dict(parameters)
        ).fetchall()
        files = tuple(written_file(folder, row) for row in written if row[1])
        for row in written:
            if not row[1]:
                Path(row[0]).unlink(missing_ok=True)
        return files

    def adopt(self, table: Table, written: Path) -> DataFile:
        """Take over a file whose rows are as the table stores them; nothing is visible yet."""
        folder = self.folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{uuid4().hex}.parquet"
        try:
            os.link(written, target)
        except OSError:  # on another disk
            shutil.copyfile(written, target)
        return adopted_file(folder, target)

    def discard(self, table: Table, files: Iterable[DataFile]) -> None:
        """Delete files that no commit names."""
        for file in files:
            (self.folder(table) / file.name).unlink(missing_ok=True)

    def commit(self, seen: Snapshot, change: Change, now: datetime) -> None:
        """Make a change to what was `seen`, durably, all or nothing.

        Raises:
            Overtaken: the table moved on since it was seen. Nothing was changed.
        """
        _make_durable(seen.folder / file.name for file in change.add)
        now_ms = int(now.timestamp() * 1000)
        actions: list[AddAction | RemoveAction] = [
            RemoveAction(
                file.name, change.changes_data, now_ms, file.size, dict(file.parted) or None
            )
            for file in change.remove
        ]
        counted = _counted(seen.table)
        actions += [_add_action(seen, file, now_ms, change, counted) for file in change.add]
        version = seen.version
        try:
            seen.writable().create_write_transaction(
                actions,
                "append",
                Schema.from_arrow(seen.table.schema),
                list(seen.table.parted_by),
                commit_properties=CommitProperties(
                    max_commit_retries=0, app_transactions=change.transactions()
                ),
            )
        except CommitFailedError as refused:
            if DeltaTable(str(seen.folder)).version() == version:
                raise
            raise Overtaken(seen.table.name, version) from refused
        _make_durable([seen.folder / "_delta_log" / _entry_name(version + 1)])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _add_action(
    seen: Snapshot, file: DataFile, now_ms: int, change: Change, counted: set[str]
) -> AddAction:
    statistics = {
        "numRecords": file.rows,
        "minValues": _plain(file.low, seen.table),
        "maxValues": _plain(file.high, seen.table),
        "nullCount": {name: empty for name, empty in file.empty.items() if name in counted},
    }
    return AddAction(
        path=file.name,
        size=file.size,
        partition_values=dict(file.parted),
        modification_time=now_ms,
        data_change=change.changes_data,
        stats=json.dumps(statistics),
    )


def _plain(span: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int) else str(value)
        for name, value in span.items()
        if name not in table.parted_by
    }


def _counted(table: Table) -> set[str]:
    """Columns whose empty values Delta keeps count of: plain ones that do not part the table."""
    return {
        each.name
        for each in table.schema
        if not pa.types.is_list(each.type) and each.name not in table.parted_by
    }


def _make_durable(files: Iterable[Path]) -> None:
    folders = set()
    for file in files:
        _sync(file)
        folders.add(file.parent)
    for folder in folders:
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
