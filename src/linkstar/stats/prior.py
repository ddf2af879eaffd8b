"""The prior of creators' CTRs, fitted per category by marginal likelihood.

Model: within a category a group's rate is theta ~ Beta(a, b) with mean m * reference and shape
a = A, so that b = A (1 / mean - 1); effective clicks given theta are binomial. Stating the mean as
a ratio to the group's own reference (its benchmark) lets one prior serve groups with different
mixes; with all references equal this is the usual (mean, precision) family, and 1 / sqrt(A) is
close to the coefficient of variation of rates.
"""

from dataclasses import dataclass, replace

import numpy as np

from linkstar.stats.arrays import Bools, Floats, Ints, ratio
from linkstar.stats.blocks import by_blocks
from linkstar.stats.gamma import digamma, log_gamma, trigamma
from linkstar.stats.grouped import count_by, sum_by

GROUPS_MIN = 20
"""Eligible groups a category needs for a prior of its own; below, it leans on its parent."""
MEAN_MAX = 0.95
_SHAPE_MIN, _SHAPE_MAX = 0.2, 1e4
_SHAPE_DOUBTED = 100.0
_CELL_GROUPS_MIN, _CELLS_MAX = 50, 20
_SHAPE_LOWERED_MAX = 0.3
_STEPS_MAX = 60


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """A fitted prior per category.

    Attributes:
        mean_ratio: mean rate of the category's groups over their reference.
        shape: A; about 1 / CV^2 of the groups' rates.
        mean_error: standard error of log(mean_ratio).
        groups: eligible groups, those expected to have at least one effective click.
        own: whether the category stands on its own data rather than on its parent.
    """

    mean_ratio: Floats
    shape: Floats
    mean_error: Floats
    groups: Ints
    own: Bools

    def beta(self, category: Ints, reference: Floats) -> tuple[Floats, Floats]:
        """The two parameters of each group's prior."""
        return beta_parameters(self.mean_ratio[category], self.shape[category], reference)


@dataclass(frozen=True, slots=True, eq=False)
class _Belief:
    """What is believed of (log m, log A) before the data: normal, with the precisions given."""

    log_mean: Floats
    log_shape: Floats
    mean_precision: Floats
    shape_precision: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Effective counts, category and reference of each group."""

    clicks: Floats
    impressions: Floats
    category: Ints
    reference: Floats

    def take(self, rows: Ints | slice) -> "_Data":
        return _Data(
            self.clicks[rows], self.impressions[rows], self.category[rows], self.reference[rows]
        )


def beta_parameters(mean_ratio: Floats, shape: Floats, reference: Floats) -> tuple[Floats, Floats]:
    """Beta parameters of a prior with this mean (as a ratio to the reference) and shape."""
    mean = np.minimum(mean_ratio * reference, MEAN_MAX)
    return np.broadcast_to(shape, mean.shape).astype(np.float64), shape * (1.0 / mean - 1.0)


def fit_prior(
    clicks: Floats,
    impressions: Floats,
    category: Ints,
    *,
    categories: int,
    reference: Floats | float = 1.0,
) -> Prior:
    """Fit every category's prior at once: damped Newton on (log m, log A).

    Categories with fewer than `GROUPS_MIN` eligible groups take the parent's shape, and a mean
    pulled towards the parent's by how much category means are seen to differ. The parent is all
    categories together. Very weak beliefs (worth less than one group) keep tiny rosters finite:
    log A around log 4, a spread of rates of one half.

    Args:
        clicks: effective clicks, shape (g,); nan leaves a group out.
        impressions: effective impressions, shape (g,).
        category: shape (g,), 0 .. categories - 1.
        categories: how many there are.
        reference: the rate each group is compared with, shape (g,) or one for all.
    """
    base = np.broadcast_to(np.asarray(reference, dtype=np.float64), clicks.shape)
    used = np.isfinite(clicks) & (impressions > 0) & (base > 0)
    data = _Data(clicks[used], impressions[used], category[used], base[used])
    eligible = count_by(data.category[data.impressions * data.reference >= 1.0], categories)
    own = eligible >= GROUPS_MIN
    parent_mean, parent_shape = _parent(data, own)
    believed = _Belief(
        np.full(categories, parent_mean[0]),
        np.where(own, np.log(4.0), parent_shape[0]),
        np.where(own, 0.0, 1.0 / _between(data, own, parent_mean[0])),
        np.where(own, 1.0 / 1.5**2, 1.0 / 0.1**2),
    )
    log_mean, log_shape = _fit(data, believed)
    log_shape = _doubt_collapse(data, log_mean, log_shape, believed)
    _, _, tt, ts, ss = _derivatives(data, log_mean, log_shape, believed)
    mean_error = 1.0 / np.sqrt(_marginal_information(tt, ts, ss))
    # Likelihood takes the spread too small, and what is uncertain about it widens the prior too:
    # both are of the order of the squared standard error of log A.
    log_shape -= np.minimum(1.0 / _marginal_information(ss, ts, tt), _SHAPE_LOWERED_MAX)
    return Prior(np.exp(log_mean), np.exp(log_shape), mean_error, eligible, own)


def _parent(data: _Data, own: Bools) -> tuple[Floats, Floats]:
    """Fitted to all categories together; where nobody leans on it, what is believed beforehand."""
    if own[data.category].all():
        return _PARENT.log_mean, _PARENT.log_shape
    return _fit(replace(data, category=np.zeros_like(data.category)), _PARENT)


def _marginal_information(own: Floats, cross: Floats, other: Floats) -> Floats:
    """Information on one parameter when the other is unknown, from a Hessian; at least 1."""
    shared = np.where(other < 0, cross * cross / np.minimum(other, -1e-12), 0.0)
    return np.maximum(-own + shared, 1.0)


def _doubt_collapse(data: _Data, t: Floats, s: Floats, believed: _Belief) -> Floats:
    """Where the spread collapsed (CV under 10 %), the widest one the data do not refute.

    The end of the 95 % profile-likelihood interval, by bisection. Intervals around a collapsed
    prior would otherwise be far too narrow when all groups are nearly alike.
    """
    collapsed = s > np.log(_SHAPE_DOUBTED)
    if not collapsed.any():
        return s
    left = data.take(np.flatnonzero(collapsed[data.category]))
    floor = _log_posterior(left, t, s, believed) - 1.92
    low, high = np.where(collapsed, np.log(4.0), s), s
    for _ in range(20):
        middle = 0.5 * (low + high)
        plausible = _log_posterior(left, t, middle, believed) >= floor
        low, high = np.where(plausible, low, middle), np.where(plausible, middle, high)
    return np.where(collapsed, high, s)


_PARENT = _Belief(np.zeros(1), np.full(1, np.log(4.0)), np.ones(1), np.full(1, 1.0 / 1.5**2))


def _between(data: _Data, own: Bools, log_mean: float) -> float:
    """Variance of log category means around the parent's, 0.3^2 under five categories."""
    if own.sum() < 5:
        return 0.3**2
    clicks = sum_by(data.category, data.clicks, len(own))[own]
    expected = sum_by(data.category, data.impressions * data.reference, len(own))[own]
    return float(np.clip(np.mean(np.square(np.log(clicks / expected) - log_mean)), 0.02**2, 1.0))


