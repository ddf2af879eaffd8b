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
from linkstar.stats.like_for_like import BenchmarkCells, ContentCounts, ShapeMismatch
from linkstar.stats.states import State

__all__ = [
    "BenchmarkCells",
    "BenchmarkMissing",
    "BenchmarkTooNoisy",
    "Benchmarks",
    "ContentCounts",
    "Ctr",
    "Definition",
    "DefinitionMismatch",
    "NegativeCount",
    "NoData",
    "NotEnoughData",
    "Question",
    "ShapeMismatch",
    "State",
    "Uplift",
    "UpliftColumns",
    "ViewChain",
    "assess_uplift",
    "benchmark_cells",
    "ctr_uplift",
    "identity",
    "is_unstable",
    "leave_own_out",
    "leave_own_share_out",
]
