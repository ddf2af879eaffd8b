"""Every file TikTok Shop lets sellers, creators and partners export: one module per family.

Headers are facts about those files, collected in English and Chinese, old names included. The
early-2026 renames (`Affiliate-attributed GMV` to `Creator-attributed GMV` and their like) are
aliases of one column, so that neither name can turn into nothing.
"""

from linkstar.connectors.reading.layouts import Layout
from linkstar.connectors.tiktok_shop import (
    compass,
    creators,
    income,
    lives,
    orders,
    partners,
    products,
    shop,
    videos,
)

LAYOUTS: tuple[Layout, ...] = (
    *videos.LAYOUTS,
    *compass.LAYOUTS,
    *creators.LAYOUTS,
    *products.LAYOUTS,
    *lives.LAYOUTS,
    *orders.LAYOUTS,
    *partners.LAYOUTS,
    *income.LAYOUTS,
    *shop.LAYOUTS,
)
