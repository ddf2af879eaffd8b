"""Quartiles of content CTRs, cell by cell."""

import numpy as np

from linkstar.stats.arrays import Floats, Ints
from linkstar.stats.grouped import count_by

CONTENT_IMPRESSIONS_MIN = 100
"""Contents with fewer impressions do not enter: their CTR is mostly chance."""


def content_quartiles(
    cell: Ints, impressions: Floats, clicks: Floats, cells: int
) -> tuple[Floats, Floats, Floats]:
    """p25, median and p75 per cell, linearly interpolated (Hyndman & Fan 1996, type 7)."""
    enough = impressions >= CONTENT_IMPRESSIONS_MIN
    of, p = cell[enough], clicks[enough] / impressions[enough]
    counts = count_by(of, cells)
    first = np.cumsum(counts) - counts
    p = _sorted_by(of, p, first, counts)
    return tuple(_quantile(p, first, counts, q) for q in (0.25, 0.5, 0.75))  # type: ignore[return-value]


def _sorted_by(cell: Ints, values: Floats, first: Ints, counts: Ints) -> Floats:
    """The values of one cell after those of the one before, each cell's in order."""
    short = cell.astype(np.uint16) if len(counts) <= np.iinfo(np.uint16).max else cell
    found = values[np.argsort(short, kind="stable")]  # by radix where numbers are that short
    for start, count in zip(first.tolist(), counts.tolist(), strict=True):
        found[start : start + count].sort()
    return found


def _quantile(values: Floats, first: Ints, counts: Ints, q: float) -> Floats:
    if values.size == 0:
        return np.full(len(counts), np.nan)
    position = q * np.maximum(counts - 1, 0)
    below = first + position.astype(np.int64)
    above = np.minimum(below + 1, first + np.maximum(counts - 1, 0))
    below, above = (np.minimum(place, values.size - 1) for place in (below, above))
    between = position - np.floor(position)
    found = values[below] * (1.0 - between) + values[above] * between
    return np.where(counts > 0, found, np.nan)
