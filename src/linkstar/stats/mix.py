"""Mix: when two totals differ because they are made of different parts.

Everything takes counts of shape (..., segments): one group or a million, one dimension at a time.
`a` is the group (or the later period), `b` the benchmark (or the earlier period). Segments with no
impressions on either side add nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, floats, log, ratio
from linkstar.stats.special import chdtrc, gammaincinv, ndtri

UNSUPPORTED_WEIGHT_MAX = 0.10
"""Standard weight that may lie in segments the group has no impressions in."""
HETEROGENEITY_P = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Counts of one side by segment, shape (..., segments).

    Raises:
        ValueError: a count is negative, or the shapes differ.
    """

    clicks: Floats
    impressions: Floats

    def __post_init__(self) -> None:
        if self.clicks.shape != self.impressions.shape:
            raise ValueError((self.clicks.shape, self.impressions.shape))
        if (self.clicks < 0).any() or (self.impressions < 0).any():
            raise ValueError("negative counts")

    @property
    def ctr(self) -> Floats:
        return ratio(self.clicks.sum(axis=-1), self.impressions.sum(axis=-1))

    @property
    def rates(self) -> Floats:
        return ratio(self.clicks, self.impressions)

    @property
    def shares(self) -> Floats:
        return ratio(self.impressions, self.impressions.sum(axis=-1, keepdims=True))


def segments(clicks: ArrayLike, impressions: ArrayLike) -> Segments:
    """Counts of one side from anything array-like, shape (..., segments)."""
    return Segments(floats(clicks), floats(impressions))


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """A mix-adjusted ratio of rates, shape (...): nan where it cannot be told.

    `unsupported_weight` is the standard's share in segments without impressions of the group;
    over 10 % of it the ratio is withheld. `log_error` is the standard error of log(ratio).
    """

    ratio: Floats
    low: Floats
    high: Floats
    log_error: Floats
    unsupported_weight: Floats


def standardised_ratio(
    a: Segments, b: Segments, *, design_effect: ArrayLike = 1.0, confidence: float = 0.95
) -> Adjusted:
    """What the ratio would be with the benchmark's own mix: sum w_b r_a / sum w_b r_b.

    Limits of the numerator are the gamma ones of Fay & Feuer (1997), which stay honest with few
    clicks; the benchmark's rates are taken as known. Segments the group has nothing in leave
    both sums.

    Args:
        a: the group.
        b: the benchmark, whose mix is the standard.
        design_effect: of the group's clicks, shape (...,).
        confidence: of the two-sided interval.
    """
    supported = a.impressions > 0
    weight = np.where(supported, b.shares, 0.0)
    missing = np.where(supported, 0.0, b.shares).sum(axis=-1)
    standard = np.where(supported, b.shares * b.rates, 0.0)
    expected = np.nansum(standard, axis=-1)
    per_click = ratio(weight, a.impressions)
    per_click = np.where(supported, per_click, 0.0)
    rate = (per_click * a.clicks).sum(axis=-1)
    effect = floats(design_effect)
    variance = (np.square(per_click) * a.clicks).sum(axis=-1) * effect
    largest = per_click.max(axis=-1, initial=0.0) * effect
    tail = (1.0 - confidence) / 2.0
    low = ratio(variance, rate) * gammaincinv(np.maximum(ratio(rate**2, variance), 1e-9), tail)
    low = np.where(rate > 0, low, 0.0)
    shape = ratio(np.square(rate + largest), variance + np.square(largest))
    scale = ratio(variance + np.square(largest), rate + largest)
    high = scale * gammaincinv(shape, 1.0 - tail)
    told = missing <= UNSUPPORTED_WEIGHT_MAX
    return Adjusted(
        np.where(told, ratio(rate, expected), np.nan),
        np.where(told, ratio(low, expected), np.nan),
        np.where(told, ratio(high, expected), np.nan),
        np.where(told, ratio(np.sqrt(variance), rate), np.nan),
        missing,
    )


@dataclass(frozen=True, slots=True, eq=False)
class MantelHaenszel:
    """The common ratio of rates over segments, and whether one number will do; shape (...).

    `heterogeneity_p` is the p-value of Cochran's Q over the segments' log ratios; where
    `heterogeneous`, show the segments' own ratios instead of this one.
    """

    ratio: Floats
    low: Floats
    high: Floats
    log_error: Floats
    heterogeneity_p: Floats
    heterogeneous: Bools


