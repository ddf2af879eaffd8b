"""What is believed of each group's rate after its data, and of its ratio to an uncertain benchmark.

A beta prior and binomial effective clicks give a beta posterior. The benchmark's error is shared
by everybody and independent of the group, normal on the log scale.
"""

from dataclasses import dataclass, fields

import numpy as np

from linkstar.stats.arrays import Floats
from linkstar.stats.beta import beta_quantile
from linkstar.stats.gamma import digamma, tetragamma, trigamma
from linkstar.stats.interval import Limits
from linkstar.stats.special import betainc, ndtri

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Each group's rate over its benchmark, given everything; one element per group.

    Attributes:
        mean_ratio: posterior mean of rate / benchmark; ranking by it is sound.
        low_ratio, high_ratio: equal-tailed limits, the benchmark's error included.
        probability_above: P(rate > benchmark), the benchmark's error included.
        log_mean, log_sd, log_skew: moments of log(rate / benchmark) with the benchmark held
            fixed, because a shared error moves nobody's rank.
    """

    mean_ratio: Floats
    low_ratio: Floats
    high_ratio: Floats
    probability_above: Floats
    log_mean: Floats
    log_sd: Floats
    log_skew: Floats


def beta_posterior(
    a: Floats, b: Floats, benchmark_ctr: Floats, relative_error: Floats, *, confidence: float = 0.95
) -> Posterior:
    """Posterior of Beta(a, b) against a benchmark with a relative standard error.

    The error may include that of the prior's mean, as far as a group leans on it. The limits
    combine the beta limits and the error on the log scale (MOVER of Zou & Donner 2008 with a
    symmetric second term); they are the exact quantiles where the error is 0.
    """
    tail = (1.0 - confidence) / 2.0
    limits = Limits(*(beta_quantile(a, b, p) for p in (tail, 0.5, 1.0 - tail)))
    low, high = _with_benchmark_error(limits, relative_error, -ndtri(tail))
    mean, sd, skew = log_moments(a, b)
    return Posterior(
        mean_ratio=a / (a + b) / benchmark_ctr,
        low_ratio=low / benchmark_ctr,
        high_ratio=high / benchmark_ctr,
        probability_above=probability_above(a, b, benchmark_ctr, relative_error),
        log_mean=mean - np.log(benchmark_ctr),
        log_sd=sd,
        log_skew=skew,
    )


def _with_benchmark_error(
    limits: Limits, relative_error: Floats, z: float
) -> tuple[Floats, Floats]:
    error = np.square(z * relative_error)
    below = np.log(limits.middle / np.maximum(limits.low, 1e-300))
    above = np.log(limits.high / limits.middle)
    low = limits.middle * np.exp(-np.sqrt(np.square(below) + error))
    return low, limits.middle * np.exp(np.sqrt(np.square(above) + error))


def probability_above(
    a: Floats, b: Floats, benchmark_ctr: Floats, relative_error: Floats
) -> Floats:
    """P(theta > benchmark) for theta ~ Beta(a, b), benchmark log-normal around its estimate.

    The incomplete beta function, averaged over 15 Gauss-Hermite nodes of log(benchmark) where the
    benchmark has an error.
    """
    benchmark, error = np.broadcast_arrays(benchmark_ctr, relative_error)
    found = np.empty(a.shape)
    exact = error == 0.0
    found[exact] = 1.0 - betainc(a[exact], b[exact], np.minimum(benchmark[exact], 1.0))
    noisy = ~exact
    if noisy.any():
        below = np.zeros(int(noisy.sum()))
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            at = np.minimum(benchmark[noisy] * np.exp(node * error[noisy]), 1.0)
            below += weight * betainc(a[noisy], b[noisy], at)
        found[noisy] = 1.0 - below
    return found


def log_moments(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, standard deviation and skewness of log(theta), theta ~ Beta(a, b).

    The cumulants are differences of polygamma functions, psi_k(a) - psi_k(a + b).
    """
    total = a + b
    mean = digamma(a) - digamma(total)
    variance = trigamma(a) - trigamma(total)
    third = tetragamma(a) - tetragamma(total)
    sd = np.sqrt(variance)
    return mean, sd, third / (sd * variance)


def empty_posterior(groups: int) -> Posterior:
    """Columns of nan, to be filled block by block before anybody sees them."""
    return Posterior(*(np.full(groups, np.nan) for _ in fields(Posterior)))
