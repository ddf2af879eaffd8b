"""Benchmarks: the pooled CTR of each cell of a market, how much it can be trusted, and why not.

The headline benchmark is the CTR of an average impression, sum of clicks over sum of impressions:
with it the market's own uplift is 0 and uplifts average back correctly. Its error is clustered,
because a few viral videos carry most impressions.
"""

from dataclasses import dataclass

import numpy as np

from linkstar.stats.arrays import Bools, Floats, Ints, ratio
from linkstar.stats.design_effect import icc_at, luck_or_parent
from linkstar.stats.grouped import count_by, number_pairs, sum_by
from linkstar.stats.invalid_traffic import implausible
from linkstar.stats.quartiles import content_quartiles

CREATOR_SHARE_CLUSTERED = 0.05
"""A creator with a larger share of a cell's impressions becomes one cluster."""
RELATIVE_ERROR_MAX = 0.10
CONTENT_SHARE_MAX = 0.20
EFFECTIVE_CONTENTS_MIN = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Benchmarks:
    """One element per cell; nan where a cell cannot tell.

    Attributes:
        impressions, clicks, ctr: totals and their ratio, the CTR of an average impression.
        typical_ctr: precision-weighted mean of content CTRs, the CTR of an average content; the
            reference for ranking creators (weights n / (1 + (n - 1) icc)).
        shops, creators, contents: how many contribute impressions.
        largest_share, top_two_share: of impressions, by shop.
        p25, median, p75: of content CTRs, over contents with at least `CONTENT_IMPRESSIONS_MIN`.
        icc: intra-class correlation between contents of a creator whose CTR is the benchmark,
            contents with an implausible CTR left out.
        relative_error: clustered standard error of log(ctr).
        typical_relative_error: the same of log(typical_ctr).
        effective_contents: N^2 / sum n_j^2.
        largest_content_share: of impressions.
        unstable: the error exceeds 10 % or is unknown, or one content carries over 20 % of
            impressions, or fewer than 30 effective contents.
    """

    impressions: Floats
    clicks: Floats
    ctr: Floats
    typical_ctr: Floats
    shops: Ints
    creators: Ints
    contents: Ints
    largest_share: Floats
    top_two_share: Floats
    p25: Floats
    median: Floats
    p75: Floats
    icc: Floats
    relative_error: Floats
    typical_relative_error: Floats
    effective_contents: Floats
    largest_content_share: Floats
    unstable: Bools


def benchmark_cells(  # noqa: PLR0917 -- six columns of one table, in the order of the contract
    cell: Ints,
    shop: Ints,
    creator: Ints,
    impressions: Ints,
    clicks: Ints,
    cells: int,
    *,
    leave_out_shop: int | None = None,
) -> Benchmarks:
    """The benchmark of every cell from one row per content (of one creator for one shop).

    Args:
        cell: shape (m,), 0 .. cells - 1.
        shop: shape (m,), any non-negative numbers.
        creator: shape (m,), any non-negative numbers.
        impressions: shape (m,); contents without impressions are left out.
        clicks: shape (m,).
        cells: how many there are.
        leave_out_shop: rows of this shop do not enter, so that a shop is not compared with itself.
    """
    used = impressions > 0
    if leave_out_shop is not None:
        used = used & (shop != leave_out_shop)
    of, n, x = cell[used], impressions[used].astype(np.float64), clicks[used].astype(np.float64)
    total, clicked = sum_by(of, n, cells), sum_by(of, x, cells)
    ctr = ratio(clicked, total)
    shops, largest, top_two = _shares(of, shop[used], n, total)
    creators, _, _ = _shares(of, creator[used], n, total)
    p25, median, p75 = content_quartiles(of, n, x, cells)
    contents = count_by(of, cells)
    honest = ~implausible(n, x, median=median[of], p75=p75[of], contents=contents[of])
    luck = luck_or_parent(creator[used][honest], of[honest], n[honest], x[honest], categories=cells)
    icc = icc_at(luck, ctr)
    typical, typical_error = _typical(of, n, x, icc)
    error = relative_error(of, creator[used], n, x, cells=cells)
    effective = ratio(np.square(total), sum_by(of, n * n, cells))
    largest_content = np.zeros(cells)
    np.maximum.at(largest_content, of, n)
    largest_content = ratio(largest_content, total)
    return Benchmarks(
        impressions=total,
        clicks=clicked,
        ctr=ctr,
        typical_ctr=typical,
        shops=shops,
        creators=creators,
        contents=contents,
        largest_share=largest,
        top_two_share=top_two,
        p25=p25,
        median=median,
        p75=p75,
        icc=icc,
        relative_error=error,
        typical_relative_error=typical_error,
        effective_contents=effective,
        largest_content_share=largest_content,
        unstable=is_unstable(error, largest_content, effective),
    )


