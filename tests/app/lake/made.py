"""Facts made by hand: rows as dictionaries, everything not said is null."""

from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.lake.loading import Loaded
from linkstar.lake.performance import PERFORMANCE_ROWS
from linkstar.lake.statements import load_statements, preview_statements
from linkstar.lake.store import Lake
from linkstar.lake.tables import STAGED_EVENTS, STAGED_PERFORMANCE
from linkstar.lake.tracked import load_events

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
JANUARY = {"starts_on": date(2026, 1, 1), "ends_before": date(2026, 1, 29)}
ADAS_VIDEO = "7300000000000000001"
BOS_VIDEO = "7300000000000000002"
SERUM = "1700000000000000001"
LIPSTICK = "1700000000000000002"
_files = count()


def stage(folder: Path, schema: pa.Schema, rows: list[dict], **usual: object) -> Path:
    """Rows as a staged Parquet file of exactly this schema (and owner columns, if rows say)."""
    owner = (
        [("workspace", pa.int32()), ("shop", pa.int32())] if "shop" in (*usual, *rows[0]) else []
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{next(_files)}.parquet"
    full = pa.schema([*schema, *(pa.field(*each) for each in owner)])
    pq.write_table(pa.Table.from_pylist([{**usual, **row} for row in rows], schema=full), path)
    return path


def stage_performance(folder: Path, rows: list[dict], **usual: object) -> Path:
    """Staged period facts: of contents in January, in the US on TikTok, unless they say else."""
    numbered = [{"row": place, **row} for place, row in enumerate(rows, start=2)]
    known = {"level": "content", "market": "US", "channel": "tiktok", "clicks_derived": False}
    return stage(folder, STAGED_PERFORMANCE, numbered, **{**known, **JANUARY, **usual})


def stage_events(folder: Path, rows: list[dict], **usual: object) -> Path:
    """Staged events: TikTok impressions of Ada's video at noon UTC, unless they say else."""
    named = [{"event_id": f"e{place}", **row} for place, row in enumerate(rows)]
    known = {
        "kind": "impression",
        "occurred_at": datetime(2026, 1, 5, 12, tzinfo=UTC),
        "market": "US",
        "channel": "tiktok",
        "creator": "ada",
        "content_id": ADAS_VIDEO,
        "content_type": "video",
        "product_id": SERUM,
        "category": "Beauty > Skin",
    }
    return stage(folder, STAGED_EVENTS, named, **{**known, **usual})


class Facts:
    """A lake and the short way to load it, for workspace 1 and shop 1 unless said otherwise."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake(folder / "lake")
        self.staged = folder / "staged"

    def say(self, import_id: str, *rows: dict, exported_on: date | None = None, **usual) -> Loaded:
        """Load period facts."""
        workspace, shop = usual.pop("of", (1, 1))
        return load_statements(
            self.lake,
            stage_performance(self.staged, list(rows), **usual),
            kind=PERFORMANCE_ROWS,
            import_id=import_id,
            workspace=workspace,
            shop=shop,
            exported_on=exported_on,
            now=NOW,
        )

    def preview(self, *rows: dict, exported_on: date | None = None, **usual) -> Loaded:
        return preview_statements(
            self.lake,
            stage_performance(self.staged, list(rows), **usual),
            kind=PERFORMANCE_ROWS,
            import_id="imp_99",
            workspace=1,
            shop=1,
            exported_on=exported_on,
            now=NOW,
        )

    def track(self, import_id: str, *rows: dict, zone: str = "UTC", **usual) -> Loaded:
        """Load tracked events."""
        workspace, shop = usual.pop("of", (1, 1))
        return load_events(
            self.lake,
            stage_events(self.staged, list(rows), **usual),
            import_id=import_id,
            workspace=workspace,
            shop=shop,
            zone=zone,
            now=NOW,
        )


def seen(content_id: str, clicks: int, impressions: int, **more: object) -> dict:
    """One row of product clicks and impressions."""
    return {
        "content_id": content_id,
        "product_clicks": clicks,
        "product_impressions": impressions,
        **more,
    }
