"""From a staged file to the facts: which lake function takes which kind of rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from linkstar.connectors.reading.layouts import Kind
from linkstar.lake.lines import (
    load_income_lines,
    load_order_lines,
    preview_income_lines,
    preview_order_lines,
)
from linkstar.lake.loading import Loaded
from linkstar.lake.performance import load_performance, preview_performance
from linkstar.lake.store import Lake
from linkstar.lake.tracked import load_events, preview_events

RowsDone = Callable[[int, int], None]
"""Called with rows done and rows in all."""


@dataclass(frozen=True, slots=True)
class Load:
    """Staged rows and whose they are. `shop` is None when the rows name it themselves."""

    kind: Kind
    staged: Path
    import_id: str
    workspace: int
    shop: int | None
    zone: str
    exported_on: date | None


def load(lake: Lake, rows: Load, *, now: datetime, progress: RowsDone) -> Loaded:
    """Put the rows into the facts, exactly once by import id."""
    owner: dict[str, Any] = {
        "import_id": rows.import_id,
        "workspace": rows.workspace,
        "shop": rows.shop,
    }
    if rows.kind is Kind.EVENTS:
        return load_events(lake, rows.staged, **owner, zone=rows.zone, now=now, progress=progress)
    stated: dict[str, Any] = {"exported_on": rows.exported_on, "now": now}
    if rows.kind is Kind.PERFORMANCE:
        return load_performance(lake, rows.staged, **owner, **stated, progress=progress)
    if rows.kind is Kind.ORDER_LINES:
        return load_order_lines(lake, rows.staged, **owner, **stated)
    assert rows.kind is Kind.INCOME_LINES
    return load_income_lines(lake, rows.staged, **owner, **stated)


def preview(lake: Lake, rows: Load, *, now: datetime) -> Loaded:
    """What loading would do, without doing it."""
    owner: dict[str, Any] = {
        "import_id": rows.import_id,
        "workspace": rows.workspace,
        "shop": rows.shop,
    }
    if rows.kind is Kind.EVENTS:
        return preview_events(lake, rows.staged, **owner, zone=rows.zone)
    stated: dict[str, Any] = {"exported_on": rows.exported_on, "now": now}
    if rows.kind is Kind.PERFORMANCE:
        return preview_performance(lake, rows.staged, **owner, **stated)
    if rows.kind is Kind.ORDER_LINES:
        return preview_order_lines(lake, rows.staged, **owner, **stated)
    assert rows.kind is Kind.INCOME_LINES
    return preview_income_lines(lake, rows.staged, **owner, **stated)
