"""What a staged file must be before its rows are taken in, and how it is read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.lake.tables import Table

SQL_TYPES = {
    pa.int8(): "TINYINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.string(): "VARCHAR",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.list_(pa.string()): "VARCHAR[]",
}


class StagedColumnsDiffer(ValueError):
    """The staged file lacks columns the table needs, or holds columns it does not know."""

    def __init__(self, table: str, missing: list[str], unknown: list[str]) -> None:
        super().__init__(table, missing, unknown)
        self.table = table
        self.missing = missing
        self.unknown = unknown


class StagedValueMissing(ValueError):
    """A column that every row must state is empty in some."""

    def __init__(self, table: str, column: str, rows: int) -> None:
        super().__init__(table, column, rows)
        self.table = table
        self.column = column
        self.rows = rows


def check_staged(staged: Path, table: Table, *, names_shops: bool) -> int:
    """The number of rows of a staged file that has exactly the columns it must have.

    Args:
        staged: a Parquet file.
        table: where its rows are to go.
        names_shops: the file itself says `workspace` and `shop` of each row.

    Raises:
        StagedColumnsDiffer: a column is missing or unknown.
        StagedValueMissing: a column every row must state is empty in some.
    """
    assert table.staged is not None
    owner = ("workspace", "shop") if names_shops else ()
    with pq.ParquetFile(staged) as file:
        wanted = {*table.staged.names, *owner}
        given = set(file.schema_arrow.names)
        if wanted != given:
            raise StagedColumnsDiffer(table.name, sorted(wanted - given), sorted(given - wanted))
        for column in (*table.required, *owner):
            empty = _empty_values(file, column)
            if empty:
                raise StagedValueMissing(table.name, column, empty)
        return int(file.metadata.num_rows)


def _empty_values(file: pq.ParquetFile, column: str) -> int:
    return sum(batch.column(0).null_count for batch in file.iter_batches(1 << 20, columns=[column]))


def relation(schema: pa.Schema, has_files: bool) -> str:  # noqa: FBT001
    """SQL for the rows of the files bound to `$files`; without files, for no rows at all."""
    return "read_parquet($files)" if has_files else empty_relation(schema)


def empty_relation(schema: pa.Schema) -> str:
    """SQL for a relation of these columns without any row."""
    columns = ", ".join(f"NULL::{SQL_TYPES[field.type]} AS {field.name}" for field in schema)
    return f"(SELECT {columns} WHERE false)"


def owner_columns(*, names_shops: bool) -> str:
    """SQL for the first two columns: as the file says, or the one shop it is loaded for."""
    if names_shops:
        return "workspace::INTEGER AS workspace, shop::INTEGER AS shop"
    return "$workspace::INTEGER AS workspace, $shop::INTEGER AS shop"
