"""Event kinds, content types and segments, and the two columns each CTR definition divides."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from linkstar.stats.ctr import Definition


class ContentType(StrEnum):
    """The form of a content."""

    VIDEO = "video"
    LIVE = "live"
    PRODUCT_CARD = "product_card"
    SHOWCASE = "showcase"
    OTHER = "other"


class Channel(StrEnum):
    """The platform a content was published on."""

    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    YOUTUBE = "youtube"
    OTHER = "other"


class Segment(StrEnum):
    """A line along which impressions and clicks can be cut; also the name of its column."""

    GENDER = "gender"
    AGE = "age"
    DEVICE = "device"
    HOUR = "hour"
    WEEKDAY = "weekday"
    TRAFFIC_SOURCE = "traffic_source"
    CHANNEL = "channel"
    CONTENT_TYPE = "content_type"


AUDIENCE_SEGMENTS = (
    Segment.GENDER,
    Segment.AGE,
    Segment.DEVICE,
    Segment.HOUR,
    Segment.WEEKDAY,
    Segment.TRAFFIC_SOURCE,
)
"""Segments that split one content; the others are properties of the content as a whole."""

DEFINITION_COLUMNS: Mapping[Definition, tuple[str, str]] = MappingProxyType(
    {
        Definition.PRODUCT_IMPRESSIONS: ("product_clicks", "product_impressions"),
        Definition.VIDEO_VIEWS: ("product_clicks", "video_views"),
        Definition.LIVE_VIEWS: ("product_clicks", "live_views"),
        Definition.UNIQUE_PRODUCT_IMPRESSIONS: (
            "unique_product_clicks",
            "unique_product_impressions",
        ),
        Definition.SHOP_TAB_IMPRESSIONS: ("shop_tab_clicks", "shop_tab_impressions"),
    }
)
"""Per definition: the column of clicks, the column of impressions."""
