"""The books of each shop: what was received, and what became of it.

Receipts tell what loading did; what is stored, and which of it counts, is told by the events' sums.
"""

from dataclasses import dataclass
from datetime import datetime

from linkstar.lake.journaled_counts import TOLD_SUMMED, Books, ask, owned_by
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import RECEIPTS_TABLE
from linkstar.lake.traffic_sums import ask_sums


@dataclass(frozen=True, slots=True)
class Identity(Books):
    """The books of one shop since its first event.

    Attributes:
        shop: its number.
        loaded_at: the last load that held something of this shop.
        arrived_at: the last minute in which something of it arrived.
    """

    shop: int
    loaded_at: datetime
    arrived_at: datetime


def identities(lake: Lake, scope: Scope | None) -> list[Identity]:
    """The books of each shop of a scope; of all shops where none is named."""
    stored = f"""SELECT shop, coalesce(sum(events) FILTER (filtered IS NULL), 0)::BIGINT AS counted,
        coalesce(sum(events) FILTER (filtered IS NOT NULL), 0)::BIGINT AS filtered
        FROM {{sums}} WHERE {owned_by(scope)} GROUP BY shop"""
    told = f"""SELECT shop, {TOLD_SUMMED}, max(loaded_at) AS loaded_at,
        max(minute) AS arrived_at
        FROM {{receipts}} WHERE {owned_by(scope)} GROUP BY shop ORDER BY shop"""
    kept = {row["shop"]: row for row in ask_sums(lake, stored, scope, {})}
    nothing = {"counted": 0, "filtered": 0}
    return [
        Identity(**(nothing | kept.get(row["shop"], {}) | row))
        for row in ask(lake, told, scope, {}, receipts=RECEIPTS_TABLE)
    ]
