"""Counts far below what their like would lead one to expect."""

from linkstar.stats.special import pdtr

EXPECTED_MIN = 20.0
"""Below it a few people decide, and nothing is said."""
SHARE_MAX = 0.5
P_MAX = 0.001


def falls_short(counted: int, expected: float) -> bool:
    """At most half of what was expected, and too little for chance (Poisson, one in 1,000)."""
    if expected < EXPECTED_MIN or counted > SHARE_MAX * expected:
        return False
    return bool(pdtr(counted, expected) < P_MAX)
