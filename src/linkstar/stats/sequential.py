"""Inference that stays valid however often one looks, over many streams at once.

Three tools, by situation: the asymptotic confidence sequence on the log ratio of two CTRs
(open-ended tests, clusters by viewer), the exact click-label sequence (rare clicks, common time
trends), and the beta-binomial mixture against one fixed number. The e-values of any of them feed
e-BH when many arms are watched together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, floats, log, ratio
from linkstar.stats.special import betaln, expit, xlog1py, xlogy

CLICKS_MIN_PER_ARM = 50
"""Delayed start: below this many clicks in an arm the normal approximation is not trusted."""

_MIXTURE_WEIGHT = 100.0
_NEWTON_STEPS = 60
_BLOCK = 60_000


class ShareOutOfRange(ValueError):
    """An allocation share or fixed rate must lie strictly between 0 and 1."""


@dataclass(frozen=True, eq=False, slots=True)
class ConfidenceSequence:
    """Limits that hold at all looks together, with probability 1 - alpha.

    Every array has shape (streams, looks). Where nothing may be said yet (before the delayed
    start, or no clicks) the limits are nan and the log e-value is 0.

    Attributes:
        estimate: log ratio of CTRs, arm B over arm A.
        low: lower limit of the log ratio at this look.
        high: upper limit of the log ratio at this look.
        log_e: log of the e-value against "no difference".
    """

    estimate: Floats
    low: Floats
    high: Floats
    log_e: Floats
    alpha: float

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Estimate, low, high and log_e, in this order."""
        return self.estimate, self.low, self.high, self.log_e

    @property
    def excludes_zero(self) -> Bools:
        """Whether this look alone speaks against "no difference"."""
        return np.asarray(self.log_e >= -np.log(self.alpha), dtype=np.bool_)

    @property
    def decided_look(self) -> Ints:
        """First look of each stream that excludes zero; -1 where none does."""
        return first_true(self.excludes_zero)


def first_true(flags: Bools) -> Ints:
    """Index of the first True along the last axis, -1 where there is none."""
    return np.where(flags.any(axis=-1), flags.argmax(axis=-1), -1).astype(np.int64)


def confidence_sequence(
    log_ratio: ArrayLike,
    standard_error: ArrayLike,
    *,
    clicks_a: ArrayLike,
    clicks_b: ArrayLike,
    clicks_planned: ArrayLike,
    alpha: float = 0.05,
    clicks_min: int = CLICKS_MIN_PER_ARM,
) -> ConfidenceSequence:
    """Asymptotic confidence sequence on the log ratio, with a delayed start.

    Half-width: se * sqrt(2 (k+1)/k * log(sqrt(k+1)/alpha)), k = clicks * rho^2, tuned to be
    narrowest at ``clicks_planned`` (Waudby-Smith et al. 2024, Theorem 2.2 and appendix B.2;
    delayed start after Bibaut, Kallus & Lindon, arXiv 2212.14411).

    Args:
        log_ratio: shape (streams, looks).
        standard_error: same shape; clustered by viewer when viewers come back.
        clicks_a: same shape, cumulative clicks of arm A.
        clicks_b: same shape, cumulative clicks of arm B.
        clicks_planned: clicks of both arms at which the width should be best; broadcastable.
        alpha: error over all looks together.
        clicks_min: clicks an arm needs before anything is said.
    """
    parts = (log_ratio, standard_error, clicks_a, clicks_b, clicks_planned)
    return _in_blocks(partial(_normal_mixture, alpha=alpha, clicks_min=clicks_min), parts)


def _normal_mixture(*parts: Floats, alpha: float, clicks_min: int) -> ConfidenceSequence:
    point, error, clicks_a, clicks_b, planned = parts
    clicks = clicks_a + clicks_b
    started = np.minimum(clicks_a, clicks_b) >= clicks_min
    usable = started & np.isfinite(point) & np.isfinite(error) & (error > 0)
    rho_squared = (-2 * np.log(alpha) + np.log(1 - 2 * np.log(alpha))) / planned
    k = clicks * rho_squared
    k_plus = k + 1.0
    safe_k = np.where(usable, k, 1.0)
    half = error * np.sqrt(2 * k_plus / safe_k * (0.5 * np.log(k_plus) - np.log(alpha)))
    half = np.where(usable, half, np.nan)
    z_squared = np.where(usable, ratio(point, error) ** 2, 0.0)
    log_e = np.where(usable, 0.5 * z_squared * k / k_plus - 0.5 * np.log(k_plus), 0.0)
    return ConfidenceSequence(
        np.where(usable, point, np.nan), point - half, point + half, log_e, alpha
    )


