"""Loading order and settlement lines as the platform states them; revisions are kept."""

from datetime import date, datetime
from pathlib import Path

from linkstar.lake.loading import Loaded
from linkstar.lake.staging import check_staged
from linkstar.lake.statements import Batch, Kind, load_statements, preview_statements
from linkstar.lake.store import Lake
from linkstar.lake.tables import INCOME_LINES_TABLE, ORDER_LINES_TABLE

ORDER_ROWS = Kind(
    table=ORDER_LINES_TABLE, key=("layout",), subject=("order_id", "sku_id", "product_id")
)
INCOME_ROWS = Kind(
    table=INCOME_LINES_TABLE,
    key=("layout",),
    subject=("sheet", "line_id", "related_order_id", "kind"),
)


def load_order_lines(
    lake: Lake,
    staged: Path,
    *,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
) -> Loaded:
    """Load a staged file of `STAGED_ORDER_LINES` once; otherwise as `load_performance`.

    Raises:
        StagedColumnsDiffer: the file has other columns.
        ImportUndone: this import was undone.
    """
    rows = check_staged(staged, ORDER_LINES_TABLE, names_shops=shop is None)
    batch = Batch(staged, rows, import_id, workspace, shop, exported_on, now)
    return load_statements(lake, ORDER_ROWS, batch)


def preview_order_lines(
    lake: Lake,
    staged: Path,
    *,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
) -> Loaded:
    """What `load_order_lines` would report, without writing anything."""
    rows = check_staged(staged, ORDER_LINES_TABLE, names_shops=shop is None)
    batch = Batch(staged, rows, import_id, workspace, shop, exported_on, now)
    return preview_statements(lake, ORDER_ROWS, batch)


def load_income_lines(
    lake: Lake,
    staged: Path,
    *,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
) -> Loaded:
    """Load a staged file of `STAGED_INCOME_LINES` once; otherwise as `load_performance`.

    Raises:
        StagedColumnsDiffer: the file has other columns.
        ImportUndone: this import was undone.
    """
    rows = check_staged(staged, INCOME_LINES_TABLE, names_shops=shop is None)
    batch = Batch(staged, rows, import_id, workspace, shop, exported_on, now)
    return load_statements(lake, INCOME_ROWS, batch)


def preview_income_lines(
    lake: Lake,
    staged: Path,
    *,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
) -> Loaded:
    """What `load_income_lines` would report, without writing anything."""
    rows = check_staged(staged, INCOME_LINES_TABLE, names_shops=shop is None)
    batch = Batch(staged, rows, import_id, workspace, shop, exported_on, now)
    return preview_statements(lake, INCOME_ROWS, batch)
