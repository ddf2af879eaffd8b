"""Rows in the lake's columns: which SQL over a row's values fills each, per kind of file."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pyarrow as pa

from linkstar.connectors.fields.engine import text_literal
from linkstar.connectors.reading import order_rows
from linkstar.connectors.reading.detected import Answers, Detected, Window
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.values import Check
from linkstar.events.vocabulary import DEFINITION_COLUMNS
from linkstar.lake.relations import SQL_TYPES
from linkstar.lake.tables import (
    STAGED_EVENTS,
    STAGED_INCOME_LINES,
    STAGED_ORDER_LINES,
    STAGED_PERFORMANCE,
)
from linkstar.money.dividing import MICROS
from linkstar.stats.ctr import Definition

STAGED_BENCHMARK = pa.schema(
    [
        ("row", pa.int32()),
        ("market", pa.string()),
        ("category", pa.string()),
        ("definition", pa.string()),
        ("content_type", pa.string()),
        ("channel", pa.string()),
        ("starts_on", pa.date32()),
        ("ends_before", pa.date32()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("shops", pa.int64()),
        ("creators", pa.int64()),
        ("contents", pa.int64()),
        ("p25", pa.float64()),
        ("median", pa.float64()),
        ("p75", pa.float64()),
        ("source", pa.string()),
        ("licence", pa.string()),
    ]
)
STAGED_CREATORS = pa.schema(
    [
        ("row", pa.int32()),
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("url", pa.string()),
        ("region", pa.string()),
        ("languages", pa.string()),
        ("categories", pa.string()),
        ("channel", pa.string()),
        ("followers", pa.int64()),
        ("average_views", pa.int64()),
        ("engagement_ratio", pa.float64()),
        ("women_ratio", pa.float64()),
        ("men_ratio", pa.float64()),
        ("age_18_24_ratio", pa.float64()),
        ("age_25_34_ratio", pa.float64()),
        ("age_35_44_ratio", pa.float64()),
        ("age_45_54_ratio", pa.float64()),
        ("age_55_ratio", pa.float64()),
        ("currency", pa.string()),
        ("video_price_minor", pa.int64()),
        ("commission_bps_min", pa.int32()),
    ]
)
STAGED_PRODUCTS = pa.schema(
    [
        ("row", pa.int32()),
        ("product_id", pa.string()),
        ("product_name", pa.string()),
        ("category", pa.string()),
        ("brand", pa.string()),
        ("price_minor", pa.int64()),
        ("currency", pa.string()),
        ("tags", pa.string()),
        ("image_url", pa.string()),
        ("landing_page", pa.string()),
        ("sku_id", pa.string()),
        ("seller_sku", pa.string()),
        ("sku_name", pa.string()),
    ]
)
SCHEMAS: Mapping[Kind, pa.Schema] = {
    Kind.PERFORMANCE: STAGED_PERFORMANCE,
    Kind.EVENTS: STAGED_EVENTS,
    Kind.ORDER_LINES: STAGED_ORDER_LINES,
    Kind.INCOME_LINES: STAGED_INCOME_LINES,
    Kind.BENCHMARK: STAGED_BENCHMARK,
    Kind.PRODUCTS: STAGED_PRODUCTS,
    Kind.CREATORS: STAGED_CREATORS,
}
RowsForm = Callable[[str, Collection[str], str], str]
"""From SQL of rows in the staged columns to what is written.

