"""The fields a column may fill, per kind of file, and the form their values are written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from linkstar.connectors.reading.layouts import Kind, Layout


class Form(StrEnum):
    """How a value is written; each has its macros in `grammar.sql`."""

    TEXT = "text"
    ID = "id"
    IDS = "ids"
    HANDLE = "handle"
    COUNT = "count"
    QUANTITY = "quantity"
    RATIO = "ratio"
    RATE = "rate"
    MONEY = "money"
    PRICE = "price"
    CURRENCY = "currency"
    DATE = "date"
    DATE_RANGE = "date_range"
    LOCAL_TIME = "local_time"
    INSTANT = "instant"
    YES_NO = "yes_no"
    CATEGORY = "category"
    CONTENT_TYPE = "content_type"
    CHANNEL = "channel"
    TRAFFIC_SOURCE = "traffic_source"
    GENDER = "gender"
    DEVICE = "device"
    AGE = "age"
    HOUR = "hour"
    WEEKDAY = "weekday"
    EVENT_KIND = "event_kind"
    DEFINITION = "definition"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Written:
    """What the grammar says of a form: the SQL type of its value, its problem when unreadable."""

    sql_type: str
    code: str
    expected: str


_TEXT = Written("VARCHAR", "text.format", "text")
WRITTEN: Mapping[Form, Written] = MappingProxyType(
    {
        Form.TEXT: _TEXT,
        Form.ID: Written("VARCHAR", "id.format", "7312345678901234567"),
        Form.IDS: Written("VARCHAR[]", "id.format", "1729000000000000001,1729000000000000002"),
        Form.HANDLE: _TEXT,
        Form.COUNT: Written("BIGINT", "number.format", "1,234"),
        Form.QUANTITY: Written("BIGINT", "number.format", "12"),
        Form.RATIO: Written("DOUBLE", "percent.format", "5.93%"),
        Form.RATE: Written("INTEGER", "percent.format", "15%"),
        Form.MONEY: Written("BIGINT", "money.format", "1,234.56"),
        Form.PRICE: Written("BIGINT", "money.format", "2.955"),
        Form.CURRENCY: Written("VARCHAR", "currency.unknown", "USD"),
        Form.DATE: Written("DATE", "date.format", "YYYY-MM-DD"),
        Form.DATE_RANGE: Written("DATE", "date.format", "2026-09-28-2026-09-29"),
        Form.LOCAL_TIME: Written("TIMESTAMP", "date.format", "YYYY-MM-DD HH:MM:SS"),
        Form.INSTANT: Written("TIMESTAMPTZ", "date.format", "YYYY-MM-DD HH:MM:SS"),
        Form.YES_NO: Written("BOOLEAN", "choice.unknown", "Yes, No"),
        Form.CATEGORY: _TEXT,
        Form.CONTENT_TYPE: Written(
            "VARCHAR", "choice.unknown", "video, live, product_card, showcase"
        ),
        Form.CHANNEL: Written("VARCHAR", "choice.unknown", "tiktok, instagram, youtube"),
        Form.TRAFFIC_SOURCE: Written("VARCHAR", "choice.unknown", "organic, ads"),
        Form.GENDER: Written("VARCHAR", "choice.unknown", "female, male"),
        Form.DEVICE: _TEXT,
        Form.AGE: _TEXT,
        Form.HOUR: Written("TINYINT", "number.format", "0-23"),
        Form.WEEKDAY: Written("TINYINT", "choice.unknown", "1-7"),
        Form.EVENT_KIND: Written(
            "VARCHAR",
            "choice.unknown",
            "impression, play, complete, click, add_to_cart, order, refund",
        ),
        Form.DEFINITION: Written("VARCHAR", "choice.unknown", "product_impressions"),
        Form.SHOP: Written("INTEGER", "shop.unknown", ""),
    }
)


def _fields(**forms: str) -> Mapping[str, Form]:
    named = {form.value: form for form in Form}
    return MappingProxyType(
        {name: named[form] for form, names in forms.items() for name in names.split()}
    )


_ABOUT_CONTENT = {
    "text": "creator_name content_title content_url product_name",
    "handle": "creator",
    "category": "category",
    "content_type": "content_type",
    "channel": "channel",
    "traffic_source": "traffic_source",
    "gender": "gender",
    "device": "device",
    "age": "age",
    "currency": "currency",
    "shop": "shop",
}

FIELDS: Mapping[Kind, Mapping[str, Form]] = MappingProxyType(
    {
        Kind.PERFORMANCE: _fields(
            **_ABOUT_CONTENT
            | {
                "text": _ABOUT_CONTENT["text"] + " category_1 category_2 market",
                "id": "content_id",
                "ids": "product_ids",
                "date": "posted_on starts_on ends_before ends_on day",
                "date_range": "window",
                "local_time": "live_started_at",
                "count": "impressions clicks product_impressions product_clicks "
                "unique_product_impressions unique_product_clicks video_views live_views "
                "shop_tab_impressions shop_tab_clicks contents videos lives orders items "
                "items_refunded customers add_to_carts likes comments shares new_followers samples",
                "ratio": "stated_ctr_ratio stated_completion_ratio",
                "money": "gmv_minor refunds_minor commission_minor flat_fee_minor",
                "hour": "hour",
                "weekday": "weekday",
            }
        ),
        Kind.EVENTS: _fields(
            **_ABOUT_CONTENT
            | {
                "id": "event_id content_id product_id visitor",
                "text": _ABOUT_CONTENT["text"] + " filtered market",
                "event_kind": "kind",
                "instant": "occurred_at",
                "date": "posted_on",
                "money": "value_minor",
            }
        ),
        Kind.ORDER_LINES: _fields(
            id="order_id line_id sku_id product_id content_id partner_campaign_id",
            text="product_name creator_name partner collaboration promo_code status "
            "settlement_status market",
            handle="creator",
            category="category",
            content_type="content_type",
            channel="channel",
            yes_no="refunded_fully",
            instant="ordered_at paid_at shipped_at delivered_at cancelled_at commission_paid_at",
            count="items items_refunded",
            quantity="quantity",
            currency="currency",
            price="price_micros",
            money="price_minor paid_minor tax_minor shipping_minor seller_discount_minor "
            "platform_discount_minor refunds_minor commission_base_estimated_minor "
            "commission_base_minor commission_estimated_minor commission_minor "
            "ads_commission_estimated_minor ads_commission_minor bonus_estimated_minor bonus_minor "
            "partner_commission_estimated_minor partner_commission_minor",
            rate="commission_bps ads_commission_bps partner_commission_bps",
            shop="shop",
        ),
        Kind.INCOME_LINES: _fields(
            id="line_id related_order_id",
            text="kind market",
            instant="ordered_at settled_at",
            currency="currency",
            money="settlement_minor revenue_minor refunds_minor fees_minor "
            "platform_commission_minor payment_fee_minor shipping_minor affiliate_commission_minor "
            "partner_commission_minor ads_commission_minor adjustment_minor",
            shop="shop",
        ),
        Kind.CREATORS: _fields(
            handle="creator",
            text="creator_name url region languages categories",
            channel="channel",
            count="followers average_views",
            ratio="engagement_ratio women_ratio men_ratio age_18_24_ratio age_25_34_ratio "
            "age_35_44_ratio age_45_54_ratio age_55_ratio",
            currency="currency",
            money="video_price_minor",
            rate="commission_bps_min",
        ),
        Kind.BENCHMARK: _fields(
            text="market source source_name licence",
            category="category",
            definition="definition",
            content_type="content_type",
            channel="channel",
            date="starts_on ends_before ends_on",
            date_range="period",
            count="impressions clicks shops creators contents",
            ratio="median p25 p75",
        ),
        Kind.PRODUCTS: _fields(
            id="product_id sku_id",
            text="product_name brand tags image_url landing_page seller_sku sku_name",
            category="category",
            currency="currency",
            money="price_minor",
        ),
    }
)
"""Per kind: every field, and the form of its values."""


def fields_of(layout: Layout) -> frozenset[str]:
    """The fields columns of a layout may fill.

    What only platforms state of order lines is no field of anybody's own list: there a price is
    told finer than in cents, and a quantity by its sign.
    """
    if layout.is_generic and layout.kind is Kind.ORDER_LINES:
        return frozenset(column.field for column in layout.columns if column.field)
    return frozenset(FIELDS[layout.kind])
