"""Moving traffic to the better arm while the comparison stays valid.

Allocation is top-two Thompson (Russo 2020) with a floor under every arm; the shares used are logged
and the read-out weights by them (AIPW; Hadad et al. 2021), because plain means of adaptively
collected clicks are biased.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, Ints, Names, floats, name_by_code, ratio
from linkstar.stats.bayesian import GRID_POINTS, JEFFREYS, BetaPrior, believe
from linkstar.stats.experiments import Verdict
from linkstar.stats.multiplicity import holm
from linkstar.stats.special import ndtr, ndtri

SHARE_FLOOR = 0.05
BATCHES_MIN = 2
_VERDICTS = (
    Verdict.NO_DATA,
    Verdict.NOT_ENOUGH_DATA,
    Verdict.BETTER,
    Verdict.WORSE,
    Verdict.CANNOT_TELL,
)


class FloorTooHigh(ValueError):
    """So many arms cannot all have that much traffic."""


def top_two_shares(
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    leader_share: float = 0.5,
    floor: float = SHARE_FLOOR,
    prior: BetaPrior = JEFFREYS,
    design_effect: ArrayLike = 1.0,
    points: int = GRID_POINTS,
) -> Floats:
    """Shares of the next batch: computed, not drawn, so they can be logged exactly.

    The chance that top-two Thompson shows arm i is
    a_i [b + (1-b) sum_{j != i} a_j / (1-a_j)], a = P(best) (Russo 2020, section 3.3).

    Args:
        clicks: so far, shape (..., arms).
        impressions: so far, same shape. Arms may still be at 0: the prior speaks for them.
        leader_share: b; one half finds the best arm fastest.
        floor: least share of every arm.
        prior: of every arm's CTR.
        design_effect: of the counts.
        points: of the quadrature; a quarter of the default still gives shares to 0.001.

    Returns:
        Shape (..., arms), adding up to 1, none below the floor.

    Raises:
        FloorTooHigh: floor times arms exceeds 1.
    """
    arms = floats(clicks).shape[-1]
    if floor * arms > 1:
        raise FloorTooHigh(floor, arms)
    seen = np.maximum(floats(impressions), 1e-9)
    best = believe(clicks, seen, prior=prior, design_effect=design_effect, points=points).best
    odds = best / np.maximum(1 - best, 1e-12)
    runner_up = odds.sum(axis=-1, keepdims=True) - odds
    share = best * (leader_share + (1 - leader_share) * runner_up)
    share = share / share.sum(axis=-1, keepdims=True)
    return floats(floor + (1 - floor * arms) * share)


@dataclass(frozen=True, eq=False, slots=True)
class Batches:
    """What an adaptive test logs: arrays of shape (..., batches, arms), control first.

    Units must be randomised independently with exactly ``shares`` within their batch, and a unit
    counts in the batch of its first exposure, clicked or not.
    """

    shares: Floats
    units: Floats
    clicks: Floats


@dataclass(frozen=True, eq=False, slots=True)
class AdaptiveReadOut:
    """AIPW estimates; nan wherever the verdict is a refusal.

    Attributes:
        ctr: click rate per unit, shape (..., arms).
        standard_error: of ctr.
        lift: arm over control minus 1, shape (..., arms - 1).
        low: lower limit of the lift.
        high: upper limit of the lift.
        p: two-sided, on the difference of click rates.
        verdict: members of ``Verdict``, shape (..., arms - 1): ``NO_DATA`` where an arm had no
            unit, ``NOT_ENOUGH_DATA`` in the first batch or without clicks; else better or worse
            where the interval and the p-value, Holm over the arms, agree.
        batches_missing: shape (...,), batches with units still needed before anything is told.
        naive_ctr: clicks / units, biased; shown so that the correction can be seen.
    """

    ctr: Floats
    standard_error: Floats
    lift: Floats
    low: Floats
    high: Floats
    p: Floats
    verdict: Names
    batches_missing: Floats
    naive_ctr: Floats


def read_out_adaptive(batches: Batches, *, confidence: float = 0.95) -> AdaptiveReadOut:
    """Click rate and lift of each arm from a test whose shares followed its own results.

    Augmented inverse-propensity scores per unit, G = m + 1{shown} (click - m)/share, with m the
    arm's rate before the batch (its prior batches only); their mean is unbiased whatever the rule
    that chose the shares, and their variance comes from the same counts. Limits of the lift by the
    delta method on the log ratio.
    """
    score, square, cross = _scores(batches)
    units = batches.units.sum(axis=-1).sum(axis=-1)[..., None]
    filled = (batches.units.sum(axis=-1) > 0).sum(axis=-1)[..., None]
    seen = batches.units.sum(axis=-2) > 0
    both = seen & seen[..., :1]
    total = np.where((units > 1) & (filled >= BATCHES_MIN) & both, units, np.nan)
    mean = score / total
    variance = np.maximum(square / total - mean**2, 0.0) / (total - 1)
    covariance = (cross / total - mean * mean[..., :1]) / (total - 1)
    treated, control = mean[..., 1:], mean[..., :1]
    difference = variance[..., 1:] + variance[..., :1] - 2 * covariance[..., 1:]
    z = ratio(treated - control, np.sqrt(difference))
    relative = (
        ratio(variance[..., 1:], treated**2)
        + ratio(variance[..., :1], control**2)
        - 2 * ratio(covariance[..., 1:], treated * control)
    )
    positive = (treated > 0) & (control > 0)
    lift = np.where(positive, ratio(treated, np.where(positive, control, np.nan)), np.nan)
    half = np.exp(ndtri((1 + confidence) / 2) * np.sqrt(np.maximum(relative, 0.0)))
    naive = ratio(batches.clicks.sum(axis=-2), batches.units.sum(axis=-2))
    p = floats(2 * ndtr(-np.abs(z)))
    low, high, surely = lift / half - 1, lift * half - 1, holm(p) < 1 - confidence
    codes = np.select(
        [
            ~both[..., 1:],
            np.isnan(low) | np.isnan(p),
            surely & (low > 0),
            surely & (high < 0),
        ],
        [0, 1, 2, 3],
        default=4,
    )
    lift, p = (np.where(codes < 2, np.nan, values) for values in (lift, p))
    return AdaptiveReadOut(
        mean,
        np.sqrt(variance),
        lift - 1,
        low,
        high,
        p,
        name_by_code(codes, _VERDICTS),
        np.maximum(BATCHES_MIN - floats(filled[..., 0]), 0.0),
        naive,
    )


def _scores(batches: Batches) -> tuple[Floats, Floats, Floats]:
    """Sums over all units of the scores, their squares and their products with the control's."""
    share, shown, clicked = batches.shares, batches.units, batches.clicks
    everyone = shown.sum(axis=-1, keepdims=True)
    before_x = np.cumsum(clicked, axis=-2) - clicked
    before_n = np.cumsum(shown, axis=-2) - shown
    guess = np.nan_to_num(ratio(before_x, before_n))
    hit, miss = guess + (1 - guess) / share, guess - guess / share
    others = everyone - shown
    score = clicked * hit + (shown - clicked) * miss + others * guess
    square = clicked * hit**2 + (shown - clicked) * miss**2 + others * guess**2
    own = clicked * hit + (shown - clicked) * miss  # sum of G over units shown this arm
    neither = everyone - shown - shown[..., :1]
    cross = own * guess[..., :1] + guess * own[..., :1] + neither * guess * guess[..., :1]
    cross[..., 0] = square[..., 0]
    return score.sum(axis=-2), square.sum(axis=-2), cross.sum(axis=-2)


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """CTR a policy would have had, with its interval.

    Attributes:
        ctr: self-normalised inverse-propensity estimate.
        low: lower confidence limit.
        high: upper confidence limit.
        effective_impressions: (sum w)^2 / sum w^2.
        largest_weight_share: of the single heaviest impression.
    """

    ctr: float
    low: float
    high: float
    effective_impressions: float
    largest_weight_share: float


