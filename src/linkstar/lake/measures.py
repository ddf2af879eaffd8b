"""What else happened beside impressions and clicks: views, orders, sales, commission."""

from dataclasses import dataclass

import pyarrow as pa

from linkstar.lake.export_counts import (
    ONE_PRODUCT,
    asked,
    is_told_by_windows,
    row_by_row,
    sql_of_rows,
)
from linkstar.lake.export_plan import planned, taken_windows
from linkstar.lake.ready_windows import MEASURES_OF_EXPORTS
from linkstar.lake.relations import rows_of
from linkstar.lake.rollups import SUMS_OF_EVENTS
from linkstar.lake.selection import (
    PRODUCTS,
    Level,
    PoolScope,
    Scope,
    Selection,
    Source,
    bound_by,
    named_in,
)
from linkstar.lake.store import Lake
from linkstar.lake.tracked_counts import in_scope, sources_of

_OF_EVENTS = (
    "plays",
    "completes",
    "add_to_carts",
    "orders",
    "refunds",
    "gmv_minor",
    "refunds_minor",
    "filtered_impressions",
    "filtered_clicks",
)
_ADDED_UP = tuple(dict.fromkeys((*MEASURES_OF_EXPORTS, *_OF_EVENTS)))

MEASURES = pa.schema(
    [
        ("shop", pa.int32()),
        ("key", pa.string()),
        ("currency", pa.string()),
        *((name, pa.int64()) for name in _ADDED_UP),
    ]
)
"""One row per shop, key and currency; null where nothing was stated. Customers are missing on
purpose: people cannot be added up."""

_KEYS = {
    Level.CREATOR: "coalesce(creator, creator_name)",
    Level.CONTENT: "coalesce(content_id, content_url, content_title)",
    Level.PRODUCT: "product_ids[1]",
    Level.CATEGORY: "category",
    Level.SHOP: "shop::VARCHAR",
}
_KEYS_OF_EVENTS = {
    **_KEYS,
    Level.CREATOR: "creator",
    Level.CONTENT: "content_id",
    Level.PRODUCT: "product_id",
}


def measures(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> pa.Table:
    """The other counts of exactly the rows `content_counts` counts, as a table of `MEASURES`.

    `key` is the creator, content id, product id, category path or shop number, as the selection's
    level says. Segments and weeks are not told apart. From tracked events `gmv_minor` is the value
    of orders, `refunds_minor` of refunds, and `filtered_...` is what an invalid-traffic rule took
    out of the counts.
    """
    return _measured(lake, scope, selection, keyed=True)


def total_measures(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> pa.Table:
    """The sums of `measures`, one row per currency without shop and key."""
    return _measured(lake, scope, selection, keyed=False)


def _measured(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, *, keyed: bool
) -> pa.Table:
    from_source = _from_events if selection.source is Source.TRACKED else _from_exports
    return from_source(lake, scope, selection, keyed=keyed)


def _by(key: str | None) -> str:
    """SQL that begins to select sums by key, or in all."""
    shop = "NULL::INTEGER" if key is None else "shop"
    return f"SELECT {shop} AS shop, {key or 'NULL::VARCHAR'} AS key, currency"


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """Views, product impressions and product clicks, of rows that state all three."""

    views: int
    impressions: int
    clicks: int


def view_counts(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> ViewCounts | None:
    """From views to clicks over the rows `content_counts` counts; None where no row states all.

    Tracked events never do.
    """
    if selection.source is Source.TRACKED:
        return None
    plan = planned(lake, scope, selection)
    if not plan.taken:
        return None
    sql = f"""{sql_of_rows(scope, selection, plan=plan)}
        SELECT sum(coalesce(video_views, live_views))::BIGINT AS views,
            sum(product_impressions)::BIGINT AS impressions, sum(product_clicks)::BIGINT AS clicks
        FROM counted
        WHERE coalesce(video_views, live_views) > 0 AND product_impressions IS NOT NULL
            AND product_clicks IS NOT NULL AND {asked(selection, plan)}"""
    [found] = lake.engine.query(sql, named_in(sql, plan.bound), plan.tables).to_pylist()
    return None if found["views"] is None else ViewCounts(**found)


def _from_exports(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, *, keyed: bool
) -> pa.Table:
    plan = planned(lake, scope, selection)
    if not plan.taken:
        return MEASURES.empty_table()
    if not keyed and is_told_by_windows(selection, plan):
        sql = f"""{_by(None)}, {_summed(MEASURES_OF_EXPORTS)}
            FROM {taken_windows(scope, selection)} GROUP BY ALL"""
        return lake.engine.query(sql, named_in(sql, plan.bound), plan.tables).cast(MEASURES)
    rows = sql_of_rows(
        scope, selection, plan=plan, more=MEASURES_OF_EXPORTS, more_keys=("currency",)
    )
    only, key = row_by_row(selection, plan), _KEYS[selection.level]
    by_row = only is not None and (not keyed or selection.level is Level.PRODUCT)
    source = f"counted WHERE {only}" if by_row else f"named WHERE {asked(selection, plan)}"
    if by_row and selection.level is Level.PRODUCT:
        key = f"CASE WHEN {ONE_PRODUCT} THEN product_ids[1] ELSE list_distinct(product_ids)[1] END"
    by = _by(key if keyed else None)
    sql = f"{rows} {by}, {_summed(MEASURES_OF_EXPORTS)} FROM {source} GROUP BY ALL"
    return lake.engine.query(sql, named_in(sql, plan.bound), plan.tables).cast(MEASURES)


def _from_events(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, *, keyed: bool
) -> pa.Table:
    sources = sources_of(lake, scope, selection)
    parts = []
    if sources.rollups:
        sums = ", ".join(f"sum({name}) AS {name}" for name in _OF_EVENTS)
        parts.append(_part(scope, selection, "rollups", sums))
    if sources.events:
        sums = ", ".join(f"{SUMS_OF_EVENTS[name]} AS {name}" for name in _OF_EVENTS)
        parts.append(_part(scope, selection, "events", sums))
    if not parts:
        return MEASURES.empty_table()
    within = "AND (category = $category OR starts_with(category, $category || ' > '))"
    sql = f"""
    WITH parts AS ({" UNION ALL ".join(parts)}), named AS (
        SELECT parts.* REPLACE (
            coalesce(nullif(products.category, ''), nullif(parts.category, '')) AS category)
        FROM parts LEFT JOIN products USING (shop, product_id)
    )
    {_by(_KEYS_OF_EVENTS[selection.level] if keyed else None)}, {_summed(_OF_EVENTS)}
    FROM named WHERE true {within if selection.category is not None else ""}
        {"AND product_id = $product" if selection.product is not None else ""}
    GROUP BY ALL"""
    files = {"events": sources.events, "rollups": sources.rollups}
    bound = named_in(sql, {**files, **bound_by(scope, selection)})
    tables = {"products": selection.products.cast(PRODUCTS)}
    return lake.engine.query(sql, bound, tables).cast(MEASURES)


def _part(scope: Scope | PoolScope, selection: Selection, files: str, sums: str) -> str:
    return f"""SELECT shop, creator, content_id, product_id, category, currency, {sums}
        FROM {rows_of(files)} WHERE {in_scope(scope, selection)}
        GROUP BY shop, creator, content_id, product_id, category, currency"""


def _summed(own: tuple[str, ...]) -> str:
    """Every column of `MEASURES` that adds up; null for those this source does not know."""
    return ", ".join(
        f"sum({name})::BIGINT AS {name}" if name in own else f"NULL::BIGINT AS {name}"
        for name in _ADDED_UP
    )
