"""What invalid clicks and impressions would do to an uplift.

Shares concern the creator's side only; apply one version of the filter to both sides, or do not
compare.
"""

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, floats, ratio

IMPRESSIONS_MIN, CONTENTS_MIN = 200, 50
TIMES_P99 = 5.0
_UPPER_QUARTILE_TO_P99 = 2.3263 / 0.6745
"""Standard normal quantiles of 99 % and 75 %: how many quartile steps up the percentile lies."""


def corrected_ratio(
    ctr_ratio: ArrayLike, *, invalid_click_share: ArrayLike, invalid_impression_share: ArrayLike
) -> Floats:
    """The ratio without the invalid traffic: observed x (1 - v_clicks) / (1 - v_impressions).

    Shares lie in [0, 1); nan where all impressions are invalid.
    """
    valid_clicks = 1.0 - floats(invalid_click_share)
    valid_impressions = 1.0 - floats(invalid_impression_share)
    return floats(ctr_ratio) * ratio(valid_clicks, valid_impressions)


def tipping_point(low: ArrayLike) -> Floats:
    """Share of clicks that would have to be invalid to bring the lower limit down to 0 uplift.

    1 - 1 / (1 + low), from the lower limit of the uplift; 0 where that is not above 0.
    """
    given = floats(low)
    return np.where(
        np.isnan(given), np.nan, np.maximum(given, 0.0) / (1.0 + np.maximum(given, 0.0))
    )


def percentile_99(median: Floats, p75: Floats) -> Floats:
    """Of content CTRs, by the log-normal through their median and upper quartile.

    A quarter of bought contents hardly moves it; nan where the median is 0 or unknown.
    """
    return median * ratio(p75, median) ** _UPPER_QUARTILE_TO_P99


def implausible(
    impressions: Floats, clicks: Floats, *, median: Floats, p75: Floats, contents: Ints
) -> Bools:
    """Contents whose CTR no honest traffic reaches: over five times `percentile_99`.

    Such contents must not widen everybody's intervals by what they do to the category's luck (see
    `design_effect`).

    Args:
        impressions: shape (m,); below 200 nothing is implausible.
        clicks: shape (m,).
        median: shape (m,), of the content CTRs of each content's category; nan or 0 judges none.
        p75: likewise, their upper quartile.
        contents: likewise, how many there are; fewer than 50 have no tail to speak of.
    """
    limit = TIMES_P99 * np.fmin(percentile_99(median, p75), 1.0)
    judged = (impressions >= IMPRESSIONS_MIN) & (contents >= CONTENTS_MIN)
    found: Bools = judged & (ratio(clicks, impressions) > limit)
    return found