@dataclass(frozen=True, slots=True)
class NoOverlap:
    """The log hardly ever did what the policy would do; no value can be told from it."""

    effective_impressions: float
    effective_impressions_needed: float
    clicks_with_weight: int


def policy_value(
    clicked: ArrayLike,
    logged_propensity: ArrayLike,
    policy_propensity: ArrayLike,
    *,
    cluster: Ints | None = None,
    confidence: float = 0.95,
    effective_impressions_min: float = 500.0,
    clicks_min: int = 10,
) -> PolicyValue | NoOverlap:
    """Off-policy CTR of another allocation from a log with propensities.

    Self-normalised importance weighting (Swaminathan & Joachims 2015) with a linearised variance,
    clustered when viewers return; limits on the log scale, so they stay positive.

    Args:
        clicked: 0 or 1 per impression, shape (m,).
        logged_propensity: probability with which the log chose what it showed, in (0, 1].
        policy_propensity: probability with which the policy would have.
        cluster: optional viewer number per impression, 0-based.
        confidence: of the interval.
        effective_impressions_min: below this the answer is ``NoOverlap``.
        clicks_min: clicked impressions with any weight needed.

    Raises:
        ValueError: a logged propensity is not in (0, 1].
    """
    y, logged = floats(clicked), floats(logged_propensity)
    if np.any((logged <= 0) | (logged > 1)):
        raise ValueError("logged propensities must lie in (0, 1]")
    weight = floats(policy_propensity) / logged
    mass = float(weight.sum())
    effective = mass**2 / max(float((weight**2).sum()), 1e-300)
    hits = int(np.count_nonzero((y > 0) & (weight > 0)))
    if effective < effective_impressions_min or hits < clicks_min:
        return NoOverlap(effective, effective_impressions_min, hits)
    value = float((weight * y).sum()) / mass
    influence = weight * (y - value) / mass
    if cluster is not None:
        influence = floats(np.bincount(cluster, influence))
    count = influence.size
    relative = np.sqrt(float((influence**2).sum()) * count / (count - 1)) / value
    half = float(np.exp(ndtri((1 + confidence) / 2) * relative))
    return PolicyValue(value, value / half, value * half, effective, float(weight.max()) / mass)
