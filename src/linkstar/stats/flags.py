"""Which of many groups are above (or below) the benchmark, with false discoveries held in check.

A family is one category, period and level. Two selections: the Bayesian one on local false sign
rates (Newton et al. 2004; Stephens 2017) for large families, Benjamini & Hochberg (1995) on exact
one-sided p-values of effective counts for small ones.
"""

import numpy as np

from linkstar.stats.arrays import Bools, Floats, Ints
from linkstar.stats.grouped import count_by
from linkstar.stats.special import betainc

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def one_sided_p(
    clicks: Floats, impressions: Floats, benchmark_ctr: Floats, relative_error: Floats
) -> tuple[Floats, Floats]:
    """P(at least these clicks) and P(at most these clicks) if the rate were the benchmark.

    The exact binomial tails through the incomplete beta function, which also takes fractional
    (effective) counts; averaged over the benchmark's error, log-normal, by 15 Gauss-Hermite nodes.
    """
    x, n = clicks, impressions
    error = np.broadcast_to(relative_error, x.shape)
    nodes = zip(_NODES, _WEIGHTS, strict=True) if np.any(error > 0) else ((0.0, 1.0),)
    at_least, at_most = np.zeros(x.shape), np.zeros(x.shape)
    for node, weight in nodes:
        rate = np.clip(benchmark_ctr * np.exp(node * error), 0.0, 1.0)
        at_least += weight * np.where(x > 0, betainc(np.maximum(x, 1e-9), n - x + 1.0, rate), 1.0)
        others = np.maximum(n - x, 1e-9)
        at_most += weight * np.where(n > x, 1.0 - betainc(x + 1.0, others, rate), 1.0)
    return at_least, at_most


def benjamini_hochberg(p: Floats, family: Ints, *, families: int, rate: float = 0.05) -> Bools:
    """The hypotheses rejected in each family at this false-discovery rate; nan is never rejected.

    Benjamini & Hochberg (1995), valid under the positive dependence a shared benchmark brings
    (Benjamini & Yekutieli 2001, theorem 1.2).
    """
    tested = np.flatnonzero(np.isfinite(p))
    order = tested[np.lexsort((p[tested], family[tested]))]
    of = family[order]
    size = count_by(of, families)
    first = np.cumsum(size) - size
    rank = np.arange(1, order.size + 1) - first[of]
    passes = p[order] <= rate * rank / size[of]
    last = np.zeros(families, dtype=np.int64)
    np.maximum.at(last, of[passes], rank[passes])
    rejected = np.zeros(p.shape, dtype=np.bool_)
    rejected[order] = rank <= last[of]
    return rejected


def bayes_fdr(lfsr: Floats, family: Ints, *, families: int, rate: float = 0.05) -> Bools:
    """The largest set of each family whose mean local false sign rate is at most `rate`.

    Newton, Noueiry, Sarkar & Ahlquist (2004), section 4. nan is never selected.
    """
    tested = np.flatnonzero(np.isfinite(lfsr))
    order = tested[np.lexsort((lfsr[tested], family[tested]))]
    of = family[order]
    size = count_by(of, families)
    first = np.cumsum(size) - size
    running = np.cumsum(lfsr[order])
    before = np.concatenate([[0.0], running])[first[of]]
    rank = np.arange(1, order.size + 1) - first[of]
    selected = np.zeros(lfsr.shape, dtype=np.bool_)
    selected[order] = (running - before) / rank <= rate + 1e-12
    return selected
