"""A flexible prior for large categories: a mixture of narrow betas, with or without a spike.

One beta prior is badly calibrated where a market has two kinds of creators. A mixture of betas
with means on a logarithmic grid (in the spirit of Stephens 2017 and of the nonparametric maximum
likelihood of Gu & Koenker 2023), weights by EM, follows any shape and keeps the posterior a
mixture of betas. A spike at the benchmark itself makes local false sign rates honest.

All components share the shape A = 1 / CV^2 >= 44, so log(theta) of each posterior component is so
close to normal that its tail follows from two cumulant corrections (Edgeworth) to 1e-4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from linkstar.stats.arrays import Floats, Ints, Singles, floats, singles
from linkstar.stats.blocks import slices
from linkstar.stats.gamma import digamma, log_gamma, tetragamma, trigamma
from linkstar.stats.posterior import Posterior, empty_posterior
from linkstar.stats.prior import MEAN_MAX
from linkstar.stats.special import gammaln, ndtri

GROUPS_MIN = 200
"""Groups a category needs for a mixture prior; with fewer it undercovers."""
SPIKE_PSEUDO_COUNTS = 10.0
"""Pull the share of groups exactly at the benchmark upwards: flags err on the quiet side."""
_COMPONENTS = 31
_CV_MIN, _CV_MAX = 0.08, 0.15
_FIT_MAX = 20_000
_BLOCK, _LOCATED = 512, 16_384
_EM_STEPS, _EM_TOLERANCE = 300, 1e-5
_EM_BLOCK = 256
_LOG_SMALLEST, _SMALLEST = -58.0, 1e-12
"""No likelihood is taken for smaller, and a smaller weight for nothing: float32 holds no less."""
_NEGLIGIBLE = 1e-9
_STEP_LAST, _EXCESS_LAST = 1e-3, 1e-5
_DENSITY = float(1.0 / np.sqrt(2.0 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Effective counts of the groups of one category, shape (g,) each.

    Attributes:
        clicks, impressions: effective, 0 <= clicks <= impressions, impressions > 0.
        location: the rate the prior's grid is relative to.
        benchmark_ctr: what the group is judged against.
        relative_error: standard error of its logarithm.
    """

    clicks: Floats
    impressions: Floats
    location: Floats
    benchmark_ctr: Floats
    relative_error: Floats

    def rows(self, rows: slice | Ints) -> "Counts":
        return Counts(
            self.clicks[rows],
            self.impressions[rows],
            self.location[rows],
            self.benchmark_ctr[rows],
            self.relative_error[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A fitted prior: rate / location ~ sum of `weights` x betas at `ratios`, plus `spike`.

    `shape` is the A of every component; `spike` the weight of groups exactly at the benchmark.
    """

    ratios: Floats
    shape: float
    weights: Floats
    spike: float


def fit_mixture(
    counts: Counts, *, lowest_ratio: float, highest_ratio: float, with_spike: bool
) -> Mixture:
    """EM weights of 31 components between two ratios; at most 20,000 groups are looked at.

    Args:
        counts: groups of one category.
        lowest_ratio: where the grid starts, a plausible smallest rate / location.
        highest_ratio: where it ends.
        with_spike: add a point mass at the benchmark, its weight pulled up by 10 pseudo-counts.
    """
    span = max(np.log(highest_ratio / lowest_ratio), _COMPONENTS * _CV_MIN / 2.0)
    middle = 0.5 * np.log(highest_ratio * lowest_ratio)
    ratios = np.exp(middle + span * np.linspace(-0.5, 0.5, _COMPONENTS))
    cv = float(np.clip(span / (_COMPONENTS - 1), _CV_MIN, _CV_MAX))
    empty = Mixture(ratios, 1.0 / cv**2, np.ones(_COMPONENTS), 1.0 if with_spike else 0.0)
    step = -(-counts.clicks.size // _FIT_MAX)
    weights = _em(counts.rows(slice(None, None, step)), empty)
    if not with_spike:
        return Mixture(ratios, empty.shape, weights, 0.0)
    return Mixture(ratios, empty.shape, weights[1:], float(weights[0]))


def _em(counts: Counts, mixture: Mixture) -> Floats:
    """Maximum-likelihood weights of the components; the first one favoured if it is the spike.

    In single precision, which is twice as fast, and moves no weight by more than 1e-6.
    """
    likelihood, groups = _likelihood(counts, mixture), counts.clicks.size
    columns = likelihood.shape[1]
    favour = np.zeros(columns)
    favour[0] = SPIKE_PSEUDO_COUNTS if mixture.spike > 0.0 else 0.0
    weights = np.full(columns, 1.0 / columns)
    for _ in range(_EM_STEPS):
        possible = np.where(weights > _SMALLEST, weights, 0.0).astype(np.float32)
        each = 1.0 / np.matmul(possible, likelihood)
        each.ravel()[groups:] = 0.0
        shares = np.matmul(likelihood, each[:, :, None]).sum(axis=(0, 2), dtype=np.float64)
        new = (weights * shares + favour) / (groups + favour[0])
        settled = np.abs(new - weights).max() < _EM_TOLERANCE
        weights = new
        if settled:
            break
    # No component is impossible: a group unlike all those fitted must still find one.
    possible = np.maximum(weights, _NEGLIGIBLE)
    return floats(possible / possible.sum())


def _likelihood(counts: Counts, mixture: Mixture) -> Singles:
    """Shape (blocks, components, 256), what is left of the last block filled with ones.

    Products of matrices that small are made by one thread, and so in one order.
    """
    groups = counts.clicks.size
    components = _COMPONENTS + (mixture.spike > 0.0)
    found = np.ones((-(-groups // _EM_BLOCK), components, _EM_BLOCK), dtype=np.float32)
    for rows, block, prior in _blocks(counts, mixture):
        logs, _ = _log_likelihood(block, prior, mixture)
        for part in slices(logs.shape[1], _EM_BLOCK):
            to = found[(rows.start + part.start) // _EM_BLOCK]
            to[:, : part.stop - part.start] = np.maximum(logs[:, part], _LOG_SMALLEST)
    likelihood: Singles = np.exp(found, out=found)
    return likelihood


class _Prior(NamedTuple):
    """a + b of every component and group, and ln Gamma(a + b) - ln Gamma(b)."""

    total: Floats
    logs: Floats


def _blocks(counts: Counts, mixture: Mixture) -> Iterator[tuple[slice, Counts, _Prior]]:
    """Groups few enough that a (components, groups) matrix stays in the processor's cache.

    What the prior says is worked out once for all that share a location.
    """
    for longer in slices(counts.clicks.size, _LOCATED):
        location, at = np.unique(counts.location[longer], return_inverse=True)
        once = np.multiply.outer(1.0 / mixture.ratios, 1.0 / location)
        total = mixture.shape * np.maximum(once, 1.0 / MEAN_MAX)
        logs = log_gamma(total) - log_gamma(total - mixture.shape)
        for part in slices(at.size, _BLOCK):
            rows = slice(longer.start + part.start, longer.start + part.stop)
            prior = _Prior(total.take(at[part], axis=1), logs.take(at[part], axis=1))
            yield rows, counts.rows(rows), prior


def _log_likelihood(counts: Counts, prior: _Prior, mixture: Mixture) -> tuple[Floats, Floats]:
    """Log of the marginal likelihood per component and group, that of the likeliest being 0.

    Shape (31, g), or (32, g) with the spike first; and a + b + n of every component, (31, g).
    """
    a, x, n = mixture.shape, counts.clicks, counts.impressions
    total, logs = prior
    total += n
    logs += log_gamma(total - (a + x))
    logs -= log_gamma(total)
    if mixture.spike > 0.0:
        rate = np.minimum(counts.benchmark_ctr, MEAN_MAX)
        at_spike = x * np.log(rate) + (n - x) * np.log1p(-rate) - log_gamma(a + x) + gammaln(a)
        logs = np.concatenate([at_spike[None], logs])
    logs -= logs.max(axis=0)
    return logs, total


class _Components(NamedTuple):
    """Posterior components of log(rate / benchmark), shape (c, g), in single precision.

    Attributes:
        centre: what means are told from, shape (g,), in double precision.
        weight: of each component.
        mean: of each.
        precision, lean: one over its standard deviation and a sixth of its skewness, the
            benchmark's error included.
    """

    centre: Floats
    weight: Singles
    mean: Singles
    precision: Singles
    lean: Singles

    def of(self, groups: Ints) -> "_Components":
        """Those of some groups."""
        return _Components(
            self.centre[groups],
            self.weight.take(groups, axis=1),
            self.mean.take(groups, axis=1),
            self.precision.take(groups, axis=1),
            self.lean.take(groups, axis=1),
        )


class _Fixed(NamedTuple):
    """What is said of the same components with the benchmark held fixed; `spike` (g,) is at it."""

    variance: Singles
    third: Singles
    rate: Singles
    spike: Singles


def _components(counts: Counts, prior: _Prior, mixture: Mixture) -> tuple[_Components, _Fixed]:
    logs, total = _log_likelihood(counts, prior, mixture)
    weight = np.exp(logs.astype(np.float32))
    spike = weight[0] * singles(mixture.spike) if mixture.spike > 0.0 else 0.0 * weight[0]
    weight = weight[-len(mixture.weights) :] * singles(mixture.weights)[:, None]
    everything = weight.sum(axis=0) + spike
    weight /= everything
    used = weight.max(axis=1, initial=0.0) > _NEGLIGIBLE
    weight, total = weight[used], total[used]
    shape = mixture.shape + counts.clicks
    # Differences of polygamma functions; those of `total` (large) by their asymptotic series.
    log_total, once = np.log(total), singles(1.0 / total)
    largest = log_total[0]
    half = 0.5 * once * once
    variance = singles(trigamma(shape)) - (once + half)
    wide = variance + singles(np.square(counts.relative_error))
    precision = 1.0 / np.sqrt(wide)
    third = singles(tetragamma(shape)) + 2.0 * half
    components = _Components(
        centre=digamma(shape) - np.log(counts.benchmark_ctr) - largest,
        weight=weight,
        mean=singles(largest - log_total) + (0.5 * once + half / 6.0),
        precision=precision,
        lean=third * precision / (6.0 * wide),
    )
    return components, _Fixed(variance, third, singles(shape) * once, spike / everything)


def _below(at: Floats, parts: _Components) -> tuple[Singles, Singles]:
    """P(log ratio <= at), the spike aside, and its density; shape (g,) each.

    The Edgeworth distribution function of each component with the first two skewness terms, the
    density with the first.
    """
    z = (singles(at - parts.centre) - parts.mean) * parts.precision
    square, leaning = z * z, parts.lean * z
    density = singles(np.exp(-0.5 * square) * _DENSITY)
    correction = 0.5 * leaning * (square * (square - 4.0) - 3.0) + (square - 1.0)
    found = _normal_below(z, density) - density * parts.lean * correction
    slope = density * np.maximum(1.0 + leaning * (square - 3.0), 0.0) * parts.precision
    weighted = parts.weight * np.clip(found, 0.0, 1.0)
    return weighted.sum(axis=0), (parts.weight * slope).sum(axis=0)


def _normal_below(z: Singles, density: Singles) -> Singles:
    """The normal distribution function, to 1e-7 (Abramowitz & Stegun 26.2.17)."""
    place = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    tail = singles(1.330274429 * place)
    for factor in (-1.821255978, 1.781477937, -0.356563782, 0.319381530):
        tail += factor
        tail *= place
    return singles(0.5 + np.copysign(0.5 - density * tail, z))


def sign_rates(counts: Counts, mixture: Mixture) -> tuple[Floats, Floats]:
    """Local false sign rates of "above" and of "below", the spike counted against both."""
    above, below = np.empty(counts.clicks.shape), np.empty(counts.clicks.shape)
    for rows, block, prior in _blocks(counts, mixture):
        parts, fixed = _components(block, prior, mixture)
        under, _ = _below(np.zeros(1), parts)
        above[rows] = np.minimum(fixed.spike + under, 1.0)
        below[rows] = np.clip(1.0 - under, 0.0, 1.0)
    return above, below


def mixture_posterior(counts: Counts, mixture: Mixture, *, confidence: float = 0.95) -> Posterior:
    """Posterior of every group under a mixture without a spike."""
    found, tail = empty_posterior(counts.clicks.size), (1.0 - confidence) / 2.0
    for rows, block, prior in _blocks(counts, mixture):
        parts, fixed = _components(block, prior, mixture)
        mean, spread, leaning = _moments(found, rows, block, parts, fixed)
        found.probability_above[rows] = np.clip(1.0 - _below(np.zeros(1), parts)[0], 0.0, 1.0)
        for probability, column in ((tail, found.low_ratio), (1.0 - tail, found.high_ratio)):
            z = float(ndtri(probability))
            start = mean + spread * (z + leaning * (z * z - 1.0))
            column[rows] = np.exp(_quantile(probability, start, spread, parts))
    return found


def _moments(
    found: Posterior, rows: slice, block: Counts, parts: _Components, fixed: _Fixed
) -> tuple[Floats, Floats, Floats]:
    """Fill them in; mean, standard deviation and a sixth of the skewness, the error included."""
    weight = parts.weight
    middle = (weight * parts.mean).sum(axis=0)
    off = parts.mean - middle
    square = off * off
    mean = parts.centre + middle
    variance = floats((weight * (fixed.variance + square)).sum(axis=0))
    third = (weight * (fixed.third + off * (3.0 * fixed.variance + square))).sum(axis=0)
    found.mean_ratio[rows] = (weight * fixed.rate).sum(axis=0) / block.benchmark_ctr
    found.log_mean[rows] = mean
    found.log_sd[rows] = np.sqrt(variance)
    found.log_skew[rows] = third / variance**1.5
    spread = np.sqrt(variance + np.square(block.relative_error))
    return mean, spread, third / spread**3 / 6.0


def _quantile(probability: float, start: Floats, spread: Floats, parts: _Components) -> Floats:
    """Bracketed Newton on the mixture's distribution function.

    A step squares what is off: after one of a thousandth of the spread, or from where the
    probability was right to 1e-5, a tenth of what the expansion itself is off, nothing is left.
    """
    found = start.copy()
    left = np.arange(start.size)
    at, low, high = start, start - 12.0 * spread, start + 12.0 * spread
    for _ in range(60):
        below, density = _below(at, parts)
        excess = below - probability
        low, high = np.where(excess < 0, at, low), np.where(excess < 0, high, at)
        tried = at - excess / np.maximum(density, 1e-30)
        tried = np.where((tried < low) | (tried > high), 0.5 * (low + high), tried)
        found[left] = tried
        far = (np.abs(tried - at) > _STEP_LAST * spread[left]) & (np.abs(excess) > _EXCESS_LAST)
        further = np.flatnonzero(far)
        if further.size == 0:
            break
        left, at, low, high = left[further], tried[further], low[further], high[further]
        parts = parts.of(further)
    return found
