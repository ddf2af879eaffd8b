"""What is often asked of data files, ready to be looked at: beside each file what it says.

Beside the lake lies one Arrow file per data file (`lake.beside`), as it lies in memory, so that it
is mapped and not read.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO

import duckdb
import pyarrow as pa

from linkstar.lake.beside import Beside
from linkstar.lake.engine import DuckDBEngine

OPEN_MAX = 2_000


class ReadyTables:
    """What one question says of each data file of a table, by the file.

    Args:
        folder: may be deleted at any time.
        engine: reads files nobody has made ready yet.
        sql: the question, of the one file bound to `$files`, in an order of its own.
        few: columns with few different texts, kept once each.
    """

    def __init__(
        self, folder: Path, engine: DuckDBEngine, sql: str, *, few: Sequence[str] = ()
    ) -> None:
        form = sha256(sql.encode()).hexdigest()[:8]
        self.beside = Beside(folder / f"{form}-duckdb-{duckdb.__version__}", ".arrow")
        self._engine, self._sql, self._few = engine, sql, few
        self._open: dict[str, pa.Table] = {}

    def of(self, path: str) -> pa.Table:
        """What is said of a file."""
        told = self._open.get(path)
        if told is None:
            told = mapped(self.beside.path(path))
            told = self._made(path) if told is None else told
            if len(self._open) >= OPEN_MAX:
                self._open.clear()
            self._open[path] = told
        return told

    def lies_ready(self, path: str) -> bool:
        """Whether asking for it takes no more than looking."""
        return path in self._open or self.beside.path(path).exists()

    def make(self, paths: Iterable[str]) -> None:
        """Make files ready before somebody asks."""
        for path in paths:
            self._made(path)

    def agrees(self, path: str) -> bool:
        """Whether what lies ready says what the file says; what does not lie there is made anew."""
        ready = mapped(self.beside.path(path))
        return ready is None or ready.equals(self._told_by(path))

    def _told_by(self, path: str) -> pa.Table:
        return few_kept_once(self._engine.query(self._sql, {"files": [path]}), self._few)

    def _made(self, path: str) -> pa.Table:
        made = self._told_by(path)
        self.beside.write(path, partial(write_table, made))
        return made


def few_kept_once(table: pa.Table, few: Sequence[str]) -> pa.Table:
    """The same in one piece, each column with few different texts as a dictionary of them."""
    table = table.combine_chunks()
    for place, name in enumerate(table.column_names):
        if name in few:
            table = table.set_column(place, name, table[name].dictionary_encode())
    return table


def write_table(table: pa.Table, file: IO[bytes]) -> None:
    """Write a table as it lies in memory."""
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def mapped(path: Path) -> pa.Table | None:
    """A table as it was written; None where it is not there, or not whole."""
    try:
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_file(source).read_all()
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
