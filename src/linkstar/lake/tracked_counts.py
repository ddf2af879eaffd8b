"""Counts from tracked events: clean days from roll-ups, the others from the events themselves.

The engine counts events; roll-ups are counted already and only added up.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, Segment
from linkstar.lake.contents import SUMS, added_up, contents_of
from linkstar.lake.days import DaySources, Grain, day_sources
from linkstar.lake.ready_counts import NUMBERS, few_kept_once, says
from linkstar.lake.relations import rows_of
from linkstar.lake.selection import (
    COUNTS,
    TOTALS,
    Counts,
    Level,
    PoolScope,
    Scope,
    Selection,
    bound_by,
    named_in,
    owned,
)
from linkstar.lake.store import Lake
from linkstar.stats.ctr import Definition

_CONTENT = ("shop", "creator", "content_id")
_SUMMED = "sum(impressions)::BIGINT AS impressions, sum(clicks)::BIGINT AS clicks"
_LABELS = ("creator_name", "content_type", "channel", "category")
_TITLES = ("content_title", "posted_on")
_CUTS = ("segment", "week_starts_on")


def tracked_counts(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> Counts:
    """The counts of a selection from tracked events; see `content_counts`."""
    sources = sources_of(lake, scope, selection, may_take_off=True)
    if not _tells(sources, selection):
        return Counts(COUNTS.empty_table(), (), (), "", {})
    parts = []
    if sources.rollups:
        parts.append(_rolled_up(lake, scope, selection, sources))
    if sources.events:
        parts.append(_counted(lake, scope, selection, sources))
    keys = ("content", *_cuts(selection))
    table = contents_of(added_up(parts, keys), keys, selection)
    sql = _sql(scope, selection, sources)
    return Counts(table, (), (), sql, _bound(sql, scope, selection, sources))


def tracked_totals(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> tuple[int, int]:
    """The sums of `tracked_counts`; see `total_counts`."""
    if selection.product is not None or selection.category is not None:
        counts = tracked_counts(lake, scope, selection).table
        return sum(counts["impressions"].to_pylist()), sum(counts["clicks"].to_pylist())
    sources = sources_of(lake, scope, selection, may_take_off=True)
    if not _tells(sources, selection):
        return 0, 0
    sql = f"SELECT {TOTALS} FROM ({_sql(scope, selection, sources)})"
    [found] = lake.engine.query(sql, _bound(sql, scope, selection, sources)).to_pylist()
    return found["impressions"], found["clicks"]


def _tells(sources: DaySources, selection: Selection) -> bool:
    """Whether events know what is asked for, and there are any."""
    known = selection.definition is Definition.PRODUCT_IMPRESSIONS
    return known and bool(sources.events or sources.rollups)


def _bound(
    sql: str, scope: Scope | PoolScope, selection: Selection, sources: DaySources
) -> dict[str, Any]:
    files = {"events": sources.events, "rollups": sources.rollups, "less": sources.less}
    return named_in(sql, {**files, **bound_by(scope, selection)})


def _grains(selection: Selection) -> tuple[Grain, ...]:
    """The roll-ups that hold enough for the question."""
    if not selection.rollups:
        return ()
    if selection.segment is Segment.WEEKDAY:
        return (Grain.DAY,)
    if selection.segment in AUDIENCE_SEGMENTS:
        return ()
    return (Grain.WEEK, Grain.DAY) if selection.week else tuple(Grain)


def sources_of(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, *, may_take_off: bool = False
) -> DaySources:
    """The files that tell the days of a selection; see `day_sources`."""
    return day_sources(
        lake,
        shops=scope.shops,
        starts_on=selection.starts_on,
        ends_before=selection.ends_before,
        grains=_grains(selection),
        may_take_off=may_take_off,
    )


def _counted(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, sources: DaySources
) -> pa.Table:
    """The counts of the days that are told by events."""
    events = DaySources(sources.events, [], [])
    sql = f"""SELECT {NUMBERS}, * FROM ({_sql(scope, selection, events)})
        WHERE impressions > 0 OR clicks > 0"""
    counted = few_kept_once(lake.engine.query(sql, _bound(sql, scope, selection, events)))
    return counted.select(_columns(selection))


def _rolled_up(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, sources: DaySources
) -> pa.Table:
    """The counts of the days that are told by roll-ups."""
    spans = [_span(lake, path, scope, selection) for path in sources.rollups]
    spans += [_negative(_span(lake, path, scope, selection)) for path in sources.less]
    counts = pa.concat_tables(spans).unify_dictionaries()
    asked = np.isin(counts["shop"].to_numpy(), scope.shops)
    for name, value in _told(selection).items():
        asked &= says(counts, name, value)
    counts = counts.select(_columns(selection))
    return counts if asked.all() else counts.filter(pa.array(asked))


def _span(lake: Lake, path: str, scope: Scope | PoolScope, selection: Selection) -> pa.Table:
    """The counts of one file of roll-ups, as far as they may be asked for."""
    counts = lake.ready_counts.of(path)
    if isinstance(scope, Scope):
        owner = counts["workspace"].to_numpy()
        first, last = np.searchsorted(owner, [scope.workspace, scope.workspace + 1])
        counts = counts.slice(first, last - first)
    return _cut(counts, selection)


def _negative(counts: pa.Table) -> pa.Table:
    """Counts to be taken off."""
    for name in SUMS:
        place = counts.schema.get_field_index(name)
        counts = counts.set_column(place, name, pc.negate(counts[name]))
    return counts


def _columns(selection: Selection) -> list[str]:
    """What counts carry while they are added up."""
    cuts = _cuts(selection)
    return ["content", *cuts, "part", *_CONTENT, "product_id", *_labels(selection), *SUMS]


def _told(selection: Selection) -> dict[str, str]:
    """Values of columns that rows asked about have, as far as a row alone can tell."""
    by_product = selection.level is Level.PRODUCT
    told = {
        "market": selection.market,
        "creator": selection.creator,
        "content_id": selection.content,
        "product_id": selection.product if by_product else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _cut(counts: pa.Table, selection: Selection) -> pa.Table:
    """Counts of one span with the columns they are split by."""
    rows = counts.num_rows
    day = counts["starts_on"][0].as_py() if rows else date.min
    if selection.segment is Segment.WEEKDAY:
        counts = counts.append_column("segment", pa.repeat(str(day.isoweekday()), rows))
    elif selection.segment is not None:
        counts = counts.append_column("segment", counts[selection.segment].cast(pa.string()))
    if selection.week:
        monday = pa.scalar(day - timedelta(days=day.weekday()))
        counts = counts.append_column("week_starts_on", pa.repeat(monday, rows))
    return counts


def _sql(scope: Scope | PoolScope, selection: Selection, sources: DaySources) -> str:
    """SQL for the sums per content and product."""
    parts = []
    if sources.rollups:
        parts.append(_summed(scope, selection, "rollups", _SUMMED, day="starts_on"))
    if sources.less:
        taken_off = "-sum(impressions)::BIGINT AS impressions, -sum(clicks)::BIGINT AS clicks"
        parts.append(_summed(scope, selection, "less", taken_off, day="starts_on"))
    if sources.events:
        parts.append(
            _summed(
                scope,
                selection,
                "events",
                """count(*) FILTER (kind = 'impression') AS impressions,
                count(*) FILTER (kind = 'click') AS clicks""",
                only="filtered IS NULL",
            )
        )
    if len(parts) == 1:
        return parts[0]
    keys = ", ".join((*_keys(selection), "product_id"))
    return f"""SELECT {keys}, {_any(_labels(selection))}, {_SUMMED}
        FROM ({" UNION ALL ".join(parts)}) GROUP BY {keys}"""


def _labels(selection: Selection) -> tuple[str, ...]:
    return (*_LABELS, *_TITLES) if selection.titles else _LABELS


def _summed(
    scope: Scope | PoolScope,
    selection: Selection,
    files: str,
    sums: str,
    *,
    day: str = "day",
    only: str = "true",
) -> str:
    """SQL for the sums of some files per content and product."""
    segment = f"isodow({day})" if selection.segment is Segment.WEEKDAY else selection.segment
    cut_by = {
        "segment": f"{segment}::VARCHAR",
        "week_starts_on": f"date_trunc('week', {day})::DATE",
    }
    cuts = "".join(f", {cut_by[name]} AS {name}" for name in _cuts(selection))
    keys = ", ".join((*_CONTENT, "product_id", *(cut_by[name] for name in _cuts(selection))))
    return f"""
        SELECT {", ".join(_CONTENT)}, product_id{cuts}, {_any(_labels(selection))}, {sums}
        FROM {rows_of(files)} WHERE {in_scope(scope, selection)} AND {only}
        GROUP BY {keys}"""


def _keys(selection: Selection) -> tuple[str, ...]:
    """What tells rows of the answer apart, but for product and category."""
    return (*_CONTENT, *_cuts(selection))


def _cuts(selection: Selection) -> tuple[str, ...]:
    """What rows are split by beside content and product."""
    wanted = (selection.segment is not None, selection.week)
    return tuple(name for name, is_wanted in zip(_CUTS, wanted, strict=True) if is_wanted)


def in_scope(scope: Scope | PoolScope, selection: Selection) -> str:
    """SQL for the rows asked about, as far as a row alone can tell."""
    terms = [owned(scope)]
    if selection.creator is not None:
        terms.append("creator = $creator")
    if selection.content is not None:
        terms.append("content_id = $content")
    if selection.product is not None and selection.level is Level.PRODUCT:
        terms.append("product_id = $product")
    return " AND ".join(terms)


def _any(columns: Iterable[str]) -> str:
    return ", ".join(f"any_value({name}) AS {name}" for name in columns)
