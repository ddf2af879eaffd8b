"""Daily counts per content of the demo seller's shops, kept while the events go by."""

from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc


@dataclass
class Tally:
    """Adds up events of some shops by content, product, creator and local day."""

    shops: pa.Array
    zone: str
    _parts: list[pa.Table] = field(default_factory=list)

    def add(self, events: pa.Table) -> None:
        """Count the honest events of these shops; everything else goes by."""
        ours = pc.and_(
            pc.is_in(events["shop"].cast(pa.string()), self.shops), pc.is_null(events["filtered"])
        )
        kept = events.filter(ours)
        if not kept.num_rows:
            return
        local = pc.local_timestamp(kept["occurred_at"].cast(pa.timestamp("ms", tz=self.zone))).cast(
            pa.date32()
        )
        named = ["shop", "creator", "content_id", "product_id", "event"]
        small = pa.table(
            {name: kept[name].cast(pa.string()) for name in named}
            | {"day": local, "value": kept["value"]}
        )
        self._parts.append(_summed(small, [("event", "count"), ("value", "sum")]))

    def window(self, starts_on: date, ends_before: date) -> pa.Table:
        """Counts by shop, creator, content, product and event over [starts_on, ends_before)."""
        whole = pa.concat_tables(self._parts)
        within = pc.and_(
            pc.greater_equal(whole["day"], starts_on), pc.less(whole["day"], ends_before)
        )
        keys = ["shop", "creator", "content_id", "product_id", "event"]
        summed = (
            whole.filter(within)
            .group_by(keys)
            .aggregate([("event_count", "sum"), ("value_sum", "sum")])
        )
        return summed.rename_columns({"event_count_sum": "many", "value_sum_sum": "value"})


def _summed(table: pa.Table, what: list[tuple[str, str]]) -> pa.Table:
    keys = ["shop", "creator", "content_id", "product_id", "event", "day"]
    return table.group_by(keys).aggregate(what)
