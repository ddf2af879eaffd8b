"""A group's counts beside the benchmark of its own mix: the sums every judgement starts from."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from linkstar.stats.arrays import Bools, Floats, Ints, ratio
from linkstar.stats.design_effect import (
    EFFECTIVE_CONTENTS_FOR_OWN_VARIANCE,
    Question,
    element_design_effect,
    icc_at,
    impressions_cv_squared,
    luck_at,
    luck_or_parent,
    own_design_effect,
    sum_of_squares,
)
from linkstar.stats.grouped import count_by, number_pairs, sum_by
from linkstar.stats.invalid_traffic import implausible
from linkstar.stats.quartiles import content_quartiles

PULLING_CLICKS = 4.0
"""Weight of the benchmark in the rate a group's design effect is computed at (a CV of one half)."""
RATE_MAX = 0.9
_Scalar = TypeVar("_Scalar", bound=np.generic)


class ShapeMismatch(ValueError):
    """Columns that should run side by side have different lengths, or numbers out of range."""


@dataclass(frozen=True, slots=True, eq=False)
class ContentCounts:
    """Counts with one element per content (or per content and stratum), shape (m,) each.

    Attributes:
        group: the group (creator, shop, ...) of the element, 0 .. groups - 1.
        stratum: its benchmark cell, -1 where there is none.
        category: for pooling intra-class correlations and priors; may equal the stratum.
        impressions, clicks: counts, >= 0; clicks may exceed impressions.
        groups: how many groups there are, with or without elements.
        contents: how many contents the element stands for: 1 for a content, k for a row an export
            did not split by content, nan if unknown.

    Raises:
        ShapeMismatch: lengths differ, or a group or category number is out of range.
    """

    group: Ints
    stratum: Ints
    category: Ints
    impressions: Ints
    clicks: Ints
    groups: int
    contents: Floats

    def __post_init__(self) -> None:
        columns = (self.stratum, self.category, self.impressions, self.clicks, self.contents)
        if any(column.shape != self.group.shape for column in columns):
            raise ShapeMismatch([column.shape for column in columns])
        if self.group.size == 0:
            return
        if self.group.min() < 0 or self.group.max() >= self.groups or self.category.min() < 0:
            raise ShapeMismatch("group or category out of range")
        if self.impressions.min() < 0 or self.clicks.min() < 0:
            raise ShapeMismatch("negative counts")


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkCells:
    """The benchmark of each stratum, shape (s,) each.

    Attributes:
        impressions, clicks: totals of the cell; only their ratio is used where an error is given.
        relative_error: clustered standard error of log(CTR), nan if unknown (then the one of
            independent clicks, a lower bound, is used).
        icc: intra-class correlation of contents at the benchmark's CTR, nan if unknown (then the
            luck of contents is estimated from the counts to be judged).
        withheld: the cell must not be shown.
        unstable: the cell is too uncertain to judge against.
        typical_ctr: precision-weighted mean of content CTRs. With it creators are ranked and
            flagged by their precision-weighted effect, which is sharper; without it by pooled
            effective counts against the pooled benchmark.
        typical_relative_error: the standard error of its logarithm.
    """

    impressions: Floats
    clicks: Floats
    relative_error: Floats
    icc: Floats
    withheld: Bools
    unstable: Bools
    typical_ctr: Floats | None = None
    typical_relative_error: Floats | None = None

    def __post_init__(self) -> None:
        columns = (self.clicks, self.relative_error, self.icc, self.withheld, self.unstable)
        if any(column.shape != self.impressions.shape for column in columns):
            raise ShapeMismatch([column.shape for column in columns])


@dataclass(frozen=True, slots=True, eq=False)
class Effective:
    """Counts after their design effect, beside a benchmark and its error; shape (groups,) each.

    `luck` is the part of the squared relative standard error that the luck of contents makes, the
    other part being that of independent clicks; nan without clicks.
    """

    clicks: Floats
    impressions: Floats
    luck: Floats
    benchmark_ctr: Floats
    relative_error: Floats


