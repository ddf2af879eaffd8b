"""Which content has a CTR no honest traffic reaches.

A content is suspicious when at least 200 impressions were counted and its CTR is above five times
the 99th percentile of its category's content CTRs. A benchmark publishes quartiles, so the
percentile is that of the log-normal through its median and upper quartile; without quartiles it is
taken from the contents at hand, when there are enough of them to have one.
"""

import numpy as np

from linkstar.benchmarks.book import CellBook
from linkstar.stats.arrays import Bools, Floats, Ints, ratio
from linkstar.stats.invalid_traffic import IMPRESSIONS_MIN, TIMES_P99, percentile_99

CLICKS_SHARE_MIN = 0.20
"""A group is suspicious when so much of its clicks come from suspicious content."""
CONTENTS_FOR_P99 = 200


def suspicious_elements(
    book: CellBook | None, cell: Ints, impressions: Floats, clicks: Floats, contents: Floats
) -> Bools:
    """Which elements are contents with an implausible CTR; rows that lump contents never are."""
    single = (contents == 1.0) & (impressions >= IMPRESSIONS_MIN)
    ctr = ratio(clicks, impressions)
    limit = TIMES_P99 * np.fmin(_stated_p99(book, cell), 1.0)
    own = ctr[single]
    if own.size >= CONTENTS_FOR_P99:
        limit = np.where(np.isnan(limit), TIMES_P99 * np.quantile(own, 0.99), limit)
    found: Bools = single & (ctr > limit)
    return found


def _stated_p99(book: CellBook | None, cell: Ints) -> Floats:
    if book is None:
        return np.full(cell.shape, np.nan)
    p99 = np.append(percentile_99(book.floats("median"), book.floats("p75")), np.nan)
    p99[:-1][book.withheld] = np.nan
    found: Floats = p99[cell]  # -1, no cell, is the nan appended last
    return found


def suspicious_groups(suspicious: Bools, group: Ints, clicks: Floats, *, groups: int) -> Bools:
    """Which groups get at least `CLICKS_SHARE_MIN` of their clicks from suspicious elements."""
    doubted = np.bincount(group, clicks * suspicious, groups)
    found: Bools = (doubted > 0) & (
        doubted >= CLICKS_SHARE_MIN * np.bincount(group, clicks, groups)
    )
    return found
