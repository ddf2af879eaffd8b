"""From pooled counts to the cells of an edition.

Every category and the ones above it, per content type and all, per channel and all, over the window
and per ISO week. Works family by family (one depth of category, split or not by type and channel),
so memory follows the number of pooled contents, not the number of cells they count in.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.cells import CELLS
from linkstar.benchmarks.leave_out import LeftOut, leave_workspaces_out
from linkstar.benchmarks.pool import codes
from linkstar.catalog.rules import SEPARATOR
from linkstar.stats.arrays import Ints
from linkstar.stats.benchmark import Benchmarks, benchmark_cells

_OF_CONTENTS = ("p25", "median", "p75", "typical_ctr", "typical_relative_error")
KEY = (
    "week_starts_on",
    "category",
    "content_type",
    "channel",
    "definition",
    "segment",
    "segment_value",
)
"""What tells one cell from another, in the order of its columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Which shop gave how many impressions to which cell; one element per pair, sorted by both."""

    cell: Ints
    shop: Ints
    impressions: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """All cells of an edition before anything is withheld.

    Attributes:
        cells: columns of `CELLS`, `withheld` empty throughout.
        contributions: of each shop (by number) to each cell.
        left_out: per cell and workspace that contributes to it, the cell without that workspace.
    """

    cells: pa.Table
    contributions: Contributions
    left_out: LeftOut


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    key: pa.Table
    figures: Benchmarks
    contributions: Contributions
    left_out: LeftOut


def tally(window: pa.Table, weeks: pa.Table) -> Tally:
    """Count every cell there are any impressions for.

    Args:
        window: the whole window, one row per content (`benchmarks.pool.for_window`).
        weeks: one row per content and week (`benchmarks.pool.for_weeks`).
    """
    families = [family for rows in (window, weeks) for family in _families(rows)]
    starts = np.cumsum([0, *(family.key.num_rows for family in families)])
    moved = [
        Contributions(
            f.contributions.cell + start, f.contributions.shop, f.contributions.impressions
        )
        for f, start in zip(families, starts, strict=False)
    ]
    cells = pa.concat_tables([CELLS.empty_table(), *(_cell_table(f) for f in families)])
    return Tally(
        cells=_with_segments_settled(cells),
        contributions=Contributions(
            *(_joined([getattr(m, f.name) for m in moved]) for f in fields(Contributions))
        ),
        left_out=LeftOut.joined(
            [f.left_out.moved(int(start)) for f, start in zip(families, starts, strict=False)]
        ),
    )


def _with_segments_settled(cells: pa.Table) -> pa.Table:
    """Segment cells with the dispersion of everybody's cell, and without figures of contents.

    They are counted per creator, which says nothing of the spread between contents.
    """
    segmented = pc.not_equal(cells["segment"], "")
    for name in _OF_CONTENTS:
        nothing = pa.nulls(cells.num_rows, CELLS.field(name).type)
        kept = pc.if_else(segmented, nothing, cells[name])
        cells = cells.set_column(cells.schema.get_field_index(name), CELLS.field(name), kept)
    columns = [cells[name].to_pylist() for name in ("category", "definition", "icc")]
    rows = zip(*columns, segmented.to_pylist(), _is_of_all(cells), strict=True)
    everybody = {(c, d): icc for c, d, icc, _, of_all in rows if of_all}
    icc = [
        everybody.get((c, d)) if cut else own
        for c, d, own, cut in zip(*columns, segmented.to_pylist(), strict=True)
    ]
    return cells.set_column(
        cells.schema.get_field_index("icc"), CELLS.field("icc"), pa.array(icc, pa.float64())
    )


def _is_of_all(cells: pa.Table) -> list[bool]:
    """Which cells are of everybody, all types, all channels, the whole window."""
    of_all = pc.is_null(cells["week_starts_on"])
    for name in ("content_type", "channel", "segment"):
        of_all = pc.and_(of_all, pc.equal(cells[name], ""))
    found: list[bool] = of_all.to_pylist()
    return found


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _families(rows: pa.Table) -> Iterator[_Family]:
    rows = rows.filter(pc.greater(rows["impressions"], 0))
    category, paths = codes(pc.fill_null(rows["category"], ""))
    names = [path.split(SEPARATOR) if path else [] for path in paths.to_pylist()]
    deepest = max(map(len, names), default=0)
    for depth in range(deepest + 1) if rows.num_rows else ():
        deep_enough = np.array([len(path) >= depth for path in names])
        above = pa.array([SEPARATOR.join(path[:depth]) for path in names], pa.string())
        mask = pa.array(deep_enough[category])
        there = rows.set_column(
            rows.schema.get_field_index("category"), "category", above.take(pa.array(category))
        ).filter(mask)
        for by_type, by_channel in product((False, True), repeat=2):
            yield _family(_spread(there, by_type=by_type, by_channel=by_channel))


def _spread(rows: pa.Table, *, by_type: bool, by_channel: bool) -> pa.Table:
    """The rows as they count in cells of all types or all channels, or their own.

    Segments are told for all types and channels together. A content of unknown type or channel
    counts only in the cells of all.
    """
    for name, split in (("content_type", by_type), ("channel", by_channel)):
        if split:
            rows = rows.filter(pc.greater(pc.binary_length(pc.fill_null(rows[name], "")), 0))
            rows = rows.filter(pc.equal(rows["segment"], ""))
        else:
            at = rows.schema.get_field_index(name)
            rows = rows.set_column(at, name, pa.repeat("", rows.num_rows))
    return rows


def _family(rows: pa.Table) -> _Family:
    cell, key = _numbered(rows)
    shop = np.asarray(rows["shop"].to_numpy(), dtype=np.int64)
    workspace = np.asarray(rows["workspace"].to_numpy(), dtype=np.int64)
    creator = _creators(rows)
    impressions = np.asarray(rows["impressions"].to_numpy(), dtype=np.int64)
    clicks = np.asarray(rows["clicks"].to_numpy(), dtype=np.int64)
    figures = benchmark_cells(cell, shop, creator, impressions, clicks, key.num_rows)
    return _Family(
        key=key,
        figures=figures,
        contributions=_contributions(cell, shop, impressions),
        left_out=leave_workspaces_out(
            figures, cell, shop, workspace, creator, impressions=impressions, clicks=clicks
        ),
    )


def _creators(rows: pa.Table) -> Ints:
    """Creators as numbers. A content of nobody known stands for a creator of its own."""
    creator, _ = codes(rows["creator"])
    content, _ = codes(rows["content_id"])
    nobody = np.asarray(pc.is_null(rows["creator"]).to_numpy(), dtype=np.bool_)
    numbered: Ints = np.where(nobody, creator.max(initial=0) + 1 + content, creator)
    return numbered


def _numbered(rows: pa.Table) -> tuple[Ints, pa.Table]:
    """The cell each row counts in, and the key of each cell."""
    code = np.zeros(rows.num_rows, dtype=np.int64)
    for name in KEY:
        part, values = codes(rows[name])
        _, code = np.unique(code * max(1, len(values)) + part, return_inverse=True)
    first = np.zeros(int(code.max(initial=-1)) + 1, dtype=np.int64)
    first[code] = np.arange(rows.num_rows)
    return code.astype(np.int64), rows.select(KEY).take(pa.array(first))


def _contributions(cell: Ints, shop: Ints, impressions: Ints) -> Contributions:
    span = int(shop.max(initial=0)) + 1
    pairs, number = np.unique(cell * span + shop, return_inverse=True)
    total = np.bincount(number, impressions, len(pairs)).astype(np.int64)
    return Contributions(pairs // span, pairs % span, total)


def _cell_table(family: _Family) -> pa.Table:
    count = family.key.num_rows
    columns: dict[str, pa.Array] = {name: family.key[name].combine_chunks() for name in KEY}
    columns["withheld"] = pa.repeat("", count)
    for field in CELLS:
        if field.name not in columns:
            values = getattr(family.figures, field.name)
            columns[field.name] = pa.array(values, from_pandas=True)
    return pa.table([columns[field.name].cast(field.type) for field in CELLS], schema=CELLS)