def is_unstable(
    relative_error: Floats, largest_content_share: Floats, effective_contents: Floats
) -> Bools:
    """Whether a benchmark is too uncertain to judge against; unknown counts as unstable."""
    stable = (
        (relative_error <= RELATIVE_ERROR_MAX)
        & (largest_content_share <= CONTENT_SHARE_MAX)
        & (effective_contents >= EFFECTIVE_CONTENTS_MIN)
    )
    return ~stable


def relative_error(
    cell: Ints, creator: Ints, impressions: Floats, clicks: Floats, *, cells: int
) -> Floats:
    """Clustered standard error of log(pooled CTR) of each cell, nan with fewer than two clusters.

    sqrt(K / (K - 1) sum_clusters (sum (x_j - B n_j))^2) / X, the linearised (delta-method)
    variance; a cluster is a content, or all contents of a creator with over 5 % of the cell's
    impressions. It is a lower bound below 150 effective contents.
    """
    total, clicked = sum_by(cell, impressions, cells), sum_by(cell, clicks, cells)
    residual = clicks - ratio(clicked, total)[cell] * impressions
    pair, of_pair, _ = number_pairs(cell, creator)
    share = sum_by(pair, impressions, len(of_pair)) / total[of_pair]
    big = share > CREATOR_SHARE_CLUSTERED
    alone = ~big[pair]
    together = sum_by(pair, residual, len(of_pair))[big]
    squares = sum_by(cell[alone], np.square(residual[alone]), cells)
    squares += sum_by(of_pair[big], np.square(together), cells)
    clusters = count_by(cell[alone], cells)
    clusters = clusters + count_by(of_pair[big], cells)
    return ratio(np.sqrt(ratio(clusters, clusters - 1.0) * squares), clicked)


def leave_own_out(
    benchmark_clicks: Floats, benchmark_impressions: Floats, clicks: Floats, impressions: Floats
) -> Floats:
    """The benchmark without a group's own traffic, (X - X_g) / (N - N_g); nan if nothing is left.

    A group inside its own benchmark shrinks its uplift: +150 % reads +117 % at a 10 % share.
    """
    return ratio(benchmark_clicks - clicks, benchmark_impressions - impressions)


def leave_own_share_out(benchmark_ctr: Floats, ctr: Floats, own_share: Floats) -> Floats:
    """The same from a published rate and the group's share of its impressions, (B - w p) / (1 - w).

    nan where the share is 1 or more, or where the stated figures contradict each other.
    """
    left = ratio(benchmark_ctr - own_share * ctr, 1.0 - own_share)
    return np.where(left > 0, left, np.nan)


def _shares(
    cell: Ints, owner: Ints, impressions: Floats, total: Floats
) -> tuple[Ints, Floats, Floats]:
    """Owners per cell, the largest owner's share of impressions, and that of the largest two."""
    pair, of_pair, _ = number_pairs(cell, owner)
    owned = sum_by(pair, impressions, len(of_pair))
    order = np.lexsort((-owned, of_pair))
    owned, of_pair = owned[order], of_pair[order]
    owners = count_by(of_pair, len(total))
    rank = np.arange(len(of_pair)) - (np.cumsum(owners) - owners)[of_pair]
    largest = sum_by(of_pair[rank == 0], owned[rank == 0], len(total))
    top_two = sum_by(of_pair[rank < 2], owned[rank < 2], len(total))
    return owners, ratio(largest, total), ratio(top_two, total)


def _typical(cell: Ints, impressions: Floats, clicks: Floats, icc: Floats) -> tuple[Floats, Floats]:
    """Precision-weighted mean of content CTRs per cell and the standard error of its logarithm."""
    cells = len(icc)
    weight = impressions / (1.0 + (impressions - 1.0) * icc[cell])
    p = clicks / impressions
    total = sum_by(cell, weight, cells)
    mean = ratio(sum_by(cell, weight * p, cells), total)
    squares = sum_by(cell, np.square(weight * (p - mean[cell])), cells)
    k = count_by(cell, cells)
    error = ratio(np.sqrt(ratio(k, k - 1.0) * squares), total * mean)
    return mean, error