def log_ratio_of_counts(
    clicks_a: ArrayLike, impressions_a: ArrayLike, clicks_b: ArrayLike, impressions_b: ArrayLike
) -> tuple[Floats, Floats]:
    """Log CTR ratio B over A and its binomial standard error; nan without clicks in an arm.

    For units that are independent impressions only. For clustered units see ``experiments``.
    """
    x_a, x_b = floats(clicks_a), floats(clicks_b)
    p_a, p_b = ratio(x_a, impressions_a), ratio(x_b, impressions_b)
    error = np.sqrt(ratio(1 - p_a, x_a) + ratio(1 - p_b, x_b))
    return log(p_b) - log(p_a), error


def click_label_sequence(
    clicks_a: ArrayLike,
    clicks_b: ArrayLike,
    *,
    share_b: ArrayLike = 0.5,
    alpha: float = 0.05,
    with_limits: bool = True,
) -> ConfidenceSequence:
    """Exact sequence from who got each click, at a constant share of viewers in arm B.

    Given a click, it belongs to B with probability s e^d / (s e^d + 1 - s), d the log ratio,
    whatever the CTR of the hour (Lindon & Malek 2022, arXiv 2011.03567). The mixture is
    Beta(100 s, 100 (1 - s)). Count only the first click of a viewer: repeats break the bound.

    Args:
        clicks_a: shape (streams, looks), cumulative first clicks in arm A.
        clicks_b: same for arm B.
        share_b: planned share of viewers in B; broadcastable.
        alpha: error over all looks together.
        with_limits: False skips the inversion when only the decision is wanted.

    Raises:
        ShareOutOfRange: a share is not strictly between 0 and 1.
    """
    share = floats(share_b)
    if np.any((share <= 0) | (share >= 1)):
        raise ShareOutOfRange(float(share.min()), float(share.max()))
    label = partial(_label_mixture, alpha=alpha, with_limits=with_limits)
    return _in_blocks(label, (clicks_a, clicks_b, share))


def _label_mixture(*parts: Floats, alpha: float, with_limits: bool) -> ConfidenceSequence:
    x_a, x_b, share = parts
    prior_b, prior_a = _MIXTURE_WEIGHT * share, _MIXTURE_WEIGHT * (1 - share)
    mixture = betaln(prior_b + x_b, prior_a + x_a) - betaln(prior_b, prior_a)
    log_e = floats(mixture - xlogy(x_b, share) - xlog1py(x_a, -share))
    offset = np.log(share) - np.log1p(-share)
    estimate = log(x_b) - log(x_a) - offset
    if not with_limits:
        nothing = np.full(x_b.shape, np.nan)
        return ConfidenceSequence(estimate, nothing, nothing, log_e, alpha)
    low, high = _logit_limits(x_b, x_a, mixture + np.log(alpha))
    return ConfidenceSequence(estimate, low - offset, high - offset, log_e, alpha)