Given besides: the names of columns that no row fills, and of one column more that holds where the
content's id is known to be a platform's number, if there is such a column.
"""
NOTHING = "NULL"
NO_FLAGS = "CAST([] AS VARCHAR[])"
_TEXT_LITERAL = re.compile(r"'([^']|'')+'")


def as_staged(rows: str, _unsaid: Collection[str], proof: str) -> str:
    """Rows are written as they are staged."""
    return f"SELECT * EXCLUDE ({proof}) FROM ({rows})" if proof else rows


@dataclass(frozen=True, slots=True)
class Row:
    """What a row has: the fields its columns fill, and what the file or a person says of all."""

    detected: Detected
    answers: Answers
    fields: frozenset[str]

    @property
    def window(self) -> Window | None:
        return self.answers.period or self.detected.window

    def value(self, field: str) -> str:
        """SQL for a field's value, NULL where no column fills it."""
        return f"v_{field}" if field in self.fields else NOTHING

    def stated(self, field: str) -> str:
        return f"s_{field}" if field in self.fields else NOTHING

    def literal(self, field: str) -> str:
        """A value every row has by its layout."""
        fixed = self.detected.fixed.get(field, "")
        return text_literal(fixed) if fixed else NOTHING

    def first(self, *expressions: str) -> str:
        """The first that is there, in this order."""
        real = [e for e in expressions if e != NOTHING]
        if not real:
            return NOTHING
        return real[0] if len(real) == 1 else f"coalesce({', '.join(real)})"

    def currency(self) -> str:
        """SQL for the ISO code of a row's amounts."""
        known = self.answers.currency or self.detected.currency
        fallback = text_literal(known) if known else NOTHING
        stated = "CASE WHEN exponent_of(upper(s_currency)) IS NOT NULL THEN upper(s_currency) END"
        return self.first(stated if "currency" in self.fields else NOTHING, fallback)

    @property
    def known_currency(self) -> str:
        """The one currency of a file that does not name it row by row."""
        return self.answers.currency or self.detected.currency or "USD"

    def market(self) -> str:
        return self.first(_upper(self.stated("market")), text_literal(self.answers.market))

    def channel(self) -> str:
        return self.first(
            self.value("channel"), self.literal("channel"), text_literal(self.answers.channel)
        )

    def creator(self) -> str:
        name = "handle_value(s_creator_name)" if "creator_name" in self.fields else NOTHING
        return self.first(self.value("creator"), name)

    def creator_name(self) -> str:
        return self.first(self.value("creator_name"), self.stated("creator"))


def _upper(expression: str) -> str:
    return NOTHING if expression == NOTHING else f"upper({expression})"


def staged_columns(row: Row) -> dict[str, str]:
    """SQL per staged column, in the order and types of the lake."""
    schema = SCHEMAS[row.detected.kind]
    special = _SPECIAL[row.detected.kind](row)
    owner = {"workspace": "v_workspace", "shop": "v_shop"} if "shop" in row.fields else {}
    columns = {
        field.name: f"CAST({_filled(row, special, field.name)} AS {SQL_TYPES[field.type]})"
        for field in schema
    }
    return columns | owner


def unsaid_columns(row: Row) -> frozenset[str]:
    """The staged columns that nothing fills, in no row of the file."""
    special = _SPECIAL[row.detected.kind](row)
    names = SCHEMAS[row.detected.kind].names
    return frozenset(name for name in names if _filled(row, special, name) == NOTHING)


def shared_texts(row: Row) -> dict[str, str]:
    """Of the staged columns those that have the same text in every row, as an SQL literal."""
    special = _SPECIAL[row.detected.kind](row)
    return {name: sql for name, sql in special.items() if _TEXT_LITERAL.fullmatch(sql)}


def _filled(row: Row, special: Mapping[str, str], name: str) -> str:
    return special.get(name) or row.value(name)


def key_checks(row: Row) -> list[Check]:
    """What every row must say: whom or what it is about, and the counts of a generic file."""
    always = [_empty(field) for field in _ALWAYS[row.detected.kind] if field in row.fields]
    if order_rows.are_anybodys(row.detected):
        return [*always, *order_rows.checks_of(row.fields)]
    if row.detected.kind is not Kind.PERFORMANCE:
        return always
    return [*always, *_subject_checks(row)]


_ALWAYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PERFORMANCE: (
        "impressions",
        "clicks",
        "day",
        "starts_on",
        "ends_before",
        "ends_on",
        "window",
        "shop",
    ),
    Kind.EVENTS: ("event_id", "kind", "occurred_at", "shop"),
    Kind.ORDER_LINES: ("order_id", "shop"),
    Kind.INCOME_LINES: ("line_id", "shop"),
    Kind.BENCHMARK: ("market", "definition", "impressions", "clicks"),
    Kind.PRODUCTS: ("product_id",),
    Kind.CREATORS: ("creator",),
}


def _subject_checks(row: Row) -> list[Check]:
    level, fields = row.detected.level, row.fields
    if level == "content":
        if "content_id" in fields:
            return [_empty("content_id")]
        if "live_started_at" in fields:
            return [_empty("creator"), _empty("live_started_at")]
        if "content_url" in fields and "content_title" not in fields:
            return [_link()]
        if "content_url" in fields and not row.detected.layout.startswith("generic."):
            return [_link()]
    keys = {
        "content": ("content_title",),
        "creator": ("creator", "creator_name"),
        "product": ("product_ids", "product_name"),
    }.get(level, ())
    return [_empty(field) for field in keys if field in fields][:1]


