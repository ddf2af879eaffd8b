"""What each table holds, column by column, and what a staged file must hold to be loaded.

Delta knows no unsigned integers, so hashes are non-negative int64.
"""

from dataclasses import dataclass

import pyarrow as pa

_ADDED_BY_LOADING = frozenset(
    {
        "workspace",
        "shop",
        "import_id",
        "exported_on",
        "stated_on",
        "subject",
        "fingerprint",
        "day",
        "hour",
        "weekday",
    }
)

OUR_OWN = (
    "link", "agent", "network", "load_ms", "order_id", "line_id", "quantity", "click_id",
    "promo_code", "received_at", "billable", "sub_id",
)  # fmt: skip
"""Columns of events that only those have which came through our own door."""

INSTANT = pa.timestamp("us", tz="UTC")

PERFORMANCE = pa.schema(
    [
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("import_id", pa.string()),
        ("row", pa.int32()),  # the line of the file, as a person counts them
        ("level", pa.string()),  # creator, content, product, shop
        ("layout", pa.string()),
        ("starts_on", pa.date32()),
        ("ends_before", pa.date32()),
        ("exported_on", pa.date32()),  # null where the file does not say
        ("stated_on", pa.date32()),  # exported_on, else the day of loading; never null
        ("market", pa.string()),
        ("channel", pa.string()),
        ("creator", pa.string()),  # handle, case-folded, without @
        ("creator_name", pa.string()),
        ("content_id", pa.string()),
        ("content_title", pa.string()),
        ("content_url", pa.string()),
        ("content_type", pa.string()),
        ("posted_on", pa.date32()),
        ("product_ids", pa.list_(pa.string())),
        ("product_name", pa.string()),
        ("category", pa.string()),
        ("traffic_source", pa.string()),
        ("device", pa.string()),
        ("gender", pa.string()),
        ("age", pa.string()),
        ("hour", pa.int8()),
        ("weekday", pa.int8()),  # 1 Monday .. 7 Sunday
        ("contents", pa.int32()),
        ("product_impressions", pa.int64()),
        ("product_clicks", pa.int64()),
        ("unique_product_impressions", pa.int64()),
        ("unique_product_clicks", pa.int64()),
        ("video_views", pa.int64()),
        ("live_views", pa.int64()),
        ("shop_tab_impressions", pa.int64()),
        ("shop_tab_clicks", pa.int64()),
        ("clicks_derived", pa.bool_()),
        ("stated_ctr_ratio", pa.float64()),
        ("stated_completion_ratio", pa.float64()),
        ("orders", pa.int64()),
        ("items", pa.int64()),
        ("items_refunded", pa.int64()),
        ("customers", pa.int64()),
        ("add_to_carts", pa.int64()),
        ("likes", pa.int64()),
        ("comments", pa.int64()),
        ("shares", pa.int64()),
        ("new_followers", pa.int64()),
        ("samples", pa.int64()),
        ("currency", pa.string()),
        ("gmv_minor", pa.int64()),
        ("refunds_minor", pa.int64()),
        ("commission_minor", pa.int64()),
        ("flat_fee_minor", pa.int64()),
        ("flags", pa.list_(pa.string())),
        ("subject", pa.int64()),
        ("fingerprint", pa.int64()),
    ]
)

EVENTS = pa.schema(
    [
        ("event_id", pa.string()),
        ("kind", pa.string()),
        ("occurred_at", INSTANT),
        ("day", pa.date32()),  # shop zone, as are hour and weekday
        ("hour", pa.int8()),
        ("weekday", pa.int8()),  # 1 Monday .. 7 Sunday
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("import_id", pa.string()),
        ("market", pa.string()),
        ("channel", pa.string()),
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("content_id", pa.string()),
        ("content_title", pa.string()),
        ("content_type", pa.string()),
        ("posted_on", pa.date32()),
        ("product_id", pa.string()),
        ("category", pa.string()),
        ("traffic_source", pa.string()),
        ("device", pa.string()),
        ("gender", pa.string()),
        ("age", pa.string()),
        ("visitor", pa.string()),
        ("value_minor", pa.int64()),
        ("currency", pa.string()),
        ("filtered", pa.string()),  # null: counts; else the invalid-traffic rule that flagged it
        # The rest is known of events that came through our own door, and null in imported ones.
        ("link", pa.string()),
        ("agent", pa.string()),
        ("network", pa.string()),  # the address cut to /24 or /48
        ("load_ms", pa.int64()),
        ("order_id", pa.string()),  # of orders and refunds the shop's own page reports
        ("line_id", pa.string()),
        ("quantity", pa.int64()),
        ("click_id", pa.string()),  # the click that led to the order, where the page passed it on
        ("promo_code", pa.string()),
        ("received_at", INSTANT),
        ("billable", pa.bool_()),  # of a click: the first of its visitor and link in an hour
        ("sub_id", pa.string()),  # the seller's word on the link that was followed, signed
    ]
)

