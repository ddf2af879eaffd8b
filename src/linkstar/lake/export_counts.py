"""Counts from period facts: the newest statement of each subject over disjoint windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, DEFINITION_COLUMNS
from linkstar.lake.categories import marked, shared, within
from linkstar.lake.relations import rows_of
from linkstar.lake.selection import (
    COUNTS,
    PRODUCTS,
    Counts,
    LeftOut,
    LeftOutReason,
    Level,
    PoolScope,
    Scope,
    Selection,
    Window,
    bound_by,
    named_in,
    owned,
)
from linkstar.lake.store import Lake
from linkstar.lake.tables import PERFORMANCE_TABLE
from linkstar.lake.windows import choose

_LEVELS: dict[Level, tuple[str, ...]] = {
    Level.CONTENT: ("content",),
    Level.CREATOR: ("content", "creator"),
    Level.PRODUCT: ("product", "content"),
    Level.CATEGORY: ("content", "product"),
    Level.SHOP: ("content", "creator", "shop", "product"),
}
"""Levels of rows that can answer a question, the preferred one first."""

_BESIDE: dict[Level, frozenset[str]] = {
    Level.CREATOR: frozenset({"content", "creator"}),
    Level.PRODUCT: frozenset({"product", "content"}),
    Level.SHOP: frozenset({"content", "creator"}),
}
"""Levels that complete one another within a shop; otherwise the preferred one stands alone."""

SPLIT = "concat_ws(',', {})".format(
    ", ".join(f"CASE WHEN {name} IS NOT NULL THEN '{name}' END" for name in AUDIENCE_SEGMENTS)
)
_WINDOWS = pa.schema(
    [
        ("shop", pa.int32()),
        ("level", pa.string()),
        ("starts_on", pa.date32()),
        ("ends_before", pa.date32()),
        ("split", pa.string()),
    ]
)
_CREATOR = "lower(coalesce(creator, creator_name))"


@dataclass(frozen=True)
class Plan:
    """Which windows a selection counts, and what a query over them is bound to."""

    taken: list[Window]
    left_out: list[LeftOut]
    contested: bool
    several: bool
    bound: dict[str, Any]
    tables: dict[str, pa.Table]


def export_counts(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> Counts:
    """The counts of a selection from exports; see `content_counts`."""
    plan = planned(lake, scope, selection)
    if not plan.taken:
        return Counts(COUNTS.empty_table(), (), tuple(plan.left_out), "", {})
    rows = sql_of_rows(scope, selection, contested=plan.contested, several=plan.several)
    sql = f"{rows} SELECT {', '.join(COUNTS.names)} FROM named WHERE {asked(selection)}"
    bound = named_in(sql, plan.bound)
    table = lake.engine.query(sql, bound, plan.tables).cast(COUNTS)
    return Counts(table, tuple(plan.taken), tuple(plan.left_out), sql, bound)


def planned(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> Plan:
    """Choose the windows; nothing is taken where there is nothing."""
    seen = lake.snapshot(PERFORMANCE_TABLE)
    files = [] if seen is None else [f for f in seen.files if f.may_hold("shop", scope.shops)]
    if seen is None or not files or not scope.shops:
        return Plan([], [], contested=False, several=False, bound={}, tables={})
    bound = _bound(scope, selection, seen.paths(files))
    found, contested = _windows(lake, scope, selection, bound)
    taken, left_out = choose(
        found,
        starts_on=selection.starts_on,
        ends_before=selection.ends_before,
        week=selection.week,
        segment=selection.segment if selection.segment in AUDIENCE_SEGMENTS else None,
    )
    taken, beside = _preferred(taken, selection.level)
    tables = {"chosen": _as_table(taken), "products": selection.products.cast(PRODUCTS)}
    several = len({window.ends_before for window in taken}) > 1
    return Plan(taken, left_out + beside, contested, several, bound, tables)


def _bound(scope: Scope | PoolScope, selection: Selection, files: list[str]) -> dict[str, Any]:
    return {
        "files": files,
        **bound_by(scope, selection),
    }


def _stated(scope: Scope | PoolScope, selection: Selection) -> str:
    """SQL for the rows that may count at all: in scope, with both counts of the definition."""
    clicks, impressions = DEFINITION_COLUMNS[selection.definition]
    levels = ", ".join(f"'{level}'" for level in _LEVELS[selection.level])
    return f"""{owned(scope)} AND level IN ({levels})
        AND {clicks} IS NOT NULL AND {impressions} IS NOT NULL"""


def _windows(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, bound: dict[str, Any]
) -> tuple[list[Window], bool]:
    """The windows with such rows, and whether any window was stated by more than one import."""
    _, impressions = DEFINITION_COLUMNS[selection.definition]
    sql = f"""SELECT shop, level, starts_on, ends_before, {SPLIT} AS split,
            max(stated_on) AS stated_on, max_by(import_id, (stated_on, import_id)) AS import_id,
            count(*)::BIGINT AS rows, sum({impressions})::BIGINT AS impressions,
            min(import_id) <> max(import_id) AS contested
        FROM {rows_of("files")} WHERE {_stated(scope, selection)}
        GROUP BY shop, level, starts_on, ends_before, split"""
    rows = lake.engine.query(sql, named_in(sql, bound)).to_pylist()
    contested = [row.pop("contested") for row in rows]
    windows = [
        Window(**{**row, "split": tuple(filter(None, row["split"].split(",")))}) for row in rows
    ]
    return windows, any(contested)


def _preferred(windows: list[Window], level: Level) -> tuple[list[Window], list[LeftOut]]:
    """Of each shop, the windows of the preferred level and of those that complete it."""
    taken: list[Window] = []
    left_out: list[LeftOut] = []
    for shop in {window.shop for window in windows}:
        own = [window for window in windows if window.shop == shop]
        first = min((window.level for window in own), key=_LEVELS[level].index)
        beside = _BESIDE.get(level, frozenset())
        levels = beside if first in beside else {first}
        taken += [window for window in own if window.level in levels]
        left_out += [
            LeftOut(window, LeftOutReason.OTHER_LEVEL)
            for window in own
            if window.level not in levels
        ]
    return taken, left_out


def _as_table(windows: Iterable[Window]) -> pa.Table:
    rows = [
        {
            "shop": window.shop,
            "level": window.level,
            "starts_on": window.starts_on,
            "ends_before": window.ends_before,
            "split": ",".join(window.split),
        }
        for window in windows
    ]
    return pa.Table.from_pylist(rows, schema=_WINDOWS)


def sql_of_rows(
    scope: Scope | PoolScope,
    selection: Selection,
    *,
    contested: bool,
    several: bool,
    more: str = "",
    more_keys: str = "",
) -> str:
    """SQL that ends in the relation `named`: one row per content or unsplit key.

    Args:
        scope: whose rows.
        selection: which.
        contested: several imports state a window, so the newest statements must be found.
        several: there is more than one window, so labels must be taken from the latest.
        more: further columns of `named`, as aggregates.
        more_keys: what else tells rows apart.
    """
    clicks, impressions = DEFINITION_COLUMNS[selection.definition]
    newest = """QUALIFY (stated_on, import_id) = max((stated_on, import_id)) OVER (
            PARTITION BY shop, level, starts_on, ends_before, subject)"""
    segment = f"{selection.segment}::VARCHAR" if selection.segment else "NULL::VARCHAR"
    week = "date_trunc('week', starts_on)::DATE" if selection.week else "NULL::DATE"
    labels = ", ".join(_label(name, latest=several) for name in _LABELS)
    return f"""
    WITH stated AS (
        SELECT *, {SPLIT} AS split FROM {rows_of("files")} WHERE {_stated(scope, selection)}
    ), counted AS (
        SELECT *, {segment} AS segment, {week} AS week_starts_on,
            CASE level WHEN 'content' THEN coalesce(content_id, content_url, content_title)
                WHEN 'creator' THEN {_CREATOR} END AS entity,
            CASE WHEN level <> 'content' THEN product_ids END AS entity_products,
            CASE WHEN level <> 'content' THEN content_type END AS entity_type,
            {_CREATOR} AS entity_creator
        FROM stated SEMI JOIN chosen USING (shop, level, starts_on, ends_before, split)
        {newest if contested else ""}
    ), gathered AS (
        SELECT shop, level, segment, week_starts_on,
            {labels},
            CASE WHEN level = 'content' THEN 1 ELSE max(contents) END AS contents,
            sum({impressions}) AS impressions, sum({clicks}) AS clicks,
            bool_or(clicks_derived) AS clicks_derived {more}
        FROM counted
        GROUP BY shop, level, entity, entity_products, entity_type, channel,
            CASE WHEN {_OWN_ID} THEN NULL ELSE entity_creator END, segment, week_starts_on
            {more_keys}
    ), named AS (
        SELECT * REPLACE (coalesce(known.path, nullif(gathered.category, '')) AS category)
        FROM gathered LEFT JOIN ({_KNOWN}) AS known USING (shop, product_ids)
    )"""


_LABELS = (
    "creator",
    "creator_name",
    "content_id",
    "content_title",
    "content_url",
    "content_type",
    "channel",
    "product_ids",
    "product_name",
    "category",
    "posted_on",
)


def _label(name: str, *, latest: bool) -> str:
    return f"max_by({name}, ends_before) AS {name}" if latest else f"any_value({name}) AS {name}"


_OWN_ID = "level = 'content' AND regexp_full_match(entity, '[0-9]{12,}')"
_KNOWN = f"""
    SELECT shop, product_ids, {shared("low", "high")} AS path FROM (
        SELECT each.shop, each.product_ids, min({marked("products.category")}) AS low,
            max({marked("products.category")}) AS high
        FROM (SELECT DISTINCT shop, product_ids, unnest(product_ids) AS product_id FROM gathered)
            AS each
        JOIN products USING (shop, product_id)
        WHERE nullif(products.category, '') IS NOT NULL
        GROUP BY each.shop, each.product_ids
    )"""


def asked(selection: Selection) -> str:
    """SQL for the rows of the answer: which levels stand for which keys, and the filters."""
    terms = ["true"]
    if selection.level in {Level.CREATOR, Level.SHOP}:
        terms.append(f"""(level <> 'creator' OR (shop, {_CREATOR}) NOT IN (
            SELECT (shop, {_CREATOR}) FROM named WHERE level = 'content'
            AND {_CREATOR} IS NOT NULL))""")
    if selection.level is Level.PRODUCT:
        terms.append("""len(product_ids) = 1 AND (level <> 'content'
            OR (shop, product_ids[1]) NOT IN (
                SELECT (shop, product_ids[1]) FROM named WHERE level = 'product'
                AND product_ids[1] IS NOT NULL))""")
    if selection.creator is not None:
        terms.append(f"{_CREATOR} = $creator")
    if selection.content is not None:
        terms.append("content_id = $content")
    if selection.product is not None:
        terms.append("list_contains(product_ids, $product)")
    if selection.category is not None:
        terms.append(within("category", "$category"))
    return " AND ".join(terms)