def _empty(field: str) -> Check:
    return Check(f"s_{field} IS NULL", field, "'required.empty'", "")


def _link() -> Check:
    missing = "content_id_of_link(s_content_url) IS NULL"
    return Check(
        missing,
        "content_url",
        "'id.not_in_link'",
        "https://www.tiktok.com/@name/video/7312345678901234567",
    )


def _performance(row: Row) -> dict[str, str]:
    return {
        "row": "row",
        "level": text_literal(row.detected.level),
        "layout": text_literal(row.detected.layout),
        **_days(row),
        "market": row.market(),
        "channel": row.channel(),
        "creator": row.creator(),
        "creator_name": row.creator_name(),
        "content_id": _content_id(row),
        "content_type": row.first(row.value("content_type"), row.literal("content_type")),
        "posted_on": row.first(row.value("posted_on"), _live_day(row)),
        "category": _category(row),
        "traffic_source": row.first(row.value("traffic_source"), row.literal("traffic_source")),
        "contents": _contents(row),
        **_counts(row),
        "currency": row.currency() if _has_money(row) else NOTHING,
        "flags": _flags(row),
    }


def _days(row: Row) -> dict[str, str]:
    if "day" in row.fields:
        return {"starts_on": "v_day", "ends_before": "v_day + 1"}
    if "window" in row.fields:
        last = "date_value(range_end(s_window), 'YMD') + 1"
        return {"starts_on": "v_window", "ends_before": last}
    if "starts_on" in row.fields:
        last = "v_ends_on + 1" if "ends_on" in row.fields else "v_ends_before"
        return {"starts_on": "v_starts_on", "ends_before": last}
    assert row.window is not None
    return {
        "starts_on": f"DATE '{row.window.starts_on}'",
        "ends_before": f"DATE '{row.window.ends_before}'",
    }


def _content_id(row: Row) -> str:
    """The id, else the one inside the link; a LIVE without id is its creator and its start."""
    link = "content_id_of_link(s_content_url)" if "content_url" in row.fields else NOTHING
    start = NOTHING
    if "live_started_at" in row.fields:
        start = f"{row.creator()} || '@' || strftime(v_live_started_at, '%Y-%m-%dT%H:%M')"
    if row.detected.level == "content" and "content_id" in row.fields:
        return row.value("content_id")  # no row goes in without
    return row.first(row.value("content_id"), link, start)


def _live_day(row: Row) -> str:
    return "CAST(v_live_started_at AS DATE)" if "live_started_at" in row.fields else NOTHING


def _category(row: Row) -> str:
    if "category_1" not in row.fields:
        return row.value("category")
    parts = ", ".join(row.value(f"category_{n}") for n in (1, 2))
    return f"nullif(concat_ws(' > ', {parts}), '')"


def _contents(row: Row) -> str:
    if row.detected.level == "content":
        return "1"
    parts = [row.value(name) for name in ("videos", "lives") if name in row.fields]
    summed = " + ".join(f"coalesce({part}, 0)" for part in parts)
    both = (
        f"CASE WHEN coalesce({', '.join(parts)}) IS NOT NULL THEN {summed} END"
        if parts
        else NOTHING
    )
    return row.first(row.value("contents"), both)


def _counts(row: Row) -> dict[str, str]:
    clicks, impressions = DEFINITION_COLUMNS[Definition(row.answers.definition)]
    columns = {"clicks_derived": "false"}
    if "impressions" in row.fields:
        columns[impressions] = row.first(row.value(impressions), "v_impressions")
    if "clicks" in row.fields:
        columns[clicks] = row.first(row.value(clicks), "v_clicks")
    if row.detected.fixed.get("clicks") == "derived":
        columns["product_clicks"] = (
            "CAST(round(v_stated_ctr_ratio * v_product_impressions) AS BIGINT)"
        )
        columns["clicks_derived"] = (
            "v_stated_ctr_ratio IS NOT NULL AND v_product_impressions IS NOT NULL"
        )
    return columns


def _has_money(row: Row) -> bool:
    return any(field.endswith("_minor") for field in row.fields)


def _flags(row: Row) -> str:
    """Names of what is legal and yet worth a look."""
    cases = {
        "ctr_above_one": _above_one(row),
        "gmv_range": _any_unread(row, "_minor"),
        "rate_unclear": _any_unread(row, "_bps"),
    }
    told = {flag: condition for flag, condition in cases.items() if condition}
    if not told or _is_typed(row):
        return NO_FLAGS
    listed = ", ".join(f"CASE WHEN {c} THEN '{flag}' END" for flag, c in told.items())
    anything = " OR ".join(f"coalesce({c}, false)" for c in told.values())
    named = f"list_filter([{listed}], lambda f: f IS NOT NULL)"
    return f"CASE WHEN {anything} THEN {named} ELSE {NO_FLAGS} END"


