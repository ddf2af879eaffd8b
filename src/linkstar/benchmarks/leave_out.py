"""Each cell without one workspace's own shops, for every contributing workspace at once.

A workspace inside its own benchmark shrinks its uplift. Sums are subtracted; quartiles are found in
the same sorted contents with the workspace's own passed over; errors follow from sums that add up
over workspaces. Exact, at the price of one more pass over the contents.
"""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import pyarrow as pa

from linkstar.stats.arrays import Floats, Ints, ratio
from linkstar.stats.benchmark import Benchmarks, is_unstable
from linkstar.stats.grouped import count_by, number_pairs, sum_by
from linkstar.stats.quartiles import CONTENT_IMPRESSIONS_MIN

_Q = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """One element per cell and workspace that contributes to it: the cell without it.

    `cell` and `workspace` name the pair; the other columns mean what they mean in a cell.
    """

    cell: Ints
    workspace: Ints
    impressions: Floats
    clicks: Floats
    shops: Ints
    creators: Ints
    contents: Ints
    p25: Floats
    median: Floats
    p75: Floats
    icc: Floats
    relative_error: Floats
    typical_ctr: Floats
    typical_relative_error: Floats
    effective_contents: Floats
    largest_content_share: Floats
    largest_share: Floats
    top_two_share: Floats
    unstable: Ints

    def moved(self, cells: int) -> "LeftOut":
        """The same with cell numbers raised by so many."""
        others = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "cell"}
        return LeftOut(cell=self.cell + cells, **others)

    @staticmethod
    def joined(parts: list["LeftOut"]) -> "LeftOut":
        names = [f.name for f in fields(LeftOut)]
        empty = np.zeros(0, dtype=np.int64)
        return LeftOut(
            **{n: np.concatenate([*(getattr(p, n) for p in parts)] or [empty]) for n in names}
        )

    def table(self) -> pa.Table:
        """As an Arrow table, nan as null."""
        return pa.table(
            {f.name: pa.array(getattr(self, f.name), from_pandas=True) for f in fields(self)}
        )


def leave_workspaces_out(
    full: Benchmarks,
    cell: Ints,
    shop: Ints,
    workspace: Ints,
    creator: Ints,
    *,
    impressions: Ints,
    clicks: Ints,
) -> LeftOut:
    """The cells of `full` without each of their workspaces.

    Args:
        full: the cells with everybody, whose intra-class correlation is kept.
        cell: shape (m,), the cell each content counts in; likewise the columns that follow.
        shop: the shop's number; a shop belongs to one workspace.
        workspace: the workspace's number.
        creator: who made the content.
        impressions: > 0.
        clicks: >= 0.
    """
    n, x = impressions.astype(np.float64), clicks.astype(np.float64)
    pair, of, whose = number_pairs(cell, workspace)
    pairs = len(of)
    rest = _Rest(full, cell, pair, of, n, x)
    shops, largest, top_two = _shops_left(cell, shop, workspace, n, of=of, whose=whose)
    only_here = _creators_only_here(cell, creator, pair, pairs)
    left = rest.impressions
    p25, median, p75 = _quartiles_left(cell, pair, of, n, x, cells=len(full.impressions))
    error = rest.relative_error()
    effective = ratio(np.square(left), rest.sum_left(n * n))
    largest_content = ratio(_largest_content_left(pair, of, n), left)
    typical, typical_error = rest.typical()
    return LeftOut(
        cell=of,
        workspace=whose,
        impressions=left,
        clicks=rest.clicks,
        shops=shops,
        creators=full.creators[of] - only_here,
        contents=rest.contents,
        p25=p25,
        median=median,
        p75=p75,
        icc=full.icc[of],
        relative_error=error,
        typical_ctr=typical,
        typical_relative_error=typical_error,
        effective_contents=effective,
        largest_content_share=largest_content,
        largest_share=ratio(largest, left),
        top_two_share=ratio(top_two, left),
        unstable=is_unstable(error, largest_content, effective).astype(np.int64),
    )


