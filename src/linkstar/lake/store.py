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
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast
from uuid import uuid4

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from linkstar.lake.datafiles import DataFile, adopted_file, listed_files, written_file
from linkstar.lake.engine import DuckDBEngine, Engine
from linkstar.lake.known_ids import KnownIds
from linkstar.lake.ready_counts import FEW, READY_COUNTS
from linkstar.lake.ready_tables import ReadyTables
from linkstar.lake.ready_traffic import READY_TRAFFIC
from linkstar.lake.ready_windows import READY_WINDOWS
from linkstar.lake.tables import Table

_LOADED, _UNDONE = 1, 2
_SUMMED_UP_EVERY = 10
_KEEPS = {
    "delta.checkpointInterval": str(_SUMMED_UP_EVERY),
    "delta.logRetentionDuration": "interval 1 hour",
    "delta.deletedFileRetentionDuration": "interval 24 hours",
}
"""Whoever opens a table reads the last summary of its log and each entry since, ten of which cost
as much as the summary. Two commits a second would leave five million log entries in Delta's thirty
days, and a million names of replaced files in each summary. A reader holds a snapshot, never an old
version; replaced files are named as long as `upkeep` keeps them."""
Made = TypeVar("Made")
LogEntry = tuple[int, int]
"""Number and time of change of a file."""


class Overtaken(Exception):
    """Another writer committed first: look at the new facts and decide again."""

    def __init__(self, table: str, version: int) -> None:
        super().__init__(table, version)
        self.table = table
        self.version = version


@dataclass(frozen=True)
class Snapshot:
    """A table as it stood at one version. It never changes while it is held.

    Attributes:
        table: which.
        opened: where it was read from.
        version: of the table.
        columns: by name.
        files: every data file, in order of name.
    """

    table: Table
    opened: "OpenTable"
    version: int
    columns: frozenset[str]
    files: tuple[DataFile, ...]

    @property
    def folder(self) -> Path:
        return self.opened.folder

    def paths(self, files: Iterable[DataFile] | None = None) -> list[str]:
        folder = str(self.folder)
        return [f"{folder}/{file.name}" for file in (self.files if files is None else files)]

    def has_loaded(self, import_id: str) -> bool:
        return self.opened.transaction(import_id) == _LOADED

    def journaled_up_to(self, journal: str) -> int:
        """The last segment of a journal whose events this table holds; 0 where there is none."""
        return self.opened.transaction(journal) or 0

    def has_undone(self, import_id: str) -> bool:
        return self.opened.transaction(import_id) == _UNDONE

    def last_entry(self) -> LogEntry | None:
        """The entry of the log this version was told by; None once a later one is known of."""
        return self.opened.entry(self.version)


class OpenTable:
    """A table as this process read it last. It is read on from there, never from its beginning.

    What this process itself commits is known without reading it. Whoever asks what was loaded may
    be told of later commits than their snapshot's; what they then commit is refused.
    """

    def __init__(self, table: Table, folder: Path) -> None:
        self.folder = folder
        self._lock = RLock()
        self._delta = DeltaTable(str(folder))
        self._transactions: dict[str, int | None] = {}
        self._entry: LogEntry | None = None
        self._last = Snapshot(table, self, -1, frozenset(), ())
        self._know()

    def now(self) -> Snapshot:
        """The table as it is now."""
        with self._lock:
            if self._entry is None or self._entry != log_entry(self.folder, self._last.version):
                self._delta = DeltaTable(str(self.folder))  # another one lies there by now
                self._know()
            elif log_entry(self.folder, self._last.version + 1):
                self._delta.update_incremental()
                self._know()
            return self._last

    def entry(self, version: int) -> LogEntry | None:
        """The last entry of the log, if it is of this version."""
        with self._lock:
            return self._entry if self._last.version == version else None

    def transaction(self, application: str) -> int | None:
        with self._lock:
            if application not in self._transactions:
                self._transactions[application] = self._delta.transaction_version(application)
            return self._transactions[application]

    def commit(
        self,
        seen: Snapshot,
        actions: list[AddAction | RemoveAction],
        files: Iterable[DataFile],
        transactions: list[Transaction],
    ) -> None:
        """Commit to what was seen; `files` are those there are afterwards.

        Raises:
            Overtaken: the table moved on since it was seen. Nothing was changed.
        """
        with self._lock:
            if self._delta.version() < seen.version:
                self._delta.update_incremental()
            if self._delta.version() != seen.version:
                raise Overtaken(seen.table.name, seen.version)
            try:
                self._delta.create_write_transaction(
                    actions,
                    "append",
                    Schema.from_arrow(seen.table.schema),
                    list(seen.table.parted_by),
                    commit_properties=CommitProperties(
                        max_commit_retries=0, app_transactions=transactions
                    ),
                )
            except CommitFailedError as refused:
                if DeltaTable(str(self.folder)).version() == seen.version:
                    raise
                raise Overtaken(seen.table.name, seen.version) from refused
            version = seen.version + 1
            self._transactions |= {each.app_id: each.version for each in transactions}
            self._last = replace(seen, version=version, files=_in_order(files))
            self._entry = log_entry(self.folder, version)

    def _know(self) -> None:
        """Take in what was just read."""
        known = {file.name: file for file in self._last.files}
        # As a stream: `pa.table` would load pandas to see whether it is given a frame.
        actions = pa.RecordBatchReader.from_stream(self._delta.get_add_actions(flatten=True))
        self._last = replace(
            self._last,
            version=self._delta.version(),
            columns=frozenset(field.name for field in self._delta.schema().fields),
            files=_in_order(listed_files(actions.read_all(), known)),
        )
        self._entry = log_entry(self.folder, self._last.version)
        self._transactions.clear()