RECEIPTS = pa.schema(
    [
        ("journal", pa.string()),
        ("segment", pa.int64()),
        ("workspace", pa.int32()),  # 0 where nobody can be named
        ("shop", pa.int32()),
        ("minute", INSTANT),  # of arrival
        ("loaded_at", INSTANT),
        # received = stored + duplicates + conflicts + quarantined + dismissed; a decision about a
        # line that was set aside takes it off there and adds it elsewhere
        ("received", pa.int64()),
        ("stored", pa.int64()),
        ("duplicates", pa.int64()),
        ("conflicts", pa.int64()),
        ("quarantined", pa.int64()),
        ("dismissed", pa.int64()),
    ]
)

SET_ASIDE = pa.schema(
    [
        ("journal", pa.string()),
        ("segment", pa.int64()),
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("received_at", INSTANT),
        ("event_id", pa.string()),
        ("reason", pa.string()),  # time_derived: counted, at the time of arrival; else not counted
        ("line", pa.string()),  # as it was received
        ("line_number", pa.int64()),  # in its segment's file; 0: what is spoilt of all of it
        ("lines", pa.int64()),  # which this row stands for; null in older rows: one
    ]
)

DECISIONS = pa.schema(
    [
        ("decision", pa.int64()),  # the segment of the journal of decisions it stands in
        ("journal", pa.string()),  # where the line was received
        ("segment", pa.int64()),
        ("line_number", pa.int64()),
        ("workspace", pa.int32()),  # whose line it was
        ("shop", pa.int32()),
        ("received_at", INSTANT),
        ("reason", pa.string()),  # what it was set aside for
        ("action", pa.string()),  # replay, correct, dismiss
        ("outcome", pa.string()),  # stored, duplicate, conflict, quarantined, dismissed, void
        ("decided_by", pa.string()),  # empty: at the command line
        ("decided_at", INSTANT),
        ("why", pa.string()),
        ("line", pa.string()),  # what was loaded
        ("lines", pa.int64()),  # which it was about; null in older rows: one
    ]
)

ORDER_LINES = pa.schema(
    [
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("import_id", pa.string()),
        ("row", pa.int32()),
        ("layout", pa.string()),
        ("exported_on", pa.date32()),
        ("stated_on", pa.date32()),
        ("market", pa.string()),
        ("order_id", pa.string()),
        ("line_id", pa.string()),  # null where the SKU, else the product, names the line
        ("sku_id", pa.string()),
        ("product_id", pa.string()),
        ("product_name", pa.string()),
        ("category", pa.string()),
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("content_id", pa.string()),
        ("content_type", pa.string()),
        ("channel", pa.string()),
        ("partner", pa.string()),  # agency or MCN
        ("partner_campaign_id", pa.string()),
        ("promo_code", pa.string()),
        ("collaboration", pa.string()),  # open, target, partner ... as the platform says
        ("status", pa.string()),
        ("settlement_status", pa.string()),
        ("refunded_fully", pa.bool_()),
        ("ordered_on", pa.date32()),  # shop zone
        ("ordered_at", INSTANT),
        ("paid_at", INSTANT),
        ("shipped_at", INSTANT),
        ("delivered_at", INSTANT),
        ("cancelled_at", INSTANT),
        ("commission_paid_at", INSTANT),
        ("items", pa.int64()),  # below nothing: so many came back
        ("items_refunded", pa.int64()),
        ("currency", pa.string()),
        ("price_minor", pa.int64()),  # null where it is finer than the currency
        ("price_micros", pa.int64()),  # where the file may state it finer
        ("paid_minor", pa.int64()),
        ("tax_minor", pa.int64()),
        ("shipping_minor", pa.int64()),
        ("seller_discount_minor", pa.int64()),  # coupons on the line
        ("platform_discount_minor", pa.int64()),
        ("refunds_minor", pa.int64()),
        ("commission_bps", pa.int32()),
        ("commission_base_estimated_minor", pa.int64()),
        ("commission_base_minor", pa.int64()),
        ("commission_estimated_minor", pa.int64()),
        ("commission_minor", pa.int64()),
        ("ads_commission_bps", pa.int32()),
        ("ads_commission_estimated_minor", pa.int64()),
        ("ads_commission_minor", pa.int64()),
        ("bonus_estimated_minor", pa.int64()),
        ("bonus_minor", pa.int64()),
        ("partner_commission_bps", pa.int32()),
        ("partner_commission_estimated_minor", pa.int64()),
        ("partner_commission_minor", pa.int64()),
        ("flags", pa.list_(pa.string())),
        ("subject", pa.int64()),
        ("fingerprint", pa.int64()),
    ]
)

