"""The geometry of a forest plot: where points and intervals lie on one shared axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

PADDING = 0.1
SIDE_MIN, SIDE_MAX = 5.0, 12.0
"""Side of a point's square, in pixels."""
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row's uplift with its limits, as ratios; NaN where it cannot be told."""

    uplift: float
    low: float
    high: float
    impressions: float


@dataclass(frozen=True, slots=True)
class Axis:
    """The span of uplift that is drawn, and where its ticks are."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, uplift: float) -> float:
        """Where a value lies, in percent of the width, held inside the plot."""
        share = (uplift - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    @property
    def zero(self) -> float:
        return self.at(0.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn for one row, in percent of the width; `side` in pixels.

    A point beyond the axis is not drawn: its cut interval points to it.
    """

    point: float
    low: float
    high: float
    is_cut_low: bool
    is_cut_high: bool
    is_beyond: bool
    side: float
    half: float


def axis_of(estimates: Sequence[Estimate]) -> Axis:
    """An axis that holds zero, every point and most interval ends, padded by a tenth.

    The widest tenth of the intervals on each side may be cut, so that one tiny content does not
    squeeze everybody else into a line.
    """
    told = [e for e in estimates if not math.isnan(e.uplift)]
    lows = sorted(e.low for e in told if not math.isnan(e.low))
    highs = sorted(e.high for e in told if not math.isnan(e.high))
    points = [e.uplift for e in told]
    low = min([0.0, *points, *lows[len(lows) // 10 :][:1]])
    high = max([0.0, *points, *highs[: len(highs) - len(highs) // 10][-1:]])
    span = (high - low) or 1.0
    low, high = max(low - PADDING * span, -1.0), high + PADDING * span
    return Axis(low, high, _ticks(low, high))


def _ticks(low: float, high: float) -> tuple[float, ...]:
    step = next((s for s in _STEPS if (high - low) / s <= 5), 200.0)
    first, last = math.ceil(low / step), math.floor(high / step)
    return tuple(round(n * step, 4) for n in range(first, last + 1))


def mark_of(estimate: Estimate, axis: Axis, *, impressions_max: float) -> Mark | None:
    """The marks of one row; None when its uplift cannot be told."""
    if math.isnan(estimate.uplift):
        return None
    weight = math.sqrt(min(1.0, estimate.impressions / (impressions_max or 1.0)))
    side = round(SIDE_MIN + (SIDE_MAX - SIDE_MIN) * weight, 1)
    low = estimate.uplift if math.isnan(estimate.low) else estimate.low
    high = estimate.uplift if math.isnan(estimate.high) else estimate.high
    return Mark(
        point=axis.at(estimate.uplift),
        low=axis.at(low),
        high=axis.at(high),
        is_cut_low=low < axis.low,
        is_cut_high=high > axis.high,
        is_beyond=not axis.low <= estimate.uplift <= axis.high,
        side=side,
        half=round(-side / 2, 2),
    )
