"""Loading period facts: what an export says about a creator, content, product or shop."""

from datetime import date, datetime
from pathlib import Path

from linkstar.lake.loading import Loaded, Progress, no_progress
from linkstar.lake.staging import check_staged
from linkstar.lake.statements import Batch, Kind, load_statements, preview_statements
from linkstar.lake.store import Lake
from linkstar.lake.tables import PERFORMANCE_TABLE

_PLATFORM_WIDE = (
    "coalesce(level = 'content' AND regexp_full_match(content_id, '[0-9]{12,}'), false)"
)
_SEGMENTS = ("traffic_source", "device", "gender", "age", "hour", "weekday")

PERFORMANCE_ROWS = Kind(
    table=PERFORMANCE_TABLE,
    key=("level", "starts_on", "ends_before"),
    # A platform's content ids are unique by themselves: the same video under a renamed creator is
    # still one video. Short ids of a seller's own sheet are only unique below their creator.
    subject=(
        "CASE WHEN level = 'content' THEN coalesce(content_id, content_url, content_title) END",
        f"CASE WHEN NOT {_PLATFORM_WIDE} THEN coalesce(creator, creator_name) END",
        f"CASE WHEN NOT {_PLATFORM_WIDE} THEN channel END",
        "CASE WHEN level <> 'content' THEN array_to_string(list_sort(product_ids), ',') END",
        "CASE WHEN level <> 'content' THEN content_type END",
        *_SEGMENTS,
    ),
)


def load_performance(
    lake: Lake,
    staged: Path,
    *,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
    progress: Progress = no_progress,
) -> Loaded:
    """Load period facts once; a second call with the same import id changes nothing.

    Args:
        lake: where to.
        staged: Parquet with exactly the columns of `STAGED_PERFORMANCE`; and, when `shop` is None,
            `workspace` and `shop` of each row.
        import_id: sortable by time; the later of two imports counts when both state the same.
        workspace: number of the workspace.
        shop: number of the shop, or None when the file names it row by row.
        exported_on: when the platform made the file, if the file says so.
        now: the instant of loading; its date stands in for an unknown `exported_on`.
        progress: called with rows done and rows in all.

    Raises:
        StagedColumnsDiffer: the file has other columns.
        ImportUndone: this import was undone.
    """
    rows = check_staged(staged, PERFORMANCE_TABLE, names_shops=shop is None)
    batch = Batch(staged, rows, import_id, workspace, shop, exported_on, now)
    return _watched(load_statements(lake, PERFORMANCE_ROWS, batch), progress)


def preview_performance(
    lake: Lake,
    staged: Path,
    *,
    import_id: str,
    workspace: int,
    shop: int | None,
    exported_on: date | None,
    now: datetime,
) -> Loaded:
    """What `load_performance` would report, without writing anything."""
    rows = check_staged(staged, PERFORMANCE_TABLE, names_shops=shop is None)
    batch = Batch(staged, rows, import_id, workspace, shop, exported_on, now)
    return preview_statements(lake, PERFORMANCE_ROWS, batch)


def _watched(loaded: Loaded, progress: Progress) -> Loaded:
    progress(loaded.rows, loaded.rows)
    return loaded
