"""What is planted in the demo seller's two shops for people to find."""

import numpy as np

from linkstar.sample.market import Contents, Products, Shops, Stories

CREATORS_IN_A_STORY = 4
"""The first creators: one mid-size winner, then three stars near the market's rate."""
CONTENTS_PER_STORY = 30
STORY_EFFECTS = (2.5, 1.08, 0.94, 0.82)
SLOW_CARTS = 0.2
"""The slow landing page keeps this share of the carts it would have had."""
BOUGHT_AROUND = 400
"""Honest impressions of that video: enough to be doubted, too few to tip the shop's verdict."""
BOUGHT_PER_IMPRESSION = 0.9
YOUNGEST_DAYS, OLDEST_DAYS = 5, 26
"""How long ago the video with bought clicks was posted: within the pages' default period."""


def plant(shops: Shops, products: Products, contents: Contents) -> Stories:
    """Choose the video with bought clicks and the product whose page is slow.

    The bought clicks are nearly as many as the honest impressions and all fall in the small hours
    of the video's busiest day.
    """
    beauty_shop, kitchen_shop = (int(index) for index in np.flatnonzero(shops.is_demo))
    total = contents.daily.sum(axis=1)
    shop = products.shop[contents.product]
    age = contents.daily.shape[1] - contents.posted_day
    ordinary = (shop == beauty_shop) & ~contents.is_live & (contents.creator >= CREATORS_IN_A_STORY)
    candidates = np.flatnonzero(ordinary & (age >= YOUNGEST_DAYS) & (age <= OLDEST_DAYS))
    bought = int(candidates[np.abs(total[candidates] - BOUGHT_AROUND).argmin()])
    in_kitchen = shop == kitchen_shop
    promoted = np.bincount(contents.product[in_kitchen], weights=total[in_kitchen])
    return Stories(
        winner=0,
        stars=(1, 2, 3),
        bought_content=bought,
        bought_clicks=max(200, int(BOUGHT_PER_IMPRESSION * total[bought])),
        bought_day=int(contents.daily[bought].argmax()),
        slow_product=int(promoted.argmax()),
    )
