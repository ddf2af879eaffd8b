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

import numpy as np
from scipy.special import gammaln, ndtr, ndtri

from linkstar.stats.arrays import Floats, Ints, floats
from linkstar.stats.gamma import digamma, log_gamma, tetragamma, trigamma
from linkstar.stats.posterior import Posterior, empty_posterior
from linkstar.stats.prior import MEAN_MAX

GROUPS_MIN = 200
"""Groups a category needs for a mixture prior; with fewer it undercovers."""
SPIKE_PSEUDO_COUNTS = 10.0
"""Pull the share of groups exactly at the benchmark upwards: flags err on the quiet side."""
_COMPONENTS = 31
_CV_MIN, _CV_MAX = 0.08, 0.15
_FIT_MAX = 20_000
_BLOCK = 1_000
_EM_STEPS, _EM_TOLERANCE = 300, 1e-5
_NEGLIGIBLE = 1e-9


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

    def blocks(self) -> Iterator[tuple[slice, "Counts"]]:
        """Pieces small enough that a (groups, components) matrix stays in the processor's cache.

        Larger ones take twice as long: each intermediate is then fetched anew from the system.
        """
        for start in range(0, self.clicks.size, _BLOCK):
            rows = slice(start, start + _BLOCK)
            yield rows, self.rows(rows)

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
    looked_at = counts.rows(slice(None, None, step))
    likelihood = [_likelihood(block, empty)[0] for _, block in looked_at.blocks()]
    weights = _em(likelihood, with_spike=with_spike)
    if not with_spike:
        return Mixture(ratios, empty.shape, weights, 0.0)
    return Mixture(ratios, empty.shape, weights[1:], float(weights[0]))


def _em(likelihood: list[Floats], *, with_spike: bool) -> Floats:
    """Maximum-likelihood weights of the columns; the first one favoured if it is the spike.

    Block by block: the threads of a product of larger matrices take more than they give.
    """
    groups, columns = sum(map(len, likelihood)), likelihood[0].shape[1]
    favour = np.zeros(columns)
    favour[0] = SPIKE_PSEUDO_COUNTS if with_spike else 0.0
    weights = np.full(columns, 1.0 / columns)
    for _ in range(_EM_STEPS):
        shares = weights * sum((1.0 / (block @ weights)) @ block for block in likelihood)
        new = (shares + favour) / (groups + favour[0])
        settled = np.abs(new - weights).max() < _EM_TOLERANCE
        weights = new
        if settled:
            break
    # No component is impossible: a group unlike all those fitted must still find one.
    possible = np.maximum(weights, _NEGLIGIBLE)
    return floats(possible / possible.sum())


def _likelihood(counts: Counts, mixture: Mixture) -> tuple[Floats, Floats]:
    """Marginal likelihood per group and component, each row scaled to a largest of 1.

    Shape (g, 31), or (g, 32) with the spike first; and the b of every component, (g, 31).
    """
    a = mixture.shape
    x, n = counts.clicks[:, None], counts.impressions[:, None]
    b = a * (1.0 / np.minimum(counts.location[:, None] * mixture.ratios, MEAN_MAX) - 1.0)
    logs = log_gamma(b + (n - x)) - log_gamma(a + b + n) + log_gamma(a + b) - log_gamma(b)
    if mixture.spike > 0.0:
        rate = np.minimum(counts.benchmark_ctr, MEAN_MAX)[:, None]
        at_spike = x * np.log(rate) + (n - x) * np.log1p(-rate) - log_gamma(a + x) + gammaln(a)
        logs = np.concatenate([at_spike, logs], axis=1)
    return np.exp(logs - logs.max(axis=1, keepdims=True)), b


@dataclass(frozen=True, slots=True, eq=False)
class _Components:
    """Posterior components of log(rate / benchmark), shape (g, c); `spike` (g,) is at zero."""

    weight: Floats
    mean: Floats
    variance: Floats
    third: Floats
    rate: Floats
    spike: Floats


def _components(counts: Counts, mixture: Mixture) -> _Components:
    likelihood, b = _likelihood(counts, mixture)
    prior = mixture.weights
    if mixture.spike > 0.0:
        prior = np.concatenate([[mixture.spike], prior])
    weight = likelihood * prior
    weight /= weight.sum(axis=1, keepdims=True)
    spike = weight[:, 0] if mixture.spike > 0.0 else np.zeros(len(weight))
    weight = weight[:, -len(mixture.weights) :]
    used = weight.max(axis=0, initial=0.0) > _NEGLIGIBLE
    weight, b = weight[:, used], b[:, used]
    shape = (mixture.shape + counts.clicks)[:, None]
    total = mixture.shape + b + counts.impressions[:, None]
    # Differences of polygamma functions; those of `total` (large) by their asymptotic series.
    log_total = np.log(total) - 0.5 / total - 1.0 / (12.0 * total**2)
    return _Components(
        weight=weight,
        mean=digamma(shape) - log_total - np.log(counts.benchmark_ctr)[:, None],
        variance=trigamma(shape) - (1.0 / total + 0.5 / total**2),
        third=tetragamma(shape) + 1.0 / total**2,
        rate=shape / total,
        spike=spike,
    )


