"""Would the forecast have been right before? Leaving out each creator's last content and asking."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, floats
from linkstar.stats.forecast import NotEnoughHistory, draw, learn


class Calibration(StrEnum):
    """Whether the ranges were as wide as they claimed."""

    CALIBRATED = "calibrated"
    TOO_NARROW = "too_narrow"
    TOO_WIDE = "too_wide"


@dataclass(frozen=True, slots=True)
class BackTest:
    """How forecasts of contents already seen came out.

    Attributes:
        covered: share of outcomes whose place in the forecast lies within the range, ties at zero
            split at random (randomised probability integral transform).
        below: share under the range.
        above: share over the range.
        standard_error: of covered when the forecasts are right.
        contents: outcomes judged.
        calibration: covered within 3 standard errors (and 2 points) of the promise, or not.
        loss: mean pinball loss of the three quantiles.
        loss_of_market: the same when every creator gets the market's quantiles.
    """

    covered: float
    below: float
    above: float
    standard_error: float
    contents: int
    calibration: Calibration
    loss: float
    loss_of_market: float


def back_test(
    creator: Ints,
    outcome: ArrayLike,
    *,
    creators: int,
    rng: np.random.Generator,
    confidence: float = 0.8,
) -> BackTest | NotEnoughHistory:
    """Forecast every creator's last content from all earlier ones, and compare.

    Args:
        creator: shape (m,), rows of one creator in order of time.
        outcome: shape (m,).
        creators: how many.
        rng: seeded by the caller.
        confidence: of the range that is checked.
    """
    y = floats(outcome)
    last = _last_of_each(creator)
    outlook = learn(creator[~last], y[~last], creators=creators)
    if isinstance(outlook, NotEnoughHistory):
        return outlook
    known = last & (outlook.outcomes[creator] > 0)
    who, truth = creator[known], y[known]
    draws = draw(outlook, np.ones(creators, dtype=np.int64), rng=rng)[who]
    under = (draws < truth[:, None]).mean(axis=1)
    level = (draws == truth[:, None]).mean(axis=1)
    place = under + rng.random(truth.size) * level
    edge = (1 - confidence) / 2
    below, above = float((place < edge).mean()), float((place > 1 - edge).mean())
    covered = 1 - below - above
    error = float(np.sqrt(confidence * (1 - confidence) / truth.size))
    tails = np.array([edge, 0.5, 1 - edge])
    market = np.quantile(y[~last], tails)
    return BackTest(
        covered,
        below,
        above,
        error,
        truth.size,
        _calibration(covered - confidence, max(3 * error, 0.02)),
        _pinball(truth, np.quantile(draws, tails, axis=1), tails),
        _pinball(truth, np.repeat(market[:, None], truth.size, axis=1), tails),
    )


def _last_of_each(creator: Ints) -> Bools:
    last = np.zeros(creator.size, dtype=np.bool_)
    _, from_the_end = np.unique(creator[::-1], return_index=True)
    last[creator.size - 1 - from_the_end] = True
    return last


def _calibration(gap: float, allowed: float) -> Calibration:
    if abs(gap) <= allowed:
        return Calibration.CALIBRATED
    return Calibration.TOO_NARROW if gap < 0 else Calibration.TOO_WIDE


def _pinball(truth: Floats, quantiles: Floats, tails: Floats) -> float:
    gap = truth - quantiles
    return float(np.maximum(tails[:, None] * gap, (tails[:, None] - 1) * gap).mean())
