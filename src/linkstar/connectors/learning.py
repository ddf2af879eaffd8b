"""What a file says about products, variants and creators, learnt after its rows are in."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
from django.db import transaction

from linkstar.accounts.models import Workspace
from linkstar.catalog.actions import ProductSeen, learn_products, learn_skus
from linkstar.catalog.models import Shop, Sku
from linkstar.creators.actions import CreatorSeen, learn_creators
from linkstar.lake.relations import whole_rows
from linkstar.lake.store import Lake
from linkstar.money.amounts import Money

MOST_PRODUCTS = 200_000
MOST_CREATORS = 500_000
_WHO = pa.schema(
    [
        ("workspace", pa.int32()),
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("category", pa.string()),
    ]
)
"""What rows may say of creators; a file has some of it or nothing."""


class _Said(NamedTuple):
    """One line of what is said: of a product, or of one variant."""

    shop: int | None
    product_id: str | None
    sku_id: str | None
    name: str | None
    category: str | None
    price_minor: int | None
    currency: str | None

    @property
    def price(self) -> Money | None:
        if self.price_minor is None or not self.currency:
            return None
        return Money(self.price_minor, self.currency)


@transaction.atomic
def learn(products: Path, *, shop: Shop | None, now: datetime) -> int:
    """Add the products a file names to the catalog; how many were new or changed.

    Lines that name a variant alone are about the product the catalog knows it of.

    Args:
        products: Parquet of shop number (null: the file's own shop), product and variant id,
            name, category, price and currency.
        shop: the shop the file is about, when its rows do not say.
        now: the instant of learning.
    """
    if not products.exists():
        return 0
    with duckdb.connect(":memory:") as engine:
        found = engine.execute(
            """SELECT shop, product_id, sku_id, name, category, price_minor, currency
            FROM read_parquet(?) ORDER BY ALL LIMIT ?""",
            [str(products), MOST_PRODUCTS],
        ).fetchall()
    said: dict[int | None, list[_Said]] = {}
    for line in map(_Said._make, found):
        said.setdefault(line.shop, []).append(line)
    shops = {one.number: one for one in Shop.objects.filter(number__in=[n for n in said if n])}
    about = {number: shop if number is None else shops[number] for number in said}
    return sum(_learn(one, said[number], now) for number, one in about.items() if one is not None)


def _learn(shop: Shop, said: Sequence[_Said], now: datetime) -> int:
    """Products first, so that their variants have something to hang on."""
    named = _with_products(shop, said)
    learnt = learn_products(shop=shop, seen=_by_product(named), now=now)
    variants = [
        (line.product_id, line.sku_id, line.price)
        for line in named
        if line.product_id and line.sku_id
    ]
    learn_skus(shop=shop, seen=variants)
    return learnt


def _by_product(said: Sequence[_Said]) -> list[ProductSeen]:
    """One word per product, whatever the order of the lines: the same file says the same twice."""
    lines: dict[str, list[_Said]] = {}
    for line in said:
        if line.product_id:
            lines.setdefault(line.product_id, []).append(line)
    return [
        ProductSeen(
            product_id,
            max(line.name or "" for line in those),
            max(line.category or "" for line in those),
            min((line.price for line in those if line.price), default=None),
        )
        for product_id, those in lines.items()
    ]


def _with_products(shop: Shop, said: Sequence[_Said]) -> list[_Said]:
    """Lines with the product of a variant filled in where the catalog knows it.

    What such a line calls its product is not taken: it may be the name of the variant.
    """
    bare = {line.sku_id for line in said if not line.product_id and line.sku_id}
    if not bare:
        return list(said)
    known = Sku.objects.filter(product__shop=shop).values_list(
        "external_id", "product__external_id"
    )
    product_of = {sku: product for sku, product in known if sku in bare}
    return [
        line
        if line.product_id
        else line._replace(product_id=product_of.get(line.sku_id or ""), name=None)
        for line in said
    ]


def learn_who(lake: Lake, staged: Path, *, workspace: Workspace, now: datetime) -> int:
    """Add the creators a file of facts names to a workspace's own records; how many were new.

    Args:
        lake: whose engine reads the file.
        staged: Parquet of the rows that went in.
        workspace: whose they are, when they do not say.
        now: the instant of learning.
    """
    with lake.duckdb.cursor() as engine:
        found = engine.execute(
            f"""SELECT workspace, creator, max(creator_name),
                max_by(category, (rows, category)) FILTER (category IS NOT NULL)
            FROM (SELECT workspace, creator, category, max(creator_name) AS creator_name,
                    count(*) AS rows
                FROM {whole_rows(_WHO, "staged")} WHERE creator IS NOT NULL GROUP BY ALL)
            GROUP BY ALL ORDER BY ALL LIMIT {MOST_CREATORS}""",
            {"staged": str(staged)},
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
