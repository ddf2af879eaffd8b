"""The books of each shop: what was received, and what became of it.

Receipts tell what loading did; what is stored, and which of it counts, is told by the events' sums.
"""

from dataclasses import dataclass
from datetime import datetime

from linkstar.lake.journaled_counts import TOLD_SUMMED, ask, owned_by
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import RECEIPTS_TABLE
from linkstar.lake.traffic_sums import ask_sums


@dataclass(frozen=True, slots=True)
class Identity:
    """The books of one shop since its first event.

    Attributes:
        shop: its number.
        received: lines the collector put on disk and the loader read.
        counted: stored events that count.
        filtered: stored events an invalid-traffic rule flagged.
        duplicates: repeats of stored events.
        conflicts: other content under a stored id; kept aside.
        quarantined: lines nothing could be made of; kept aside.
        dismissed: lines somebody decided never to count.
        loaded_at: the last load that held something of this shop.
        arrived_at: the last minute in which something of it arrived.
    """

    shop: int
    received: int
    counted: int
    filtered: int
    duplicates: int
    conflicts: int
    quarantined: int
    dismissed: int
    loaded_at: datetime
    arrived_at: datetime

    @property
    def difference(self) -> int:
        """Lines that cannot be accounted for: 0, or something is wrong."""
        kept = self.counted + self.filtered + self.duplicates + self.conflicts
        return self.received - kept - self.quarantined - self.dismissed


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
