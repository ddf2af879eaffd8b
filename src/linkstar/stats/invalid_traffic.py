"""What invalid clicks and impressions would do to an uplift.

Shares concern the creator's side only; apply one version of the filter to both sides, or do not
compare.
"""

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, floats, ratio


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