def _cdf(at: Floats, mean: Floats, sd: Floats, skew: Floats) -> Floats:
    """Edgeworth distribution function with the first two skewness terms."""
    z = (at - mean) / sd
    squared = z * z
    density = np.exp(-0.5 * squared) / np.sqrt(2.0 * np.pi)
    correction = skew / 6.0 * (squared - 1.0)
    correction += skew**2 * z * ((squared - 3.0) / 12.0 + (squared**2 - 10.0 * squared + 15.0) / 72)
    found: Floats = np.clip(ndtr(z) - density * correction, 0.0, 1.0)
    return found


def sign_rates(counts: Counts, mixture: Mixture) -> tuple[Floats, Floats]:
    """Local false sign rates of "above" and of "below", the spike counted against both."""
    above, below = np.empty(counts.clicks.shape), np.empty(counts.clicks.shape)
    for rows, block in counts.blocks():
        parts = _components(block, mixture)
        sd = np.sqrt(parts.variance + np.square(block.relative_error)[:, None])
        under = (parts.weight * _cdf(np.zeros(1), parts.mean, sd, parts.third / sd**3)).sum(axis=1)
        above[rows] = np.minimum(parts.spike + under, 1.0)
        below[rows] = np.minimum(1.0 - under, 1.0)
    return above, below


def mixture_posterior(counts: Counts, mixture: Mixture, *, confidence: float = 0.95) -> Posterior:
    """Posterior of every group under a mixture without a spike."""
    found = empty_posterior(counts.clicks.size)
    for rows, block in counts.blocks():
        _fill(found, rows, block, mixture, (1.0 - confidence) / 2.0)
    return found


def _fill(found: Posterior, rows: slice, block: Counts, mixture: Mixture, tail: float) -> None:
    parts = _components(block, mixture)
    weight = parts.weight
    error = np.square(block.relative_error)[:, None]
    sd = np.sqrt(parts.variance + error)
    skew = parts.third / sd**3
    mean = (weight * parts.mean).sum(axis=1)
    off = parts.mean - mean[:, None]
    variance = (weight * (parts.variance + off**2)).sum(axis=1)
    third = (weight * (parts.third + 3.0 * off * parts.variance + off**3)).sum(axis=1)
    found.mean_ratio[rows] = (weight * parts.rate).sum(axis=1) / block.benchmark_ctr
    found.log_mean[rows] = mean
    found.log_sd[rows] = np.sqrt(variance)
    found.log_skew[rows] = third / variance**1.5
    at_or_below = (weight * _cdf(np.zeros(1), parts.mean, sd, skew)).sum(axis=1)
    found.probability_above[rows] = 1.0 - at_or_below
    spread = np.sqrt(variance + error[:, 0])
    leaning = third / spread**3 / 6.0
    for probability, column in ((tail, found.low_ratio), (1.0 - tail, found.high_ratio)):
        z = float(ndtri(probability))
        start = mean + spread * (z + leaning * (z * z - 1.0))
        column[rows] = np.exp(_quantile(probability, start, spread, parts, sd))


def _quantile(
    probability: float, start: Floats, spread: Floats, parts: _Components, sd: Floats
) -> Floats:
    """Bracketed Newton on the mixture's distribution function; 1e-5 on the log scale."""
    skew = parts.third / sd**3
    at, low, high = start.copy(), start - 12.0 * spread, start + 12.0 * spread
    open_rows = np.arange(len(at))
    for _ in range(60):
        mean, weight = parts.mean[open_rows], parts.weight[open_rows]
        here, width = at[open_rows][:, None], sd[open_rows]
        excess = (weight * _cdf(here, mean, width, skew[open_rows])).sum(axis=1) - probability
        density = (weight * np.exp(-0.5 * ((here - mean) / width) ** 2) / width).sum(axis=1)
        low[open_rows] = np.where(excess < 0, at[open_rows], low[open_rows])
        high[open_rows] = np.where(excess < 0, high[open_rows], at[open_rows])
        step = excess * np.sqrt(2.0 * np.pi) / np.maximum(density, 1e-300)
        tried = at[open_rows] - step
        outside = (tried <= low[open_rows]) | (tried >= high[open_rows])
        tried = np.where(outside, 0.5 * (low[open_rows] + high[open_rows]), tried)
        moved = np.abs(tried - at[open_rows])
        at[open_rows] = tried
        open_rows = open_rows[moved > 1e-5]
        if open_rows.size == 0:
            break
    return at