INCOME_LINES = pa.schema(
    [
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("import_id", pa.string()),
        ("row", pa.int32()),
        ("layout", pa.string()),
        ("sheet", pa.string()),
        ("exported_on", pa.date32()),
        ("stated_on", pa.date32()),
        ("market", pa.string()),
        ("line_id", pa.string()),  # order or adjustment id
        ("related_order_id", pa.string()),
        ("kind", pa.string()),  # the statement's own Type
        ("ordered_on", pa.date32()),
        ("ordered_at", INSTANT),
        ("settled_on", pa.date32()),
        ("settled_at", INSTANT),
        ("currency", pa.string()),
        ("settlement_minor", pa.int64()),
        ("revenue_minor", pa.int64()),
        ("refunds_minor", pa.int64()),
        ("fees_minor", pa.int64()),
        ("platform_commission_minor", pa.int64()),
        ("payment_fee_minor", pa.int64()),
        ("shipping_minor", pa.int64()),
        ("affiliate_commission_minor", pa.int64()),
        ("partner_commission_minor", pa.int64()),
        ("ads_commission_minor", pa.int64()),
        ("adjustment_minor", pa.int64()),
        ("flags", pa.list_(pa.string())),
        ("subject", pa.int64()),
        ("fingerprint", pa.int64()),
    ]
)

CONTENT_ROLLUPS = pa.schema(
    [
        ("grain", pa.string()),  # day, week, month
        ("starts_on", pa.date32()),  # first day of the span; weeks begin on Monday
        ("source", pa.string()),  # names the event files the span was made from
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("market", pa.string()),
        ("channel", pa.string()),
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("content_id", pa.string()),
        ("content_title", pa.string()),
        ("content_type", pa.string()),
        ("posted_on", pa.date32()),
        ("product_id", pa.string()),
        ("category", pa.string()),
        ("currency", pa.string()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("plays", pa.int64()),
        ("completes", pa.int64()),
        ("add_to_carts", pa.int64()),
        ("orders", pa.int64()),
        ("refunds", pa.int64()),
        ("gmv_minor", pa.int64()),
        ("refunds_minor", pa.int64()),
        ("filtered_impressions", pa.int64()),
        ("filtered_clicks", pa.int64()),
    ]
)


def _staged(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field for field in schema if field.name not in _ADDED_BY_LOADING])


# A period row may itself be about one hour or weekday; an event's come from its instant.
STAGED_PERFORMANCE = pa.schema(
    [
        field
        for field in PERFORMANCE
        if field.name in {"hour", "weekday"} or field.name not in _ADDED_BY_LOADING
    ]
)
STAGED_EVENTS = pa.schema([field for field in _staged(EVENTS) if field.name not in OUR_OWN])
STAGED_ORDER_LINES = _staged(ORDER_LINES)
STAGED_INCOME_LINES = _staged(INCOME_LINES)


@dataclass(frozen=True)
class Table:
    """One Delta table: its folder below the lake, its columns, how its files are parted.

    `required` are the staged columns that no row may leave empty.
    """

    name: str
    schema: pa.Schema
    staged: pa.Schema | None = None
    required: tuple[str, ...] = ()
    parted_by: tuple[str, ...] = ()


PERFORMANCE_TABLE = Table(
    "performance",
    PERFORMANCE,
    STAGED_PERFORMANCE,
    required=("row", "level", "starts_on", "ends_before", "market", "channel"),
)
EVENTS_TABLE = Table(
    "events",
    EVENTS,
    STAGED_EVENTS,
    required=("event_id", "kind", "occurred_at", "market", "channel"),
    parted_by=("day",),
)
ORDER_LINES_TABLE = Table(
    "order_lines", ORDER_LINES, STAGED_ORDER_LINES, required=("row", "order_id")
)
INCOME_LINES_TABLE = Table(
    "income_lines", INCOME_LINES, STAGED_INCOME_LINES, required=("row", "line_id")
)
CONTENT_ROLLUPS_TABLE = Table(
    "content_rollups", CONTENT_ROLLUPS, parted_by=("grain", "starts_on", "source")
)
FACT_TABLES = (PERFORMANCE_TABLE, EVENTS_TABLE, ORDER_LINES_TABLE, INCOME_LINES_TABLE)
RECEIPTS_TABLE = Table("receipts", RECEIPTS)
SET_ASIDE_TABLE = Table("set_aside", SET_ASIDE)
DECISIONS_TABLE = Table("decisions", DECISIONS)
JOURNAL_TABLES = (RECEIPTS_TABLE, SET_ASIDE_TABLE, DECISIONS_TABLE)
"""What became of everything the journal held; written beside `events`, never imported."""