@dataclass(frozen=True, slots=True, eq=False)
class GroupSums:
    """Everything known of each group, shape (groups,) each.

    Attributes:
        contents: contents behind the covered impressions, nan if unknown.
        impressions, clicks: of all elements.
        covered_impressions, covered_clicks: of the elements with a benchmark to be compared with.
        withheld, unstable: impressions on cells that are withheld, or unstable.
        category: where most of the group's impressions are.
        design_effect: of the covered clicks, nan if unknown.
        pooled: for the headline: CTR of an average impression against the benchmark of the
            group's own mix, sum n_j B_j / sum n_j.
        precise: for ranking and flags.
    """

    contents: Floats
    impressions: Floats
    clicks: Floats
    covered_impressions: Floats
    covered_clicks: Floats
    withheld: Floats
    unstable: Floats
    category: Ints
    design_effect: Floats
    pooled: Effective
    precise: Effective


@dataclass(frozen=True, slots=True, eq=False)
class _Covered:
    """The elements that have a benchmark to be compared with, and impressions."""

    group: Ints
    stratum: Ints
    category: Ints
    impressions: Floats
    clicks: Floats
    contents: Floats
    groups: int

    def total(self, values: Floats) -> Floats:
        return sum_by(self.group, values, self.groups)


def like_for_like(
    counts: ContentCounts,
    cells: BenchmarkCells,
    question: Question,
    *,
    doubted: Bools | None = None,
) -> GroupSums:
    """Sum the elements of every group, each beside its own benchmark cell.

    From groups that are doubted, shape (groups,), nothing is learnt about the luck of contents.
    """
    n, x = counts.impressions.astype(np.float64), counts.clicks.astype(np.float64)
    has_cell = counts.stratum >= 0
    at = np.where(has_cell, counts.stratum, 0)
    withheld = has_cell & _taken(cells.withheld, at)
    usable = has_cell & ~withheld & (_taken(cells.clicks, at) > 0) & (n > 0)
    covered = _Covered(
        counts.group[usable],
        at[usable],
        counts.category[usable],
        n[usable],
        x[usable],
        counts.contents[usable],
        counts.groups,
    )
    unstable = covered.impressions * _taken(cells.unstable, covered.stratum)
    trusted = np.ones(n.shape, dtype=np.bool_) if doubted is None else ~doubted[counts.group]
    element_effect, effect = _design_effects(covered, cells, question, trusted[usable])
    pooled, precise = _effective(covered, cells, element_effect, effect, question)
    covered_impressions = covered.total(covered.impressions)
    return GroupSums(
        contents=np.where(covered_impressions > 0, covered.total(covered.contents), np.nan),
        impressions=sum_by(counts.group, n, counts.groups),
        clicks=sum_by(counts.group, x, counts.groups),
        covered_impressions=covered_impressions,
        covered_clicks=covered.total(covered.clicks),
        withheld=sum_by(counts.group, n * withheld, counts.groups),
        unstable=covered.total(unstable),
        category=_main_category(counts.group, counts.category, n, counts.groups),
        design_effect=effect,
        pooled=pooled,
        precise=precise,
    )


def _taken(column: NDArray[_Scalar], at: Ints) -> NDArray[_Scalar]:
    return column[at] if column.size else np.zeros(at.shape, dtype=column.dtype)


def _effective(
    covered: _Covered,
    cells: BenchmarkCells,
    element_effect: Floats,
    effect: Floats,
    question: Question,
) -> tuple[Effective, Effective]:
    """Pooled and precision-weighted counts, each beside the benchmark of its own weights."""
    rate = ratio(cells.clicks, cells.impressions)
    independent = 1.0 / np.sqrt(np.maximum(cells.clicks, 1.0))
    error = np.where(np.isnan(cells.relative_error), independent, cells.relative_error)
    clicks = covered.total(covered.clicks)
    pooled = Effective(
        clicks / effect,
        covered.total(covered.impressions) / effect,
        ratio(effect - 1.0, clicks),
        *_own_benchmark(covered, covered.impressions, rate, error),
    )
    if cells.typical_ctr is None or question == "realised":
        return pooled, pooled
    weight = covered.impressions / element_effect
    typical_error = cells.typical_relative_error
    if typical_error is not None:
        error = np.where(np.isnan(typical_error), error, typical_error)
    clicks = covered.total(weight * covered.clicks / covered.impressions)
    weights = covered.total(weight)
    independent = ratio(covered.total(weight / element_effect), weights)
    return pooled, Effective(
        clicks,
        weights,
        ratio(1.0 - independent, clicks),
        *_own_benchmark(covered, weight, cells.typical_ctr, error),
    )


