"""From a staged file to the facts: which lake function takes which kind of rows."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.staging import RowsForm, as_staged
from linkstar.lake.lines import INCOME_ROWS, ORDER_ROWS
from linkstar.lake.loading import Loaded
from linkstar.lake.performance import PERFORMANCE_ROWS
from linkstar.lake.statements import load_statements, preview_statements
from linkstar.lake.stating import Kind as Statements
from linkstar.lake.stating import Origin, as_stored, as_written
from linkstar.lake.store import Lake
from linkstar.lake.tracked import load_events, preview_events

RowsDone = Callable[[int, int], None]
"""Called with rows done and rows in all."""


_STATEMENTS: dict[Kind, Statements] = {
    Kind.PERFORMANCE: PERFORMANCE_ROWS,
    Kind.ORDER_LINES: ORDER_ROWS,
    Kind.INCOME_LINES: INCOME_ROWS,
}


@dataclass(frozen=True, slots=True)
class Load:
    """Staged rows and whose they are. `shop` is None when the rows name it themselves.

    `load` names what is done once; by itself that is the import.
    """

    kind: Kind
    staged: Path
    import_id: str
    workspace: int
    shop: int | None
    zone: str
    exported_on: date | None
    load: str = ""


def load(lake: Lake, rows: Load, *, now: datetime, progress: RowsDone) -> Loaded:
    """Put the rows into the facts, exactly once by import id."""
    owner: dict[str, Any] = {
        "import_id": rows.import_id,
        "workspace": rows.workspace,
        "shop": rows.shop,
        "load": rows.load,
    }
    if rows.kind is Kind.EVENTS:
        return load_events(lake, rows.staged, **owner, zone=rows.zone, now=now, progress=progress)
    return load_statements(
        lake,
        rows.staged,
        kind=_STATEMENTS[rows.kind],
        **owner,
        exported_on=rows.exported_on,
        now=now,
        progress=progress,
    )


def preview(lake: Lake, rows: Load, *, now: datetime) -> Loaded:
    """What loading would do, without doing it."""
    owner: dict[str, Any] = {
        "import_id": rows.import_id,
        "workspace": rows.workspace,
        "shop": rows.shop,
    }
    if rows.kind is Kind.EVENTS:
        return preview_events(lake, rows.staged, **owner, zone=rows.zone)
    return preview_statements(
        lake,
        rows.staged,
        kind=_STATEMENTS[rows.kind],
        **owner,
        exported_on=rows.exported_on,
        now=now,
    )


def stored_form(kind: Kind, origin: Origin) -> RowsForm:
    """From SQL of staged rows to SQL of rows as the facts store them, where they state something.

    Rows of other kinds stay as they are staged.
    """
    statements = _STATEMENTS.get(kind)
    if statements is None:
        return as_staged
    own = {"import_id": f"'{origin.import_id}'"}

    def stored(rows: str, unsaid: Collection[str], proof: str) -> str:
        return as_written(as_stored(f"({rows})", statements, origin, unsaid, proof), own)

    return stored
