"""What CTR to expect at this hour, and when to raise an alarm: many series at once.

Expected CTR = level x seasonal index, the index shrunk towards the category's. Alarms come from
predictive limits that know overdispersion and the expectation's own error, and from a CUSUM for
shifts too small for one period to show.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, Names, floats, name_by_code, ratio
from linkstar.stats.design_effect import content_luck, icc_at
from linkstar.stats.multiplicity import benjamini_hochberg
from linkstar.stats.special import betainc, betaincc, ndtr, ndtri, stdtr, stdtrit
from linkstar.stats.variances import shrink_variances

WEEKS_MIN = 4
CLICKS_MIN = 20
POINT_ALPHA = 0.0027
"""Two-sided, per series and period: the three-sigma convention of control charts."""
_ROUNDS = 4
_DEGREES_MAX = 1e8


class Reading(StrEnum):
    """What one period of one series says."""

    AS_EXPECTED = "as_expected"
    DROP = "drop"
    RISE = "rise"
    NOT_ENOUGH_HISTORY = "not_enough_history"
    NO_DATA = "no_data"


_READINGS = tuple(Reading)


@dataclass(frozen=True, eq=False, slots=True)
class Expected:
    """CTR to expect, fitted to a history; nan where there is none.

    Attributes:
        ctr: shape (series, slots), level times index.
        error: shape (series, slots), relative variance of ctr.
        icc: shape (series,), correlation within a period, shrunk towards its category's.
        degrees: shape (series,), of freedom behind icc, the category's included; may be inf.
        weeks: shape (series,), times the most frequent slot was seen.
        clicks: shape (series,), in the history.
    """

    ctr: Floats
    error: Floats
    icc: Floats
    degrees: Floats
    weeks: Floats
    clicks: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Tick:
    """One period of every series, shape (series,).

    Attributes:
        expected_ctr: for this slot.
        p: two-sided mid-P under the predictive distribution.
        p_adjusted: Benjamini-Hochberg over the series of this tick.
        score: normal score of the mid-P, for the CUSUM.
        reading: members of ``Reading``; a drop or rise needs p < alpha and p_adjusted < 0.05.
    """

    expected_ctr: Floats
    p: Floats
    p_adjusted: Floats
    score: Floats
    reading: Names


def expect(
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    slot: Ints,
    slots: int,
    category: Ints,
    categories: int,
) -> Expected:
    """Fit level and season to a history.

    Args:
        clicks: shape (series, periods).
        impressions: same; 0 leaves a period out (also known incidents).
        slot: shape (periods,), 0..slots-1: hour of week, day of week; holidays a slot of their own.
        slots: how many.
        category: shape (series,), 0..categories-1, whose series share season and ICC.
        categories: how many.
    """
    x, n = floats(clicks), floats(impressions)
    x = np.where(n > 0, x, 0.0)
    by_slot_x, by_slot_n = _by_slot(x, slot, slots), _by_slot(n, slot, slots)
    squares, seen = _by_slot(n * n, slot, slots), _by_slot(floats(n > 0), slot, slots)
    cell = np.arange(x.shape[0])[:, None] * slots + slot
    luck = _luck_within_cells(x, n, cell, category, categories)[category]
    shared_icc = np.nan_to_num(icc_at(luck, ratio(x.sum(axis=1), n.sum(axis=1))))
    cell_ctr = np.nan_to_num(ratio(by_slot_x, by_slot_n))[:, slot]
    icc, degrees = _own_icc(x, n, cell_ctr, shared_icc, (seen > 0).sum(axis=1))
    inflation = 1 + icc[:, None] * np.maximum(np.nan_to_num(ratio(squares, by_slot_n)) - 1, 0.0)
    shared = np.ones((categories, slots))
    own = np.ones(by_slot_x.shape)
    known = np.zeros(by_slot_x.shape)
    level = ratio(x.sum(axis=1), n.sum(axis=1))
    for _ in range(_ROUNDS):
        index = shared[category] * own
        level = ratio(x.sum(axis=1), (by_slot_n * index).sum(axis=1))
        base = np.nan_to_num(level)[:, None] * by_slot_n
        shared = _sum_by(by_slot_x, category, categories) / np.maximum(
            _sum_by(base, category, categories), 1e-12
        )
        shared = np.where(shared > 0, shared, 1.0)
        fit = base * shared[category]
        weight = _own_weight(by_slot_x, fit, inflation, category, categories)
        own = (by_slot_x / inflation + weight) / (fit / inflation + weight)
        known = (fit / inflation) / (fit / inflation + weight)
    error_level = ratio((by_slot_x * inflation).sum(axis=1), x.sum(axis=1) ** 2)
    error_slot = known**2 * np.nan_to_num(ratio(inflation, fit))
    return Expected(
        level[:, None] * shared[category] * own,
        error_level[:, None] + error_slot,
        icc,
        degrees,
        seen.max(axis=1),
        x.sum(axis=1),
    )


def _by_slot(values: Floats, slot: Ints, slots: int) -> Floats:
    member = (slot[:, None] == np.arange(slots)).astype(np.float64)
    return floats(values @ member)


def _sum_by(values: Floats, category: Ints, categories: int) -> Floats:
    summed = np.zeros((categories, values.shape[1]))
    np.add.at(summed, category, values)
    return summed


def _luck_within_cells(x: Floats, n: Floats, cell: Ints, category: Ints, categories: int) -> Floats:
    """Squared CV between periods of one series and slot, per category; 0 where not estimable."""
    of_row = np.repeat(category, x.shape[1])
    found = content_luck(cell.ravel(), of_row, n.ravel(), x.ravel(), categories=categories)
    return floats(np.nan_to_num(found.cv_squared))


def _own_icc(x: Floats, n: Floats, ctr: Floats, icc: Floats, means: Ints) -> tuple[Floats, Floats]:
    """Each series' ICC and its degrees of freedom: its own, shrunk towards its category's.

    Needed because neither a constant ICC nor a constant CV holds over series of unlike CTR.
    """
    effect = 1 + np.maximum(n - 1, 0) * icc[:, None]
    squares = ratio((x - n * ctr) ** 2, n * ctr * (1 - ctr) * effect)
    degrees = np.maximum(np.isfinite(squares).sum(axis=1) - means, 0)
    dispersion = ratio(np.nansum(squares, axis=1), degrees)
    shrunken = shrink_variances(dispersion, degrees)
    size = np.maximum(ratio(n.sum(axis=1), (n > 0).sum(axis=1)), 2.0)
    own = (np.nan_to_num(shrunken.variance, nan=1.0) * (1 + (size - 1) * icc) - 1) / (size - 1)
    return np.clip(np.nan_to_num(own), 0.0, 1.0), degrees + shrunken.prior_degrees


def _own_weight(
    x: Floats, fit: Floats, inflation: Floats, category: Ints, categories: int
) -> Floats:
    """Clicks the category's index is worth against the series' own; by moments, (series, 1)."""
    excess = _sum_by(((x - fit) ** 2 - inflation * fit).sum(axis=1)[:, None], category, categories)
    scale = _sum_by((fit**2).sum(axis=1)[:, None], category, categories)
    spread = np.maximum(np.nan_to_num(ratio(excess, scale)), 1e-6)
    return (1 / spread)[category]


def judge(
    expected: Expected,
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    slot: int,
    alpha: float = POINT_ALPHA,
    false_discovery_rate: float = 0.05,
) -> Tick:
    """Compare one new period of every series with what was expected.

    The predictive distribution is beta-binomial in its first two moments: variance
    n p (1-p) deff + (n p)^2 error, deff = 1 + (n-1) icc, carried by a negative binomial (Poisson
    with gamma rate) for fast exact tails; it agrees with the beta-binomial's two-sided p within
    12 % of p at CTRs up to 5 %, and closer at smaller ones.

    Args:
        expected: of the same series.
        clicks: shape (series,).
        impressions: shape (series,).
        slot: of this period.
        alpha: two-sided, per series.
        false_discovery_rate: over the series of this tick.
    """
    x, n = floats(clicks), floats(impressions)
    spread = _Spread.of(expected.ctr[:, slot], n, expected.icc, expected.error[:, slot])
    lower, upper = spread.mid_tails(x)
    # The spread is estimated: a normal score of it is a t statistic.
    normal = np.where(lower < upper, ndtri(lower), -ndtri(upper))
    freedom = np.minimum(expected.degrees, _DEGREES_MAX)
    tail = stdtr(freedom, -np.abs(normal))
    p = 2 * tail
    usable = _usable(expected, n)
    p = np.where(usable, p, np.nan)
    adjusted = benjamini_hochberg(p)
    alarm = (p < alpha) & (adjusted < false_discovery_rate)
    codes = np.select([n <= 0, ~usable, alarm & (lower < upper), alarm], [4, 3, 1, 2], default=0)
    score = np.sign(normal) * -ndtri(tail)
    return Tick(
        expected.ctr[:, slot],
        p,
        adjusted,
        np.where(usable, np.clip(score, -8.0, 8.0), np.nan),
        name_by_code(codes.astype(np.int64), _READINGS),
    )


def limits(
    expected: Expected, impressions: ArrayLike, *, slot: int, alpha: float = POINT_ALPHA
) -> tuple[Floats, Floats]:
    """The band to draw around the expectation: CTRs within it have p >= alpha; each (series,)."""
    n = floats(impressions)
    spread = _Spread.of(expected.ctr[:, slot], n, expected.icc, expected.error[:, slot])
    needed = stdtrit(np.minimum(expected.degrees, _DEGREES_MAX), 1 - alpha / 2)
    low, high = spread.limits(floats(2 * ndtr(-needed)))
    usable = _usable(expected, n)
    low, high = (np.where(usable, ratio(edge, n), np.nan) for edge in (low, high))
    return low, high


def _usable(expected: Expected, impressions: Floats) -> Bools:
    return (impressions > 0) & (expected.weeks >= WEEKS_MIN) & (expected.clicks >= CLICKS_MIN)


@dataclass(frozen=True, eq=False, slots=True)
class _Spread:
    """Predictive distribution of clicks: negative binomial, or binomial when it is narrower."""

    mean: Floats
    size: Floats
    success: Floats
    impressions: Floats
    ctr: Floats
    wide: Bools

    @classmethod
    def of(cls, ctr: Floats, n: Floats, icc: Floats, error: Floats) -> "_Spread":
        known = np.where((n > 0) & (ctr > 0) & (ctr < 1), ctr, 0.5)
        count = np.where(n > 0, n, 1.0)
        mean = count * known
        deff = 1 + (count - 1) * icc
        variance = mean * (1 - known) * deff + mean**2 * np.nan_to_num(error)
        wide = np.asarray(variance > mean * 1.000001, dtype=np.bool_)
        excess = np.where(wide, variance - mean, 1.0)
        return cls(
            mean, mean**2 / excess, mean / np.where(wide, variance, mean * 2), count, known, wide
        )

    def mid_tails(self, x: Floats) -> tuple[Floats, Floats]:
        """P(below x) + P(x)/2, and the same above; both exact in their tail."""
        at, under = self._cdf(x), np.where(x >= 1, self._cdf(np.maximum(x - 1, 0)), 0.0)
        above, from_x = self._tail(x), np.where(x >= 1, self._tail(np.maximum(x - 1, 0)), 1.0)
        return (at + under) / 2, (above + from_x) / 2

    def _cdf(self, x: Floats) -> Floats:
        negative = betainc(self.size, x + 1, self.success)
        short = np.maximum(self.impressions - x, 1e-9)
        binomial = betaincc(x + 1, short, self.ctr)
        return np.where(self.wide, negative, np.where(x >= self.impressions, 1.0, binomial))

    def _tail(self, x: Floats) -> Floats:
        negative = betaincc(self.size, x + 1, self.success)
        short = np.maximum(self.impressions - x, 1e-9)
        binomial = betainc(x + 1, short, self.ctr)
        return np.where(self.wide, negative, np.where(x >= self.impressions, 0.0, binomial))

    def limits(self, alpha: Floats) -> tuple[Floats, Floats]:
        """Smallest and largest whole clicks whose mid-P is at least alpha."""
        low, high = -np.ones(self.mean.shape), np.floor(self.mean)
        top_low, top_high = np.floor(self.mean), np.ceil(self.mean * 4 + 60)
        for _ in range(int(np.ceil(np.log2(np.max(top_high, initial=2) + 2))) + 1):
            middle = np.floor((low + high) / 2)
            outside = 2 * self.mid_tails(np.maximum(middle, 0))[0] < alpha
            low = np.where((middle > low) & outside, middle, low)
            high = np.where((middle > low) & ~outside, middle, high)
            between = np.ceil((top_low + top_high) / 2)
            beyond = 2 * self.mid_tails(between)[1] < alpha
            top_high = np.where((between < top_high) & beyond, between, top_high)
            top_low = np.where((between < top_high) & ~beyond, between, top_low)
        return np.maximum(high, 0.0), top_low