@dataclass(frozen=True, eq=False)
class _Rest:
    """Sums over the contents of a cell that are not of the pair's workspace."""

    full: Benchmarks
    cell: Ints
    pair: Ints
    of: Ints
    n: Floats
    x: Floats

    @cached_property
    def impressions(self) -> Floats:
        return self.sum_left(self.n)

    @cached_property
    def clicks(self) -> Floats:
        return self.sum_left(self.x)

    @cached_property
    def contents(self) -> Ints:
        return self.full.contents[self.of] - count_by(self.pair, len(self.of))

    def sum_left(self, values: Floats) -> Floats:
        """Sum over the cell minus sum over the workspace's own contents."""
        total = sum_by(self.cell, values, len(self.full.impressions))
        return total[self.of] - sum_by(self.pair, values, len(self.of))

    def relative_error(self) -> Floats:
        """Clustered error of log(CTR) of what is left.

        The sum of squared residuals x - B n expands into sums that add up over workspaces. How much
        more clustering by large creators gives is taken over from the whole cell.
        """
        n, x = self.n, self.x
        rate = ratio(self.clicks, self.impressions)
        squares = self.sum_left(x * x) - 2 * rate * self.sum_left(x * n)
        squares += rate * rate * self.sum_left(n * n)
        k = self.contents
        error = ratio(np.sqrt(np.maximum(ratio(k, k - 1.0) * squares, 0.0)), self.clicks)
        return error * np.maximum(self._creator_factor()[self.of], 1.0)

    def _creator_factor(self) -> Floats:
        """The whole cell's error over its error with contents alone as clusters."""
        cells = len(self.full.impressions)
        residual = self.x - self.full.ctr[self.cell] * self.n
        k = self.full.contents
        alone = np.sqrt(ratio(k, k - 1.0) * sum_by(self.cell, np.square(residual), cells))
        factor = ratio(self.full.relative_error, ratio(alone, self.full.clicks))
        return np.where(np.isnan(factor), 1.0, factor)

    def typical(self) -> tuple[Floats, Floats]:
        """Precision-weighted mean of content CTRs of what is left, and the error of its logarithm.

        Weights n / (1 + (n - 1) icc), as `stats.benchmark` has them.
        """
        weight = self.n / (1.0 + (self.n - 1.0) * self.full.icc[self.cell])
        value = weight * (self.x / self.n)
        total, sum_value = self.sum_left(weight), self.sum_left(value)
        mean = ratio(sum_value, total)
        squares = self.sum_left(value * value) - 2 * mean * self.sum_left(weight * value)
        squares += mean * mean * self.sum_left(weight * weight)
        k = self.contents
        spread = np.sqrt(np.maximum(ratio(k, k - 1.0) * squares, 0.0))
        return mean, ratio(spread, total * mean)


def _shops_left(
    cell: Ints, shop: Ints, workspace: Ints, n: Floats, *, of: Ints, whose: Ints
) -> tuple[Ints, Floats, Floats]:
    """Shops left in each pair's cell, impressions of the largest, and of the largest two."""
    number, of_shop, which = number_pairs(cell, shop)
    owned = sum_by(number, n, len(of_shop))
    owner = np.zeros(int(shop.max(initial=0)) + 1, dtype=np.int64)
    owner[shop] = workspace
    order = np.lexsort((-owned, of_shop))
    owned, owner, of_shop = owned[order], owner[which][order], of_shop[order]
    cells = int(cell.max(initial=-1)) + 1
    shops = count_by(of_shop, cells)
    first = np.cumsum(shops) - shops
    last = (first + shops)[of]
    at, largest = _next_of_others(first[of], last, owner, owned, whose)
    _, second = _next_of_others(at + 1, last, owner, owned, whose)
    own = _own_shops(of_shop, owner, of, whose, span=int(workspace.max(initial=0)) + 1)
    return shops[of] - own, largest, largest + second


def _own_shops(of_shop: Ints, owner: Ints, of: Ints, whose: Ints, *, span: int) -> Ints:
    """How many of the shops of each pair's cell are the workspace's own."""
    codes, counts = np.unique(of_shop * span + owner, return_counts=True)
    own: Ints = counts[np.searchsorted(codes, of * span + whose)].astype(np.int64)
    return own


