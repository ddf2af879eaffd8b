"""Choosing the windows of exports that answer a question."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, DEFINITION_COLUMNS
from linkstar.lake.relations import whole_rows
from linkstar.lake.selection import (
    PRODUCTS,
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
from linkstar.lake.tables import PERFORMANCE, PERFORMANCE_TABLE
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


@dataclass(frozen=True)
class Plan:
    """Which windows a selection counts, and what a query over them is bound to.

    Attributes:
        taken: windows that are counted.
        left_out: those that are not, and why.
        contested: several imports state a window, so the newest statements must be found.
        apart: every row taken stands for itself: there is nothing to add up.
        all_have_ids: no row is without the id of a content.
        bound: parameters.
        tables: in-memory tables the query names: `chosen` windows and `products`.
    """

    taken: list[Window]
    left_out: list[LeftOut]
    contested: bool
    apart: bool
    all_have_ids: bool
    bound: dict[str, Any]
    tables: dict[str, pa.Table]

    @property
    def levels(self) -> frozenset[str]:
        """Of the rows that are counted."""
        return frozenset(window.level for window in self.taken)


def planned(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> Plan:
    """Choose the windows; nothing is taken where there is nothing."""
    seen = lake.snapshot(PERFORMANCE_TABLE)
    files = [] if seen is None else [f for f in seen.files if f.may_hold("shop", scope.shops)]
    if seen is None or not files or not scope.shops:
        return Plan([], [], contested=False, apart=True, all_have_ids=True, bound={}, tables={})
    bound = {"files": seen.paths(files), **bound_by(scope, selection)}
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
    one_each = len({(window.shop, window.level) for window in taken}) == len(taken)
    uncut = all(window.split in {(), (selection.segment,)} for window in taken)
    apart = one_each and uncut and not contested and not _repeats(lake, scope, selection, bound)
    all_have_ids = all(file.empty.get("content_id") == 0 for file in files)
    return Plan(taken, left_out + beside, contested, apart, all_have_ids, bound, tables)


def stated_rows(scope: Scope | PoolScope, selection: Selection) -> str:
    """SQL for the rows that may count at all: in scope, with both counts of the definition."""
    clicks, impressions = DEFINITION_COLUMNS[selection.definition]
    levels = ", ".join(f"'{level}'" for level in _LEVELS[selection.level])
    return f"""{owned(scope)} AND level IN ({levels})
        AND {clicks} IS NOT NULL AND {impressions} IS NOT NULL"""


def _windows(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, bound: dict[str, Any]
) -> tuple[list[Window], bool]:
    """The windows with such rows, and whether one is stated by several imports."""
    _, impressions = DEFINITION_COLUMNS[selection.definition]
    sql = f"""SELECT shop, level, starts_on, ends_before, {SPLIT} AS split,
            max(stated_on) AS stated_on, max_by(import_id, (stated_on, import_id)) AS import_id,
            count(*)::BIGINT AS rows, sum({impressions})::BIGINT AS impressions,
            min(import_id) <> max(import_id) AS contested
        FROM {whole_rows(PERFORMANCE, "files")} WHERE {stated_rows(scope, selection)}
        GROUP BY shop, level, starts_on, ends_before, split"""
    rows = lake.engine.query(sql, named_in(sql, bound)).to_pylist()
    contested = [row.pop("contested") for row in rows]
    windows = [
        Window(**{**row, "split": tuple(filter(None, row["split"].split(",")))}) for row in rows
    ]
    return windows, any(contested)


def _repeats(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, bound: dict[str, Any]
) -> bool:
    """Whether several rows of a window are about one subject."""
    sql = f"""SELECT true FROM {whole_rows(PERFORMANCE, "files")}
        WHERE {stated_rows(scope, selection)}
        GROUP BY shop, level, starts_on, ends_before, {SPLIT}
        HAVING count(DISTINCT subject) < count(*) LIMIT 1"""
    return bool(lake.engine.query(sql, named_in(sql, bound)).num_rows)


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
