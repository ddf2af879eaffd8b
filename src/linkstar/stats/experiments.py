"""Reading an A/B/n test at its planned end: lift of CTR per arm, or the name of what forbids it.

For tests looked at before their end use ``sequential`` or ``group_sequential``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arm_sums import ArmSums
from linkstar.stats.arrays import Bools, Floats, Names, floats, name_by_code, ratio
from linkstar.stats.interval import jeffreys_limits, mover
from linkstar.stats.multiplicity import dunnett_critical, dunnett_p, holm
from linkstar.stats.power import DAYS_MIN, impressions_per_arm
from linkstar.stats.sample_ratio import sample_ratio
from linkstar.stats.special import ndtr, ndtri

UNITS_MIN = 30
"""Randomised units per arm below which no variance over units is trusted."""

Adjustment = Literal["dunnett", "holm"]


class Verdict(StrEnum):
    """What may be said about one treatment arm against the control."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot_tell"
    NOT_ENOUGH_DATA = "not_enough_data"
    TOO_EARLY = "too_early"
    SAMPLE_RATIO_FAULT = "sample_ratio_fault"
    NO_DATA = "no_data"


_VERDICTS = tuple(Verdict)


@dataclass(frozen=True, eq=False, slots=True)
class ReadOut:
    """One element per (experiment, treatment arm), shape (..., arms - 1).

    Lift, limits and p-values are nan wherever the verdict is a refusal.

    Attributes:
        lift: CTR of the arm over CTR of the control, minus 1.
        low: lower limit of the lift, simultaneous over the arms of the test.
        high: upper limit.
        p: two-sided, of this comparison alone.
        p_adjusted: for all comparisons of the test.
        verdict: members of ``Verdict``.
        impressions_missing: until the smaller arm has what the plan asks; 0 when it has.
        sample_ratio_p: shape (...,).
        design_effect: shape (...,), variance over units relative to independent impressions.
    """

    lift: Floats
    low: Floats
    high: Floats
    p: Floats
    p_adjusted: Floats
    verdict: Names
    impressions_missing: Floats
    sample_ratio_p: Floats
    design_effect: Floats
    confidence: float


def read_out(
    sums: ArmSums,
    *,
    shares: ArrayLike,
    days: ArrayLike,
    impressions_min: ArrayLike,
    days_min: int = DAYS_MIN,
    units_min: int = UNITS_MIN,
    confidence: float = 0.95,
    adjustment: Adjustment = "dunnett",
) -> ReadOut:
    """Compare every arm with the control, many experiments at once.

    p-values are of the score test over randomised units (pooled rate, delta-method variance);
    limits are MOVER-J on effective counts at the simultaneous confidence of the adjustment. An arm
    is called better or worse only when both agree.

    Args:
        sums: shape (..., arms), control first.
        shares: shape (arms,), planned shares of units.
        days: shape (...,) or scalar, complete days run.
        impressions_min: per arm, from ``power.impressions_per_arm``; broadcastable to (...,).
        days_min: refuse before.
        units_min: per arm.
        confidence: of the whole test, all its comparisons together.
        adjustment: Dunnett (limits and p-values) or Holm (p-values; Bonferroni limits).
    """
    share = floats(shares)
    ratio_check = sample_ratio(sums.units, share)
    arms = share.size
    comparisons = arms - 1
    z = score_z(sums)
    p = floats(2 * ndtr(-np.abs(z)))
    alpha = 1 - confidence
    if adjustment == "dunnett":
        p_adjusted, critical = dunnett_p(z, share), dunnett_critical(share, alpha=alpha)
    else:
        p_adjusted, critical = holm(p), float(ndtri(1 - alpha / 2 / comparisons))
    effect = sums.design_effect
    lift, low, high = _lift(sums, effect, critical)
    missing = np.maximum(
        floats(impressions_min)[..., None]
        - np.minimum(sums.impressions[..., 1:], sums.impressions[..., :1]),
        0.0,
    )
    codes = np.select(
        [
            np.minimum(sums.impressions[..., 1:], sums.impressions[..., :1]) <= 0,
            np.broadcast_to(ratio_check.fault[..., None], lift.shape),
            np.broadcast_to(floats(days)[..., None] < days_min, lift.shape),
            (missing > 0) | _few_units(sums, units_min) | np.isnan(p_adjusted) | np.isnan(low),
            (p_adjusted < alpha) & (low > 0),
            (p_adjusted < alpha) & (high < 0),
        ],
        [6, 5, 4, 3, 0, 1],
        default=2,
    )
    refused = codes >= 3
    lift, low, high, p, p_adjusted = (
        np.where(refused, np.nan, values) for values in (lift, low, high, p, p_adjusted)
    )
    return ReadOut(
        lift,
        low,
        high,
        p,
        p_adjusted,
        name_by_code(codes, _VERDICTS),
        missing,
        ratio_check.p,
        effect[..., 0],
        confidence,
    )


def score_z(sums: ArmSums) -> Floats:
    """Score z of each arm against the control under a common CTR, shape (..., arms - 1).

    nan when neither arm has a click, or an arm has under two units.
    """
    control = _arm(sums, slice(0, 1))
    treated = _arm(sums, slice(1, None))
    common = ratio(control.clicks + treated.clicks, control.impressions + treated.impressions)
    variance = ratio(control.squares_about(common), control.impressions**2) + ratio(
        treated.squares_about(common), treated.impressions**2
    )
    return ratio(treated.ctr - control.ctr, np.sqrt(variance))


def impressions_for(sums: ArmSums, *, lift: ArrayLike, arms: int = 2, power: float = 0.8) -> Floats:
    """Impressions per arm to find ``lift``, from a test's own control CTR and design effect.

    Shape (...,). For planning the next test; using it to prolong this one is peeking.
    """
    return impressions_per_arm(
        sums.ctr[..., 0], lift, design_effect=sums.design_effect[..., 0], arms=arms, power=power
    )


def _arm(sums: ArmSums, chosen: slice) -> ArmSums:
    return ArmSums(
        sums.units[..., chosen],
        sums.clicks[..., chosen],
        sums.impressions[..., chosen],
        sums.clicks_squared[..., chosen],
        sums.clicks_impressions[..., chosen],
        sums.impressions_squared[..., chosen],
    )


def _few_units(sums: ArmSums, units_min: int) -> Bools:
    return np.asarray(
        np.minimum(sums.units[..., 1:], sums.units[..., :1]) < units_min, dtype=np.bool_
    )


def _lift(sums: ArmSums, effect: Floats, critical: float) -> tuple[Floats, Floats, Floats]:
    confidence = float(2 * ndtr(critical) - 1)
    limits = jeffreys_limits(sums.clicks / effect, sums.impressions / effect, confidence=confidence)
    top = type(limits)(*(values[..., 1:] for values in limits))
    bottom = type(limits)(*(values[..., :1] for values in limits))
    low, high = mover(top, bottom)
    point = ratio(sums.ctr[..., 1:], sums.ctr[..., :1]) - 1
    return point, low - 1, high - 1