def _any_unread(row: Row, ending: str) -> str:
    """Amounts and rates of rows that went in are only unread when they are ranges or unclear."""
    fields = sorted(field for field in row.fields if field.endswith(ending))
    return " OR ".join(f"(s_{field} IS NOT NULL AND v_{field} IS NULL)" for field in fields)


def _is_typed(row: Row) -> bool:
    return bool(row.detected.cells.types) and row.detected.kind is not Kind.PERFORMANCE


def _above_one(row: Row) -> str:
    pairs = [("product_clicks", "product_impressions"), ("clicks", "impressions")]
    found = [f"v_{c} > v_{i}" for c, i in pairs if {c, i} <= row.fields]
    if not found and "stated_ctr_ratio" in row.fields:
        found = ["v_stated_ctr_ratio > 1"]
    return " OR ".join(found)


def _events(row: Row) -> dict[str, str]:
    return {
        "event_id": row.value("event_id") if "event_id" in row.fields else "derived_id",
        "market": row.market(),
        "channel": row.channel(),
        "creator": row.creator(),
        "creator_name": row.creator_name(),
        "currency": row.currency() if _has_money(row) else NOTHING,
    }


def _order_lines(row: Row) -> dict[str, str]:
    local = row.answers.zone or row.detected.zone
    day = f"CAST(timezone({text_literal(local)}, v_ordered_at) AS DATE)"
    return {
        **(_anybodys(row) if order_rows.are_anybodys(row.detected) else {}),
        "row": "row",
        "layout": text_literal(row.detected.layout),
        "market": row.market(),
        "channel": row.channel(),
        "creator": row.creator(),
        "creator_name": row.creator_name(),
        "content_type": row.first(row.value("content_type"), row.literal("content_type")),
        "ordered_on": day if "ordered_at" in row.fields and local else NOTHING,
        "currency": row.currency(),
        "flags": _flags(row),
    }


def _anybodys(row: Row) -> dict[str, str]:
    """What no platform's own file has: numbered lines, finer prices, one state for all rows."""
    columns = {"line_id": order_rows.LINE, "items": "v_quantity"}
    if "price_micros" in row.fields:
        minor = f"{MICROS} // power(10, exponent_of({row.currency()}))::BIGINT"
        whole = f"v_price_micros % ({minor}) = 0"
        columns["price_minor"] = f"CASE WHEN {whole} THEN v_price_micros // ({minor}) END"
    if row.answers.state:
        columns["status"] = row.first(row.value("status"), text_literal(row.answers.state))
    return columns


def _income_lines(row: Row) -> dict[str, str]:
    local = row.answers.zone or row.detected.zone

    def day(field: str) -> str:
        if field not in row.fields or not local:
            return NOTHING
        return f"CAST(timezone({text_literal(local)}, v_{field}) AS DATE)"

    return {
        "row": "row",
        "layout": text_literal(row.detected.layout),
        "sheet": text_literal(row.detected.cells.sheet),
        "market": row.market(),
        "ordered_on": day("ordered_at"),
        "settled_on": day("settled_at"),
        "currency": row.currency(),
        "flags": NO_FLAGS,
    }


def _benchmark(row: Row) -> dict[str, str]:
    days = _days(row) if row.window or row.fields & {"window", "starts_on"} else {}
    if "period" in row.fields:
        days = {
            "starts_on": "v_period",
            "ends_before": "date_value(range_end(s_period), 'YMD') + 1",
        }
    return {"row": "row", "market": "upper(s_market)", **days}


def _creators(row: Row) -> dict[str, str]:
    return {"row": "row", "channel": row.channel(), "currency": row.currency()}


def _products(row: Row) -> dict[str, str]:
    return {"row": "row", "currency": row.currency()}


_SPECIAL: Mapping[Kind, Callable[[Row], dict[str, str]]] = {
    Kind.PERFORMANCE: _performance,
    Kind.EVENTS: _events,
    Kind.ORDER_LINES: _order_lines,
    Kind.INCOME_LINES: _income_lines,
    Kind.BENCHMARK: _benchmark,
    Kind.PRODUCTS: _products,
    Kind.CREATORS: _creators,
}
