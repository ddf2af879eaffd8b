"""The pooled counts benchmarks are computed from: an Arrow row per content and week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.stats.arrays import Ints

POOL = pa.schema(
    [
        ("workspace", pa.int32()),
        ("shop", pa.int32()),
        ("creator", pa.string()),  # null: a content of nobody known
        ("content_id", pa.string()),
        ("category", pa.string()),
        ("content_type", pa.string()),
        ("channel", pa.string()),
        ("definition", pa.string()),
        ("segment", pa.string()),  # empty: everybody
        ("segment_value", pa.string()),
        ("week_starts_on", pa.date32()),  # null: counted over a longer stretch than one week
        ("starts_on", pa.date32()),  # the stretch that was counted, half-open
        ("ends_before", pa.date32()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
    ]
)
_CONTENT = [
    "workspace",
    "shop",
    "creator",
    "content_id",
    "category",
    "content_type",
    "channel",
    "definition",
    "segment",
    "segment_value",
]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on end, half-open."""

    starts_on: date
    ends_before: date

    def overlaps(self, other: "Stretch") -> bool:
        return self.starts_on < other.ends_before and other.starts_on < self.ends_before


def unreleased(window: Stretch, released: Iterable[Stretch]) -> list[Stretch]:
    """The parts of the window no released stretch covers, in order."""
    open_from, parts = window.starts_on, []
    for stretch in sorted(released, key=lambda s: s.starts_on):
        if stretch.starts_on > open_from and stretch.starts_on < window.ends_before:
            parts.append(Stretch(open_from, stretch.starts_on))
        open_from = max(open_from, stretch.ends_before)
    if open_from < window.ends_before:
        parts.append(Stretch(open_from, window.ends_before))
    return parts


def within(pool: pa.Table, window: Stretch) -> pa.Table:
    """The rows counted wholly inside the window."""
    inside = pc.and_(
        pc.greater_equal(pool["starts_on"], window.starts_on),
        pc.less_equal(pool["ends_before"], window.ends_before),
    )
    return pool.filter(inside)


def over_window(pool: pa.Table) -> pa.Table:
    """One row per content: its weeks added up."""
    summed = pool.group_by(_CONTENT).aggregate([("impressions", "sum"), ("clicks", "sum")])
    columns = {
        **{name: summed[name] for name in _CONTENT},
        "impressions": summed["impressions_sum"],
        "clicks": summed["clicks_sum"],
    }
    missing = {
        field.name: pa.nulls(summed.num_rows, field.type)
        for field in POOL
        if field.name not in columns
    }
    columns |= missing
    return pa.table([columns[name] for name in POOL.names], schema=POOL)


def by_week(pool: pa.Table) -> pa.Table:
    """The rows that are about one ISO week; audience segments are kept for the window only."""
    weekly = pc.and_(pc.is_valid(pool["week_starts_on"]), pc.equal(pool["segment"], ""))
    return pool.filter(weekly)


def codes(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """A column as numbers 0.. and what each number stands for; null is a value of its own."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return np.asarray(encoded.indices.to_numpy(), dtype=np.int64), encoded.dictionary
