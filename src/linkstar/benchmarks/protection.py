"""Which cells must be withheld so that no shop can be found out, not even by subtraction.

A cell is withheld for itself when it fails the floors. Cells add up along five lines (a category
from those below it, all content types from each, all channels from each, the window from its weeks,
everybody from audience segments), so what remains of a shown cell after taking off the shown ones
beneath it is as good as shown: that remainder must pass the floors of shops and dominance, too, or
something is withheld for another's sake (secondary suppression: Hundepool et al., Statistical
Disclosure Control, 2012, section 4.3). Along weeks and segments the finer cells go, because the
window is the headline; along the others the wider cell goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from linkstar.benchmarks.rules import Floors, Withheld
from linkstar.benchmarks.tally import Contributions
from linkstar.catalog.rules import SEPARATOR, parent
from linkstar.stats.arrays import Bools, Floats, Ints, Names, ratio
from linkstar.stats.grouped import count_by, sum_by

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


def _to_hide(cells: Lattice, amounts: Floats, hidden: Bools, floors: Floors) -> Bools:
    """Cells to hide next: those with a remainder that gives somebody away, or their finer ones."""
    count = len(hidden)
    revealed_by = _revealed_by(cells, sum_by(cells.parts.cell, amounts, count), hidden)
    revealed = revealed_by >= 0
    unknown = hidden & ~revealed
    hide = revealed & _gives_away(cells.parts, amounts, floors, cells=count)
    for step in _steps(cells, amounts, unknown):
        leaky = step.here & ~unknown & step.is_covered
        leaky &= _gives_away(cells.parts, amounts - step.finer, floors, cells=count)
        hide |= _goes(cells, step.line, leaky, unknown)
    guilty = np.flatnonzero(hide & revealed)
    while guilty.size:
        hide[guilty] = False
        guilty = revealed_by[guilty]
        hide[guilty] = True
        guilty = guilty[revealed[guilty]]
    return hide


def _revealed_by(cells: Lattice, total: Floats, hidden: Bools) -> Ints:
    """For each hidden cell that is all that is left of a known one above it, that one; else -1.

    A cell with a single unknown part along a line, the rest being known, tells that part.
    """
    count = len(total)
    found = np.full(count, -1, dtype=np.int64)
    while True:
        known = ~hidden | (found >= 0)
        before = found.copy()
        for above in cells.above.values():
            child = np.flatnonzero((above >= 0) & (total > 0))
            of = above[child]
            left = total - sum_by(of, np.where(known[child], total[child], 0.0), count)
            alone = ~known[child] & known[of] & (left[of] == total[child])
            found[child[alone]] = of[alone]
            known = ~hidden | (found >= 0)
        if np.array_equal(before, found):
            return found


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """One line and one degree of fineness: what is known beneath the cells that are so fine.

    `here` and `is_covered` are per cell, `finer` per part.
    """

    line: str
    here: Bools
    finer: Floats
    is_covered: Bools


def _steps(cells: Lattice, amounts: Floats, unknown: Bools) -> Iterator[_Step]:
    """From the finest cells to the widest, along every line.

    A hidden cell counts as known as far as finer cells reveal it, along the line that reveals most.
    """
    cell, count = cells.parts.cell, len(unknown)
    known = np.where(unknown[cell], 0.0, amounts)
    for fineness in range(int(cells.fineness.max(initial=0)), -1, -1):
        here = cells.fineness == fineness
        best, most = np.zeros(len(amounts)), np.zeros(count)
        for line in LINES:
            finer = _finer_sum(cells, line, known, fineness)
            total = sum_by(cell, finer, count)
            yield _Step(line, here, finer, total > 0)
            best = np.where((total > most)[cell], finer, best)
            most = np.maximum(most, total)
        known = np.where((here & unknown)[cell], best, known)


def weeks_unknown(cells: Lattice, hidden: Bools) -> Floats:
    """Per part of a window cell, the impressions of the weeks that no shown cell reveals.

    Parts of other cells are 0. Equal to the whole part where no week is shown.
    """
    amounts = cells.parts.impressions.astype(np.float64)
    left = np.zeros(len(amounts))
    of_window = _has_weeks_line(cells)
    revealed_by = _revealed_by(cells, sum_by(cells.parts.cell, amounts, len(hidden)), hidden)
    for step in _steps(cells, amounts, hidden & (revealed_by < 0)):
        if step.line == "week_starts_on":
            there = (step.here & of_window)[cells.parts.cell]
            left = np.where(there, amounts - step.finer, left)
    return left


def _has_weeks_line(cells: Lattice) -> Bools:
    """Cells of the whole window: those that are not a part of one along the weeks."""
    window: Bools = cells.above["week_starts_on"] < 0
    return window


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


def _gives_away(parts: Contributions, remainder: Floats, floors: Floors, *, cells: int) -> Bools:
    """Whether what remains of each cell is something, and fails the floors of shops or dominance.

    A remainder may be negative for a shop whose finer counts come from other files than its total.
    """
    cell, left = parts.cell, np.abs(remainder)
    total = sum_by(cell, left, cells)
    shops = count_by(cell[left > 0], cells)
    largest, second = largest_two(cell, left, cells)
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


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Impressions per cell and shop; one element per pair, in any order."""

    cell: Ints
    shop: Ints
    impressions: Floats


def changes_give_away(now: Amounts, before: Amounts, floors: Floors, *, cells: int) -> Bools:
    """Whether the change of a cell between two editions would tell of a few shops.

    Args:
        now: the edition to be published.
        before: one published earlier, under the same cell numbers; a cell it lacks is not judged.
        floors: what the change must pass: by shop, in absolute impressions.
        cells: how many cells there are.
    """
    span = int(max(now.shop.max(initial=0), before.shop.max(initial=0))) + 1
    codes = np.concatenate([now.cell * span + now.shop, before.cell * span + before.shop])
    amounts = np.concatenate([now.impressions, -before.impressions])
    found, number = np.unique(codes, return_inverse=True)
    change = sum_by(number, amounts, len(found))
    in_both = np.zeros(cells, dtype=np.bool_)
    in_both[before.cell] = True
    pairs = Contributions(found // span, found % span, np.zeros(len(found), dtype=np.int64))
    gives: Bools = in_both & _gives_away(pairs, change, floors, cells=cells)
    return gives
