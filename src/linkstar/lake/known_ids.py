"""Which event ids a data file holds, found without reading it: what a load costs stays the same.

Beside the lake lies one file per data file of events: the hashes of its ids in order, each with its
row (`lake.beside`). It only says where to look: the rows themselves say whether it is the same
event.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.lake.beside import Beside

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

HASH = "hash(workspace::INTEGER, shop::INTEGER, event_id::VARCHAR)"
"""SQL for the hash of an id within its shop."""


WRITTEN_FROM = 10_000
"""Lists of so many ids are worth a file; shorter ones are made again by each process."""
OPEN_MAX = 2_000


class KnownIds:
    """The ids of data files.

    Args:
        folder: may be deleted at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.beside = Beside(folder / f"duckdb-{duckdb.__version__}", ".npy")
        self._open: dict[str, Hashes] = {}

    def rows_with(
        self, cursor: duckdb.DuckDBPyConnection, files: Mapping[str, int], wanted: Hashes
    ) -> dict[str, Rows]:
        """The rows of files that may hold any of the hashes; files without any are left out.

        Args:
            cursor: reads files nobody has looked at yet.
            files: paths, each with how many rows it has.
            wanted: in order, each once.
        """
        if len(self._open) > OPEN_MAX:
            self._open = {path: known for path, known in self._open.items() if path in files}
        self._look_at(cursor, files)
        short = [path for path, rows in files.items() if rows < WRITTEN_FROM]
        found = {path: _rows(self._open[path], wanted) for path in files.keys() - set(short)}
        found |= _rows_together([(path, self._open[path]) for path in short], wanted)
        return {path: rows for path, rows in found.items() if len(rows)}

    def prepare(self, cursor: duckdb.DuckDBPyConnection, files: Mapping[str, int]) -> None:
        """Write the lists of files nobody has looked at yet, where they are worth a file."""
        for path, rows in files.items():
            if rows >= WRITTEN_FROM:
                self._write(cursor, path)

    def _look_at(self, cursor: duckdb.DuckDBPyConnection, files: Mapping[str, int]) -> None:
        """Know the ids of all these files."""
        new = {path: rows for path, rows in files.items() if path not in self._open}
        long = {path: rows for path, rows in new.items() if rows >= WRITTEN_FROM}
        self._open |= _hashed(cursor, [path for path in new if path not in long])
        self._open |= {path: self._opened(cursor, path, rows) for path, rows in long.items()}

    def _opened(self, cursor: duckdb.DuckDBPyConnection, path: str, rows: int) -> Hashes:
        kept = self.beside.path(path)
        known = _read(kept, rows)
        if known is None:
            self._write(cursor, path)
            known = _read(kept, rows)
        assert known is not None
        return known

    def _write(self, cursor: duckdb.DuckDBPyConnection, path: str) -> None:
        self.beside.write(path, partial(np.save, arr=_hashed(cursor, [path])[path]))


def rows_at(path: str, rows: Rows, schema: pa.Schema) -> pa.Table:
    """Some rows of a data file; only the parts of it that hold them are read."""
    file = pq.ParquetFile(path)
    sizes = [file.metadata.row_group(each).num_rows for each in range(file.num_row_groups)]
    ends = np.cumsum(sizes)
    wanted = np.sort(rows)
    groups = np.searchsorted(ends, wanted, side="right")
    parts = [
        file.read_row_group(int(each), columns=schema.names).take(
            pa.array(wanted[groups == each] - (ends[each] - sizes[each]))
        )
        for each in np.unique(groups)
    ]
    return pa.concat_tables(part.select(schema.names).cast(schema) for part in parts)


def _read(path: Path, rows: int) -> Hashes | None:
    """None where it is not there, or not whole."""
    try:
        known: Hashes = np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return None
    return known if known.shape == (2, rows) else None


def _hashed(cursor: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> dict[str, Hashes]:
    """The ids of files, read at once: opening a file costs more than a short one's rows."""
    if not paths:
        return {}
    found = cursor.execute(
        f"""SELECT {HASH} AS id, file_row_number::UBIGINT AS place, file_index::INTEGER AS file
        FROM read_parquet($paths, hive_partitioning=false, file_row_number=true)""",
        {"paths": list(paths)},
    ).fetchnumpy()
    order = np.lexsort((found["id"], found["file"]))
    all_of = np.stack([found["id"][order], found["place"][order]])
    ends = np.searchsorted(found["file"][order], np.arange(1, len(paths)))
    return dict(zip(paths, np.split(all_of, ends, axis=1), strict=True))


def _rows_together(known: Sequence[tuple[str, Hashes]], wanted: Hashes) -> dict[str, Rows]:
    """The same for many short lists, looked through as one."""
    if not known or not len(wanted):
        return {}
    ids, places = np.concatenate([each for _, each in known], axis=1)
    nearest = np.minimum(np.searchsorted(wanted, ids), len(wanted) - 1)
    hits = np.flatnonzero(wanted[nearest] == ids)
    of = np.searchsorted(np.cumsum([each.shape[1] for _, each in known]), hits, side="right")
    return {known[file][0]: places[hits[of == file]].astype(np.int64) for file in np.unique(of)}


def _rows(known: Hashes, wanted: Hashes) -> Rows:
    """The rows whose hash is wanted; the shorter list is looked up in the longer one."""
    ids, places = known
    if not len(ids) or not len(wanted):
        return np.empty(0, np.int64)
    if len(ids) <= len(wanted):
        nearest = np.minimum(np.searchsorted(wanted, ids), len(wanted) - 1)
        mine: Rows = places[wanted[nearest] == ids].astype(np.int64)
        return mine
    first = np.searchsorted(ids, wanted)
    hit = ids[np.minimum(first, len(ids) - 1)] == wanted
    if not hit.any():
        return np.empty(0, np.int64)
    behind = np.searchsorted(ids, wanted[hit], side="right")
    spans = [np.arange(a, b) for a, b in zip(first[hit], behind, strict=True)]
    found: Rows = places[np.concatenate(spans)].astype(np.int64)
    return found
