"""Invalid-traffic rules, version 1, as SQL over two days of tracked events.

Windows are those the trade publishes: 30 seconds for the same click again (COUNTER, rolling), a
minute for the same impression. Of a chain of repeats the first one counts. An event that several
rules meet is flagged with the first of them, in the order given here.
"""

import pyarrow as pa

VERSION = 1
"""Raise it with any change below: every day is then judged anew."""

DOUBLE_CLICK_SECONDS = 30
DOUBLE_IMPRESSION_SECONDS = 60
CLICKS_PER_MINUTE_MAX = 20
CLICKS_PER_HOUR_MAX = 200
REGULAR_CLICKS_MIN = 10
REGULAR_VARIATION_MAX = 0.10
SEEN_MILLISECONDS_MIN = 200
SHOWN_WITHIN_HOURS = 24

AGENT_KINDS = pa.schema([("known_agent", pa.string()), ("agent_kind", pa.string())])
NETWORKS = pa.schema([("data_centre", pa.string())])

_WHO = "PARTITION BY workspace, shop, visitor"
_WHERE = f"{_WHO}, link"


def _clicks_around(seconds: int) -> str:
    """SQL for the most clicks of one visitor in any such span that holds this click."""
    return f"""max(clicks_{seconds}) OVER ({_WHO} ORDER BY occurred_at
        RANGE BETWEEN CURRENT ROW AND INTERVAL {seconds} SECOND FOLLOWING)"""


def _clicks_until(seconds: int) -> str:
    return f"""count(*) FILTER (kind = 'click') OVER ({_WHO} ORDER BY occurred_at
        RANGE BETWEEN INTERVAL {seconds} SECOND PRECEDING AND CURRENT ROW) AS clicks_{seconds}"""


JUDGED = f"""
WITH visited AS (
    SELECT workspace, shop, event_id, day, kind, link, visitor, occurred_at, network, agent,
        {_clicks_until(60)}, {_clicks_until(3600)},
        max(occurred_at) FILTER (kind = 'impression') OVER ({_WHERE} ORDER BY occurred_at
            RANGE BETWEEN INTERVAL {SHOWN_WITHIN_HOURS} HOUR PRECEDING AND CURRENT ROW) AS shown_at,
        count(*) FILTER (kind = 'impression') OVER (PARTITION BY workspace, shop, link) AS pixels
    FROM events WHERE kind IN ('impression', 'click')
), spaced AS (
    SELECT workspace, shop, visitor, day, occurred_at,
        epoch(occurred_at - lag(occurred_at) OVER (
            PARTITION BY workspace, shop, visitor, day ORDER BY occurred_at)) AS seconds
    FROM visited WHERE kind = 'click' AND visitor IS NOT NULL
), regular AS (
    SELECT workspace, shop, visitor, day FROM spaced GROUP BY ALL
    HAVING count(*) >= {REGULAR_CLICKS_MIN} AND avg(seconds) > 0
        AND stddev_samp(seconds) / avg(seconds) < {REGULAR_VARIATION_MAX}
), flagged AS (
    SELECT visited.*, CASE
        WHEN agent_kind = 'robot' THEN 'robot'
        WHEN agent_kind = 'program' THEN 'not_a_browser'
        WHEN data_centre IS NOT NULL THEN 'data_centre'
        WHEN kind <> 'click' OR visited.visitor IS NULL THEN NULL
        WHEN {_clicks_around(60)} > {CLICKS_PER_MINUTE_MAX}
            OR {_clicks_around(3600)} > {CLICKS_PER_HOUR_MAX} THEN 'too_many'
        WHEN regular.visitor IS NOT NULL THEN 'too_regular'
        WHEN epoch_ms(occurred_at) - epoch_ms(shown_at) < {SEEN_MILLISECONDS_MIN} THEN 'too_fast'
        -- Visitors get new names at midnight UTC: before one o'clock nobody can be known again.
        WHEN shown_at IS NULL AND pixels > 0 AND hour(occurred_at AT TIME ZONE 'UTC') >= 1
            THEN 'not_shown'
    END AS rule
    FROM visited
    LEFT JOIN agents ON known_agent = agent
    LEFT JOIN networks ON data_centre = network
    LEFT JOIN regular USING (workspace, shop, visitor, day)
), again AS (
    SELECT *, epoch(occurred_at - lag(occurred_at) OVER (
        {_WHERE}, kind, rule IS NULL ORDER BY occurred_at, event_id)) AS since
    FROM flagged
)
SELECT workspace, shop, event_id, CASE
    WHEN rule IS NOT NULL OR visitor IS NULL OR link IS NULL THEN rule
    WHEN kind = 'click' AND since <= {DOUBLE_CLICK_SECONDS} THEN 'double_click'
    WHEN kind = 'impression' AND since <= {DOUBLE_IMPRESSION_SECONDS} THEN 'double_impression'
END AS rule
FROM again WHERE day = $day"""
"""The rule each impression and click of `$day` meets, or null, from the tables `events` (that day
and the one before), `agents` and `networks`."""
