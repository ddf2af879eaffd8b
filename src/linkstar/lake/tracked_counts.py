"""Counts from tracked events: clean days from roll-ups, the others from the events themselves."""

from collections.abc import Iterable
from typing import Any

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, Segment
from linkstar.lake.categories import marked, shared, within
from linkstar.lake.days import DaySources, Grain, day_sources
from linkstar.lake.relations import rows_of
from linkstar.lake.selection import (
    COUNTS,
    PRODUCTS,
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

_KEYS = ("shop", "creator", "content_id")
_SUMS = "sum(impressions)::BIGINT AS impressions, sum(clicks)::BIGINT AS clicks"
_LABELS = ("creator_name", "content_type", "channel", "category")
_TITLES = ("content_title", "posted_on")
_CUTS = ("segment", "week_starts_on")


def tracked_counts(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> Counts:
    """The counts of a selection from tracked events; see `content_counts`."""
    sources = sources_of(lake, scope, selection)
    if not _tells(sources, selection):
        return Counts(COUNTS.empty_table(), (), (), "", {})
    sql = _sql(scope, selection, sources)
    bound = _bound(sql, scope, selection, sources)
    table = lake.engine.query(sql, bound, {"products": selection.products.cast(PRODUCTS)})
    return Counts(table.cast(COUNTS), (), (), sql, bound)


def tracked_totals(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> tuple[int, int]:
    """The sums of `tracked_counts`; see `total_counts`."""
    sources = sources_of(lake, scope, selection)
    if not _tells(sources, selection):
        return 0, 0
    sql = f"SELECT {TOTALS} FROM ({_sql(scope, selection, sources)})"
    bound = _bound(sql, scope, selection, sources)
    tables = {"products": selection.products.cast(PRODUCTS)}
    [found] = lake.engine.query(sql, bound, tables).to_pylist()
    return found["impressions"], found["clicks"]


def _tells(sources: DaySources, selection: Selection) -> bool:
    """Whether events know what is asked for, and there are any."""
    known = selection.definition is Definition.PRODUCT_IMPRESSIONS
    return known and bool(sources.events or sources.rollups)


def _bound(
    sql: str, scope: Scope | PoolScope, selection: Selection, sources: DaySources
) -> dict[str, Any]:
    files = {"events": sources.events, "rollups": sources.rollups}
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


def sources_of(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> DaySources:
    """The files that tell the days of a selection."""
    return day_sources(
        lake,
        shops=scope.shops,
        starts_on=selection.starts_on,
        ends_before=selection.ends_before,
        grains=_grains(selection),
    )


def _sql(scope: Scope | PoolScope, selection: Selection, sources: DaySources) -> str:
    parts = []
    if sources.rollups:
        parts.append(_summed(scope, selection, "rollups", _SUMS, day="starts_on"))
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
    if len(parts) > 1:
        keys = ", ".join((*_KEYS, "product_id", *_cuts(selection)))
        parts = [
            f"""SELECT {keys}, {_any(_labels(selection))}, {_SUMS}
            FROM ({" UNION ALL ".join(parts)}) GROUP BY {keys}"""
        ]
    return f"""
    WITH summed AS ({parts[0]}), named AS (
        SELECT summed.* REPLACE (
            coalesce(nullif(products.category, ''), nullif(summed.category, '')) AS category)
        FROM summed LEFT JOIN products USING (shop, product_id)
        WHERE impressions > 0 OR clicks > 0
    )
    {_gathered(selection)}"""


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
    keys = ", ".join((*_KEYS, "product_id", *(cut_by[name] for name in _cuts(selection))))
    return f"""
        SELECT {", ".join(_KEYS)}, product_id{cuts}, {_any(_labels(selection))}, {sums}
        FROM {rows_of(files)} WHERE {in_scope(scope, selection)} AND {only}
        GROUP BY {keys}"""


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


def _gathered(selection: Selection) -> str:
    """SQL for the answer: one row per content; by product or category, per content and that."""
    own = {Level.PRODUCT: "product_id, ", Level.CATEGORY: "category, "}.get(selection.level, "")
    labels = (name for name in _labels(selection) if name != "category")
    keys = ", ".join((*_KEYS, *_cuts(selection)))
    untold = [name for name in _CUTS if name not in _cuts(selection)]
    untold += () if selection.titles else _TITLES
    terms = ["true"]
    if selection.product is not None:
        terms.append("list_contains(product_ids, $product)")
    if selection.category is not None:
        terms.append(within("category", "$category"))
    return f"""
    SELECT {", ".join(COUNTS.names)} FROM (
        SELECT * REPLACE (coalesce(list_sort(product_ids), []) AS product_ids),
            {shared("low", "high")} AS category, 'content' AS level, 1 AS contents,
            false AS clicks_derived, NULL AS content_url, NULL AS product_name
            {"".join(f", NULL AS {name}" for name in untold)}
        FROM (
            SELECT {keys}, {_any(labels)},
                list(product_id) FILTER (product_id IS NOT NULL) AS product_ids,
                min({marked("category")}) AS low, max({marked("category")}) AS high,
                {_SUMS}
            FROM named
            GROUP BY {own}{keys}
        )
    ) WHERE {" AND ".join(terms)}"""
