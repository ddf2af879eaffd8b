"""Which cells must be withheld so that no shop can be found out, not even by subtraction.

A cell is withheld for itself when it fails the floors. What remains of a shown cell after taking
off the shown ones beneath it is as good as shown: that remainder must pass the floors of shops and
dominance, too, or something is withheld for another's sake (secondary suppression: Hundepool et
al., Statistical Disclosure Control, 2012, section 4.3). Along weeks and segments the finer cells
go, because the window is the headline; along the other lines the wider cell goes.
"""

from dataclasses import dataclass

import numpy as np

from linkstar.benchmarks.lattice import Lattice, steps
from linkstar.benchmarks.rules import Floors, Withheld
from linkstar.stats.arrays import Bools, Floats, Ints, Names, ratio
from linkstar.stats.grouped import sum_by

FINER_GOES = frozenset({"week_starts_on", "segment"})


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
    hide = np.zeros(count, dtype=np.bool_)
    for level in cells.levels:
        gives = gives_away(amounts[level.parts], level.starts, floors)
        hide[level.cells] = revealed[level.cells] & gives
    for step in steps(cells, amounts, unknown):
        level = step.level
        leaky = np.zeros(count, dtype=np.bool_)
        gives = gives_away(amounts[level.parts] - step.finer, level.starts, floors)
        leaky[level.cells] = gives & (step.total > 0) & ~unknown[level.cells]
        hide |= _goes(cells, step.line, leaky, unknown)
    return _blamed(hide, revealed_by)


def _revealed_by(cells: Lattice, total: Floats, hidden: Bools) -> Ints:
    """For each hidden cell that is all that is left of a known one above it, that one; else -1.

    A cell with a single unknown part along a line, the rest being known, tells that part.
    """
    count = len(total)
    found = np.full(count, -1, dtype=np.int64)
    while True:
        before = found.copy()
        for above in cells.above.values():
            known = ~hidden | (found >= 0)
            child = np.flatnonzero((above >= 0) & (total > 0))
            of = above[child]
            left = total - sum_by(of, np.where(known[child], total[child], 0.0), count)
            alone = ~known[child] & known[of] & (left[of] == total[child])
            found[child[alone]] = of[alone]
        if np.array_equal(before, found):
            return found


def _goes(cells: Lattice, line: str, leaky: Bools, unknown: Bools) -> Bools:
    """What is hidden for a leaky cell: its finer cells where that is the rule, or else itself."""
    if line not in FINER_GOES or not leaky.any():
        return leaky
    above = cells.above[line]
    children = (above >= 0) & leaky[above] & ~unknown
    helped = np.zeros(len(leaky), dtype=np.bool_)
    helped[above[children]] = True
    return children | (leaky & ~helped)


def _blamed(hide: Bools, revealed_by: Ints) -> Bools:
    """The same, with the cell that reveals it in place of one that is hidden already."""
    hide = hide.copy()
    guilty = np.flatnonzero(hide & (revealed_by >= 0))
    while guilty.size:
        hide[guilty] = False
        guilty = np.unique(revealed_by[guilty])
        hide[guilty] = True
        guilty = guilty[revealed_by[guilty] >= 0]
    return hide


def gives_away(amounts: Floats, starts: Ints, floors: Floors) -> Bools:
    """Whether each group of amounts is something, and fails the floors of shops or dominance.

    Args:
        amounts: one per shop, group after group; a remainder may be negative for a shop whose finer
            counts come from other files than its total.
        starts: where each group begins.
        floors: what it must pass.
    """
    if not len(starts):
        return np.zeros(0, dtype=np.bool_)
    left = np.abs(amounts)
    total = np.add.reduceat(left, starts)
    shops = np.add.reduceat(left > 0, starts, dtype=np.int64)
    largest, second = _largest_two(left, starts)
    few: Bools = (total > 0) & (
        (shops < floors.shops)
        | (ratio(largest, total) > floors.largest_share)
        | (ratio(largest + second, total) > floors.top_two_share)
    )
    return few


def _largest_two(amounts: Floats, starts: Ints) -> tuple[Floats, Floats]:
    largest = np.maximum.reduceat(amounts, starts)
    group = np.repeat(np.arange(len(starts)), np.diff([*starts, len(amounts)]))
    at = np.flatnonzero(amounts == largest[group])
    first = at[np.concatenate([[True], group[at][1:] != group[at][:-1]])]
    others = amounts.copy()
    others[first] = 0.0
    return largest, np.maximum.reduceat(others, starts)


def weeks_unknown(cells: Lattice, hidden: Bools) -> Floats:
    """Per part of a window cell, the impressions of the weeks that no shown cell reveals.

    Parts of other cells are 0. Equal to the whole part where no week is shown.
    """
    amounts = cells.parts.impressions.astype(np.float64)
    left = np.zeros(len(amounts))
    is_window = cells.above["week_starts_on"] < 0
    revealed_by = _revealed_by(cells, sum_by(cells.parts.cell, amounts, len(hidden)), hidden)
    for step in steps(cells, amounts, hidden & (revealed_by < 0)):
        if step.line == "week_starts_on":
            parts = step.level.parts
            of_window = is_window[cells.parts.cell[parts]]
            left[parts] = np.where(of_window, amounts[parts] - step.finer, 0.0)
    return left


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
    changed, starts = np.unique(found // span, return_index=True)
    gives = np.zeros(cells, dtype=np.bool_)
    gives[changed] = gives_away(change, starts, floors)
    in_both = np.zeros(cells, dtype=np.bool_)
    in_both[before.cell] = True
    return gives & in_both
