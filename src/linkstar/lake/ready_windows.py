"""What exports state of each window, ready to be chosen from and added up.

Beside each data file of period facts lie its sums per window and import (`lake.ready_tables`): a
row for each way in which definitions and the currency are stated, as only what states both counts
of a definition is ever counted under it.
"""

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, DEFINITION_COLUMNS
from linkstar.lake.relations import whole_rows
from linkstar.lake.tables import PERFORMANCE

MEASURES_OF_EXPORTS = (
    "video_views",
    "live_views",
    "orders",
    "items",
    "items_refunded",
    "add_to_carts",
    "likes",
    "comments",
    "shares",
    "new_followers",
    "samples",
    "gmv_minor",
    "refunds_minor",
    "commission_minor",
    "flat_fee_minor",
)
SPLIT = "concat_ws(',', {})".format(
    ", ".join(f"CASE WHEN {name} IS NOT NULL THEN '{name}' END" for name in AUDIENCE_SEGMENTS)
)
_STATES = ", ".join(
    f"({clicks} IS NOT NULL AND {counted} IS NOT NULL) AS states_{definition}"
    for definition, (clicks, counted) in DEFINITION_COLUMNS.items()
)
_ADDED_UP = dict.fromkeys(
    (*(name for pair in DEFINITION_COLUMNS.values() for name in pair), *MEASURES_OF_EXPORTS)
)
READY_WINDOWS = f"""SELECT workspace, shop, market, level, starts_on, ends_before, {SPLIT} AS split,
        stated_on, import_id, currency, {_STATES}, count(*)::BIGINT AS rows,
        count(DISTINCT subject)::BIGINT AS subjects,
        {", ".join(f"sum({name})::BIGINT AS {name}" for name in _ADDED_UP)}
    FROM {whole_rows(PERFORMANCE, "files")} GROUP BY ALL ORDER BY ALL"""
"""SQL for the windows of one file."""
