"""One interface to whatever answers questions over the facts; DuckDB in process by default."""

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import duckdb
import pyarrow as pa

Parameters = Mapping[str, Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


WATCH_SECONDS = 0.4
Made = TypeVar("Made")


def watched(
    connection: duckdb.DuckDBPyConnection,
    work: Callable[[], Made],
    tell: Callable[[float], None],
) -> Made:
    """Do `work`, which runs one query of the connection, telling how far that is, from 0 to 1.

    The end is always told. Whatever `tell` raises on the way interrupts the query.
    """
    # So that one can ask how far a query is, without the engine printing it.
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    with ThreadPoolExecutor(1, thread_name_prefix="watched") as worker:
        running = worker.submit(work)
        try:
            while not wait([running], WATCH_SECONDS).done:
                tell(max(0.0, min(1.0, connection.query_progress() / 100)))
        except BaseException:
            connection.interrupt()
            raise
    made = running.result()
    tell(1.0)
    return made


class Engine(Protocol):
    """Answers one SQL question (DuckDB's dialect, named parameters `$name`) with an Arrow table."""

    def query(
        self, sql: str, parameters: Parameters = NOTHING, tables: Mapping[str, pa.Table] = NOTHING
    ) -> pa.Table:
        """Run `sql`; `tables` are small in-memory tables the text may name."""
        ...


class DuckDBEngine:
    """An in-memory DuckDB that reads and writes Parquet; one cursor per question.

    It keeps nothing: everything that matters is in the files. Safe to share between threads, and
    made afresh in a process that was forked.

    Args:
        spill: folder for what does not fit in memory; made when first needed.
        memory_limit: as DuckDB spells it, for example `1GB`.
        threads: how many cores one question may use; None means all.
    """

    def __init__(
        self, spill: Path, *, memory_limit: str = "1GB", threads: int | None = None
    ) -> None:
        self._spill = spill
        self._memory_limit = memory_limit
        self._threads = threads
        self._lock = threading.Lock()
        self._process = -1
        self._connection: duckdb.DuckDBPyConnection | None = None

    def query(
        self, sql: str, parameters: Parameters = NOTHING, tables: Mapping[str, pa.Table] = NOTHING
    ) -> pa.Table:
        with self.cursor() as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            return cursor.sql(sql, params=dict(parameters)).to_arrow_table()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of one's own to the same engine; temporary tables die with it."""
        with self._lock:
            if self._connection is None or self._process != os.getpid():
                self._connection = self._connect()
                self._process = os.getpid()
            return self._connection.cursor()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "memory_limit": self._memory_limit,
            "temp_directory": str(self._spill),
            "preserve_insertion_order": "false",
            "TimeZone": "UTC",
        }
        if self._threads is not None:
            settings["threads"] = str(self._threads)
        return duckdb.connect(":memory:", config=settings)
