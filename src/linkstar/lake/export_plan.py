"""Choosing the windows of exports that answer a question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, DEFINITION_COLUMNS
from linkstar.lake.ready_windows import SPLIT
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
        tables: in-memory tables the query names: what all `windows` state, those `chosen`, and
            `products`.
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
    stated = windows_of(lake, bound["files"])
    told = _windows(lake, scope, selection, stated)
    found = [window for window, _, _ in told]
    contested = any(is_contested for _, is_contested, _ in told)
    taken, left_out = choose(
        found,
        starts_on=selection.starts_on,
        ends_before=selection.ends_before,
        week=selection.week,
        segment=selection.segment if selection.segment in AUDIENCE_SEGMENTS else None,
    )
    taken, beside = _preferred(taken, selection.level)
    tables = {
        "windows": stated,
        "chosen": _as_table(taken),
        "products": selection.products.cast(PRODUCTS),
    }
    one_each = len({(window.shop, window.level) for window in taken}) == len(taken)
    uncut = all(window.split in {(), (selection.segment,)} for window in taken)
    apart = one_each and uncut and not contested
    apart = apart and not _repeats(lake, scope, selection, bound, [known for _, _, known in told])
    all_have_ids = all(file.empty.get("content_id") == 0 for file in files)
    return Plan(taken, left_out + beside, contested, apart, all_have_ids, bound, tables)


def windows_of(lake: Lake, paths: Sequence[str]) -> pa.Table:
    """What these files state of each window; see `ready_windows`."""
    return pa.concat_tables(lake.ready_windows.of(path) for path in paths)


def stated_rows(scope: Scope | PoolScope, selection: Selection) -> str:
    """SQL for the rows that may count at all: in scope, with both counts of the definition."""
    clicks, impressions = DEFINITION_COLUMNS[selection.definition]
    stated = f"{clicks} IS NOT NULL AND {impressions} IS NOT NULL"
    return f"{_at_levels(scope, selection)} AND {stated}"


def taken_windows(scope: Scope | PoolScope, selection: Selection) -> str:
    """SQL for the sums of the rows that may count, of the windows chosen."""
    return f"""(FROM windows SEMI JOIN chosen USING (shop, level, starts_on, ends_before, split)
        WHERE {_stated_windows(scope, selection)})"""


def _stated_windows(scope: Scope | PoolScope, selection: Selection) -> str:
    return f"{_at_levels(scope, selection)} AND states_{selection.definition}"


def _at_levels(scope: Scope | PoolScope, selection: Selection) -> str:
    levels = ", ".join(f"'{level}'" for level in _LEVELS[selection.level])
    return f"{owned(scope)} AND level IN ({levels})"


def _windows(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, stated: pa.Table
) -> list[tuple[Window, bool, bool | None]]:
    """The windows with such rows, whether several imports state them, and several rows a subject.

    The last is not known where rows that are told apart may be about one subject.
    """
    _, impressions = DEFINITION_COLUMNS[selection.definition]
    sql = f"""SELECT shop, level, starts_on, ends_before, split, max(stated_on) AS stated_on,
            max_by(import_id, (stated_on, import_id)) AS import_id,
            sum(rows)::BIGINT AS rows, sum({impressions})::BIGINT AS impressions,
            min(import_id) <> max(import_id) AS contested,
            CASE WHEN count(*) = 1 THEN any_value(subjects < rows) END AS repeats
        FROM windows WHERE {_stated_windows(scope, selection)}
        GROUP BY shop, level, starts_on, ends_before, split"""
    bound = named_in(sql, bound_by(scope, selection))
    found = []
    for row in lake.engine.query(sql, bound, {"windows": stated}).to_pylist():
        contested, repeats = row.pop("contested"), row.pop("repeats")
        split = tuple(filter(None, row.pop("split").split(",")))
        found.append((Window(**row, split=split), contested, repeats))
    return found


def _repeats(
    lake: Lake,
    scope: Scope | PoolScope,
    selection: Selection,
    bound: dict[str, Any],
    known: Sequence[bool | None],
) -> bool:
    """Whether several rows of a window are about one subject, as far as that is not known."""
    if None not in known:
        return any(known)
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
