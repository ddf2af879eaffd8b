"""Tests where viewers cannot be divided: blocks of time, or pairs of contents, take turns.

On an organic content nobody can show two covers to two random halves of the audience. What can be
done by chance is when each cover is on (switchback), or which content of a pair gets it. The block
is then the unit, and the analysis repeats the drawing of lots that was made.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, Ints, floats

BLOCKS_MIN = 20
_PERMUTATIONS = 5_000
_WIDEST = 5.0


@dataclass(frozen=True, slots=True)
class SwitchbackReadOut:
    """Lift of CTR of arm 1 over arm 0, minus 1, with its permutation limits and p-value."""

    lift: float
    low: float
    high: float
    p: float
    blocks: int


@dataclass(frozen=True, slots=True)
class TooFewBlocks:
    """Blocks with impressions in the smaller arm, and how many are needed."""

    blocks: int
    blocks_needed: int


@dataclass(frozen=True, slots=True)
class NoClicks:
    """An arm has no clicks in any block: there is no ratio to tell."""


def read_switchback(
    arm: Ints,
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    rng: np.random.Generator,
    stratum: Ints | None = None,
    confidence: float = 0.95,
    blocks_min: int = BLOCKS_MIN,
) -> SwitchbackReadOut | TooFewBlocks | NoClicks:
    """Permutation test on the log ratio of pooled CTRs, and the interval it inverts to.

    Exact under the sharp null for the lots that were drawn (Fisher; Bojinov, Simchi-Levi & Zhao
    2023 for switchbacks without carry-over: leave a gap between blocks). The interval holds every
    factor by which arm 1's clicks may be divided without the test noticing.

    Args:
        arm: shape (blocks,), 0 or 1.
        clicks: shape (blocks,).
        impressions: shape (blocks,); blocks without impressions are left out.
        rng: seeded by the caller.
        stratum: lots were drawn within these: the pair of contents, the hour of the day.
        confidence: of the interval.
        blocks_min: per arm.
    """
    x, n = floats(clicks), floats(impressions)
    shown = n > 0
    x, n, treated = x[shown], n[shown], arm[shown] == 1
    fewest = int(min(treated.sum(), (~treated).sum()))
    if fewest < blocks_min:
        return TooFewBlocks(fewest, blocks_min)
    if x[treated].sum() == 0 or x[~treated].sum() == 0:
        return NoClicks()
    within = np.zeros(x.size, dtype=np.int64) if stratum is None else stratum[shown]
    lots = _lots(treated.astype(np.float64), within, rng)
    observed = _log_ratio(treated.astype(np.float64)[None, :], x, n)[0]
    alpha = 1 - confidence

    def likely(effect: float) -> bool:
        return _p(lots, np.where(treated, x / np.exp(effect), x), n, observed - effect) > alpha

    low = _edge(likely, observed, observed - _WIDEST)
    high = _edge(likely, observed, observed + _WIDEST)
    p = _p(lots, x, n, observed)
    return SwitchbackReadOut(
        float(np.expm1(observed)), float(np.expm1(low)), float(np.expm1(high)), p, int(x.size)
    )


def _lots(treated: Floats, stratum: Ints, rng: np.random.Generator) -> Floats:
    """Arms drawn again within strata, shape (permutations, blocks), the lots drawn first."""
    _, number = np.unique(stratum, return_inverse=True)
    keys = rng.random((_PERMUTATIONS, treated.size)) + number
    drawn = np.empty_like(keys)
    drawn[:, np.argsort(number, kind="stable")] = treated[np.argsort(keys, axis=1)]
    drawn[0] = treated
    return drawn


def _log_ratio(lots: Floats, x: Floats, n: Floats) -> Floats:
    clicks, shown = lots @ x, lots @ n
    # Half a click keeps permutations finite that leave an arm without any.
    rate = (clicks + 0.5) / shown, (x.sum() - clicks + 0.5) / (n.sum() - shown)
    return floats(np.log(rate[0]) - np.log(rate[1]))


def _p(lots: Floats, x: Floats, n: Floats, observed: float) -> float:
    """Two-sided share of lots at least as far from their middle as what was observed."""
    drawn = _log_ratio(lots, x, n)
    middle = float(np.median(drawn))
    return float((np.abs(drawn - middle) >= abs(observed - middle) - 1e-12).mean())


def _edge(likely: Callable[[float], bool], inside: float, outside: float) -> float:
    for _ in range(18):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if likely(middle) else (inside, middle)
    return outside
