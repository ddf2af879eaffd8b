"""A market of opted-in shops, each in a workspace of its own, with weekly exports."""

from datetime import date, timedelta
from itertools import count, product

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.app.facts import NOW

from linkstar.accounts.actions import open_workspace
from linkstar.catalog.actions import open_shop
from linkstar.lake.performance import PERFORMANCE_ROWS
from linkstar.lake.statements import load_statements
from linkstar.lake.store import Lake
from linkstar.lake.tables import STAGED_PERFORMANCE

FIRST_WEEK = date(2026, 9, 21)
_imports = count(1)


def weeks(number: int, first: date = FIRST_WEEK) -> list[date]:
    return [first + timedelta(weeks=n) for n in range(number)]


def open_shops(number: int, *, shares: bool = True) -> list:
    return [
        open_shop(
            workspace=open_workspace(name=f"Workspace {n}", now=NOW),
            name=f"Shop {n}",
            now=NOW,
            shares_with_benchmark=shares,
        )
        for n in range(number)
    ]


def sell(
    lake: Lake,
    shops: list,
    *,
    of_weeks: list[date],
    seed: int,
    categories=("Beauty",),
    content_types=("video",),
    contents: int = 8,
    ctr: float = 0.02,
    spread: float = 0.3,
    size: float = 6.5,
    weights: dict[int, float] | None = None,
) -> dict[tuple, tuple[int, int]]:
    """Load a weekly export of every shop; returns true (impressions, clicks) by (shop, category,
    type, week). Every shop has a CTR of its own, log-normal around `ctr`."""
    rng = np.random.default_rng(seed)
    parts, truth = [], {}
    places = list(product(shops, categories, content_types, of_weeks))
    shop_ctr = {s.number: ctr * rng.lognormal(0, spread) for s in shops}
    for shop, category, content_type, week in places:
        weight = (weights or {}).get(shop.number, 1.0)
        impressions = (rng.lognormal(size, 0.4, contents) * weight).astype(np.int64) + 1
        clicks = rng.binomial(impressions, min(shop_ctr[shop.number], 1.0))
        truth[shop.number, category, content_type, week] = (impressions.sum(), clicks.sum())
        place = categories.index(category) * 10 + content_types.index(content_type)
        parts.append(_rows(shop, (place, category, content_type), week, impressions, clicks))
    _load(lake, pa.concat_tables(parts))
    return truth


def _rows(shop, placed, week, impressions, clicks) -> pa.Table:
    n = len(impressions)
    place, category, content_type = placed
    given = {
        "workspace": [shop.workspace.number] * n,
        "shop": [shop.number] * n,
        "row": range(2, n + 2),
        "level": ["content"] * n,
        "layout": ["test"] * n,
        "starts_on": [week] * n,
        "ends_before": [week + timedelta(days=7)] * n,
        "market": ["US"] * n,
        "channel": ["tiktok"] * n,
        "creator": [f"s{shop.number}c{i % 4}" for i in range(n)],
        "content_id": [f"{shop.number:05}{place:06}{i:06}" for i in range(n)],
        "content_type": [content_type] * n,
        "category": [category] * n,
        "contents": [1] * n,
        "product_impressions": impressions,
        "product_clicks": clicks,
        "clicks_derived": [False] * n,
    }
    owner = [("workspace", pa.int32()), ("shop", pa.int32())]
    fields = [pa.field(*f) for f in owner] + list(STAGED_PERFORMANCE)
    return pa.table(
        [
            pa.array(given[f.name], f.type) if f.name in given else pa.nulls(n, f.type)
            for f in fields
        ],
        schema=pa.schema(fields),
    )


def _load(lake: Lake, rows: pa.Table) -> None:
    folder = lake.root.parent / "staged"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"market{next(_imports)}.parquet"
    pq.write_table(rows, path)
    load_statements(
        lake,
        path,
        kind=PERFORMANCE_ROWS,
        import_id=f"imp_m{next(_imports):06}",
        workspace=0,
        shop=None,
        exported_on=None,
        now=NOW,
    )
