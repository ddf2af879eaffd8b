"""Orders and refunds that a shop's own page reported, and the clicks that came before an order."""

from collections.abc import Sequence

import pyarrow as pa

from linkstar.lake.relations import rows_of
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS, EVENTS_TABLE, INSTANT

REPORTED = pa.schema(
    [
        *(EVENTS.field(name) for name in ("shop", "event_id", "kind", "occurred_at", "day")),
        *(EVENTS.field(name) for name in ("order_id", "line_id", "product_id", "quantity")),
        *(EVENTS.field(name) for name in ("creator", "content_id", "content_type", "channel")),
        *(EVENTS.field(name) for name in ("value_minor", "currency")),
        EVENTS.field("promo_code"),
    ]
)
CLAIMS = pa.schema(
    [
        ("shop", pa.int32()),
        ("order_id", pa.string()),
        ("event_id", pa.string()),  # of the click, or of the order where that names a link itself
        ("is_order", pa.bool_()),
        ("occurred_at", INSTANT),
        ("creator", pa.string()),
        ("content_id", pa.string()),
        ("content_type", pa.string()),
        ("product_id", pa.string()),
        ("link", pa.string()),  # its token
        ("is_ad", pa.bool_()),
        ("filtered", pa.string()),  # the invalid-traffic rule, for clicks that do not count
    ]
)


def reported_orders(lake: Lake, scope: Scope, *, import_id: str | None = None) -> pa.Table:
    """Orders and refunds reported through our own door, as `REPORTED`, in the order they happened.

    Args:
        lake: where the facts are.
        scope: whose.
        import_id: only those of one journal or import, if any.
    """
    seen = lake.snapshot(EVENTS_TABLE)
    if seen is None or not seen.files:
        return REPORTED.empty_table()
    one = " AND import_id = $import_id" if import_id else ""
    columns = ", ".join(REPORTED.names)
    return lake.engine.query(
        f"""SELECT {columns} FROM {rows_of("files", widened=True)}
        WHERE {_owned(scope)} AND kind IN ('order', 'refund') AND order_id IS NOT NULL
            AND filtered IS NULL{one}
        ORDER BY occurred_at, event_id""",
        {"files": seen.paths(), "workspace": scope.workspace}
        | ({"import_id": import_id} if import_id else {}),
    ).cast(REPORTED)


def click_claims(lake: Lake, scope: Scope, orders: Sequence[str], *, days_before: int) -> pa.Table:
    """Every click of the visitor who placed one of these orders, up to so many days before it.

    A click counts as the visitor's, too, when the order names it. Who the visitor was stays in the
    facts: the answer has the clicks alone. An order that names its link itself is a claim of its
    own.

    Args:
        lake: where the facts are.
        scope: whose.
        orders: the orders' numbers.
        days_before: how long before the order a click may lie.
    """
    seen = lake.snapshot(EVENTS_TABLE)
    if seen is None or not seen.files or not orders:
        return CLAIMS.empty_table()
    columns = ", ".join(CLAIMS.names)
    asked = pa.table({"order_id": pa.array(orders, pa.string())})
    return lake.engine.query(
        f"""WITH owned AS (
            SELECT * FROM {rows_of("files", widened=True)}
            WHERE {_owned(scope)} AND kind IN ('order', 'click')
        ), placed AS (
            SELECT * FROM owned SEMI JOIN asked USING (order_id) WHERE kind = 'order'
        ), claims AS (
            SELECT click.shop, placed.order_id, click.event_id, false AS is_order,
                click.occurred_at, click.creator, click.content_id, click.content_type,
                click.product_id, click.link,
                coalesce(click.traffic_source = 'ads', false) AS is_ad, click.filtered
            FROM placed JOIN owned AS click ON click.kind = 'click' AND click.shop = placed.shop
                AND (click.visitor = placed.visitor OR click.event_id = placed.click_id)
                AND click.occurred_at <= placed.occurred_at
                AND click.occurred_at >= placed.occurred_at - to_days($days_before::INTEGER)
            UNION ALL
            SELECT shop, order_id, event_id, true, occurred_at, creator, content_id, content_type,
                product_id, link, coalesce(traffic_source = 'ads', false), filtered
            FROM placed WHERE creator IS NOT NULL
        ) SELECT DISTINCT {columns} FROM claims WHERE creator IS NOT NULL
        ORDER BY shop, order_id, occurred_at, event_id""",
        {"files": seen.paths(), "workspace": scope.workspace, "days_before": days_before},
        {"asked": asked},
    ).cast(CLAIMS)


def _owned(scope: Scope) -> str:
    shops = ", ".join(str(int(shop)) for shop in scope.shops)
    return f"workspace = $workspace AND shop IN ({shops or 'NULL'})"
