"""Which cells must be withheld so that no shop can be found out, not even by subtraction.

A cell is withheld for itself when it fails the floors. What remains of a shown cell after taking
off the shown ones beneath it is as good as shown: that remainder must pass the floors of shops and
dominance, too, or something is withheld for another's sake (secondary suppression: Hundepool et
al., Statistical Disclosure Control, 2012, section 4.3). A category is withheld when what remains of
it would tell of one below it. Along the other lines the smallest finer cell goes, because the
figure of all types over the whole window is the headline.
"""

from dataclasses import dataclass

import numpy as np

from linkstar.benchmarks.lattice import LINES, NOWHERE, Lattice, steps
from linkstar.benchmarks.rules import Floors, Withheld
from linkstar.stats.arrays import Bools, Floats, Ints, Names, ratio
from linkstar.stats.grouped import sum_by

BENEATH = len(LINES)
FINER_GOES = frozenset({"week_starts_on", "segment", "content_type", "channel"})


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


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Per cell: whether it is hidden, how it is told all the same, and its impressions."""

    hidden: Bools
    told: Ints
    total: Floats


def _to_hide(cells: Lattice, amounts: Floats, hidden: Bools, floors: Floors) -> Bools:
    """Cells to hide next: those with a remainder that gives somebody away, or finer ones."""
    count = len(hidden)
    total = sum_by(cells.parts.cell, amounts, count)
    state = _State(hidden, _told(cells, total, hidden), total)
    unknown = hidden & (state.told == NOWHERE)
    hide = np.zeros(count, dtype=np.bool_)
    for step in steps(cells, amounts, unknown, state.told):
        level = step.level
        leaky = np.zeros(count, dtype=np.bool_)
        gives = gives_away(amounts[level.parts] - step.finer, level.starts, floors)
        leaky[level.cells] = gives & (step.total > 0) & ~unknown[level.cells]
        hide |= _goes(cells, step.line, leaky & ~hidden, state)
        hide |= _finer_goes(cells, step.line, leaky & hidden, state)
    return _blamed(cells, hide, state)


def _told(cells: Lattice, total: Floats, hidden: Bools) -> Ints:
    """How each hidden cell is told all the same; `NOWHERE` for those that are not, or are shown.

    A known cell with a single unknown part along line number l tells that part: l. Parts along
    line l that are all known tell the cell they make up: l + BENEATH.
    """
    count = len(total)
    found = np.full(count, NOWHERE, dtype=np.int64)
    while True:
        before = found.copy()
        for number, line in enumerate(LINES):
            above = cells.above[line]
            known = ~hidden | (found != NOWHERE)
            child = np.flatnonzero((above >= 0) & (total > 0))
            of = above[child]
            known_beneath = sum_by(of, np.where(known[child], total[child], 0.0), count)
            left = total - known_beneath
            alone = ~known[child] & known[of] & (left[of] == total[child])
            found[child[alone]] = number
            whole = ~known & (known_beneath > 0) & (left == 0)
            found[whole] = number + BENEATH
        if np.array_equal(before, found):
            return found


def _goes(cells: Lattice, line: str, leaky: Bools, state: _State) -> Bools:
    """What is hidden for leaky cells: themselves, or along some lines a finer one of each."""
    if line not in FINER_GOES:
        return leaky
    return _finer_goes(cells, line, leaky, state)


def _finer_goes(cells: Lattice, line: str, leaky: Bools, state: _State) -> Bools:
    """For each leaky cell the smallest finer one that is known, at best a shown one; else itself.

    A finer cell that is shown goes with all beneath it, or these would tell it again.
    """
    if not leaky.any():
        return leaky
    above = cells.above[line]
    by_this = state.told == LINES.index(line)
    known = ~state.hidden | ((state.told != NOWHERE) & ~by_this)
    finer = np.flatnonzero((above >= 0) & leaky[above] & known & (state.total > 0))
    finer = finer[np.lexsort((state.total[finer], state.hidden[finer], above[finer]))]
    of, first = np.unique(above[finer], return_index=True)
    chosen = np.zeros(len(leaky), dtype=np.bool_)
    chosen[finer[first]] = True
    helped = np.zeros(len(leaky), dtype=np.bool_)
    helped[of] = True
    return _with_all_beneath(cells, chosen & ~state.hidden) | chosen | (leaky & ~helped)


def _with_all_beneath(cells: Lattice, chosen: Bools) -> Bools:
    while True:
        more = chosen.copy()
        for above in cells.above.values():
            more |= (above >= 0) & more[above]
        if np.array_equal(more, chosen):
            return chosen
        chosen = more


def _blamed(cells: Lattice, hide: Bools, state: _State) -> Bools:
    """The same, with what tells of a cell in place of one that is hidden already."""
    left = state.told.copy()
    while (guilty := hide & state.hidden & (left != NOWHERE)).any():
        hide = hide & ~guilty
        for number, line in enumerate(LINES):
            tellers = np.zeros(len(hide), dtype=np.bool_)
            tellers[cells.above[line][guilty & (left == number)]] = True
            hide |= _goes(cells, line, tellers, state)
            by_parts = guilty & (left == number + BENEATH)
            hide |= _finer_goes(cells, line, by_parts, state) & ~by_parts
        left = np.where(guilty, NOWHERE, left)
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
    is_window = cells.above["week_starts_on"] < 0
    left = np.where(is_window[cells.parts.cell], amounts, 0.0)
    told = _told(cells, sum_by(cells.parts.cell, amounts, len(hidden)), hidden)
    for step in steps(cells, amounts, hidden & (told == NOWHERE), told):
        if step.line == "week_starts_on":
            parts = step.level.parts
            of_window = is_window[cells.parts.cell[parts]]
            unseen = np.where(of_window, amounts[parts] - step.finer, 0.0)
            closer = np.abs(unseen) < np.abs(left[parts])
            left[parts] = np.where(closer, unseen, left[parts])
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
    cell, change = _changes(now, before)
    changed, starts = np.unique(cell, return_index=True)
    gives = np.zeros(cells, dtype=np.bool_)
    gives[changed] = gives_away(change, starts, floors)
    return gives & _named(before, cells)


def nothing_changed(now: Amounts, before: Amounts, *, cells: int) -> Bools:
    """Whether a cell is the same, shop by shop, as it was in an edition published earlier."""
    cell, change = _changes(now, before)
    same: Bools = sum_by(cell, np.abs(change), cells) == 0
    return same & _named(before, cells)


def _changes(now: Amounts, before: Amounts) -> tuple[Ints, Floats]:
    """The cell and the change of every pair of cell and shop, in the order of cells."""
    span = int(max(now.shop.max(initial=0), before.shop.max(initial=0))) + 1
    codes = np.concatenate([now.cell * span + now.shop, before.cell * span + before.shop])
    amounts = np.concatenate([now.impressions, -before.impressions])
    found, number = np.unique(codes, return_inverse=True)
    return found // span, sum_by(number, amounts, len(found))


def _named(amounts: Amounts, cells: int) -> Bools:
    named = np.zeros(cells, dtype=np.bool_)
    named[amounts.cell] = True
    return named
