"""Ranks of many groups when each is only known as a distribution.

Never rank by a raw CTR, a p-value or P(uplift > 0): expected ranks (Laird & Louis 1989) let a
certain good one beat a lucky one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from linkstar.stats.arrays import Floats, Ints
from linkstar.stats.special import ndtri

_PROBABILITIES = (np.arange(15) + 0.5) / 15.0
_BINS = 8192


def _nodes(log_mean: Floats, log_sd: Floats, log_skew: Floats) -> Iterator[Floats]:
    """Fifteen equally likely values of every group, by the Cornish-Fisher expansion."""
    for z in ndtri(_PROBABILITIES).tolist():
        yield log_mean + log_sd * (z + log_skew * ((z * z - 1.0) / 6.0))


def expected_rank(log_mean: Floats, log_sd: Floats, log_skew: Floats) -> Floats:
    """1 + sum_j P(theta_j > theta_i), best first, over all groups given; nan in, nan out.

    Args:
        log_mean: of each group's log rate (or log ratio to its benchmark), shape (g,).
        log_sd: its standard deviation.
        log_skew: its skewness.
    """
    known = np.isfinite(log_mean)
    ranks = np.full(log_mean.shape, np.nan)
    if not known.any():
        return ranks
    moments = log_mean[known], log_sd[known], log_skew[known]
    ends = [(nodes.min(), nodes.max()) for nodes in _nodes(*moments)]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    scale = (_BINS - 1) / max(high - low, 1e-12)
    places = [((nodes - low) * scale).astype(np.int16) for nodes in _nodes(*moments)]
    mass = np.zeros(_BINS)
    for at in places:
        mass += np.bincount(at, minlength=_BINS) / len(places)
    above = mass.sum() - np.cumsum(mass) + mass / 2.0
    # Everybody is among the crowd compared with; against oneself the chance is one half.
    ranks[known] = 0.5 + sum(above[at] for at in places) / len(places)
    return ranks


@dataclass(frozen=True, slots=True, eq=False)
class RankRange:
    """Limits of each group's rank, and the probability to be among the best `top`."""

    low: Floats
    high: Floats
    probability_top: Floats


def rank_range(
    log_mean: Floats,
    log_sd: Floats,
    log_skew: Floats,
    *,
    top: int,
    confidence: float = 0.95,
    draws: int = 400,
    seed: int = 1,
) -> RankRange:
    """Rank intervals from joint posterior draws; meant for one list, not for a million groups.

    Memory is draws x groups. Seeded, so the same data give the same limits.
    """
    random = np.random.default_rng(seed)
    z = random.standard_normal((draws, log_mean.size))
    z += log_skew * (np.square(z) - 1.0) / 6.0
    ranks = _ranks(log_mean + log_sd * z)
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(ranks, (tail, 1.0 - tail), axis=0, method="inverted_cdf")
    return RankRange(low, high, (ranks <= top).mean(axis=0))


def _ranks(values: Floats) -> Floats:
    order = np.argsort(-values, axis=1)
    ranks = np.empty_like(values)
    np.put_along_axis(ranks, order, np.arange(1.0, values.shape[1] + 1.0)[None, :], axis=1)
    return ranks


def best(expected: Floats, top: int) -> Ints:
    """Indices of the `top` groups by expected rank, best first; groups without a rank never."""
    known = np.flatnonzero(np.isfinite(expected))
    order = known[np.argsort(expected[known], kind="stable")]
    return order[:top]
