"""What may be shown of a cell: never a withheld figure, and no exact count of a pooled one.

Exact counts of pooled cells would let readers subtract; so shops are rounded down to fives,
creators and contents to tens, and impressions to one leading digit.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.cells import CELLS
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.stats.arrays import Floats, floats, ratio

SHOWN = pa.schema(
    [
        *(CELLS.field(n) for n in ("week_starts_on", "category", "content_type", "channel")),
        *(CELLS.field(n) for n in ("definition", "segment", "segment_value")),
        ("ctr", pa.float64()),
        *(CELLS.field(n) for n in ("p25", "median", "p75", "relative_error", "icc")),
        ("impressions", pa.int64()),  # of a pooled cell: at least so many
        ("shops", pa.int32()),
        ("creators", pa.int32()),
        ("contents", pa.int32()),
        CELLS.field("unstable"),
        CELLS.field("withheld"),
    ]
)
_FIGURES = ("ctr", "p25", "median", "p75", "relative_error", "icc", "impressions")
_FIGURES_AND_COUNTS = (*_FIGURES, "shops", "creators", "contents")
_STEPS = {"shops": 5, "creators": 10, "contents": 10}


def shown_cells(cells: pa.Table, source: BenchmarkSource | None) -> pa.Table:
    """Cells as a reader may see them, in the columns of `SHOWN`; nothing for no columns.

    Args:
        cells: columns of `benchmarks.cells.CELLS`.
        source: where the edition's figures come from; counts are exact unless it is computed.
    """
    if source is None:
        return SHOWN.empty_table()
    clicks, impressions = (floats(cells[n].to_numpy()) for n in ("clicks", "impressions"))
    given: dict[str, pa.ChunkedArray | pa.Array] = {
        "ctr": pa.array(ratio(clicks, impressions), from_pandas=True)
    }
    if source is BenchmarkSource.COMPUTED:
        given["impressions"] = pa.array(_leading_digit(impressions).astype(np.int64))
        given |= {name: _rounded_down(cells[name], step) for name, step in _STEPS.items()}
    hidden = pc.not_equal(cells["withheld"], "")
    columns = []
    for field in SHOWN:
        column = given[field.name] if field.name in given else cells[field.name]
        if field.name in _FIGURES_AND_COUNTS:
            column = pc.if_else(hidden, pa.scalar(None, field.type), column.cast(field.type))
        columns.append(column)
    return pa.table(columns, schema=SHOWN)


def _rounded_down(counts: pa.ChunkedArray, step: int) -> pa.ChunkedArray:
    in_steps = pc.divide(counts, pa.scalar(step, pa.int32()))
    return pc.multiply(in_steps, pa.scalar(step, pa.int32()))


def _leading_digit(counts: Floats) -> Floats:
    scale = np.power(10.0, np.floor(np.log10(np.maximum(counts, 1.0))))
    found: Floats = np.floor(counts / scale) * scale
    return found