def _next_of_others(
    at: Ints, last: Ints, owner: Ints, owned: Floats, whose: Ints
) -> tuple[Ints, Floats]:
    """From `at` on, the first shop of another workspace and its impressions; 0 when none is left.

    One step per own shop passed over: as many rounds as a workspace has shops, all pairs at once.
    """
    at = at.copy()
    ends = max(0, len(owner) - 1)
    for _ in range(len(owner) + 1):
        own = (at < last) & (owner[np.minimum(at, ends)] == whose)
        if not own.any():
            break
        at = at + own
    found = np.where(at < last, owned[np.minimum(at, ends)], 0.0) if len(owned) else owned
    return at, found


def _creators_only_here(cell: Ints, creator: Ints, pair: Ints, pairs: int) -> Ints:
    """Creators of each cell that work for this workspace alone."""
    _, of_pair, who = number_pairs(pair, creator)
    cell_of_pair = np.zeros(pairs, dtype=np.int64)
    cell_of_pair[pair] = cell
    span = int(creator.max(initial=0)) + 1
    _, same, count = np.unique(
        cell_of_pair[of_pair] * span + who, return_inverse=True, return_counts=True
    )
    return count_by(of_pair[count[same] == 1], pairs)


def _largest_content_left(pair: Ints, of: Ints, n: Floats) -> Floats:
    """Impressions of the largest content that is not the workspace's own."""
    best = np.zeros(len(of))
    np.maximum.at(best, pair, n)
    order = np.lexsort((-best, of))
    first = np.searchsorted(of[order], of)  # where each pair's cell begins in that order
    top = order[first]
    second_at = np.minimum(first + 1, len(of) - 1)
    second = order[second_at]
    has_second = (first + 1 < len(of)) & (of[second] == of)
    itself = top == np.arange(len(of))
    found: Floats = np.where(itself, np.where(has_second, best[second], 0.0), best[top])
    return found


def _quartiles_left(
    cell: Ints, pair: Ints, of: Ints, n: Floats, x: Floats, *, cells: int
) -> tuple[Floats, Floats, Floats]:
    """Quartiles (Hyndman & Fan 1996, type 7) of the CTRs of contents that are not its own.

    With r_0 < r_1 < ... the ranks of the own contents, the t-th of the others has rank t plus the
    number of own ranks with r_i - i <= t.
    """
    enough = n >= CONTENT_IMPRESSIONS_MIN
    p, cell, pair = (x / n)[enough], cell[enough], pair[enough]
    order = np.lexsort((p, cell))
    p, cell, pair = p[order], cell[order], pair[order]
    counts = count_by(cell, cells)
    first = np.cumsum(counts) - counts
    rank = np.arange(len(p)) - first[cell]
    by_pair = np.argsort(pair, kind="stable")
    own = count_by(pair, len(of))
    own_first = np.cumsum(own) - own
    passed = rank[by_pair] - (np.arange(len(p)) - own_first[pair[by_pair]])  # r_i - i
    span = int(counts.max(initial=0)) + 2
    passed = pair[by_pair] * span + passed
    left = counts[of] - own
    found = [_order_statistic_left(q, left, first[of], p, passed, own_first, span) for q in _Q]
    return found[0], found[1], found[2]


def _order_statistic_left(  # noqa: PLR0917 -- what `_quartiles_left` has at hand
    q: float, left: Ints, first: Ints, p: Floats, passed: Ints, own_first: Ints, span: int
) -> Floats:
    position = q * np.maximum(left - 1, 0)
    below = np.floor(position).astype(np.int64)
    between = position - below
    pairs = np.arange(len(left))
    values = []
    for t in (below, np.minimum(below + 1, np.maximum(left - 1, 0))):
        skipped = np.searchsorted(passed, pairs * span + t, side="right") - own_first
        place = np.minimum(first + t + skipped, max(0, len(p) - 1))
        values.append(p[place] if len(p) else np.full(len(left), np.nan))
    found: Floats = np.where(left > 0, values[0] * (1.0 - between) + values[1] * between, np.nan)
    return found
