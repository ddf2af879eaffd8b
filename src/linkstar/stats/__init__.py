"""Counts in, honest answers out: CTR, uplift, shrinkage, ranks, flags, tests, decompositions.

Pure NumPy and SciPy, vectorised over groups, frozen results. The formulas and their sources are
in `docs/methods/`, what they reach in `docs/methods/evidence.md`.
"""

from linkstar.stats.assess import UpliftColumns, assess_uplift
from linkstar.stats.benchmark import (
    Benchmarks,
    benchmark_cells,
    is_unstable,
    leave_own_out,
    leave_own_share_out,
)
from linkstar.stats.ctr import (
    BenchmarkMissing,
    BenchmarkTooNoisy,
    Ctr,
    Definition,
    DefinitionMismatch,
    NegativeCount,
    NoData,
    NotEnoughData,
    Uplift,
    ViewChain,
    ctr_uplift,
    identity,
)
from linkstar.stats.design_effect import Question
from linkstar.stats.flags import bayes_fdr, benjamini_hochberg, one_sided_p
from linkstar.stats.interval import RatioInterval, fieller, jeffreys_limits, ratio_interval
from linkstar.stats.invalid_traffic import corrected_ratio, tipping_point
from linkstar.stats.like_for_like import BenchmarkCells, ContentCounts, ShapeMismatch
from linkstar.stats.mix import (
    Adjusted,
    Kitagawa,
    LmdiSplit,
    MantelHaenszel,
    RatioSplit,
    Segments,
    Simpson,
    fisher_split,
    kitagawa,
    lmdi_split,
    mantel_haenszel,
    segments,
    simpson,
    standardised_ratio,
)
from linkstar.stats.prior import Prior, fit_prior
from linkstar.stats.ranking import RankRange, best, expected_rank, rank_range
from linkstar.stats.states import State

__all__ = [
    "Adjusted",
    "BenchmarkCells",
    "BenchmarkMissing",
    "BenchmarkTooNoisy",
    "Benchmarks",
    "ContentCounts",
    "Ctr",
    "Definition",
    "DefinitionMismatch",
    "Kitagawa",
    "LmdiSplit",
    "MantelHaenszel",
    "NegativeCount",
    "NoData",
    "NotEnoughData",
    "Prior",
    "Question",
    "RankRange",
    "RatioInterval",
    "RatioSplit",
    "Segments",
    "ShapeMismatch",
    "Simpson",
    "State",
    "Uplift",
    "UpliftColumns",
    "ViewChain",
    "assess_uplift",
    "bayes_fdr",
    "benchmark_cells",
    "benjamini_hochberg",
    "best",
    "corrected_ratio",
    "ctr_uplift",
    "expected_rank",
    "fieller",
    "fisher_split",
    "fit_prior",
    "identity",
    "is_unstable",
    "jeffreys_limits",
    "kitagawa",
    "leave_own_out",
    "leave_own_share_out",
    "lmdi_split",
    "mantel_haenszel",
    "one_sided_p",
    "rank_range",
    "ratio_interval",
    "segments",
    "simpson",
    "standardised_ratio",
    "tipping_point",
]
