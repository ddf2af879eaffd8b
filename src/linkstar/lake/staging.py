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


def check_staged(staged: Path, table: Table, *, names_shops: bool) -> int:
    """The number of rows of a staged file that has exactly the columns it must have.

    Args:
        staged: a Parquet file.
        table: where its rows are to go.
        names_shops: the file itself says `workspace` and `shop` of each row.

    Raises:
        StagedColumnsDiffer: a column is missing or unknown.
    """
    assert table.staged is not None
    found = pq.ParquetFile(staged)
    wanted = {*table.staged.names, *(("workspace", "shop") if names_shops else ())}
    given = set(found.schema_arrow.names)
    if wanted != given:
        raise StagedColumnsDiffer(table.name, sorted(wanted - given), sorted(given - wanted))
    return int(found.metadata.num_rows)


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
