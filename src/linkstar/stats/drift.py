"""Small shifts that stay: a two-sided CUSUM over normal scores, many series at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, floats

ALLOWANCE = 0.5
"""k: half the shift, in standard deviations, that is found fastest."""
DECISION = 5.0
"""h: about one false alarm per 465 periods and series (Montgomery, SQC, table 9.4)."""


@dataclass(frozen=True, eq=False, slots=True)
class Drift:
    """CUSUM paths, shape (series, periods).

    Attributes:
        upper: evidence for a rise, 0 after each alarm.
        lower: evidence for a drop.
        rise: alarms.
        drop: alarms.
        onset: shape (series, periods): at an alarm, the period the shift is reckoned to have begun
            (the first after the sum last stood at 0); -1 elsewhere.
    """

    upper: Floats
    lower: Floats
    rise: Bools
    drop: Bools
    onset: Ints


def cusum(scores: ArrayLike, *, allowance: float = ALLOWANCE, decision: float = DECISION) -> Drift:
    """Tabular CUSUM (Page 1954) that starts anew after each alarm; nan scores leave it standing.

    Args:
        scores: shape (series, periods), standard normal when nothing changed.
        allowance: k.
        decision: h.
    """
    z = np.nan_to_num(floats(scores), nan=0.0)
    given = ~np.isnan(floats(scores))
    series, periods = z.shape
    upper, lower = np.zeros(z.shape), np.zeros(z.shape)
    rise, drop = np.zeros(z.shape, dtype=np.bool_), np.zeros(z.shape, dtype=np.bool_)
    onset = np.full(z.shape, -1, dtype=np.int64)
    up, down = np.zeros(series), np.zeros(series)
    up_since, down_since = np.zeros(series, dtype=np.int64), np.zeros(series, dtype=np.int64)
    for period in range(periods):
        step = z[:, period]
        up_since = np.where(up == 0, period, up_since)
        down_since = np.where(down == 0, period, down_since)
        up = np.where(given[:, period], np.maximum(0.0, up + step - allowance), up)
        down = np.where(given[:, period], np.maximum(0.0, down - step - allowance), down)
        upper[:, period], lower[:, period] = up, down
        rise[:, period], drop[:, period] = up > decision, down > decision
        onset[:, period] = np.select(
            [drop[:, period], rise[:, period]], [down_since, up_since], default=-1
        )
        over = rise[:, period] | drop[:, period]
        up, down = np.where(over, 0.0, up), np.where(over, 0.0, down)
    return Drift(upper, lower, rise, drop, onset)
