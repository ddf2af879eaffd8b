"""Collecting the pooled counts of opted-in shops from the lake. Nobody sees these but the book."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.categories import known_products, with_main_categories
from linkstar.benchmarks.pool import POOL, Stretch
from linkstar.catalog.models import Shop
from linkstar.events.vocabulary import AUDIENCE_SEGMENTS
from linkstar.lake.queries import content_counts
from linkstar.lake.selection import Level, PoolScope, Selection, Source
from linkstar.lake.store import Lake
from linkstar.stats.ctr import Definition

_UNIT = ["shop", "creator", "category", "segment"]


@dataclass(frozen=True, slots=True, eq=False)
class _Collector:
    """Asks the lake for the counts of some shops over one stretch."""

    lake: Lake
    stretch: Stretch
    workspace_of: Mapping[int, int]
    asked: Selection

    def rows(
        self, shops: Iterable[int], source: Source, definition: Definition, **more: object
    ) -> pa.Table:
        """Counts of single contents, in the columns of `POOL`."""
        numbers = tuple(sorted(shops))
        asked = replace(self.asked, source=source, definition=definition, **more)  # type: ignore[arg-type]  # week or segment
        counts = content_counts(self.lake, PoolScope(numbers), asked).table
        counts = with_main_categories(counts, numbers)
        return self._pooled(counts.filter(pc.greater(counts["impressions"], 0)), asked)

    def _pooled(self, counts: pa.Table, asked: Selection) -> pa.Table:
        if asked.segment is not None:
            counts = _by_creator(counts)
        rows = counts.num_rows
        place = pc.index_in(counts["shop"], pa.array(list(self.workspace_of), pa.int32()))
        workspaces = pa.array(list(self.workspace_of.values()), pa.int32())
        given = {
            "workspace": pa.chunked_array([workspaces]).take(place),
            "definition": pa.repeat(asked.definition.value, rows),
            "segment": pa.repeat(asked.segment.value if asked.segment else "", rows),
            "segment_value": pc.fill_null(counts["segment"], ""),
            "category": pc.fill_null(counts["category"], ""),
            "content_id": pc.coalesce(counts["content_id"], counts["content_title"]),
            "starts_on": pa.repeat(pa.scalar(self.stretch.starts_on), rows),
            "ends_before": pa.repeat(pa.scalar(self.stretch.ends_before), rows),
        }
        columns = [given[n] if n in given else counts[n] for n in POOL.names]
        return pa.table(columns, names=POOL.names).cast(POOL)


def collect(lake: Lake, shops: Iterable[Shop], *, market: str, stretch: Stretch) -> pa.Table:
    """What those shops' contents got in the stretch, in the columns of `POOL`.

    Per shop and definition one source counts, tracked events or exports, whichever has more
    impressions. Exports count as a whole and, where they are cut fine enough, per week.
    """
    workspace_of = {shop.number: shop.workspace.number for shop in shops}
    numbers = tuple(sorted(workspace_of))
    asked = Selection(
        source=Source.TRACKED,
        level=Level.CONTENT,
        market=market,
        starts_on=stretch.starts_on,
        ends_before=stretch.ends_before,
        products=known_products(numbers),
    )
    collector = _Collector(lake, stretch, workspace_of, asked)
    parts = [_of_definition(collector, numbers, definition) for definition in Definition]
    return pa.concat_tables([POOL.empty_table(), *parts])


def _of_definition(
    collector: _Collector, shops: tuple[int, ...], definition: Definition
) -> pa.Table:
    stated = collector.rows(shops, Source.EXPORTS, definition)
    tracked = collector.rows(shops, Source.TRACKED, definition, week=True)
    by_events = _larger(tracked, stated)
    by_files = set(shops) - by_events
    weekly = collector.rows(by_files, Source.EXPORTS, definition, week=True)
    parts = [_of_shops(stated, by_files), _of_shops(tracked, by_events), weekly]
    if by_events:
        parts += [
            collector.rows(by_events, Source.TRACKED, definition, segment=segment)
            for segment in AUDIENCE_SEGMENTS
        ]
    return pa.concat_tables(parts)


def _larger(tracked: pa.Table, stated: pa.Table) -> set[int]:
    """Shops whose tracked events have more impressions than their exports."""
    first, second = _by_shop(tracked), _by_shop(stated)
    return {shop for shop, impressions in first.items() if impressions > second.get(shop, 0)}


def _by_shop(rows: pa.Table) -> dict[int, int]:
    summed = rows.group_by("shop").aggregate([("impressions", "sum")])
    return dict(zip(summed["shop"].to_pylist(), summed["impressions_sum"].to_pylist(), strict=True))


def _of_shops(rows: pa.Table, shops: set[int]) -> pa.Table:
    return rows.filter(pc.is_in(rows["shop"], pa.array(sorted(shops), pa.int32())))


def _by_creator(counts: pa.Table) -> pa.Table:
    """Audience segments are summed per creator: so finely cut, single contents say nothing."""
    known = counts.filter(pc.is_valid(counts["segment"]))
    summed = known.group_by(_UNIT).aggregate([("impressions", "sum"), ("clicks", "sum")])
    given = {
        **{name: summed[name] for name in _UNIT},
        "impressions": summed["impressions_sum"],
        "clicks": summed["clicks_sum"],
        "content_id": summed["creator"],
    }
    columns = [
        given[f.name] if f.name in given else pa.nulls(summed.num_rows, f.type)
        for f in counts.schema
    ]
    return pa.table(columns, schema=counts.schema)
