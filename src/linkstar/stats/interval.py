"""Intervals of a ratio of two CTRs, over any number of groups at once.

The recommended one is MOVER-R with Jeffreys limits ("MOVER-J": Donner & Zou 2012, equation 10;
Laud 2017): finite and sensible at zero clicks, with nearly equal tails. It works on *effective*
counts, that is counts divided by their design effect (Rao & Scott 1992).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, floats, ratio
from linkstar.stats.beta import beta_quantile
from linkstar.stats.special import gammaincinv, ndtri

_EXACT_BELOW = 1e-4


class Limits(NamedTuple):
    """Lower limit, median and upper limit of one rate; all of one shape."""

    low: Floats
    middle: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RatioInterval:
    """`ratio` with its equal-tailed limits; `unbounded` where the benchmark is too noisy.

    Where unbounded, or where the counts are unknown (nan), both limits are nan.
    """

    ratio: Floats
    low: Floats
    high: Floats
    unbounded: Bools


def jeffreys_limits(
    clicks: ArrayLike, impressions: ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Equal-tailed Jeffreys limits of a rate (Brown, Cai & DasGupta 2001, section 3.1.2).

    The lower limit is 0 at no clicks, the upper one 1 when every impression was clicked. Where
    clicks exceed impressions the count is taken as Poisson (gamma quantiles). Counts may be
    fractional; nan in, nan out.
    """
    x, n = np.broadcast_arrays(floats(clicks), floats(impressions))
    tail = (1.0 - confidence) / 2.0
    rate_is_binomial = x <= n
    others = np.where(rate_is_binomial, n - x, 1.0) + 0.5
    quantiles = [beta_quantile(x + 0.5, others, p) for p in (tail, 0.5, 1.0 - tail)]
    over = x > n
    if over.any():
        for values, p in zip(quantiles, (tail, 0.5, 1.0 - tail), strict=True):
            values[over] = gammaincinv(x[over] + 0.5, p) / n[over]
    low, middle, high = quantiles
    return Limits(np.where(x == 0, 0.0, low), middle, np.where(x == n, 1.0, high))


def known_limits(rate: ArrayLike, relative_error: ArrayLike, *, confidence: float = 0.95) -> Limits:
    """Jeffreys limits of a rate known with a relative standard error (of its logarithm).

    The error enters as effective counts 1/s**2 clicks in 1/(s**2 rate) impressions; an error
    below 0.01 % means the rate is known exactly.
    """
    each_rate, each_error = np.broadcast_arrays(floats(rate), floats(relative_error))
    # Many groups share a benchmark; its limits are worked out once.
    pairs, at = np.unique(each_rate + 1j * each_error, return_inverse=True)
    given, error = pairs.real, pairs.imag
    exact = error < _EXACT_BELOW
    clicks = 1.0 / np.square(np.where(exact, 1.0, error))
    found = jeffreys_limits(clicks, clicks / given, confidence=confidence)
    return Limits(*(np.where(exact, given, values)[at] for values in found))


def mover(top: Limits, bottom: Limits) -> tuple[Floats, Floats]:
    """Limits of top / bottom from the limits of each (Donner & Zou 2012, equation 10).

    Unlike the source, the point estimates in the formula are the medians (Laud 2017), which keeps
    it finite at zero clicks. The upper limit is inf where the bottom may be 0.
    """
    product = top.middle * bottom.middle
    with np.errstate(divide="ignore", invalid="ignore"):
        low_divisor = bottom.high * (2.0 * bottom.middle - bottom.high)
        high_divisor = bottom.low * (2.0 * bottom.middle - bottom.low)
        low_inner = product**2 - top.low * (2.0 * top.middle - top.low) * low_divisor
        high_inner = product**2 - top.high * (2.0 * top.middle - top.high) * high_divisor
        low = (product - np.sqrt(np.maximum(low_inner, 0.0))) / low_divisor
        high = (product + np.sqrt(np.maximum(high_inner, 0.0))) / high_divisor
    # An upper benchmark limit beyond twice its median turns the divisor's sign: no finite limit.
    return np.where(low_divisor > 0, low, np.nan), np.where(high_divisor > 0, high, np.inf)


def ratio_interval(
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    benchmark_ctr: ArrayLike,
    benchmark_relative_error: ArrayLike,
    confidence: float = 0.95,
) -> RatioInterval:
    """MOVER-J interval of (clicks / impressions) / benchmark_ctr.

    Args:
        clicks: effective clicks, any shape.
        impressions: effective impressions; nan where the design effect is unknown.
        benchmark_ctr: the benchmark, > 0; a shared benchmark given as a scalar costs nothing.
        benchmark_relative_error: standard error of log(benchmark), 0 if known exactly.
        confidence: of the two-sided interval.
    """
    x, n = floats(clicks), floats(impressions)
    benchmark, error = floats(benchmark_ctr), floats(benchmark_relative_error)
    point = ratio(x, n) / benchmark
    bottom = known_limits(benchmark, error, confidence=confidence)
    low, high = mover(jeffreys_limits(x, n, confidence=confidence), bottom)
    z = -ndtri((1.0 - confidence) / 2.0)
    unbounded = np.broadcast_to((z * error > 1.0) | ~np.isfinite(high), point.shape)
    unbounded = unbounded & ~np.isnan(point)
    # Jeffreys limits of a minute fraction of an effective click lie above it.
    low = np.where(unbounded | np.isnan(point), np.nan, np.minimum(low, point))
    high = np.where(unbounded | np.isnan(point), np.nan, np.maximum(high, point))
    return RatioInterval(point, low, high, unbounded)


@dataclass(frozen=True, slots=True, eq=False)
class FiellerSet:
    """Fieller's set of ratios; `unbounded` where it is not a bounded interval (limits nan)."""

    low: Floats
    high: Floats
    unbounded: Bools


def fieller(
    top: ArrayLike,
    bottom: ArrayLike,
    *,
    variance_top: ArrayLike,
    variance_bottom: ArrayLike,
    covariance: ArrayLike = 0.0,
    confidence: float = 0.95,
) -> FiellerSet:
    """All R with (m_1 - R m_2)^2 <= z^2 (v_1 - 2 R v_12 + R^2 v_2) (Fieller 1954).

    For a group and a benchmark that are correlated, because its own traffic cannot be taken out
    of the benchmark. The set is unbounded when z^2 v_2 >= m_2^2: then nothing can be said.
    """
    m_1, m_2, v_1, v_2, v_12 = np.broadcast_arrays(
        *(floats(value) for value in (top, bottom, variance_top, variance_bottom, covariance))
    )
    z2 = float(ndtri((1.0 - confidence) / 2.0)) ** 2
    square = m_2 * m_2 - z2 * v_2
    middle = m_1 * m_2 - z2 * v_12
    inner = middle * middle - square * (m_1 * m_1 - z2 * v_1)
    bounded = (square > 0) & (inner >= 0)
    root = np.sqrt(np.where(bounded, inner, 0.0))
    divisor = np.where(bounded, square, 1.0)
    low = np.where(bounded, (middle - root) / divisor, np.nan)
    high = np.where(bounded, (middle + root) / divisor, np.nan)
    return FiellerSet(low, high, ~bounded & ~np.isnan(m_1 * m_2))
