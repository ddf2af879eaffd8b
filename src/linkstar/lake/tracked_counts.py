"""Counts from tracked events: clean days from roll-ups, the others from the events themselves.

The engine counts events; roll-ups are counted already and added up without it, titles aside.
"""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, Segment
from linkstar.lake.contents import SUMS, added_up, contents_of
from linkstar.lake.days import DaySources, day_sources
from linkstar.lake.ready_counts import FEW, NUMBERS
from linkstar.lake.ready_tables import few_kept_once
from linkstar.lake.relations import rows_of
from linkstar.lake.rolled_counts import rolled_counts
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
from linkstar.lake.spans import Grain
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
    parts, rest = [], sources
    if sources.rollups and not selection.titles:
        parts.append(rolled_counts(lake, scope, selection, sources).select(_columns(selection)))
        rest = DaySources(sources.events, alike=sources.alike)
    if rest.events or rest.rollups:
        parts.append(_counted(lake, scope, selection, rest))
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
    known = {f"all_{name}": value for name, value in sources.alike.items()}
    return named_in(sql, {**files, **known, **bound_by(scope, selection)})


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
    """The counts of these files as the engine adds them up."""
    sql = f"""SELECT {NUMBERS}, * FROM ({_sql(scope, selection, sources)})
        WHERE impressions > 0 OR clicks > 0"""
    counted = few_kept_once(lake.engine.query(sql, _bound(sql, scope, selection, sources)), FEW)
    return counted.select(_columns(selection))


def _columns(selection: Selection) -> list[str]:
    """What counts carry while they are added up."""
    cuts = _cuts(selection)
    return ["content", *cuts, "part", *_CONTENT, "product_id", *_labels(selection), *SUMS]


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
                alike=sources.alike,
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
    alike: Iterable[str] = (),
) -> str:
    """SQL for the sums of some files per content and product.

    Columns that are `alike` in all rows are not read: their value is bound.
    """
    segment = f"isodow({day})" if selection.segment is Segment.WEEKDAY else selection.segment
    cut_by = {
        "segment": f"{segment}::VARCHAR",
        "week_starts_on": f"date_trunc('week', {day})::DATE",
    }
    cuts = "".join(f", {cut_by[name]} AS {name}" for name in _cuts(selection))
    keys = ", ".join((*_CONTENT, "product_id", *(cut_by[name] for name in _cuts(selection))))
    bound = ", ".join(f"$all_{name} AS {name}" for name in alike)
    rows = f"(SELECT * REPLACE ({bound}) FROM {rows_of(files)})" if bound else rows_of(files)
    labels = _any(_labels(selection), alike)
    return f"""
        SELECT {", ".join(_CONTENT)}, product_id{cuts}, {labels}, {sums}
        FROM {rows} WHERE {in_scope(scope, selection)} AND {only}
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


def _any(columns: Iterable[str], alike: Iterable[str] = ()) -> str:
    return ", ".join(
        f"$all_{name} AS {name}" if name in alike else f"any_value({name}) AS {name}"
        for name in columns
    )
