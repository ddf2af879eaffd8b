"""Sums over randomised units per arm: all an experiment's read-out needs, and they add up.

The unit is what was randomised: a viewer, a time block, a content. CTR over units is a ratio of two
sums, so its variance needs the second moments (delta method; Deng, Knoblich & Lu 2018).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, floats, ratio


@dataclass(frozen=True, eq=False, slots=True)
class ArmSums:
    """Sums over the units of each arm; every array has shape (..., arms), control first.

    Two of them may be added when no unit is in both: shards, strata, days of unreturning viewers.
    """

    units: Floats
    clicks: Floats
    impressions: Floats
    clicks_squared: Floats
    clicks_impressions: Floats
    impressions_squared: Floats

    def __add__(self, other: Self) -> "ArmSums":
        return ArmSums(
            self.units + other.units,
            self.clicks + other.clicks,
            self.impressions + other.impressions,
            self.clicks_squared + other.clicks_squared,
            self.clicks_impressions + other.clicks_impressions,
            self.impressions_squared + other.impressions_squared,
        )

    @property
    def ctr(self) -> Floats:
        """Clicks per impression of each arm; nan without impressions."""
        return ratio(self.clicks, self.impressions)

    def squares_about(self, rate: ArrayLike) -> Floats:
        """k/(k-1) times the sum over k units of (clicks - rate impressions)^2; nan for k < 2."""
        at = floats(rate)
        raw = (
            self.clicks_squared
            - 2 * at * self.clicks_impressions
            + at**2 * self.impressions_squared
        )
        return ratio(self.units, self.units - 1) * np.maximum(raw, 0.0)

    @property
    def log_variance(self) -> Floats:
        """Variance of log CTR by linearisation; nan without clicks."""
        return ratio(self.squares_about(self.ctr), self.clicks**2)

    @property
    def design_effect(self) -> Floats:
        """Variance of CTR over that of independent clicks, from all arms of a test together.

        Pooled because one arm with few clicks cannot tell its own; 1 where no arm has clicks.
        """
        ctr = np.nan_to_num(self.ctr)
        spread = np.nan_to_num(self.squares_about(ctr))
        independent = np.where(ctr < 1, self.clicks * (1 - ctr), self.clicks)
        pooled = ratio(spread.sum(axis=-1), independent.sum(axis=-1))
        shape = self.clicks.shape
        return np.broadcast_to(np.where(pooled > 0, pooled, 1.0)[..., None], shape).copy()


def independent_impressions(clicks: ArrayLike, impressions: ArrayLike) -> ArmSums:
    """Sums when every impression is a unit of its own, clicked at most once."""
    x, n = np.broadcast_arrays(floats(clicks), floats(impressions))
    return ArmSums(n, x, n, x, x, n)


def sums_of_units(
    experiment: ArrayLike,
    arm: ArrayLike,
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    experiments: int,
    arms: int,
) -> ArmSums:
    """Add up one row per unit (a viewer's total in a test) into (experiments, arms).

    Args:
        experiment: shape (units,), in 0..experiments-1.
        arm: shape (units,), in 0..arms-1, control 0.
        clicks: shape (units,).
        impressions: shape (units,).
        experiments: how many tests.
        arms: how many arms, control included.
    """
    place = np.asarray(experiment, dtype=np.int64) * arms + np.asarray(arm, dtype=np.int64)
    x, n = floats(clicks), floats(impressions)

    def total(weights: Floats) -> Floats:
        added = np.bincount(place, weights, minlength=experiments * arms)
        return floats(added).reshape(experiments, arms)

    return ArmSums(
        total(np.ones_like(x)), total(x), total(n), total(x * x), total(x * n), total(n * n)
    )
