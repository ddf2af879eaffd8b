"""How many impressions, how many days: planning a test before it starts."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, floats, ratio
from linkstar.stats.multiplicity import dunnett_critical
from linkstar.stats.special import ndtr, ndtri

DAYS_MIN = 14
DAYS_MAX = 56
SEQUENCE_HORIZON_MULTIPLE = 1.8
"""Measured by row S6 of the evidence: impressions an always-valid test must be able to run to."""
GROUP_SEQUENTIAL_HORIZON_MULTIPLE = 1.1


class Design(StrEnum):
    """How the test will be looked at; decides how far beyond the fixed size it must reach."""

    FIXED = "fixed"
    GROUP_SEQUENTIAL = "group_sequential"
    CONFIDENCE_SEQUENCE = "confidence_sequence"


HORIZON_MULTIPLE = {
    Design.FIXED: 1.0,
    Design.GROUP_SEQUENTIAL: GROUP_SEQUENTIAL_HORIZON_MULTIPLE,
    Design.CONFIDENCE_SEQUENCE: SEQUENCE_HORIZON_MULTIPLE,
}


class ImpossibleRate(ValueError):
    """A CTR, or the CTR after the lift, does not lie strictly between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a test needs; impressions are per arm, days are whole weeks."""

    impressions_per_arm: int
    days: int
    lift: float
    power: float
    alpha: float
    design: Design


@dataclass(frozen=True, slots=True)
class TrafficTooSmall:
    """The test would not end within the days allowed; what would be detectable by then."""

    impressions_per_arm: int
    days_needed: int
    days_max: int
    detectable_lift: float


def impressions_per_arm(
    ctr: ArrayLike,
    lift: ArrayLike,
    *,
    design_effect: ArrayLike = 1.0,
    alpha: float = 0.05,
    power: float = 0.8,
    arms: int = 2,
) -> Floats:
    """Impressions each arm needs to find a relative lift of CTR, two-sided, equal shares.

    n = (z_{1-a/2} + z_power)^2 deff [(1-p1)/p1 + (1-p2)/p2] / log(1+lift)^2, the log-ratio form
    of the two-proportion formula (Fleiss, Levin & Paik 2003, chapter 4). With more than two arms
    z_{1-a/2} is Dunnett's critical value. A lift of 0 needs infinitely many.

    Raises:
        ImpossibleRate: ctr or ctr * (1 + lift) leaves (0, 1).
    """
    before, gain = floats(ctr), floats(lift)
    after = before * (1 + gain)
    if np.any((before <= 0) | (before >= 1) | (after <= 0) | (after >= 1)):
        raise ImpossibleRate(float(before.min()), float(after.min()), float(after.max()))
    critical = _critical(alpha, arms)
    noise = floats(design_effect) * ((1 - before) / before + (1 - after) / after)
    needed = (critical + ndtri(power)) ** 2 * ratio(noise, np.log1p(gain) ** 2)
    return np.where(gain == 0, np.inf, np.ceil(needed))


def power_at(
    impressions: ArrayLike,
    ctr: ArrayLike,
    lift: ArrayLike,
    *,
    design_effect: ArrayLike = 1.0,
    alpha: float = 0.05,
    arms: int = 2,
) -> Floats:
    """Probability to find the lift with that many impressions per arm; the same approximation."""
    before, gain = floats(ctr), floats(lift)
    after = before * (1 + gain)
    noise = floats(design_effect) * ((1 - before) / before + (1 - after) / after)
    drift = np.abs(np.log1p(gain)) * np.sqrt(ratio(impressions, noise))
    critical = _critical(alpha, arms)
    return floats(ndtr(drift - critical) + ndtr(-drift - critical))


def detectable_lift(
    impressions: ArrayLike,
    ctr: ArrayLike,
    *,
    design_effect: ArrayLike = 1.0,
    alpha: float = 0.05,
    power: float = 0.8,
    arms: int = 2,
) -> Floats:
    """Smallest positive relative lift found with the given power; nan where even CTR 1 is not."""
    count, before = np.broadcast_arrays(floats(impressions), floats(ctr))
    low, high = np.zeros(before.shape), 1 / before - 1
    best = power_at(
        count, before, high * (1 - 1e-9), design_effect=design_effect, alpha=alpha, arms=arms
    )
    for _ in range(60):
        middle = (low + high) / 2
        reached = power_at(
            count, before, middle, design_effect=design_effect, alpha=alpha, arms=arms
        )
        low, high = np.where(reached < power, middle, low), np.where(reached < power, high, middle)
    return np.where(best >= power, high, np.nan)


def plan(
    *,
    ctr: float,
    lift: float,
    impressions_per_day: float,
    arms: int = 2,
    design: Design = Design.FIXED,
    design_effect: float = 1.0,
    alpha: float = 0.05,
    power: float = 0.8,
    days_max: int = DAYS_MAX,
) -> Plan | TrafficTooSmall:
    """Size and length of one test, in whole weeks and never under two.

    Args:
        ctr: of the control, from history.
        lift: relative lift worth finding, 0.1 for +10 %.
        impressions_per_day: over all arms together.
        arms: control included.
        design: how it will be looked at.
        design_effect: 1 for one impression per viewer; more when viewers come back.
        alpha: two-sided error, over all comparisons with the control.
        power: wanted.
        days_max: longer than this is refused.
    """
    fixed = impressions_per_arm(
        ctr, lift, design_effect=design_effect, alpha=alpha, power=power, arms=arms
    )
    needed = float(np.ceil(fixed * HORIZON_MULTIPLE[design]))
    weeks = np.ceil(ratio(needed * arms, impressions_per_day * 7))
    days = max(DAYS_MIN, int(weeks) * 7) if np.isfinite(weeks) else days_max + 1
    if days > days_max:
        reached = days_max * impressions_per_day / arms / HORIZON_MULTIPLE[design]
        smallest = detectable_lift(
            reached, ctr, design_effect=design_effect, alpha=alpha, power=power, arms=arms
        )
        return TrafficTooSmall(int(needed), days, days_max, float(smallest))
    return Plan(int(needed), days, lift, power, alpha, design)


@lru_cache(maxsize=256)
def _critical(alpha: float, arms: int) -> float:
    if arms == 2:
        return float(ndtri(1 - alpha / 2))
    return dunnett_critical(np.full(arms, 1 / arms), alpha=alpha)
