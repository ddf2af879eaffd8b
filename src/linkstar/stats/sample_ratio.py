"""Did the arms receive the shares of viewers they were meant to? If not, where does it sit?

A test whose shares are off compares two different audiences: no reading of it may be shown
(Fabijan et al., KDD 2019).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, floats
from linkstar.stats.multiplicity import holm
from linkstar.stats.special import chdtrc, gammaln, ndtr, xlogy

ALPHA = 0.001
EXPECTED_MIN = 5.0


class Pattern(StrEnum):
    """What a sample-ratio fault looks like over the strata, and so where to look for it."""

    NONE = "none"
    EVERYWHERE = "everywhere"
    """The same shift in every stratum: assignment or logging itself."""
    SOME_STRATA = "some_strata"
    """The named strata carry it, the others are clean: one surface, one day, one app version."""
    THROUGHOUT_UNEVENLY = "throughout_unevenly"
    """Strata differ, and without the worst ones it is still there."""
    CANCELLING = "cancelling"
    """The total looks right only because strata err in opposite directions."""
    NOT_ENOUGH_UNITS = "not_enough_units"


@dataclass(frozen=True, eq=False, slots=True)
class SampleRatio:
    """Arrays of shape (tests,); `p` is nan where an arm expects fewer than five units."""

    p: Floats
    fault: Bools
    enough: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Diagnosis:
    """Where a fault sits.

    Attributes:
        pattern: its shape over the strata.
        p: of the total; nan where there are not enough units.
        p_by_stratum: Holm-adjusted, shape (strata,), nan where a stratum has too few units.
        faulty_strata: indexes of strata below alpha.
        p_without_them: of the total without the faulty strata; nan when nothing is left.
        arm_z: standardised excess of each arm in the total, shape (arms,).
        arms_off: indexes of arms whose excess is beyond chance (Holm).
    """

    pattern: Pattern
    p: float
    p_by_stratum: Floats
    faulty_strata: Ints
    p_without_them: float
    arm_z: Floats
    arms_off: Ints


def sample_ratio(units: ArrayLike, shares: ArrayLike, *, alpha: float = ALPHA) -> SampleRatio:
    """Pearson's chi-square of units against planned shares, many tests at once.

    Args:
        units: shape (tests, arms), viewers (or blocks) per arm. nan = the test has no such arm.
        shares: planned shares, broadcastable to units; scaled to add up to 1 over present arms.
        alpha: a fault is called below this.
    """
    statistic, freedom, smallest = _pearson(floats(units), floats(shares))
    enough = (smallest >= EXPECTED_MIN) & (freedom > 0)
    p = np.where(enough, chdtrc(np.maximum(freedom, 1), statistic), np.nan)
    return SampleRatio(p, np.nan_to_num(p, nan=1.0) < alpha, enough)


def _pearson(units: Floats, shares: Floats) -> tuple[Floats, Floats, Floats]:
    present = ~np.isnan(units)
    share = np.where(present, np.broadcast_to(shares, units.shape), 0.0)
    share = share / share.sum(axis=-1, keepdims=True)
    seen = np.nan_to_num(units)
    expected = share * seen.sum(axis=-1, keepdims=True)
    gap = np.where(present & (expected > 0), (seen - expected) ** 2, 0.0)
    parts = np.divide(gap, expected, out=np.zeros_like(gap), where=expected > 0)
    smallest = np.where(present, expected, np.inf).min(axis=-1)
    return parts.sum(axis=-1), present.sum(axis=-1) - 1.0, smallest


def sample_ratio_log_e(
    units: ArrayLike, shares: ArrayLike, *, prior_weight: float = 100.0
) -> Floats:
    """Log e-value of a sample-ratio fault that may be looked at after every viewer.

    Dirichlet-multinomial mixture around the planned shares (Lindon & Malek 2022, section 3). Call
    a fault when it exceeds log(1/alpha), at any look.

    Args:
        units: shape (..., arms), cumulative units.
        shares: shape (arms,) or broadcastable, adding up to 1.
        prior_weight: units' worth of belief in the planned shares under the alternative.
    """
    seen = floats(units)
    share = np.broadcast_to(floats(shares), seen.shape)
    prior = prior_weight * share
    whole = gammaln(prior.sum(axis=-1)) - gammaln((prior + seen).sum(axis=-1))
    parts = gammaln(prior + seen) - gammaln(prior) - xlogy(seen, share)
    return floats(whole + parts.sum(axis=-1))


def diagnose(units: ArrayLike, shares: ArrayLike, *, alpha: float = ALPHA) -> Diagnosis:
    """Find the strata and arms that carry one test's fault.

    Args:
        units: shape (strata, arms), for example one row per day, device or surface.
        shares: shape (arms,), the planned shares.
        alpha: family-wise error over the strata, and of the total.
    """
    seen, share = floats(units), floats(shares) / floats(shares).sum()
    total = sample_ratio(seen.sum(axis=0)[None, :], share, alpha=alpha)
    by_stratum = sample_ratio(seen, share, alpha=alpha)
    adjusted = holm(by_stratum.p)
    faulty = np.flatnonzero(np.nan_to_num(adjusted, nan=1.0) < alpha)
    rest = np.delete(seen, faulty, axis=0).sum(axis=0)
    without = float(sample_ratio(rest[None, :], share, alpha=alpha).p[0])
    all_units = seen.sum()
    expected = share * all_units
    arm_z = (seen.sum(axis=0) - expected) / np.sqrt(np.maximum(expected * (1 - share), 1e-300))
    arm_p = holm(2 * ndtr(-np.abs(arm_z)))
    pattern = Pattern.NOT_ENOUGH_UNITS
    if total.enough[0]:
        uneven = _strata_differ(seen, share, alpha)
        pattern = _pattern(
            fault=bool(total.fault[0]),
            uneven=uneven,
            faulty=faulty.size,
            without=without,
            alpha=alpha,
        )
    return Diagnosis(
        pattern,
        float(total.p[0]),
        adjusted,
        faulty,
        without,
        arm_z,
        np.flatnonzero(arm_p < alpha),
    )


def _strata_differ(units: Floats, shares: Floats, alpha: float) -> bool:
    """Heterogeneity: the strata's own chi-squares less that of their sum."""
    statistic, freedom, smallest = _pearson(units, shares)
    used = smallest >= EXPECTED_MIN
    if used.sum() < 2:
        return False
    together, _, _ = _pearson(units[used].sum(axis=0)[None, :], shares)
    extra = max(float(statistic[used].sum() - together[0]), 0.0)
    return bool(chdtrc(float(freedom[used].sum() - freedom[0]), extra) < alpha)


def _pattern(*, fault: bool, uneven: bool, faulty: int, without: float, alpha: float) -> Pattern:
    if not fault:
        return Pattern.CANCELLING if faulty else Pattern.NONE
    if not uneven:
        return Pattern.EVERYWHERE
    rest_is_clean = np.isnan(without) or without >= alpha
    return Pattern.SOME_STRATA if rest_is_clean and faulty else Pattern.THROUGHOUT_UNEVENLY
