"""Where a test that is looked at all the time stands today, as a name and what is missing."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, Ints, Names, floats, name_by_code
from linkstar.stats.sequential import CLICKS_MIN_PER_ARM, ConfidenceSequence


class Standing(StrEnum):
    """What may be said after the looks so far about arm B against arm A."""

    BETTER = "better"
    WORSE = "worse"
    KEEP_GOING = "keep_going"
    """Nothing is decided; looking again later costs nothing."""
    TOO_FEW_CLICKS = "too_few_clicks"
    """An arm has not reached the delayed start; until then nothing is said on purpose."""
    NO_DATA = "no_data"


_STANDINGS = tuple(Standing)


@dataclass(frozen=True, eq=False, slots=True)
class Watched:
    """One element per stream.

    Attributes:
        standing: members of ``Standing``; a decision, once made at any look, stays.
        lift: at the last look, CTR of B over A minus 1; nan before the start.
        low: lower limit there, valid at all looks together; nan before the start.
        high: upper limit.
        decided_look: first look that decided, -1 while none has.
        clicks_missing: of the arm with fewer, until the delayed start; 0 from then on.
    """

    standing: Names
    lift: Floats
    low: Floats
    high: Floats
    decided_look: Ints
    clicks_missing: Floats


def watched(
    found: ConfidenceSequence,
    *,
    clicks_a: ArrayLike,
    clicks_b: ArrayLike,
    clicks_min: int = CLICKS_MIN_PER_ARM,
) -> Watched:
    """Name where every stream stands at its last look.

    Args:
        found: of any sequence on the log ratio, shape (streams, looks).
        clicks_a: cumulative, as given to the sequence, broadcastable to (streams, looks).
        clicks_b: likewise.
        clicks_min: as given to the sequence; 0 for the click-label sequence, which needs no start.
    """
    x_a, x_b, _ = np.broadcast_arrays(floats(clicks_a), floats(clicks_b), found.estimate)
    x_a, x_b = x_a[:, -1], x_b[:, -1]
    missing = np.maximum(clicks_min - np.minimum(x_a, x_b), 0.0)
    look = found.decided_look
    decided, at = look >= 0, (np.arange(look.size), np.maximum(look, 0))
    above = found.low[at] + found.high[at] > 0  # also where an arm without clicks has no estimate
    codes = np.select(
        [decided & above, decided, x_a + x_b <= 0, missing > 0], [0, 1, 4, 3], default=2
    )
    last = (values[:, -1] for values in (found.estimate, found.low, found.high))
    lift, low, high = (np.expm1(values) for values in last)
    return Watched(name_by_code(codes, _STANDINGS), lift, low, high, look, missing)
