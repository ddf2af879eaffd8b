"""What is true in a marketplace, written down so that estimates can be held against it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from linkstar.sample.labels import Labels
from linkstar.sample.market import Floats, Market


def _seen_share(market: Market, zone: ZoneInfo, now: datetime) -> Floats:
    """Per profile, the share of the last day's audience that comes before `now`."""
    local = now.astimezone(zone)
    if local.date() >= market.ends_before:
        return np.ones(len(market.audience.hours_upto))
    hours = market.audience.hours_upto
    shares = np.diff(hours, axis=1, prepend=0.0)
    within = (local.minute * 60 + local.second) / 3600
    return hours[:, local.hour] - shares[:, local.hour] * (1 - within)


def expected_impressions(market: Market, *, zone: ZoneInfo, now: datetime) -> Floats:
    """Impressions by people each content is expected to have had by `now`."""
    daily = market.contents.daily.astype(np.float64)
    daily[:, -1] *= _seen_share(market, zone, now)[market.contents.profile]
    return np.asarray(daily.sum(axis=1), dtype=np.float64)


def _stories(market: Market) -> list[str | None]:
    contents, planted = market.contents, market.stories
    told: list[str | None] = [None] * len(contents.creator)
    for index in np.flatnonzero(contents.product == planted.slow_product).tolist():
        told[index] = "slow_landing_page"
    for index in np.flatnonzero(np.isin(contents.creator, planted.stars)).tolist():
        told[index] = "star"
    for index in np.flatnonzero(contents.creator == planted.winner).tolist():
        told[index] = "mid_size_winner"
    told[planted.bought_content] = "bought_clicks"
    return told


def truth_table(market: Market, labels: Labels, *, zone: ZoneInfo, now: datetime) -> pa.Table:
    """One row per content.

    `ctr_ratio` is this content's true rate; `ctr_typical_ratio` the mean rate of the creator's
    contents of this kind, the content's own luck left out; `impressions_expected` excludes bots;
    `cart_ratio` is the true share of clicks that reach the cart; `workspace` counts from 0, the
    demo seller's.
    """
    contents, products = market.contents, market.products
    product = contents.product
    shop = products.shop[product]
    return pa.table(
        {
            "content_id": labels.content.values,
            "creator": labels.creator.take(contents.creator),
            "shop": labels.shop.take(shop),
            "workspace": pa.array(market.shops.workspace[shop].astype(np.int32)),
            "category": labels.path.take(products.path[product]),
            "content_type": labels.content_type.take(contents.is_live.view(np.int8)),
            "product_id": labels.product.take(product),
            "posted_on": labels.posted_on,
            "impressions_expected": pa.array(expected_impressions(market, zone=zone, now=now)),
            "ctr_ratio": pa.array(contents.ctr),
            "ctr_typical_ratio": pa.array(contents.ctr_typical),
            "cart_ratio": pa.array(products.cart_ratio[product]),
            "bought_clicks": pa.array(
                np.where(
                    np.arange(len(product)) == market.stories.bought_content,
                    market.stories.bought_clicks,
                    0,
                )
            ),
            "story": pa.array(_stories(market), pa.string()),
        }
    )