def log_entry(folder: Path, version: int) -> LogEntry | None:
    """What tells the log entry of a version from that of any other table; None without one.

    Old entries are cleared from the front: while one is there, so is the one after it.
    """
    try:
        found = (folder / "_delta_log" / _entry_name(version)).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _in_order(files: Iterable[DataFile]) -> tuple[DataFile, ...]:
    return tuple(sorted(files, key=lambda file: file.name))


def _entry_name(version: int) -> str:
    return f"{version:020}.json"


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
        threads: how many cores it may use at once; None means all.
    """

    def __init__(
        self,
        root: Path,
        *,
        engine: Engine | None = None,
        memory_limit: str = "1GB",
        threads: int | None = None,
    ) -> None:
        self.root = root
        self.duckdb = DuckDBEngine(root / "spill", memory_limit=memory_limit, threads=threads)
        self.engine: Engine = engine or self.duckdb
        self._opened: dict[Table, OpenTable] = {}
        self._derived: dict[Callable[..., Any], tuple[list[tuple[DataFile, ...]], Any]] = {}
        self.known_ids = KnownIds(root / "known_ids")
        self.ready_counts = ReadyTables(root / "ready_counts", self.duckdb, READY_COUNTS, few=FEW)
        self.ready_traffic = ReadyTables(root / "ready_traffic", self.duckdb, READY_TRAFFIC)
        self.ready_windows = ReadyTables(root / "ready_windows", self.duckdb, READY_WINDOWS)

    def folder(self, table: Table) -> Path:
        return self.root / table.name

    def has_opened(self, table: Table) -> bool:
        """Whether this process has the table's list of files already."""
        return table in self._opened

    def snapshot(self, table: Table) -> Snapshot | None:
        """The table now, or None where nothing was ever written to it."""
        opened = self._opened.get(table)
        try:
            if opened is None:
                opened = self._opened.setdefault(table, OpenTable(table, self.folder(table)))
            return opened.now()
        except TableNotFoundError:
            self._opened.pop(table, None)
            return None

    def derived(self, make: Callable[..., Made], *snapshots: Snapshot) -> Made:
        """What `make` says of these versions of tables; asked again when one of them is another."""
        state = [snapshot.files for snapshot in snapshots]
        known, made = self._derived.get(make, ([], None))
        if len(known) != len(state) or any(a is not b for a, b in zip(known, state, strict=True)):
            made = make(*snapshots)
            self._derived[make] = (state, made)
        return cast("Made", made)

    def opened(self, table: Table) -> Snapshot:
        """The table now, created empty if need be, with every column this version knows."""
        seen = self.snapshot(table)
        if seen is None:
            self._create(table)
            return self.opened(table)
        return self._widened(seen)

    def _widened(self, seen: Snapshot) -> Snapshot:
        """Older tables get the columns that came later; older files simply have no values there."""
        missing = [field for field in seen.table.schema if field.name not in seen.columns]
        if not missing:
            return seen
        delta = DeltaTable(str(seen.folder), version=seen.version)
        try:
            delta.alter.add_columns(list(Schema.from_arrow(pa.schema(missing)).fields))
        except CommitFailedError as refused:
            raise Overtaken(seen.table.name, seen.version) from refused
        return seen.opened.now()

    def _create(self, table: Table) -> None:
        folder = self.folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            DeltaTable.create(
                str(folder),
                Schema.from_arrow(table.schema),
                mode="ignore",
                configuration=_KEEPS,
                partition_by=list(table.parted_by),
            )
        except DeltaError:
            if not DeltaTable.is_deltatable(str(folder)):  # else someone was faster
                raise

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
        gone = {file.name for file in change.remove}
        files = [file for file in seen.files if file.name not in gone]
        seen.opened.commit(seen, actions, [*files, *change.add], change.transactions())
        _make_durable(_log_files(seen.folder / "_delta_log", seen.version + 1))


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


def _log_files(log: Path, version: int) -> list[Path]:
    """What a commit wrote: its entry, and the summary of all so far where it made one."""
    entry, summary = log / _entry_name(version), log / f"{version:020}.checkpoint.parquet"
    is_summed_up = (version + 1) % _SUMMED_UP_EVERY == 0 and summary.exists()
    return [entry, summary, log / "_last_checkpoint"] if is_summed_up else [entry]


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
