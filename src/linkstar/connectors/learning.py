"""What a file says about products, learnt after its rows are in."""

from datetime import datetime
from pathlib import Path

import duckdb
from django.db import transaction

from linkstar.catalog.actions import ProductSeen, learn_products
from linkstar.catalog.models import Shop

MOST_PRODUCTS = 200_000


@transaction.atomic
def learn(products: Path, *, shop: Shop | None, now: datetime) -> int:
    """Add the products a file names to the catalog; how many were new or changed.

    Args:
        products: Parquet of shop number (null: the file's own shop), id, name, category.
        shop: the shop the file is about, when its rows do not say.
        now: the instant of learning.
    """
    if not products.exists():
        return 0
    with duckdb.connect(":memory:") as engine:
        found = engine.execute(
            "SELECT shop, product_id, name, category FROM read_parquet(?) ORDER BY ALL LIMIT ?",
            [str(products), MOST_PRODUCTS],
        ).fetchall()
    seen: dict[int | None, list[ProductSeen]] = {}
    for number, product_id, name, category in found:
        stated = ProductSeen(product_id, name or "", category or "")
        seen.setdefault(number, []).append(stated)
    shops = {one.number: one for one in Shop.objects.filter(number__in=[n for n in seen if n])}
    learnt = 0
    for number, stated_products in seen.items():
        about = shop if number is None else shops[number]
        if about is not None:
            learnt += learn_products(shop=about, seen=stated_products, now=now)
    return learnt
