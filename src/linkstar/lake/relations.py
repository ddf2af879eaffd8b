"""SQL for the rows of data files."""

import pyarrow as pa

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
TRACKED = "starts_with(import_id, 'journal:')"
"""SQL for the events that came through our own door."""


def rows_of(parameter: str, *, numbered: bool = False, widened: bool = False) -> str:
    """SQL for the rows of the files bound to a parameter; what a folder is called adds nothing.

    With `numbered` there is one more column, `file_row_number`. With `widened` files may lack
    columns that came later, which are null then; every file is opened to find out.
    """
    more = ", file_row_number=true" if numbered else ""
    more += ", union_by_name=true" if widened else ""
    return f"read_parquet(${parameter}, hive_partitioning=false{more})"


def relation(schema: pa.Schema, *, has_files: bool) -> str:
    """SQL for the rows of the files bound to `$files`; without files, for no rows at all."""
    return rows_of("files") if has_files else empty_relation(schema)


def whole_rows(schema: pa.Schema, parameter: str, *, placed: bool = False) -> str:
    """SQL for the rows of files some of which are older than some columns, null there.

    With `placed` there is one more column, `place`: a number of the row among those of all files.
    """
    rows = f"FROM {rows_of(parameter, widened=True, numbered=placed)}"
    if placed:
        place = "(file_index::BIGINT << 40 | file_row_number) AS place"
        rows = f"SELECT * EXCLUDE (file_row_number), {place} {rows}"
    return f"(FROM {empty_relation(schema)} UNION ALL BY NAME {rows})"


def empty_relation(schema: pa.Schema) -> str:
    """SQL for a relation of these columns without any row."""
    columns = ", ".join(f"NULL::{SQL_TYPES[field.type]} AS {field.name}" for field in schema)
    return f"(SELECT {columns} WHERE false)"
