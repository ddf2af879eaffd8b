"""Many variances, each from few observations: shrinking them towards each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, floats
from linkstar.stats.special import digamma, polygamma

_PRIOR_DEGREES_MAX = 1e6


class Shrunken(NamedTuple):
    """Posterior variances and the prior's centre and weight (degrees of freedom, may be inf)."""

    variance: Floats
    centre: float
    prior_degrees: float


def shrink_variances(variance: ArrayLike, degrees: ArrayLike) -> Shrunken:
    """Empirical-Bayes variances under a scaled inverse chi-square prior (Smyth 2004, section 6.2).

    Elements without degrees of freedom or with variance 0 or nan get the centre.

    Args:
        variance: shape (m,), each an unbiased estimate.
        degrees: shape (m,), of each.
    """
    s, d = np.broadcast_arrays(floats(variance), floats(degrees))
    usable = (d > 0) & (s > 0) & np.isfinite(s)
    if usable.sum() < 2:
        centre = float(s[usable].mean()) if usable.any() else np.nan
        return Shrunken(np.full(s.shape, centre), centre, np.inf)
    half = d[usable] / 2
    logs = np.log(s[usable]) - digamma(half) + np.log(half)
    excess = float(logs.var(ddof=1) - polygamma(1, half).mean())
    prior = 2 * _inverse_trigamma(excess) if excess > 0 else np.inf
    prior = prior if prior < _PRIOR_DEGREES_MAX else np.inf
    if np.isinf(prior):
        centre = float((s[usable] * d[usable]).sum() / d[usable].sum())
        return Shrunken(np.full(s.shape, centre), centre, np.inf)
    centre = float(np.exp(logs.mean() + digamma(prior / 2) - np.log(prior / 2)))
    weight = np.where(usable, d, 0.0)
    blended = (prior * centre + weight * np.where(usable, s, 0.0)) / (prior + weight)
    return Shrunken(floats(blended), centre, prior)


def _inverse_trigamma(value: float) -> float:
    """Solve trigamma(y) = value by Newton's method on 1/trigamma (Smyth 2004, appendix)."""
    y = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, y))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, y))
        y += step
        if abs(step) < 1e-10 * y:
            break
    return y
