"""Invented markets whose truth is known: creators, their videos, and the rest of the market."""

from dataclasses import dataclass

import numpy as np

from linkstar.stats.arrays import Floats, Ints
from linkstar.stats.assess import UpliftColumns, assess_uplift
from linkstar.stats.benchmark import Benchmarks, benchmark_cells
from linkstar.stats.design_effect import Question
from linkstar.stats.like_for_like import BenchmarkCells, ContentCounts

CTR = 0.02
SIGMA_IMPRESSIONS = 1.2
CONTENT_CV = 0.5


@dataclass(frozen=True)
class Market:
    """Counts of contents, and the true rate over the benchmark of every creator."""

    group: Ints
    impressions: Ints
    clicks: Ints
    ratio: Floats

    @property
    def groups(self) -> int:
        return len(self.ratio)


def ratios(name: str, groups: int, random: np.random.Generator) -> Floats:
    """True ratios of creators under one of the named truths; `*_null` has exact ones."""
    spread = random.lognormal(-0.5 * np.log1p(0.25), np.sqrt(np.log1p(0.25)), groups)
    ones = np.ones(groups)
    pick = random.random(groups)
    heavy = np.exp(np.clip(0.25 * random.standard_t(3.0, groups), -3.0, 3.0)) / 1.04
    truths = {
        "beta": random.gamma(4.0, 0.25, groups),
        "log_normal": spread,
        "bimodal": np.where(pick < 0.8, 0.8, 1.8) * random.lognormal(-0.005, 0.1, groups),
        "heavy_tailed": heavy,
        "all_null": ones,
        "third_below": np.where(pick < 0.3, 0.6, 1.0),
        "ninety_null": np.where(pick < 0.9, 1.0, 2.0),
        "half_null": np.where(pick < 0.5, 1.0, spread),
    }
    return truths[name]


TRUTHS = (
    "beta",
    "log_normal",
    "bimodal",
    "heavy_tailed",
    "all_null",
    "third_below",
    "ninety_null",
    "half_null",
)


def market(
    ratio: Floats,
    random: np.random.Generator,
    *,
    videos: int | Ints | None = None,
    impressions_median: float | Floats = 1_500.0,
    content_cv: float | Floats = CONTENT_CV,
    ctr: float = CTR,
) -> Market:
    """Clustered counts: log-normal impressions, log-normal video-to-video spread of CTR.

    Without `videos`, creators have 3 to 60 of them, most of them few.
    """
    groups = len(ratio)
    if videos is None:
        videos = 3 + np.minimum(random.geometric(0.08, groups) - 1, 57)
    group = np.repeat(np.arange(groups), videos)
    contents = group.size
    median = np.broadcast_to(impressions_median, (groups,))[group]
    impressions = (median * random.lognormal(0.0, SIGMA_IMPRESSIONS, contents)).astype(np.int64) + 1
    sigma = np.sqrt(np.log1p(np.square(np.broadcast_to(content_cv, (groups,)))))[group]
    luck = np.exp(sigma * random.standard_normal(contents) - 0.5 * sigma**2)
    rate = np.minimum(ctr * ratio[group] * luck, 0.9)
    return Market(group, impressions, random.binomial(impressions, rate), ratio)


def benchmark_of(given: Market) -> Benchmarks:
    """The market's own benchmark, one cell."""
    zero = np.zeros(given.group.shape, dtype=np.int64)
    return benchmark_cells(zero, given.group, given.group, given.impressions, given.clicks, 1)


def cells_of(found: Benchmarks) -> BenchmarkCells:
    """As the platform would use it, never withheld."""
    return BenchmarkCells(
        found.impressions,
        found.clicks,
        found.relative_error,
        found.icc,
        np.zeros(found.ctr.shape, dtype=np.bool_),
        np.zeros(found.ctr.shape, dtype=np.bool_),
        found.typical_ctr,
        found.typical_relative_error,
    )


def known_cell(ctr: float, *, clicks: float = 80_000.0, icc: float = np.nan) -> BenchmarkCells:
    """A benchmark known to the precision of this many independent clicks."""
    one = np.ones(1)
    error = one * clicks**-0.5
    off = np.zeros(1, dtype=np.bool_)
    return BenchmarkCells(
        one * clicks / ctr, one * clicks, error, one * icc, off, off, one * ctr, error
    )


def leave_one_out_cells(given: Market) -> BenchmarkCells:
    """One cell per creator: the same market without that creator."""
    found = benchmark_of(given)
    groups = given.groups
    n = np.bincount(given.group, given.impressions, groups)
    x = np.bincount(given.group, given.clicks, groups)
    ones = np.ones(groups)
    icc = float(found.icc[0])
    weight = given.impressions / (1.0 + (given.impressions - 1.0) * icc)
    own = np.bincount(given.group, weight, groups)
    own_clicks = np.bincount(given.group, weight * given.clicks / given.impressions, groups)
    typical = (own_clicks.sum() - own_clicks) / (own.sum() - own)
    return BenchmarkCells(
        n.sum() - n,
        x.sum() - x,
        ones * found.relative_error[0],
        ones * icc,
        np.zeros(groups, dtype=np.bool_),
        np.zeros(groups, dtype=np.bool_),
        typical,
        ones * found.typical_relative_error[0],
    )


def assess(
    given: Market, cells: BenchmarkCells, *, question: Question = "typical"
) -> UpliftColumns:
    """All creators of one category against one cell, or each against its own."""
    zero = np.zeros(given.group.shape, dtype=np.int64)
    stratum = zero if len(cells.clicks) == 1 else given.group
    counts = ContentCounts(
        given.group,
        stratum,
        zero,
        given.impressions,
        given.clicks,
        given.groups,
        np.ones(given.group.shape),
    )
    return assess_uplift(counts, cells, question=question, impressions_min=1)
