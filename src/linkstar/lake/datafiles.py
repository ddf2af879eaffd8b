"""What is known of a data file without opening it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_SPANS_KEPT = (
    "workspace",
    "shop",
    "import_id",
    "starts_on",
    "ends_before",
    "market",
    "channel",
)
_NUMBERS = frozenset({"workspace", "shop"})


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file.

    Attributes:
        name: path below its table.
        rows: how many.
        size: bytes.
        parted: values of the columns the table is parted by.
        low: least value, by column.
        high: greatest value, by column.
        empty: rows without a value, by column.
    """

    name: str
    rows: int
    size: int
    parted: Mapping[str, str]
    low: Mapping[str, Any]
    high: Mapping[str, Any]
    empty: Mapping[str, int]

    def may_hold(self, column: str, values: Iterable[Any]) -> bool:
        """Whether the file's span leaves room for any of the values."""
        low, high = self.low.get(column), self.high.get(column)
        return low is None or high is None or any(low <= value <= high for value in values)


def alike(files: Iterable[DataFile], columns: Iterable[str]) -> dict[str, Any]:
    """The columns that have one value in all rows of these files, with it, as far as files tell."""
    files = tuple(files)
    found = {}
    for name in columns:
        values = {each.get(name) for file in files for each in (file.low, file.high)}
        if len(values) == 1 and not any(file.empty.get(name) for file in files):
            found[name] = values.pop()
    return {name: value for name, value in found.items() if value is not None}


def listed_files(actions: pa.Table, known: Mapping[str, DataFile]) -> list[DataFile]:
    """The files of a table from what its log says of them; what is known already is as it was."""
    names = actions["path"].to_pylist()
    unknown = actions.filter(_mask([name not in known for name in names]))
    return [*(known[name] for name in names if name in known), *_listed(unknown)]


def _mask(chosen: list[bool]) -> pa.BooleanArray:
    """As an Arrow array, made of bits: `pa.array` would load pandas, a fifth of a second."""
    bits = np.packbits(np.fromiter(chosen, bool, len(chosen)), bitorder="little").tobytes()
    return pa.Array.from_buffers(pa.bool_(), len(chosen), [None, pa.py_buffer(bits)])


def _listed(actions: pa.Table) -> Iterator[DataFile]:
    parted = _by_row(actions, "partition.")
    low, high = _by_row(actions, "min."), _by_row(actions, "max.")
    empty = _by_row(actions, "null_count.")
    plain = zip(
        *(actions[name].to_pylist() for name in ("path", "num_records", "size_bytes")), strict=True
    )
    for place, (name, rows, size) in enumerate(plain):
        values = {column: str(value) for column, value in parted[place].items()}
        yield DataFile(name, rows, size, values, low[place], high[place], empty[place])


def written_file(folder: Path, row: tuple[Any, ...]) -> DataFile:
    """A file as DuckDB tells of it after `COPY ... (RETURN_STATS)`."""
    path, rows, size, _, statistics, parted, _ = row
    spans = {name.strip('"'): span for name, span in statistics.items()}
    kept = [name for name in _SPANS_KEPT if "min" in spans.get(name, {})]
    return DataFile(
        name=str(Path(path).relative_to(folder)),
        rows=rows,
        size=size,
        parted={name.strip('"'): value for name, value in (parted or {}).items()},
        low={name: _value(name, spans[name]["min"]) for name in kept},
        high={name: _value(name, spans[name]["max"]) for name in kept},
        empty={
            name: int(span["null_count"]) for name, span in spans.items() if "null_count" in span
        },
    )


def adopted_file(folder: Path, path: Path) -> DataFile:
    """A file that was written elsewhere, as its own footer tells of it."""
    footer = pq.read_metadata(path)
    spans = {name: span for name, span in spans_of(footer).items() if name in _SPANS_KEPT}
    known = {name: span for name, span in spans.items() if span != (None, None)}
    return DataFile(
        name=str(path.relative_to(folder)),
        rows=footer.num_rows,
        size=path.stat().st_size,
        parted={},
        low={name: _value(name, low) for name, (low, _) in known.items()},
        high={name: _value(name, high) for name, (_, high) in known.items()},
        empty=empty_in(footer),
    )


def spans_of(footer: pq.FileMetaData) -> dict[str, tuple[Any, Any]]:
    """Least and greatest value of the columns that have no empty value or nothing else.

    A column that is empty throughout spans from None to None; one whose file does not tell, or
    that is empty in places, has no entry.
    """
    spans = {}
    for name, chunks in _chunks(footer).items():
        if any(one is None or not one.has_null_count for one in chunks):
            continue
        if all(not one.has_min_max for one in chunks) and not any(o.num_values for o in chunks):
            spans[name] = (None, None)
        elif all(one.has_min_max and not one.null_count for one in chunks):
            spans[name] = (min(one.min for one in chunks), max(one.max for one in chunks))
    return spans


def empty_in(footer: pq.FileMetaData) -> dict[str, int]:
    """Rows without a value, by column, as far as the file tells."""
    return {
        name: sum(one.null_count for one in chunks)
        for name, chunks in _chunks(footer).items()
        if all(one is not None and one.has_null_count for one in chunks)
    }


def _chunks(footer: pq.FileMetaData) -> dict[str, list[pq.Statistics]]:
    """What the file tells of each plain column, row group by row group."""
    groups = [footer.row_group(place) for place in range(footer.num_row_groups)]
    return {
        footer.schema.column(place).path: [group.column(place).statistics for group in groups]
        for place in range(footer.num_columns)
    }


def _by_row(actions: pa.Table, prefix: str) -> list[dict[str, Any]]:
    """Per file, what the columns with this prefix say, as far as they say anything."""
    known = {
        name.removeprefix(prefix): actions[name].to_pylist()
        for name in actions.column_names
        if name.startswith(prefix) and actions[name].null_count < len(actions)
    }
    return [
        {name: values[place] for name, values in known.items() if values[place] is not None}
        for place in range(len(actions))
    ]


def _value(column: str, stated: Any) -> str | int:
    return int(stated) if column in _NUMBERS else str(stated)