def _design_effects(
    covered: _Covered, cells: BenchmarkCells, question: Question, trusted: Bools
) -> tuple[Floats, Floats]:
    """Of each covered element, and of each group."""
    n, k = covered.impressions, covered.contents
    if question == "realised":
        ones = np.ones(n.shape)
        return ones, ratio(covered.total(n), covered.total(n))
    rate = ratio(cells.clicks, cells.impressions)[covered.stratum]
    cv_squared = luck_at(cells.icc[covered.stratum], rate)
    if np.isnan(cv_squared).any():
        cv_squared = np.where(
            np.isnan(cv_squared), _estimated_luck(covered, trusted)[covered.category], cv_squared
        )
    squares = sum_of_squares(n, k, cv_squared=impressions_cv_squared(n, k))
    first = element_design_effect(n, squares, icc_at(cv_squared, rate))
    own_rate = np.minimum(rate * _cautious_ratio(covered, first, rate)[covered.group], RATE_MAX)
    element = element_design_effect(n, squares, icc_at(cv_squared, own_rate))
    effect = ratio(covered.total(n * element), covered.total(n))
    own, effective = own_design_effect(covered.group, n, covered.clicks, groups=covered.groups)
    lumped = count_by(covered.group[k != 1.0], covered.groups) > 0
    own_tells = ~lumped & (effective >= EFFECTIVE_CONTENTS_FOR_OWN_VARIANCE) & np.isfinite(own)
    return element, np.where(own_tells, own, effect)


def _cautious_ratio(covered: _Covered, element_effect: Floats, rate: Floats) -> Floats:
    """Each group's rate over its benchmark, pulled to 1 as by `PULLING_CLICKS` effective clicks."""
    weight = covered.impressions / element_effect
    clicks = covered.total(weight * covered.clicks / covered.impressions)
    return (clicks + PULLING_CLICKS) / (covered.total(weight * rate) + PULLING_CLICKS)


def _estimated_luck(covered: _Covered, trusted: Bools) -> Floats:
    """From the contents to be judged themselves; rows that lump several tell nothing.

    Nor do contents with an implausible CTR: they tell of bought clicks, not of luck.
    """
    single = trusted & (covered.contents == 1.0)
    group, category = covered.group[single], covered.category[single]
    n, x = covered.impressions[single], covered.clicks[single]
    categories = int(covered.category.max(initial=0)) + 1
    _, median, p75 = content_quartiles(category, n, x, categories)
    contents = count_by(category, categories)
    honest = ~implausible(
        n, x, median=median[category], p75=p75[category], contents=contents[category]
    )
    return luck_or_parent(
        group[honest], category[honest], n[honest], x[honest], categories=categories
    )


def _own_benchmark(
    covered: _Covered, weight: Floats, rate: Floats, error: Floats
) -> tuple[Floats, Floats]:
    """Benchmark of a group's own mix and its relative error, cells taken as independent."""
    number, group, cell = number_pairs(covered.group, covered.stratum)
    part = sum_by(number, weight, len(group)) * rate[cell]
    expected = sum_by(group, part, covered.groups)
    variance = sum_by(group, np.square(part * error[cell]), covered.groups)
    return ratio(expected, covered.total(weight)), ratio(np.sqrt(variance), expected)


def _main_category(group: Ints, category: Ints, impressions: Floats, groups: int) -> Ints:
    """The category with most impressions of each group, 0 for groups without elements."""
    number, of, found = number_pairs(group, category)
    total = sum_by(number, impressions, len(of))
    order = np.lexsort((total, of))
    main = np.zeros(groups, dtype=np.int64)
    main[of[order]] = found[order]
    return main
