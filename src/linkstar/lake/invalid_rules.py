"""Invalid-traffic rules, version 2, as SQL over a day of tracked events and the end of the last.

Windows are those the trade publishes: 30 seconds for the same click again (COUNTER, rolling), a
minute for the same impression, an hour for a click that is billed. Of a chain of repeats the first
one counts. An event that several rules meet is flagged with the first of them, in the order given
here.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import pyarrow as pa

VERSION = 2
"""Raise it with any change below: every day is then judged anew."""

DOUBLE_CLICK_SECONDS = 30
DOUBLE_IMPRESSION_SECONDS = 60
BILLABLE_SECONDS = 3_600
CLICKS_PER_MINUTE_MAX = 20
CLICKS_PER_HOUR_MAX = 200
REGULAR_CLICKS_MIN = 10
REGULAR_VARIATION_MAX = 0.10
SEEN_MILLISECONDS_MIN = 200
SHOWN_WITHIN_HOURS = 24
PLAUSIBLE_IMPRESSIONS_MIN = 200
PLAUSIBLE_LINKS_MIN = 20
PLAUSIBLE_TIMES_P99_MAX = 5


class RuleClass(StrEnum):
    """What a rule needs to know, as the trade tells the two apart; and plain repeats."""

    GENERAL = "general"  # lists and counts of one party: GIVT
    SOPHISTICATED = "sophisticated"  # needs more than the event and its sender: SIVT
    REPEAT = "repeat"


RULE_CLASSES: Mapping[str, RuleClass] = MappingProxyType(
    {
        "robot": RuleClass.GENERAL,
        "not_a_browser": RuleClass.GENERAL,
        "data_centre": RuleClass.GENERAL,
        "self_click": RuleClass.SOPHISTICATED,
        "too_many": RuleClass.GENERAL,
        "too_regular": RuleClass.GENERAL,
        "too_fast": RuleClass.GENERAL,
        "not_shown": RuleClass.SOPHISTICATED,
        "too_good": RuleClass.SOPHISTICATED,
        "double_click": RuleClass.REPEAT,
        "double_impression": RuleClass.REPEAT,
    }
)
"""Every rule in the order in which the first one that is met is named."""

AGENT_KINDS = pa.schema([("known_agent", pa.string()), ("agent_kind", pa.string())])
NETWORKS = pa.schema([("data_centre", pa.string())])
OWN_VISITORS = pa.schema([("own_shop", pa.int32()), ("own_visitor", pa.string())])

_WHO = "workspace, shop, visitor"
_WHERE = f"{_WHO}, place"
_MICROSECONDS = 1_000_000


def _crowd(seconds: int, most: int) -> str:
    """SQL for the next click, from this one on, that ends a span of so many with too many clicks.

    A click is one of that crowd when it lies at most as many clicks before its end.
    """
    return f"""min(CASE WHEN moment - at_{most} <= {seconds * _MICROSECONDS} THEN turn END)
        OVER (PARTITION BY {_WHO} ORDER BY turn DESC ROWS UNBOUNDED PRECEDING) AS crowd_{most}"""


JUDGED = f"""
WITH visited AS (
    SELECT *, coalesce(link, '') AS place FROM events WHERE kind IN ('impression', 'click')
), clicks AS (
    SELECT {_WHERE}, event_id, day, occurred_at, epoch_us(occurred_at) AS moment,
        row_number() OVER ordered AS turn,
        lag(moment, {CLICKS_PER_MINUTE_MAX}) OVER ordered AS at_{CLICKS_PER_MINUTE_MAX},
        lag(moment, {CLICKS_PER_HOUR_MAX}) OVER ordered AS at_{CLICKS_PER_HOUR_MAX},
        CASE WHEN lag(day) OVER ordered = day THEN
            epoch(occurred_at - lag(occurred_at) OVER ordered) END AS seconds
    FROM visited WHERE kind = 'click' AND visitor IS NOT NULL
    WINDOW ordered AS (PARTITION BY {_WHO} ORDER BY occurred_at, event_id)
), regular AS (
    SELECT {_WHO}, day, true AS is_regular FROM clicks GROUP BY ALL
    HAVING count(*) >= {REGULAR_CLICKS_MIN} AND avg(seconds) > 0
        AND stddev_samp(seconds) / avg(seconds) < {REGULAR_VARIATION_MAX}
), shown AS (
    SELECT {_WHERE}, occurred_at AS shown_at FROM visited
    SEMI JOIN clicks USING ({_WHERE}) WHERE kind = 'impression'
), told AS (
    SELECT clicks.workspace, clicks.shop, clicks.event_id, shown_at,
        coalesce(is_regular, false) AS is_regular,
        {_crowd(60, CLICKS_PER_MINUTE_MAX)}, {_crowd(3600, CLICKS_PER_HOUR_MAX)}, turn
    FROM clicks LEFT JOIN regular USING ({_WHO}, day)
    ASOF LEFT JOIN shown ON shown.workspace = clicks.workspace AND shown.shop = clicks.shop
        AND shown.visitor = clicks.visitor AND shown.place = clicks.place
        AND shown.shown_at <= clicks.occurred_at
), flagged AS (
    SELECT visited.*, CASE
        WHEN agent_kind = 'robot' THEN 'robot'
        WHEN agent_kind = 'program' THEN 'not_a_browser'
        WHEN data_centre IS NOT NULL THEN 'data_centre'
        WHEN kind <> 'click' OR visitor IS NULL THEN NULL
        WHEN own_visitor IS NOT NULL THEN 'self_click'
        WHEN crowd_{CLICKS_PER_MINUTE_MAX} - turn <= {CLICKS_PER_MINUTE_MAX}
            OR crowd_{CLICKS_PER_HOUR_MAX} - turn <= {CLICKS_PER_HOUR_MAX} THEN 'too_many'
        WHEN is_regular THEN 'too_regular'
        WHEN epoch_ms(occurred_at) - epoch_ms(shown_at) < {SEEN_MILLISECONDS_MIN} THEN 'too_fast'
        -- Visitors get new names at midnight UTC: before one o'clock nobody can be known again.
        WHEN (shown_at IS NULL OR shown_at < occurred_at - INTERVAL {SHOWN_WITHIN_HOURS} HOUR)
            AND pixel IS NOT NULL AND hour(occurred_at AT TIME ZONE 'UTC') >= 1 THEN 'not_shown'
    END AS rule
    FROM visited
    LEFT JOIN told USING (workspace, shop, event_id)
    LEFT JOIN agents ON known_agent = agent
    LEFT JOIN networks ON data_centre = network
    LEFT JOIN own ON own_shop = shop AND own_visitor = visitor
    LEFT JOIN pixels ON pixel_shop = shop AND pixel = place
), rates AS (
    SELECT workspace, shop, place, market, content_type, coalesce(any_value(category), '') AS kept,
        count(*) FILTER (kind = 'click') / count(*) FILTER (kind = 'impression') AS ctr
    FROM flagged WHERE rule IS NULL AND day = $day AND link IS NOT NULL
    GROUP BY workspace, shop, place, market, content_type
    HAVING count(*) FILTER (kind = 'impression') >= {PLAUSIBLE_IMPRESSIONS_MIN}
), implausible AS (
    SELECT workspace, shop, place, true AS is_implausible FROM (
        SELECT *, count(*) OVER others AS peers, quantile_cont(ctr, 0.99) OVER others AS p99
        FROM rates WINDOW others AS (PARTITION BY market, content_type, kept ROWS BETWEEN
            UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)
    ) WHERE peers >= {PLAUSIBLE_LINKS_MIN} AND ctr > {PLAUSIBLE_TIMES_P99_MAX} * p99
), firm AS (
    SELECT flagged.* REPLACE (CASE
        WHEN rule IS NULL AND kind = 'click' AND is_implausible AND day = $day THEN 'too_good'
        ELSE rule END AS rule)
    FROM flagged LEFT JOIN implausible USING (workspace, shop, place)
), once AS (
    SELECT workspace, shop, event_id, day, kind, link, visitor, place, occurred_at, CASE
        WHEN rule IS NOT NULL OR visitor IS NULL OR link IS NULL THEN rule
        WHEN kind = 'click' AND since <= {DOUBLE_CLICK_SECONDS} THEN 'double_click'
        WHEN kind = 'impression' AND since <= {DOUBLE_IMPRESSION_SECONDS} THEN 'double_impression'
    END AS rule
    FROM (
        SELECT *, epoch(occurred_at - lag(occurred_at) OVER (
            PARTITION BY {_WHERE}, kind, rule IS NULL ORDER BY occurred_at, event_id)) AS since
        FROM firm
    )
), billed AS (
    SELECT workspace, shop, event_id, visitor IS NULL OR link IS NULL OR coalesce(
        epoch(occurred_at - lag(occurred_at) OVER (
            PARTITION BY {_WHERE} ORDER BY occurred_at, event_id)) > {BILLABLE_SECONDS}, true
    ) AS is_billed
    FROM once WHERE kind = 'click' AND rule IS NULL
)
SELECT workspace, shop, event_id, rule,
    CASE WHEN kind = 'click' THEN coalesce(is_billed, false) END AS billable
FROM once LEFT JOIN billed USING (workspace, shop, event_id) WHERE day = $day"""
"""The rule each impression and click of `$day` meets, or null, and which clicks are billed.

From the tables `events` (that day, and of the one before what the same visitors did), `pixels`
(links that were shown), `agents`, `networks` and `own`.
"""
