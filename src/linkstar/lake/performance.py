"""Period facts: what an export says about a creator, content, product or shop."""

from linkstar.lake.stating import Kind
from linkstar.lake.tables import PERFORMANCE_TABLE

_PLATFORM_WIDE = (
    "coalesce(level = 'content' AND regexp_full_match(content_id, '[0-9]{12,}'), false)"
)
_SEGMENTS = ("traffic_source", "device", "gender", "age", "hour", "weekday")

PERFORMANCE_ROWS = Kind(
    table=PERFORMANCE_TABLE,
    key=("level", "starts_on", "ends_before"),
    # A platform's content ids are unique by themselves: the same video under a renamed creator is
    # still one video. Short ids of a seller's own sheet are only unique below creator and channel.
    subject=(
        "CASE WHEN level = 'content' THEN coalesce(content_id, content_url, content_title) END",
        f"""CASE WHEN {_PLATFORM_WIDE} THEN chr(31)
            ELSE concat_ws(chr(31), coalesce(creator, creator_name, ''), coalesce(channel, ''))
            END""",
        "CASE WHEN level <> 'content' THEN array_to_string(list_sort(product_ids), ',') END",
        "CASE WHEN level <> 'content' THEN content_type END",
        *_SEGMENTS,
    ),
    own_id=("content_id", _SEGMENTS),
)