def mantel_haenszel(
    a: Segments,
    b: Segments,
    *,
    design_effect_a: ArrayLike = 1.0,
    design_effect_b: ArrayLike = 1.0,
    confidence: float = 0.95,
) -> MantelHaenszel:
    """Mantel-Haenszel risk ratio with the standard error of Greenland & Robins (1985), eq. 13.

    R = sum(x_a n_b / n) / sum(x_b n_a / n),
    Var(log R) = sum((m n_a n_b - x_a x_b n) / n^2) / (sum(x_a n_b / n) sum(x_b n_a / n)),
    m = x_a + x_b, n = n_a + n_b. Efficient with sparse segments; nan where a side has no clicks.
    Design effects act as effective counts of their side (Rao & Scott 1992); they may be one per
    group, shape (...,).
    """
    x_a, n_a = _effective(a, design_effect_a)
    x_b, n_b = _effective(b, design_effect_b)
    n = n_a + n_b
    top = np.nansum(ratio(x_a * n_b, n), axis=-1)
    bottom = np.nansum(ratio(x_b * n_a, n), axis=-1)
    found = np.where(top > 0, ratio(top, bottom), np.nan)
    spread = np.nansum(ratio((x_a + x_b) * n_a * n_b - x_a * x_b * n, np.square(n)), axis=-1)
    error = np.sqrt(ratio(spread, top * bottom))
    z = float(-ndtri((1.0 - confidence) / 2.0))
    p = _heterogeneity((x_a, n_a), (x_b, n_b))
    return MantelHaenszel(
        found,
        found * np.exp(-z * error),
        found * np.exp(z * error),
        error,
        p,
        p < HETEROGENEITY_P,
    )


def _effective(side: Segments, design_effect: ArrayLike) -> tuple[Floats, Floats]:
    effect = floats(design_effect)[..., None]
    return side.clicks / effect, side.impressions / effect


