"""Sums of tracked events by link, sub-ID and rule, ready to be added up: what pages of links read.

Beside each data file of events lie its sums (`lake.ready_tables`), so that a page costs what its
links and days come to, not what was ever clicked.
"""

from linkstar.lake.relations import TRACKED, whole_rows
from linkstar.lake.tables import EVENTS

_KEYS = "workspace, shop, link, sub_id, filtered"
SUMS_OF_TRACKED = f"""SELECT {_KEYS}, count(*) AS events,
        count(*) FILTER (kind = 'impression') AS impressions,
        count(*) FILTER (kind = 'click') AS clicks,
        count(*) FILTER (kind = 'click' AND billable) AS billable
    FROM {{rows}} WHERE {TRACKED} GROUP BY {_KEYS}"""
"""SQL for the sums of `{rows}`."""
READY_TRAFFIC = f"{SUMS_OF_TRACKED.format(rows=whole_rows(EVENTS, 'files'))} ORDER BY {_KEYS}"
"""SQL for the sums of one file, in an order of its own."""
