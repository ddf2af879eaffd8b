"""Which cells must be withheld so that no shop can be found out, not even by subtraction.

A cell is withheld for itself when it fails the floors. Cells add up along five lines (a category
from those below it, all content types from each, all channels from each, the window from its weeks,
everybody from audience segments), so what remains of a shown cell after taking off the shown ones
beneath it is as good as shown: that remainder must pass the floors of shops and dominance, too, or
something is withheld for another's sake (secondary suppression: Hundepool et al., Statistical
Disclosure Control, 2012, section 4.3). Along weeks and segments the finer cells go, because the
window is the headline; along the others the wider cell goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from linkstar.benchmarks.rules import Floors, Withheld
from linkstar.benchmarks.tally import Contributions
from linkstar.catalog.rules import SEPARATOR, parent
from linkstar.stats.arrays import Bools, Floats, Ints, Names, ratio
from linkstar.stats.grouped import sum_by

LINES = ("category", "content_type", "channel", "week_starts_on", "segment")
FINER_GOES = frozenset({"week_starts_on", "segment"})
_KEY = (
    "week_starts_on",
    "category",
    "content_type",
    "channel",
    "definition",
    "segment",
    "segment_value",
)


_Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Lattice:
    """How the cells of an edition add up.

    Attributes:
        above: per line, the cell each cell is a part of; -1 where there is none.
        fineness: how many steps a cell is from the widest one; a part is one step finer.
        parts: who gave how much to which cell.
    """

    above: Mapping[str, Ints]
    fineness: Ints
    parts: Contributions

    @cached_property
    def part_above(self) -> dict[str, Ints]:
        """Per line, for each part the part of the same shop in the cell above; -1 for none."""
        span = int(self.parts.shop.max(initial=0)) + 1
        codes = self.parts.cell * span + self.parts.shop
        found = {}
        for line, above in self.above.items():
            cell = above[self.parts.cell]
            wanted = np.where(cell >= 0, cell * span + self.parts.shop, -1)
            at = np.minimum(np.searchsorted(codes, wanted), max(0, len(codes) - 1))
            found[line] = np.where(codes[at] == wanted, at, -1) if len(codes) else at
        return found


def lattice(cells: pa.Table, parts: Contributions) -> Lattice:
    """How these cells add up.

    Args:
        cells: columns of `benchmarks.cells.CELLS`.
        parts: of each shop, sorted by cell and shop.
    """
    keys = list(zip(*(cells[name].to_pylist() for name in _KEY), strict=True))
    number = {key: at for at, key in enumerate(keys)}
    above = {
        line: np.array([_number_above(number, key, line) for key in keys], dtype=np.int64)
        for line in LINES
    }
    order = np.lexsort((parts.shop, parts.cell))
    return Lattice(
        above,
        np.array([_fineness(key) for key in keys], dtype=np.int64),
        Contributions(parts.cell[order], parts.shop[order], parts.impressions[order]),
    )


def _number_above(number: Mapping[_Key, int], key: _Key, line: str) -> int:
    """The number of the cell one step wider along the line; -1 when there is none."""
    at = _KEY.index(line)
    if not key[at]:
        return -1
    wider = list(key)
    if line == "category":
        wider[at] = parent(str(key[at]))
    elif line == "week_starts_on":
        wider[at] = None
    else:
        wider[at] = ""
    if line == "segment":
        wider[_KEY.index("segment_value")] = ""
    return number.get(tuple(wider), -1)


def _fineness(key: _Key) -> int:
    category = str(key[_KEY.index("category")])
    depth = category.count(SEPARATOR) + 1 if category else 0
    return depth + sum(bool(key[_KEY.index(line)]) for line in LINES if line != "category")


def protected(
    cells: Lattice,
    reasons: Names,
    floors: Floors,
    *,
    without: Bools | None = None,
    known_before: Bools | None = None,
) -> Names:
    """The reasons again, with `PROTECTS_ANOTHER` where a cell must go for another's sake.

    Args:
        cells: how they add up.
        reasons: shape (cells,), why each is withheld for itself (`Withheld`).
        floors: what every remainder must pass.
        without: per part, shops that the reader knows and will take off: their own.
        known_before: cells an earlier edition has shown; they count as known and cannot be hidden.
    """
    seen = known_before if known_before is not None else np.zeros(len(reasons), dtype=np.bool_)
    amounts = cells.parts.impressions.astype(np.float64)
    if without is not None:
        amounts = np.where(without, 0.0, amounts)
    hidden = np.array([reason != Withheld.SHOWN for reason in reasons], dtype=np.bool_)
    sacrificed = np.zeros(len(reasons), dtype=np.bool_)
    while True:
        more = _to_hide(cells, amounts, hidden & ~seen, floors) & ~hidden
        if not more.any():
            break
        hidden |= more
        sacrificed |= more
    final: Names = np.where(sacrificed, Withheld.PROTECTS_ANOTHER, reasons)
    return final


def _to_hide(cells: Lattice, amounts: Floats, unknown: Bools, floors: Floors) -> Bools:
    """Cells to hide next: those with a remainder that gives somebody away, or their finer ones."""
    known = np.where(unknown[cells.parts.cell], 0.0, amounts)
    count = len(unknown)
    hide = np.zeros(count, dtype=np.bool_)
    for fineness in range(int(cells.fineness.max(initial=0)), -1, -1):
        here = cells.fineness == fineness
        best = np.zeros(len(amounts))
        covered = np.zeros(count)
        for line in LINES:
            finer = _finer_sum(cells, line, known, fineness)
            total = np.bincount(cells.parts.cell, finer, count)
            better = (total > covered)[cells.parts.cell]
            best, covered = np.where(better, finer, best), np.maximum(covered, total)
            leaky = here & ~unknown & (total > 0)
            leaky &= _gives_away(cells, amounts - finer, floors)
            hide |= _goes(cells, line, leaky, unknown)
        at_level = here[cells.parts.cell] & unknown[cells.parts.cell]
        known = np.where(at_level, best, known)
    return hide


def _finer_sum(cells: Lattice, line: str, known: Floats, fineness: int) -> Floats:
    """Per part, what is known of the parts beneath it along the line."""
    above = cells.part_above[line]
    finer = (above >= 0) & (cells.fineness[cells.parts.cell] == fineness + 1)
    return np.bincount(above[finer], known[finer], len(known)).astype(np.float64)


def _goes(cells: Lattice, line: str, leaky: Bools, unknown: Bools) -> Bools:
    """What is hidden for a leaky cell: its finer cells where that is the rule, or else itself."""
    if line not in FINER_GOES:
        return leaky
    above = cells.above[line]
    children = (above >= 0) & leaky[above] & ~unknown
    helped = np.zeros(len(leaky), dtype=np.bool_)
    helped[above[children]] = True
    return children | (leaky & ~helped)


def _gives_away(cells: Lattice, remainder: Floats, floors: Floors) -> Bools:
    """Whether what remains of each cell is something, and fails the floors of shops or dominance.

    A remainder may be negative for a shop whose finer counts come from other files than its total.
    """
    cell, left = cells.parts.cell, np.abs(remainder)
    count = len(cells.fineness)
    total = np.bincount(cell, left, count)
    shops = np.bincount(cell[left > 0], minlength=count)
    largest, second = largest_two(cell, left, count)
    few: Bools = (total > 0) & (
        (shops < floors.shops)
        | (ratio(largest, total) > floors.largest_share)
        | (ratio(largest + second, total) > floors.top_two_share)
    )
    return few


def largest_two(cell: Ints, amounts: Floats, cells: int) -> tuple[Floats, Floats]:
    """The largest and the second largest amount in each cell; 0 where there is none."""
    largest = np.zeros(cells)
    np.maximum.at(largest, cell, amounts)
    is_largest = amounts == largest[cell]
    _, first = np.unique(cell[is_largest], return_index=True)
    others = np.ones(len(cell), dtype=np.bool_)
    others[np.flatnonzero(is_largest)[first]] = False
    second = np.zeros(cells)
    np.maximum.at(second, cell[others], amounts[others])
    return largest, second


def changes_give_away(
    now: tuple[Ints, Ints, Floats], before: tuple[Ints, Ints, Floats], floors: Floors, *, cells: int
) -> Bools:
    """Whether the change of a cell between two editions would tell of a few shops.

    Args:
        now: cell, shop and impressions of every part in the edition to be published.
        before: the same of an edition published earlier, under the same cell numbers.
        floors: what the change must pass: by shop, in absolute impressions.
        cells: how many cells there are.
    """
    span = int(max(now[1].max(initial=0), before[1].max(initial=0))) + 1
    codes = np.concatenate([now[0] * span + now[1], before[0] * span + before[1]])
    amounts = np.concatenate([now[2], -before[2]])
    found, number = np.unique(codes, return_inverse=True)
    change = sum_by(number, amounts, len(found))
    in_both = np.isin(np.arange(cells), np.unique(before[0]))
    parts = Contributions(found // span, found % span, np.zeros(len(found), dtype=np.int64))
    alone = Lattice({}, np.zeros(cells, dtype=np.int64), parts)
    gives: Bools = in_both & _gives_away(alone, change, floors)
    return gives