def _heterogeneity(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> Floats:
    """p-value of Cochran's Q over segments with clicks on both sides; nan with fewer than two."""
    (x_a, n_a), (x_b, n_b) = a, b
    usable = (x_a > 0) & (x_b > 0)
    of = log(ratio(x_a, n_a)) - log(ratio(x_b, n_b))
    variance = ratio(1.0, x_a) - ratio(1.0, n_a) + ratio(1.0, x_b) - ratio(1.0, n_b)
    weight = np.where(usable, ratio(1.0, variance), 0.0)
    of = np.where(usable, of, 0.0)
    total = weight.sum(axis=-1)
    mean = ratio((weight * of).sum(axis=-1), total)
    q = (weight * np.square(of - mean[..., None])).sum(axis=-1)
    degrees = usable.sum(axis=-1) - 1.0
    p = chdtrc(np.maximum(degrees, 1.0), q)
    return np.where(degrees >= 1, p, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Kitagawa:
    """An absolute difference of CTRs split exactly into rate and mix, shape (..., segments).

    `rate.sum(-1) + mix.sum(-1)` is the difference, to rounding.
    """

    rate: Floats
    mix: Floats


def kitagawa(a: Segments, b: Segments) -> Kitagawa:
    """Kitagawa (1955): rate (r_a - r_b)(w_a + w_b) / 2, mix (w_a - w_b)(r_a + r_b) / 2.

    Equal to the two-fold Oaxaca-Blinder split with weight one half. A segment that one side lacks
    takes the other side's rate, so that it counts as mix.
    """
    r_a, r_b = _rates_of_both(a, b)
    w_a, w_b = a.shares, b.shares
    return Kitagawa((r_a - r_b) * (w_a + w_b) / 2.0, (w_a - w_b) * (r_a + r_b) / 2.0)


def _rates_of_both(a: Segments, b: Segments) -> tuple[Floats, Floats]:
    r_a, r_b = a.rates, b.rates
    r_a, r_b = np.where(np.isnan(r_a), r_b, r_a), np.where(np.isnan(r_b), r_a, r_b)
    return np.nan_to_num(r_a), np.nan_to_num(r_b)


@dataclass(frozen=True, slots=True, eq=False)
class RatioSplit:
    """ctr_ratio = rate_index x mix_index, exactly; shape (...)."""

    rate_index: Floats
    mix_index: Floats


def fisher_split(a: Segments, b: Segments) -> RatioSplit:
    """The ratio of two CTRs as the product of Fisher's ideal rate and mix indices.

    Each index is the geometric mean of the one at the benchmark's and at the group's weights.
    """
    r_a, r_b = _rates_of_both(a, b)
    aa, bb = (a.shares * r_a).sum(axis=-1), (b.shares * r_b).sum(axis=-1)
    ab, ba = (a.shares * r_b).sum(axis=-1), (b.shares * r_a).sum(axis=-1)
    return RatioSplit(
        rate_index=np.sqrt(ratio(ba, bb) * ratio(aa, ab)),
        mix_index=np.sqrt(ratio(ab, bb) * ratio(aa, ba)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class LmdiSplit:
    """log(ctr_ratio) by segment, shape (..., segments); all of it adds up to the log ratio."""

    rate: Floats
    mix: Floats


def lmdi_split(a: Segments, b: Segments) -> LmdiSplit:
    """Logarithmic mean Divisia index I (Ang 2005), additive on the log of the ratio.

    Each segment's weight is the logarithmic mean of its parts of the two CTRs over that of the
    CTRs. Exact where every segment with impressions has clicks on both sides; elsewhere the parts
    are nan, because a log of zero has no share.
    """
    v_a, v_b = a.shares * a.rates, b.shares * b.rates
    total = _logarithmic_mean(a.ctr, b.ctr)[..., None]
    weight = ratio(_logarithmic_mean(v_a, v_b), total)
    nothing = (a.impressions == 0) & (b.impressions == 0)
    rate = weight * (log(a.rates) - log(b.rates))
    mix = weight * (log(a.shares) - log(b.shares))
    return LmdiSplit(np.where(nothing, 0.0, rate), np.where(nothing, 0.0, mix))


def _logarithmic_mean(first: Floats, second: Floats) -> Floats:
    gap = log(first) - log(second)
    near = np.abs(gap) < 1e-9
    return np.where(near, first, (first - second) / np.where(near, 1.0, gap))


@dataclass(frozen=True, slots=True, eq=False)
class Simpson:
    """Whether the total tells another story than its parts, shape (...).

    Attributes:
        crude_ratio: of the totals.
        adjusted_ratio: Mantel-Haenszel.
        reversed: the two lie on opposite sides of 1, both beyond chance.
        total_misleads: the crude ratio is beyond chance, the adjusted one on the other side, and
            the difference of mix alone is beyond chance.
        every_segment_disagrees: all segments point the other way than the total, and the
            difference of mix is beyond chance.
    """

    crude_ratio: Floats
    adjusted_ratio: Floats
    reversed: Bools
    total_misleads: Bools
    every_segment_disagrees: Bools

    @property
    def flagged(self) -> Bools:
        return self.reversed | self.total_misleads | self.every_segment_disagrees


def simpson(
    a: Segments,
    b: Segments,
    *,
    design_effect_a: ArrayLike = 1.0,
    design_effect_b: ArrayLike = 1.0,
    confidence: float = 0.95,
) -> Simpson:
    """Compare the crude ratio with the Mantel-Haenszel one, and with every segment."""
    z = float(-ndtri((1.0 - confidence) / 2.0))
    effect_a, effect_b = floats(design_effect_a), floats(design_effect_b)
    adjusted = mantel_haenszel(a, b, design_effect_a=effect_a, design_effect_b=effect_b)
    crude, other = log(ratio(a.ctr, b.ctr)), log(adjusted.ratio)
    variance = effect_a * ratio(1.0 - a.ctr, a.clicks.sum(axis=-1))
    variance += effect_b * ratio(1.0 - b.ctr, b.clicks.sum(axis=-1))
    crude_beyond = np.abs(crude) > z * np.sqrt(variance)
    opposed = np.sign(crude) == -np.sign(other)
    mix_beyond = np.abs(_mix_z(a, b, np.maximum(effect_a, effect_b))) > z
    both = (a.impressions > 0) & (b.impressions > 0)
    direction = np.sign(a.rates - b.rates)
    opposite = (direction == -np.sign(crude)[..., None]) & (direction != 0)
    all_opposite = np.all(opposite | ~both, axis=-1) & (both.sum(axis=-1) >= 2)
    return Simpson(
        crude_ratio=np.exp(crude),
        adjusted_ratio=adjusted.ratio,
        reversed=opposed & crude_beyond & (np.abs(other) > z * adjusted.log_error),
        total_misleads=opposed & crude_beyond & mix_beyond,
        every_segment_disagrees=all_opposite & mix_beyond,
    )


def _mix_z(a: Segments, b: Segments, design_effect: Floats) -> Floats:
    """Log of the mix index at the pooled rates, over its delta-method standard error."""
    impressions = a.impressions + b.impressions
    rate = np.nan_to_num(ratio(a.clicks + b.clicks, impressions))
    at_a, at_b = (a.shares * rate).sum(axis=-1), (b.shares * rate).sum(axis=-1)
    slope = ratio(a.shares, at_a[..., None]) - ratio(b.shares, at_b[..., None])
    variance = np.nan_to_num(ratio(rate * (1.0 - rate), impressions)) * design_effect[..., None]
    return ratio(log(ratio(at_a, at_b)), np.sqrt((np.square(slope) * variance).sum(axis=-1)))