def _fit(data: _Data, believed: _Belief) -> tuple[Floats, Floats]:
    """Damped Newton for all categories; those that have settled leave the sums."""
    categories = len(believed.log_mean)
    t, s = _start(data, believed)
    best = _log_posterior(data, t, s, believed)
    active = np.ones(categories, dtype=bool)
    left = data
    for _ in range(_STEPS_MAX):
        dt, ds = _newton_step(left, t, s, believed)
        scale = np.ones(categories)
        settled = ~active
        for _ in range(12):
            new_t = t + np.where(active, scale * dt, 0.0)
            new_s = np.clip(
                s + np.where(active, scale * ds, 0.0), np.log(_SHAPE_MIN), np.log(_SHAPE_MAX)
            )
            value = _log_posterior(left, new_t, new_s, believed)
            settled = ~active | (value >= best - 1e-9)
            if settled.all():
                break
            scale = np.where(settled, scale, scale / 4.0)
        moved = active & settled
        change = np.maximum(np.abs(new_t - t), np.abs(new_s - s))
        t, s = np.where(moved, new_t, t), np.where(moved, new_s, s)
        best = np.where(moved, value, best)
        active = moved & (change > 1e-5)
        if not active.any():
            break
        left = data.take(np.flatnonzero(active[data.category]))
    return t, s


def _start(data: _Data, believed: _Belief) -> tuple[Floats, Floats]:
    """Moments (Kleinman 1973) on the ratio scale: pooled mean, spread beyond binomial noise."""
    categories = len(believed.log_mean)
    x, n, of, base = data.clicks, data.impressions, data.category, data.reference
    clicks = sum_by(of, x, categories)
    expected = sum_by(of, n * base, categories)
    t = np.log((clicks + 0.5) / (expected + 0.5 * np.exp(-believed.log_mean)))
    mean = np.minimum(np.exp(t)[of] * base, MEAN_MAX)
    weight = n * mean
    excess = sum_by(of, np.square(x - weight) - weight * (1.0 - mean), categories)
    cv_squared = excess / np.maximum(sum_by(of, np.square(weight), categories), 1e-12)
    return t, -np.log(np.clip(cv_squared, 1e-3, 2.0))


def _log_posterior(data: _Data, t: Floats, s: Floats, believed: _Belief) -> Floats:
    mean_ratio, shape = np.exp(t), np.exp(s)
    of_shape = log_gamma(shape)

    def terms(rows: slice) -> tuple[Floats]:
        own = data.take(rows)
        x, n, of = own.clicks, own.impressions, own.category
        a, b = beta_parameters(mean_ratio[of], shape[of], own.reference)
        found = log_gamma(a + x) + log_gamma(b + n - x) - log_gamma(a + b + n)
        found -= of_shape[of] + log_gamma(b) - log_gamma(a + b)
        return (found,)

    (found,) = by_blocks(terms, data.clicks.size)
    penalty = believed.mean_precision * np.square(t - believed.log_mean)
    penalty = penalty + believed.shape_precision * np.square(s - believed.log_shape)
    return sum_by(data.category, found, len(t)) - penalty / 2.0


