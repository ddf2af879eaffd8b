"""The columns of benchmark cells as an Arrow table, and how stated figures become one."""

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.catalog.tree import category_path
from linkstar.stats.ctr import Definition

CELLS = pa.schema(
    [
        ("week_starts_on", pa.date32()),  # null: the whole window
        ("category", pa.string()),  # empty: all categories
        ("content_type", pa.string()),  # empty: all types
        ("channel", pa.string()),  # empty: all channels
        ("definition", pa.string()),
        ("segment", pa.string()),  # empty: everybody
        ("segment_value", pa.string()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("shops", pa.int32()),  # null where the source does not say
        ("creators", pa.int32()),
        ("contents", pa.int32()),
        ("p25", pa.float64()),
        ("median", pa.float64()),
        ("p75", pa.float64()),
        ("icc", pa.float64()),
        ("relative_error", pa.float64()),
        ("typical_ctr", pa.float64()),
        ("typical_relative_error", pa.float64()),
        ("effective_contents", pa.float64()),
        ("largest_content_share", pa.float64()),
        ("largest_share", pa.float64()),
        ("top_two_share", pa.float64()),
        ("unstable", pa.bool_()),
        ("withheld", pa.string()),  # a name of `rules.Withheld`, empty when shown
    ]
)
_EMPTY = {"category", "content_type", "channel", "segment", "segment_value", "withheld"}
STATED = ("category", "definition", "impressions", "clicks")
"""What a stated benchmark must say of each cell; the other columns of `CELLS` are optional."""


class ColumnNotStated(ValueError):
    """A benchmark table lacks a column no cell can do without."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class CellInvalid(ValueError):
    """A stated cell that cannot be: named by its row (from 0) and the column that is wrong."""

    def __init__(self, row: int, column: str, value: object) -> None:
        super().__init__(row, column, value)
        self.row = row
        self.column = column
        self.value = value


def stated_cells(stated: pa.Table) -> pa.Table:
    """A table in the columns of `CELLS` from figures somebody states; `market` is ignored.

    Category paths are spelled our way. A stated cell is never withheld and only unstable when it
    says so itself.

    Raises:
        ColumnNotStated: category, definition, impressions or clicks is missing.
        CellInvalid: an unknown definition, a missing or negative count, or no impressions.
    """
    for column in STATED:
        if column not in stated.column_names:
            raise ColumnNotStated(column)
    columns = [
        _filled(stated.column(field.name).cast(field.type), field.name)
        if field.name in stated.column_names
        else _absent(field, stated.num_rows)
        for field in CELLS
    ]
    table = pa.table(columns, schema=CELLS)
    paths = pa.array([category_path(path) for path in table["category"].to_pylist()], pa.string())
    table = table.set_column(table.schema.get_field_index("category"), "category", paths)
    _refuse(
        table, "definition", pc.invert(pc.is_in(table["definition"], pa.array(list(Definition))))
    )
    _refuse(table, "impressions", pc.less_equal(pc.fill_null(table["impressions"], 0), 0))
    _refuse(table, "clicks", pc.less(pc.fill_null(table["clicks"], -1), 0))
    return table


def _filled(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    if name in _EMPTY:
        return pc.fill_null(column, "")
    if name == "unstable":
        return pc.fill_null(column, fill_value=False)
    return column


def _absent(field: pa.Field, rows: int) -> pa.Array:
    if field.name in _EMPTY:
        return pa.repeat("", rows)
    if field.name == "unstable":
        return pa.repeat(False, rows)  # noqa: FBT003 -- a column of the value false
    return pa.nulls(rows, field.type)


def _refuse(table: pa.Table, column: str, wrong: pa.ChunkedArray) -> None:
    rows = pc.indices_nonzero(wrong)
    if len(rows):
        row = rows[0].as_py()
        raise CellInvalid(row, column, table[column][row].as_py())
