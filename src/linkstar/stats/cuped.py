"""CUPED: using what was known before a test to narrow its interval (Deng et al. 2013).

Worth it for blocks, contents or creators whose past predicts them; a single viewer's past CTR
hardly does, and the result says how little was gained.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, Ints, Names, floats, name_by_code, ratio
from linkstar.stats.experiments import UNITS_MIN, Verdict
from linkstar.stats.special import ndtri

_VERDICTS = (
    Verdict.NO_DATA,
    Verdict.NOT_ENOUGH_DATA,
    Verdict.BETTER,
    Verdict.WORSE,
    Verdict.CANNOT_TELL,
)


class CovariateAfterExposure(ValueError):
    """The covariate was measured while the test could already change it."""


@dataclass(frozen=True, eq=False, slots=True)
class AdjustedLift:
    """Lift per (experiment, treatment arm), shape (experiments, arms - 1).

    nan wherever the verdict is a refusal.

    Attributes:
        lift: adjusted CTR ratio to the control, minus 1.
        low: lower confidence limit.
        high: upper confidence limit.
        plain_lift: without adjustment.
        variance_removed: share of the variance explained by the past, shape (experiments,).
        verdict: members of ``Verdict``, of this comparison alone: ``NO_DATA`` without impressions,
            ``NOT_ENOUGH_DATA`` without clicks or with too few units.
        units_missing: until the smaller arm has ``UNITS_MIN``.
    """

    lift: Floats
    low: Floats
    high: Floats
    plain_lift: Floats
    variance_removed: Floats
    verdict: Names
    units_missing: Floats


def adjusted_lift(
    experiment: Ints,
    arm: Ints,
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    clicks_before: ArrayLike,
    impressions_before: ArrayLike,
    covariate_ends_before: np.datetime64,
    exposure_starts_at: np.datetime64,
    experiments: int,
    arms: int,
    confidence: float = 0.95,
) -> AdjustedLift:
    """Lift of CTR over units, adjusted by the units' own CTR before the test.

    Both ratios are linearised, the outcome around its arm's CTR (x - p n, over mean clicks), the
    past around the overall past CTR (x' - p' n'). The log CTR of an arm is moved by -theta times
    its mean covariate, theta from the pooled within-arm regression. Intervals on the log scale.

    Args:
        experiment: shape (units,), in 0..experiments-1.
        arm: shape (units,), control 0.
        clicks: during the test, shape (units,).
        impressions: during the test.
        clicks_before: the same units' clicks before it; 0 when they were not there.
        impressions_before: likewise.
        covariate_ends_before: end of the earlier period (exclusive).
        exposure_starts_at: first exposure of the test.
        experiments: how many tests.
        arms: control included.
        confidence: of each interval.

    Raises:
        CovariateAfterExposure: the earlier period reaches into the test.
    """
    if covariate_ends_before > exposure_starts_at:
        raise CovariateAfterExposure(str(covariate_ends_before), str(exposure_starts_at))
    place = experiment * arms + arm
    shape, cells = (experiments, arms), experiments * arms

    def total(values: Floats) -> Floats:
        return floats(np.bincount(place, values, minlength=cells)).reshape(shape)

    x, n = floats(clicks), floats(impressions)
    units, all_clicks = total(np.ones_like(x)), total(x)
    ctr = ratio(all_clicks, total(n))
    outcome = (x - ctr.ravel()[place] * n) * ratio(units, all_clicks).ravel()[place]
    past = _linearised_past(
        experiment, floats(clicks_before), floats(impressions_before), experiments
    )
    past_mean = ratio(total(past), units)
    centred = past - past_mean.ravel()[place]
    cross, spread = total(outcome * centred).sum(axis=1), total(centred**2).sum(axis=1)
    theta = np.nan_to_num(ratio(cross, spread))
    residual = outcome - theta[experiment] * centred
    variance = ratio(total(residual**2), units * (units - 1))
    with np.errstate(divide="ignore"):
        log_ctr = np.where(all_clicks > 0, np.log(ctr), np.nan)
    level = log_ctr - theta[:, None] * past_mean
    change = level[:, 1:] - level[:, :1]
    half = ndtri((1 + confidence) / 2) * np.sqrt(variance[:, 1:] + variance[:, :1])
    kept = ratio(total(residual**2).sum(axis=1), total(outcome**2).sum(axis=1))
    missing = np.maximum(UNITS_MIN - np.minimum(units[:, 1:], units[:, :1]), 0.0)
    shown = total(n) > 0
    codes = np.select(
        [
            ~(shown[:, 1:] & shown[:, :1]),
            (missing > 0) | ~np.isfinite(change) | ~np.isfinite(half),
            change - half > 0,
            change + half < 0,
        ],
        [0, 1, 2, 3],
        default=4,
    )
    plain = log_ctr[:, 1:] - log_ctr[:, :1]
    logs = (change, change - half, change + half, plain)
    lift, low, high, plain = (np.expm1(np.where(codes < 2, np.nan, each)) for each in logs)
    return AdjustedLift(lift, low, high, plain, 1 - kept, name_by_code(codes, _VERDICTS), missing)


def _linearised_past(experiment: Ints, x: Floats, n: Floats, experiments: int) -> Floats:
    clicks = np.bincount(experiment, x, minlength=experiments)
    impressions = np.bincount(experiment, n, minlength=experiments)
    return x - np.nan_to_num(ratio(clicks, impressions))[experiment] * n
