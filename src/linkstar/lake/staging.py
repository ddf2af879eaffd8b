"""What a staged file must be before its rows are taken in, and how it is read."""

from pathlib import Path

import pyarrow.parquet as pq

from linkstar.lake.datafiles import empty_in
from linkstar.lake.tables import Table


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

    A file may also be written as the table stores it, without columns no row of it fills.

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
        stored = {*table.required, "workspace", "shop", "subject", "fingerprint"}
        if given != wanted and not stored <= given <= set(table.schema.names):
            raise StagedColumnsDiffer(table.name, sorted(wanted - given), sorted(given - wanted))
        told = empty_in(file.metadata)
        for column in (*table.required, *owner):
            empty = told[column] if column in told else _empty_values(file, column)
            if empty:
                raise StagedValueMissing(table.name, column, empty)
        return int(file.metadata.num_rows)


def _empty_values(file: pq.ParquetFile, column: str) -> int:
    return sum(batch.column(0).null_count for batch in file.iter_batches(1 << 20, columns=[column]))


def owner_columns(*, names_shops: bool) -> str:
    """SQL for the first two columns: as the file says, or the one shop it is loaded for."""
    if names_shops:
        return "workspace::INTEGER AS workspace, shop::INTEGER AS shop"
    return "$workspace::INTEGER AS workspace, $shop::INTEGER AS shop"
