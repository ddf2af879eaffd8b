"""What a file says about products and creators, learnt after its rows are in."""

from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from django.db import transaction

from linkstar.accounts.models import Workspace
from linkstar.catalog.actions import ProductSeen, learn_products
from linkstar.catalog.models import Shop
from linkstar.creators.actions import CreatorSeen, learn_creators

MOST_PRODUCTS = 200_000
MOST_CREATORS = 500_000


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


def learn_who(staged: Path, *, workspace: Workspace, now: datetime) -> int:
    """Add the creators a file of facts names to a workspace's own records; how many were new.

    Args:
        staged: Parquet of the rows that went in.
        workspace: whose they are, when they do not say.
        now: the instant of learning.
    """
    columns = set(pq.read_schema(staged).names)
    if not {"creator", "creator_name", "category"} <= columns:
        return 0
    owner = "workspace" if "workspace" in columns else "NULL"
    with duckdb.connect(":memory:") as engine:
        found = engine.execute(
            f"""SELECT {owner}, creator, max(creator_name), mode(category)
            FROM read_parquet(?) WHERE creator IS NOT NULL
            GROUP BY ALL ORDER BY ALL LIMIT {MOST_CREATORS}""",
            [str(staged)],
        ).fetchall()
    seen: dict[int | None, list[CreatorSeen]] = {}
    for number, creator, name, category in found:
        stated = name if name and name.lstrip("@").casefold() != creator else ""
        seen.setdefault(number, []).append(CreatorSeen(creator, stated, category or ""))
    owners = {w.number: w for w in Workspace.objects.filter(number__in=[n for n in seen if n])}
    return sum(
        learn_creators(workspace=owners[number] if number else workspace, seen=creators, now=now)
        for number, creators in seen.items()
    )
