"""Loading facts into a lake the short way, for tests of what is built on it."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.lake.lines import INCOME_ROWS, ORDER_ROWS
from linkstar.lake.performance import PERFORMANCE_ROWS
from linkstar.lake.statements import load_statements
from linkstar.lake.stating import Kind
from linkstar.lake.store import Lake
from linkstar.lake.tables import STAGED_EVENTS
from linkstar.lake.tracked import load_events

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
STARTS_ON, ENDS_BEFORE = date(2026, 9, 21), date(2026, 10, 19)
"""Four whole weeks."""
_imports = count(1)


def staged(lake: Lake, schema: pa.Schema, rows: list[dict]) -> Path:
    """A staged Parquet file; what rows do not say is null."""
    arrays = [pa.array([row.get(f.name) for row in rows], f.type) for f in schema]
    folder = lake.root.parent / "staged"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{next(_imports)}.parquet"
    pq.write_table(pa.table(arrays, schema=schema), path)
    return path


def _load(lake: Lake, shop, kind: Kind, rows: list[dict], exported_on: date | None):
    return load_statements(
        lake,
        staged(lake, kind.table.staged, rows),
        kind=kind,
        import_id=f"imp_{next(_imports):06}",
        workspace=shop.workspace.number,
        shop=shop.number,
        exported_on=exported_on,
        now=NOW,
    )


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
    return _load(lake, shop, PERFORMANCE_ROWS, full, ends_before)


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
    rows = [{"event_id": f"{shop.number}-{seed}-{n}", **part} for n, part in enumerate(parts)]
    return load_events(
        lake,
        staged(lake, STAGED_EVENTS, rows),
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
    return _load(lake, shop, ORDER_ROWS, full, exported_on)


def income_lines(lake: Lake, shop, rows: list[dict], *, exported_on=ENDS_BEFORE):
    """Load an income statement of a shop: each row says which order or adjustment, and amounts."""
    usual = {
        "layout": "tiktok.income_statement", "market": shop.market, "sheet": "Order details",
        "kind": "Order", "currency": "USD", "adjustment_minor": 0, "flags": [],
    }  # fmt: skip
    full = [{"row": n, **usual, **row} for n, row in enumerate(rows, 2)]
    return _load(lake, shop, INCOME_ROWS, full, exported_on)