def _in_blocks(
    one: Callable[..., ConfidenceSequence], parts: tuple[ArrayLike, ...]
) -> ConfidenceSequence:
    """Work through many streams a few at a time, so that what is computed stays in the cache."""
    whole = np.broadcast_arrays(*map(floats, parts))
    shape = whole[0].shape
    if len(shape) < 2 or whole[0].size <= _BLOCK:
        return one(*whole)
    rows = max(1, _BLOCK * shape[0] // whole[0].size)
    fields: list[Floats] = [np.empty(shape) for _ in range(4)]
    for start in range(0, shape[0], rows):
        chosen = slice(start, start + rows)
        found = one(*(part[chosen] for part in whole))
        for field, values in zip(fields, found.arrays, strict=True):
            field[chosen] = values
    estimate, low, high, log_e = fields
    return ConfidenceSequence(estimate, low, high, log_e, found.alpha)


def fixed_rate_sequence(
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    rate: ArrayLike,
    prior_weight: float = 200.0,
    alpha: float = 0.05,
) -> ConfidenceSequence:
    """One CTR against a fixed number, valid at every look (Robbins 1970; beta mixture).

    The mixture is Beta(w r, w (1 - r)) around the fixed rate r; impressions must be independent
    (effective counts otherwise). The estimate and limits are log(CTR / rate).

    Raises:
        ShareOutOfRange: the rate is not strictly between 0 and 1.
    """
    x, n = floats(clicks), floats(impressions)
    fixed = np.broadcast_to(floats(rate), x.shape)
    if np.any((fixed <= 0) | (fixed >= 1)):
        raise ShareOutOfRange(float(fixed.min()), float(fixed.max()))
    prior_hit, prior_miss = prior_weight * fixed, prior_weight * (1 - fixed)
    mixture = betaln(prior_hit + x, prior_miss + n - x) - betaln(prior_hit, prior_miss)
    log_e = floats(mixture - xlogy(x, fixed) - xlog1py(n - x, -fixed))
    low, high = _logit_limits(x, n - x, mixture + np.log(alpha))
    at = np.log(fixed)
    return ConfidenceSequence(
        log(ratio(x, n)) - at, log(expit(low)) - at, log(expit(high)) - at, log_e, alpha
    )


def _logit_limits(hits: Floats, misses: Floats, level: Floats) -> tuple[Floats, Floats]:
    """Both logits q at which hits log q + misses log(1 - q) falls to ``level``.

    The curve is concave in the logit, so after one step Newton walks in monotonically from
    outside. A side without evidence (no hits, or no misses) stays infinite.
    """
    h, m = np.maximum(hits, 0.5), np.maximum(misses, 0.5)
    peak = np.log(h / m)
    drop = _height(peak, hits, misses) - level
    reach = np.sqrt(2 * np.maximum(drop, 0.01) * (h + m) / (h * m))
    low = _newton(peak - reach, hits, misses, level, outside=hits > 0)
    high = _newton(peak + reach, hits, misses, level, outside=misses > 0)
    return np.where(hits > 0, low, -np.inf), np.where(misses > 0, high, np.inf)


def _height(logit: Floats, hits: Floats, misses: Floats) -> Floats:
    """Log likelihood hits log q + misses log(1 - q) by logit of q, safe from overflow."""
    tail = np.log1p(np.exp(-np.abs(logit)))
    return hits * np.minimum(logit, 0) - misses * np.maximum(logit, 0) - (hits + misses) * tail


def _newton(
    start: Floats, hits: Floats, misses: Floats, level: Floats, *, outside: Bools
) -> Floats:
    logit, total = start, hits + misses
    for _ in range(_NEWTON_STEPS):
        slope = hits - total * expit(logit)
        height = _height(logit, hits, misses) - level
        moving = outside & (np.abs(slope) > 1e-9)
        step = np.divide(height, slope, out=np.zeros_like(height), where=moving)
        logit = logit - step
        if float(np.max(np.abs(step), initial=0.0)) < 1e-8:
            break
    return logit


def always_valid_p(log_e: ArrayLike) -> Floats:
    """Running p-value along the looks: 1 / the largest e-value so far, at most 1."""
    return np.exp(-np.maximum.accumulate(np.maximum(floats(log_e), 0.0), axis=-1))


def e_benjamini_hochberg(log_e: ArrayLike, *, rate: float = 0.05) -> Bools:
    """e-BH (Wang & Ramdas 2022): which e-values to act on at false-discovery rate ``rate``.

    Valid under any dependence. Give the e-value at the moment of deciding, not its running
    maximum, which is no e-value.

    Args:
        log_e: shape (..., arms); the family is the last axis. nan counts as no evidence.
        rate: false-discovery rate.
    """
    evidence = np.nan_to_num(floats(log_e), nan=-np.inf, posinf=np.inf, neginf=-np.inf)
    arms = evidence.shape[-1]
    ordered = -np.sort(-evidence, axis=-1)
    needed = np.log(arms / (rate * np.arange(1, arms + 1)))
    chosen = np.where(ordered >= needed, np.arange(1, arms + 1), 0).max(axis=-1, keepdims=True)
    bar = np.log(arms / (rate * np.maximum(chosen, 1)))
    return np.asarray((evidence >= bar) & (chosen > 0), dtype=np.bool_)
