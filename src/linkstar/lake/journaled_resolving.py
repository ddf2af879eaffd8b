"""From lines as they arrived to events as they are kept: whose, of which link, when, on what.

The steps are SQL over temporary tables of one cursor: `said` (every line), `arrived` (events with
their sender), `resolved` (events with link, device and local time, or the reason they cannot be).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from linkstar.lake.journaled_history import Untold, untold_lines
from linkstar.lake.zones import local_microseconds, offsets

LATE_MAX = timedelta(days=7)
EARLY_MAX = timedelta(minutes=5)
"""A stated time outside of this is not believed; the time of arrival takes its place."""

LINKS = pa.schema(
    [
        ("token", pa.string()),
        ("link_shop", pa.int32()),
        ("link_creator", pa.string()),
        ("link_content_id", pa.string()),
        ("link_content_type", pa.string()),
        ("link_product_id", pa.string()),
        ("link_channel", pa.string()),
    ]
)
SHOPS = pa.schema(
    [
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("zone", pa.string()),
        ("home_market", pa.string()),
    ]
)
DEVICES = pa.schema([("known_agent", pa.string()), ("known_device", pa.string())])


class Directory(Protocol):
    """Who is who, asked once per load."""

    def links(self, tokens: Sequence[str]) -> pa.Table:
        """What those links stand for, as `LINKS`; unknown ones are left out."""
        ...

    def shops(self, numbers: Sequence[int]) -> pa.Table:
        """Those shops, as `SHOPS`; unknown ones are left out."""
        ...

    def devices(self, agents: Sequence[str]) -> pa.Table:
        """The kind of device behind each user agent, as `DEVICES`."""
        ...


_TEXTS = (
    "event_id", "kind", "occurred_at", "link", "creator", "content_id", "content_type",
    "product_id", "category", "channel", "market", "traffic_source", "device", "visitor",
    "gender", "age", "currency", "network", "agent", "order_id", "line_id",
    "click_id", "promo_code", "filtered", "sub_id",
)  # fmt: skip
_SHAPE = (
    '{"envelope": {"shop": "INTEGER", "workspace": "INTEGER", "received_at": "VARCHAR"},'
    ' "shop": "INTEGER", "workspace": "INTEGER", "consented": "BOOLEAN",'
    ' "load_ms": "BIGINT", "value_minor": "BIGINT", "quantity": "BIGINT", "billable": "BOOLEAN", '
    + ", ".join(f'"{name}": "VARCHAR"' for name in _TEXTS)
    + "}"
)

_SAID = f"""CREATE OR REPLACE TEMP TABLE said AS SELECT n, segment, line_number, envelope, line,
    from_json(CASE WHEN json_valid(line) THEN line END, '{_SHAPE}') AS e FROM lines"""

_ARRIVED = """CREATE OR REPLACE TEMP TABLE arrived AS SELECT
    own.n, own.segment, own.line_number, own.line, own.e,
    own.e.shop IS NOT NULL AS is_seen_by_us,
    coalesce(own.e.shop, sender.e.envelope.shop, 0) AS shop,
    coalesce(own.e.workspace, sender.e.envelope.workspace, 0) AS workspace,
    try_cast(own.e.occurred_at AS TIMESTAMPTZ) AS stated_at,
    coalesce(
        try_cast(sender.e.envelope.received_at AS TIMESTAMPTZ),
        try_cast(own.e.occurred_at AS TIMESTAMPTZ)) AS received_at
    FROM said AS own LEFT JOIN said AS sender
        ON own.envelope = sender.n AND {has_sender}
    WHERE own.n <> own.envelope"""

_RESOLVED = f"""CREATE OR REPLACE TEMP TABLE resolved AS SELECT
    n, $journal AS journal, segment, line_number, line,
    arrived.workspace, arrived.shop, received_at, stated_at,
    CASE WHEN untold_reason IS NOT NULL THEN untold_reason
        WHEN e IS NULL THEN 'unreadable'
        WHEN e.event_id IS NULL OR e.kind IS NULL OR stated_at IS NULL THEN 'incomplete'
        WHEN shops.shop IS NULL THEN 'shop_unknown'
        WHEN e.link IS NOT NULL AND links.token IS NULL THEN 'link_unknown'
    END AS reason,
    e.event_id AS event_id, e.kind AS kind,
    stated_at NOT BETWEEN received_at - INTERVAL {LATE_MAX.days} DAY
        AND received_at + INTERVAL {EARLY_MAX.seconds} SECOND AS is_derived,
    CASE WHEN is_derived THEN received_at ELSE stated_at END AS occurred_at,
    shops.zone, coalesce(e.market, shops.home_market) AS market,
    coalesce(e.channel, links.link_channel, 'other') AS channel,
    coalesce(e.creator, nullif(links.link_creator, '')) AS creator_name,
    nullif(lower(ltrim(creator_name, '@')), '') AS creator,
    coalesce(e.content_id, nullif(links.link_content_id, '')) AS content_id,
    coalesce(e.content_type, nullif(links.link_content_type, '')) AS content_type,
    coalesce(e.product_id, nullif(links.link_product_id, '')) AS product_id,
    nullif(e.category, '') AS category, e.traffic_source AS traffic_source,
    coalesce(e.device, devices.known_device) AS device,
    CASE WHEN e.consented THEN e.gender END AS gender,
    CASE WHEN e.consented THEN e.age END AS age,
    e.visitor AS visitor, e.value_minor AS value_minor, e.currency AS currency,
    e.link AS link, nullif(e.network, '') AS network,
    CASE WHEN is_seen_by_us THEN e.agent END AS agent, e.load_ms AS load_ms,
    e.order_id AS order_id, e.line_id AS line_id, e.quantity AS quantity,
    e.click_id AS click_id, e.promo_code AS promo_code,
    CASE WHEN is_seen_by_us THEN e.sub_id END AS sub_id,
    -- Only archived lines whose visitor's name was taken off bear a verdict; no client can.
    CASE WHEN e.visitor = '' THEN e.filtered END AS filtered,
    CASE WHEN e.visitor = '' THEN e.billable END AS billable
    FROM arrived
    LEFT JOIN shops ON shops.shop = arrived.shop AND shops.workspace = arrived.workspace
    LEFT JOIN links ON links.token = e.link AND links.link_shop = arrived.shop
    LEFT JOIN devices ON is_seen_by_us AND devices.known_agent = e.agent
    LEFT JOIN untold ON untold_segment = segment AND untold_line = line_number"""


def resolve(
    cursor: duckdb.DuckDBPyConnection,
    lines: pa.Table,
    directory: Directory,
    *,
    journal: str,
    untold: Iterable[Untold] = (),
    is_decided: bool = False,
) -> None:
    """Fill the temporary table `resolved`, with `day`, `hour` and `weekday` in the shop's zone.

    Args:
        cursor: whose temporary tables.
        lines: as `LINES`.
        directory: who knows links, shops and devices.
        journal: what the journal is called in the facts.
        untold: lines that stay quarantined, whatever the directory says today.
        is_decided: every line stands under an envelope of its own, which tells when it arrived.
    """
    cursor.register("lines", lines)
    cursor.register("untold", untold_lines(untold))
    cursor.execute(_SAID)
    cursor.execute(_ARRIVED.format(has_sender="true" if is_decided else "own.e.shop IS NULL"))
    cursor.register("links", directory.links(_distinct(cursor, "e.link")))
    cursor.register("shops", directory.shops(_distinct(cursor, "shop")))
    cursor.register("devices", directory.devices(_distinct(cursor, "e.agent")))
    cursor.execute(_RESOLVED, {"journal": journal})
    local = _local(cursor)
    cursor.execute(f"""CREATE OR REPLACE TEMP TABLE resolved AS SELECT *,
        {local}::DATE AS day, hour({local})::TINYINT AS hour, isodow({local})::TINYINT AS weekday
        FROM resolved""")


def _distinct(cursor: duckdb.DuckDBPyConnection, what: str) -> list[Any]:
    found = cursor.execute(f"SELECT DISTINCT {what} FROM arrived WHERE {what} IS NOT NULL")
    return [value for (value,) in found.fetchall()]


def _local(cursor: duckdb.DuckDBPyConnection) -> str:
    """SQL for the local wall-clock time of an event, each shop in its own zone."""
    spans = cursor.sql("""SELECT zone, min(occurred_at) AS first, max(occurred_at) AS last
        FROM resolved WHERE reason IS NULL GROUP BY zone ORDER BY zone""").to_arrow_table()
    cases = " ".join(
        f"WHEN zone = '{zone}' THEN "
        f"{local_microseconds('occurred_at', offsets(zone, each['first'], each['last']))}"
        for each in spans.to_pylist()
        if (zone := each["zone"])
    )
    return f"make_timestamp(CASE {cases} END)" if cases else "NULL::TIMESTAMP"
