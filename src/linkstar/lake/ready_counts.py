"""The counts of roll-ups, ready to be added up: what a question for impressions and clicks reads.

Beside the lake lies one Arrow file per data file of roll-ups (`lake.beside`): its rows as they lie
in memory, so that they are mapped and not read, with two numbers that tell which rows are of one
content, and of one content and product. Titles, which few questions want, stay out.
"""

from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.lake.beside import Beside
from linkstar.lake.engine import DuckDBEngine
from linkstar.lake.relations import rows_of
from linkstar.stats.arrays import Bools

_CONTENT = "shop::INTEGER, creator::VARCHAR, content_id::VARCHAR"
NUMBERS = f"""hash({_CONTENT}) AS content, hash({_CONTENT}, product_id::VARCHAR) AS part"""
"""SQL for the numbers of a row's content, and of its content and product."""

OPEN_MAX = 2_000

_FEW = ("market", "channel", "content_type", "category")
"""Columns with few different texts, kept once each."""
_READY = f"""SELECT {NUMBERS}, starts_on, workspace, shop, market, channel, creator, creator_name,
        content_id, content_type, product_id, category, impressions, clicks
    FROM {rows_of("files")} WHERE impressions > 0 OR clicks > 0
    ORDER BY workspace, content, part, market, channel, currency"""


class ReadyCounts:
    """Counts of roll-ups, by the data file they are in.

    Args:
        folder: may be deleted at any time.
        engine: reads files nobody has made ready yet.
    """

    def __init__(self, folder: Path, engine: DuckDBEngine) -> None:
        form = sha256(_READY.encode()).hexdigest()[:8]
        self.beside = Beside(folder / f"{form}-duckdb-{duckdb.__version__}", ".arrow")
        self._engine = engine
        self._open: dict[str, pa.Table] = {}

    def of(self, path: str) -> pa.Table:
        """The counts in a file, in order of workspace and number of content."""
        counts = self._open.get(path)
        if counts is None:
            counts = _mapped(self.beside.path(path))
            counts = self._made(path) if counts is None else counts
            if len(self._open) >= OPEN_MAX:
                self._open.clear()
            self._open[path] = counts
        return counts

    def make(self, paths: Iterable[str]) -> None:
        """Make files ready before somebody asks."""
        for path in paths:
            self._made(path)

    def agrees(self, path: str) -> bool:
        """Whether what lies ready says what the file says; what does not lie there is made anew."""
        ready = _mapped(self.beside.path(path))
        return ready is None or ready.equals(self._told_by(path))

    def _told_by(self, path: str) -> pa.Table:
        return few_kept_once(self._engine.query(_READY, {"files": [path]}))

    def _made(self, path: str) -> pa.Table:
        made = self._told_by(path)
        self.beside.write(path, partial(_write, made))
        return made


def few_kept_once(counts: pa.Table) -> pa.Table:
    """The same in one piece, each column with few different texts as a dictionary of them."""
    counts = counts.combine_chunks()
    for place, name in enumerate(counts.column_names):
        if name in _FEW:
            counts = counts.set_column(place, name, counts[name].dictionary_encode())
    return counts


def says(counts: pa.Table, name: str, value: str) -> Bools:
    """Which rows have this text in a column."""
    column = counts[name].combine_chunks()
    if not pa.types.is_dictionary(column.type):
        return np.asarray(pc.fill_null(pc.equal(column, value), fill_value=False))
    wanted = column.dictionary.index(value).as_py()
    found: Bools = np.asarray(column.indices.fill_null(-1)) == (wanted if wanted >= 0 else -2)
    return found


def _write(counts: pa.Table, file: IO[bytes]) -> None:
    with pa.ipc.new_file(file, counts.schema) as writer:
        writer.write_table(counts)


def _mapped(path: Path) -> pa.Table | None:
    """None where it is not there, or not whole."""
    try:
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_file(source).read_all()
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
