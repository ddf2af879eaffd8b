"""Laud's skewness-corrected score interval of a ratio of two rates, one pair at a time.

Written from the formulas of Gart & Nam (1988) and Laud (2017) as a referee of ours: another
construction than MOVER, on the score.
"""

from math import isnan, sqrt

from scipy.optimize import brentq
from scipy.stats import norm


def score(ratio, counts, *, skewed=True, corrected=True):
    """The standardised score of a ratio; positive where the data speak for a larger one."""
    x1, n1, x2, n2 = counts
    p1, p2 = restricted(ratio, counts)
    variance = p1 * (1 - p1) / n1 + ratio**2 * p2 * (1 - p2) / n2
    if corrected:
        variance *= (n1 + n2) / (n1 + n2 - 1)
    distance = (x1 / n1 - ratio * x2 / n2) / sqrt(variance)
    if not skewed:
        return distance
    third = p1 * (1 - p1) * (1 - 2 * p1) / n1**2
    third -= ratio**3 * p2 * (1 - p2) * (1 - 2 * p2) / n2**2
    lean = third / (6 * variance**1.5)
    if abs(lean) < 1e-12:
        return distance
    # z + lean (z^2 - 1) = distance
    inner = 1 + 4 * lean * (distance + lean)
    return (sqrt(inner) - 1) / (2 * lean) if inner >= 0 else float("nan")


def restricted(ratio, counts):
    """Both rates by maximum likelihood when their ratio is given."""
    x1, n1, x2, n2 = counts
    a = (n1 + n2) * ratio
    b = n1 * ratio + x1 + n2 + x2 * ratio
    p2 = (b - sqrt(max(b * b - 4 * a * (x1 + x2), 0.0))) / (2 * a)
    return ratio * p2, p2


def interval(counts, *, confidence=0.95, **options):
    """Lower and upper limit of the ratio; the point must lie well inside (0, inf)."""
    z = norm.ppf((1 + confidence) / 2)
    x1, n1, x2, n2 = counts
    point = (x1 / n1) / (x2 / n2)

    def beyond(ratio, wanted):
        found = score(ratio, counts, **options)
        assert not isnan(found)
        return found - wanted

    return tuple(
        brentq(beyond, point * near, point * far, args=(wanted,), xtol=1e-10)
        for near, far, wanted in ((1e-3, 1.0, z), (1.0, 1e2, -z))
    )
