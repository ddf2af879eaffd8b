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
        ("starts_on", pa.date32()),  # the stretch the counts were asked for, half-open
        ("ends_before", pa.date32()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
    ]
)
_COVERED = ["shop", "definition", "starts_on", "ends_before"]
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


def for_window(pool: pa.Table, window: Stretch) -> pa.Table:
    """One row per content for the whole window: what was counted inside it, added up.

    A shop whose files cover a stretch as a whole counts by these; its weekly rows of the same
    stretch say the same again and are passed over.
    """
    inside = pool.filter(_inside(pool, window))
    weekly = pc.is_valid(inside["week_starts_on"])
    whole, weekly_rows = inside.filter(pc.invert(weekly)), inside.filter(weekly)
    everybody = whole.filter(pc.equal(whole["segment"], "")).select(_COVERED).group_by(_COVERED)
    rest = weekly_rows.join(everybody.aggregate([]), keys=_COVERED, join_type="left anti")
    return _summed(pa.concat_tables([whole, rest.select(POOL.names).cast(POOL)]))


def for_weeks(pool: pa.Table, window: Stretch) -> pa.Table:
    """One row per content and ISO week inside the window."""
    weekly = pc.and_(_inside(pool, window), pc.is_valid(pool["week_starts_on"]))
    return pool.filter(weekly)


def _inside(pool: pa.Table, window: Stretch) -> pa.ChunkedArray:
    """Which rows were counted wholly inside: their week, or else their whole stretch."""
    week = pool["week_starts_on"]
    starts_on = pc.coalesce(week, pool["starts_on"])
    last_day = pc.coalesce(
        pc.add(week.cast(pa.int32()), pa.scalar(7, pa.int32())).cast(pa.date32()),
        pool["ends_before"],
    )
    return pc.and_(
        pc.greater_equal(starts_on, window.starts_on), pc.less_equal(last_day, window.ends_before)
    )


def _summed(rows: pa.Table) -> pa.Table:
    summed = rows.group_by(_CONTENT).aggregate([("impressions", "sum"), ("clicks", "sum")])
    columns = {
        **{name: summed[name] for name in _CONTENT},
        "impressions": summed["impressions_sum"],
        "clicks": summed["clicks_sum"],
    }
    nothing = {f.name: pa.nulls(summed.num_rows, f.type) for f in POOL if f.name not in columns}
    columns |= nothing
    return pa.table([columns[name] for name in POOL.names], schema=POOL)


def codes(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """A column as numbers 0.. and what each number stands for; null is a value of its own."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return np.asarray(encoded.indices.to_numpy(), dtype=np.int64), encoded.dictionary
