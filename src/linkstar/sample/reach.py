"""How many people see each content on each day."""

import numpy as np

from linkstar.sample.audience import WEEKDAY_SHARES
from linkstar.sample.market import Bools, Floats, Ints

LIFE_DAYS = 40
STORY_SHARES = (0.0014, 0.0030, 0.0027, 0.0024)
"""Share of the market's impressions of the planted winner and of the three stars."""


def schedule(posted_day: Ints, is_live: Bools, days: int, weekday_of_first: int) -> Floats:
    """`[contents, days]` relative impressions: a LIVE lives one day, a video decays."""
    age = np.arange(days)[None, :] - posted_day[:, None]
    decay = np.where((age >= 0) & (age < LIFE_DAYS), 1.0 / (1.0 + np.maximum(age, 0)) ** 1.3, 0.0)
    shape = np.where(is_live[:, None], age == 0, decay)
    by_weekday = WEEKDAY_SHARES[(np.arange(days) + weekday_of_first) % 7]
    return np.asarray(shape * by_weekday, dtype=np.float64)


def content_reach(
    rng: np.random.Generator, creator_reach: Floats, creator: Ints, is_live: Bools
) -> Floats:
    """Relative reach of a content: heavy-tailed, cut so that no single one rules a category."""
    # LIVEs are fewer and each has one day, so their tail is cut sooner.
    tail, cut = np.where(is_live, 0.7, 1.1), np.where(is_live, 5.0, 14.0)
    own = np.minimum(rng.lognormal(0, tail), cut)
    raised = own * np.minimum(creator_reach[creator], 7.0) * np.where(is_live, 2.8, 1.0)
    return np.asarray(raised, dtype=np.float64)


def daily_impressions(
    rng: np.random.Generator, weight: Floats, creator: Ints, impressions: int
) -> Floats:
    """Expected impressions by day, summing to `impressions`; planted creators get fixed shares."""
    weight = weight.copy()
    for planted, share in enumerate(STORY_SHARES):
        mine = creator == planted
        even = weight[mine] / weight[mine].sum(axis=1, keepdims=True).clip(1e-12)
        even *= rng.lognormal(0, 0.6, (int(mine.sum()), 1))
        weight[mine] = even / even.sum() * share * weight[~mine].sum()
    return np.asarray(weight / weight.sum() * impressions, dtype=np.float64)
