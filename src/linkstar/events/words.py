"""What the values of the vocabulary are called, to be translated where they are said.

Pages and the command line say the same words; which of them translates is not known here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from linkstar.events.vocabulary import Channel, ContentType, Segment


def gettext_noop(message: str) -> str:
    """Marks a message for the catalogue."""
    return message


UNKNOWN = gettext_noop("unknown")
CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ContentType.VIDEO: gettext_noop("video"),
        ContentType.LIVE: gettext_noop("LIVE"),
        ContentType.PRODUCT_CARD: gettext_noop("product card"),
        ContentType.SHOWCASE: gettext_noop("showcase"),
        ContentType.OTHER: gettext_noop("other content"),
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        Channel.TIKTOK: "TikTok",
        Channel.INSTAGRAM: "Instagram",
        Channel.YOUTUBE: "YouTube",
        Channel.OTHER: gettext_noop("other channel"),
    }
)
SEGMENTS: Mapping[Segment, str] = MappingProxyType(
    {
        Segment.GENDER: gettext_noop("Gender"),
        Segment.AGE: gettext_noop("Age"),
        Segment.DEVICE: gettext_noop("Device"),
        Segment.HOUR: gettext_noop("Hour of day"),
        Segment.WEEKDAY: gettext_noop("Day of week"),
        Segment.TRAFFIC_SOURCE: gettext_noop("Traffic source"),
        Segment.CHANNEL: gettext_noop("Channel"),
        Segment.CONTENT_TYPE: gettext_noop("Content type"),
    }
)
WEEKDAYS = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)
SEGMENT_VALUES: Mapping[Segment, Mapping[str, str]] = MappingProxyType(
    {
        Segment.GENDER: {
            "female": gettext_noop("women"),
            "male": gettext_noop("men"),
            "other": gettext_noop("other"),
        },
        Segment.DEVICE: {
            "phone": gettext_noop("phone"),
            "tablet": gettext_noop("tablet"),
            "computer": gettext_noop("computer"),
            "desktop": gettext_noop("computer"),
            "tv": gettext_noop("television"),
            "other": gettext_noop("other"),
            "ios": "iOS",
            "android": "Android",
        },
        Segment.TRAFFIC_SOURCE: {
            "organic": gettext_noop("organic"),
            "ads": gettext_noop("ads"),
        },
        Segment.CHANNEL: CHANNELS,
        Segment.CONTENT_TYPE: CONTENT_TYPES,
        Segment.WEEKDAY: {str(number): name for number, name in enumerate(WEEKDAYS, start=1)},
    }
)


def segment_word(segment: Segment, value: str | None) -> str:
    """How a value of a dimension is called; as it came where nobody named it."""
    if not value:
        return UNKNOWN
    if segment is Segment.HOUR:
        return f"{int(value):02d}:00"
    return SEGMENT_VALUES.get(segment, {}).get(value, value)