def _newton_step(data: _Data, t: Floats, s: Floats, believed: _Belief) -> tuple[Floats, Floats]:
    """Step of at most one unit of log each; the Hessian is made negative definite if it is not."""
    grad_t, grad_s, hess_tt, hess_ts, hess_ss = _derivatives(data, t, s, believed)
    middle = (hess_tt + hess_ss) / 2.0
    radius = np.sqrt(np.square((hess_tt - hess_ss) / 2.0) + np.square(hess_ts))
    ridge = np.maximum(middle + radius + 1e-3 * np.abs(middle) + 1e-9, 0.0)
    tt, ss = hess_tt - ridge, hess_ss - ridge
    determinant = tt * ss - np.square(hess_ts)
    dt = -(ss * grad_t - hess_ts * grad_s) / determinant
    ds = -(tt * grad_s - hess_ts * grad_t) / determinant
    return np.clip(dt, -1.0, 1.0), np.clip(ds, -1.0, 1.0)


def _derivatives(
    data: _Data, t: Floats, s: Floats, believed: _Belief
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Gradient (t, s) and Hessian (tt, ts, ss) of the log posterior of each category."""
    mean_ratio, shape = np.exp(t), np.exp(s)
    first_shape, second_shape = digamma(shape), trigamma(shape)

    def terms(rows: slice) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        own = data.take(rows)
        x, n, of = own.clicks, own.impressions, own.category
        a, b = beta_parameters(mean_ratio[of], shape[of], own.reference)
        total, others = a + b, n - x
        shared_1 = digamma(total) - digamma(total + n)
        shared_2 = trigamma(total) - trigamma(total + n)
        first_a = digamma(a + x) - first_shape[of] + shared_1
        first_b = digamma(b + others) - digamma(b) + shared_1
        second_a = trigamma(a + x) - second_shape[of] + shared_2
        second_b = trigamma(b + others) - trigamma(b) + shared_2
        return (
            -total * first_b,
            a * first_a + b * first_b,
            total * (total * second_b + first_b),
            -total * (a * shared_2 + b * second_b + first_b),
            a * (a * second_a + 2.0 * b * shared_2 + first_a) + b * (b * second_b + first_b),
        )

    grad_t, grad_s, hess_tt, hess_ts, hess_ss = (
        sum_by(data.category, found, len(t)) for found in by_blocks(terms, data.clicks.size)
    )
    grad_t -= believed.mean_precision * (t - believed.log_mean)
    grad_s -= believed.shape_precision * (s - believed.log_shape)
    hess_tt -= believed.mean_precision
    hess_ss -= believed.shape_precision
    return grad_t, grad_s, hess_tt, hess_ts, hess_ss


def prior_cells(
    clicks: Floats,
    impressions: Floats,
    category: Ints,
    prior: Prior,
    *,
    reference: Floats,
    size: Floats,
) -> tuple[Ints, int]:
    """Cells for a prior that follows the size of groups, where size tells about the rate.

    Platforms push what works, so large groups tend to be better ones and one prior per category
    would pull them down (Chen, "Empirical Bayes when estimation precision predicts parameters").
    A category of at least 100 groups whose rates correlate with log size beyond three standard
    errors is split by size into 2 to 20 cells of 50 groups or more; the others stay whole.

    Args:
        clicks: effective clicks, shape (g,).
        impressions: effective impressions, shape (g,), > 0.
        category: shape (g,).
        prior: fitted per category.
        reference: shape (g,).
        size: impressions of each group, shape (g,), > 0.

    Returns:
        The cell of each group and the number of cells, 20 per category or one.
    """
    categories = len(prior.shape)
    expected = impressions * prior.mean_ratio[category] * reference
    weight = 1.0 / (1.0 / prior.shape[category] + 1.0 / expected)
    log_size = np.log(size)
    mean = ratio(
        sum_by(category, weight * log_size, categories), sum_by(category, weight, categories)
    )
    off = log_size - mean[category]
    score = sum_by(category, weight * off * (clicks / expected - 1.0), categories)
    scale = np.sqrt(sum_by(category, weight * np.square(off), categories))
    groups = count_by(category, categories)
    split = (np.abs(ratio(score, scale)) > 3.0) & (groups >= 2 * _CELL_GROUPS_MIN)
    if not split.any():
        return category, categories
    parts = np.where(split, np.clip(groups // _CELL_GROUPS_MIN, 1, _CELLS_MAX), 1)
    order = np.lexsort((size, category))
    place = np.empty(len(size), dtype=np.int64)
    first = np.cumsum(groups) - groups
    place[order] = np.arange(len(size)) - first[category[order]]
    part = parts[category] * place // np.maximum(groups[category], 1)
    return _CELLS_MAX * category + part, _CELLS_MAX * categories
