"""Loading facts into a lake the short way, for tests of what is built on it."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.lake.lines import load_income_lines, load_order_lines
from linkstar.lake.performance import load_performance
from linkstar.lake.store import Lake
from linkstar.lake.tables import (
    STAGED_EVENTS,
    STAGED_INCOME_LINES,
    STAGED_ORDER_LINES,
    STAGED_PERFORMANCE,
)
from linkstar.lake.tracked import load_events

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
STARTS_ON, ENDS_BEFORE = date(2026, 9, 21), date(2026, 10, 19)
"""Four whole weeks."""
_imports = count(1)


def staged(folder: Path, schema: pa.Schema, columns: dict, rows: int) -> Path:
    """A staged Parquet file; columns not named are null."""
    arrays = [
        pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(rows, f.type)
        for f in schema
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{next(_imports)}.parquet"
    pq.write_table(pa.table(arrays, schema=schema), path)
    return path


def export(lake: Lake, shop, rows: list[dict], *, starts_on=STARTS_ON, ends_before=ENDS_BEFORE):
    """Load rows of one export of a shop's contents."""
    usual = {
        "level": "content",
        "layout": "test",
        "starts_on": starts_on,
        "ends_before": ends_before,
        "market": shop.market,
        "channel": "tiktok",
        "content_type": "video",
        "category": "Beauty",
        "contents": 1,
        "clicks_derived": False,
    }
    full = [
        {"row": n, "content_id": f"{shop.number}{n:014}", **usual, **row}
        for n, row in enumerate(rows, 2)
    ]
    names = dict.fromkeys(name for row in full for name in row)
    columns = {name: [row.get(name) for row in full] for name in names}
    return load_performance(
        lake,
        staged(lake.root.parent / "staged", STAGED_PERFORMANCE, columns, len(full)),
        import_id=f"imp_{next(_imports):06}",
        workspace=shop.workspace.number,
        shop=shop.number,
        exported_on=ends_before,
        now=NOW,
    )


def events(lake: Lake, shop, contents: list[dict], *, seed: int = 1, starts_on=STARTS_ON, days=28):
    """Load tracked events: each content says creator, impressions, clicks and what else it knows.

    Instants are spread evenly over the days, in UTC noon hours so that no zone changes the day.
    """
    rng = np.random.default_rng(seed)
    parts: list[dict] = []
    for place, content in enumerate(contents):
        own = {
            "channel": "tiktok",
            "content_type": "video",
            "category": "Beauty",
            "market": shop.market,
            "content_id": f"{shop.number}{place:014}",
            "product_id": f"p{place}",
            **{k: v for k, v in content.items() if k not in {"impressions", "clicks"}},
        }
        for kind in ("impression", "click"):
            for _ in range(content[f"{kind}s"]):
                at = datetime(*starts_on.timetuple()[:3], 20, tzinfo=UTC) + timedelta(
                    days=int(rng.integers(0, days)), seconds=int(rng.integers(0, 3_600))
                )
                parts.append({"kind": kind, "occurred_at": at, **own})
    columns = {
        name: [part.get(name) for part in parts]
        for name in dict.fromkeys(k for p in parts for k in p)
    }
    columns["event_id"] = [f"{shop.number}-{seed}-{n}" for n in range(len(parts))]
    return load_events(
        lake,
        staged(lake.root.parent / "staged", STAGED_EVENTS, columns, len(parts)),
        import_id=f"imp_{next(_imports):06}",
        workspace=shop.workspace.number,
        shop=shop.number,
        zone="America/Los_Angeles",
        now=NOW,
    )


def order_lines(lake: Lake, shop, rows: list[dict], *, exported_on=ENDS_BEFORE):
    """Load affiliate orders of a shop: each row says creator, product, day and base."""
    usual = {
        "layout": "tiktok.affiliate_orders",
        "market": shop.market,
        "channel": "tiktok",
        "currency": "USD",
        "items": 1,
        "flags": [],
    }
    full = [
        {"row": n, "order_id": f"{shop.number}-{n}", "sku_id": "s", **usual, **row}
        for n, row in enumerate(rows, 2)
    ]
    names = dict.fromkeys(name for row in full for name in row)
    columns = {name: [row.get(name) for row in full] for name in names}
    return load_order_lines(
        lake,
        staged(lake.root.parent / "staged", STAGED_ORDER_LINES, columns, len(full)),
        import_id=f"imp_{next(_imports):06}",
        workspace=shop.workspace.number,
        shop=shop.number,
        exported_on=exported_on,
        now=NOW,
    )


def income_lines(lake: Lake, shop, rows: list[dict], *, exported_on=ENDS_BEFORE):
    """Load an income statement of a shop: each row says which order or adjustment, and amounts."""
    usual = {
        "layout": "tiktok.income_statement", "market": shop.market, "sheet": "Order details",
        "kind": "Order", "currency": "USD", "adjustment_minor": 0, "flags": [],
    }  # fmt: skip
    full = [{"row": n, **usual, **row} for n, row in enumerate(rows, 2)]
    names = dict.fromkeys(name for row in full for name in row)
    columns = {name: [row.get(name) for row in full] for name in names}
    return load_income_lines(
        lake,
        staged(lake.root.parent / "staged", STAGED_INCOME_LINES, columns, len(full)),
        import_id=f"imp_{next(_imports):06}",
        workspace=shop.workspace.number,
        shop=shop.number,
        exported_on=exported_on,
        now=NOW,
    )
