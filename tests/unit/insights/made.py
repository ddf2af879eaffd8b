"""Counts and books made by hand for tests of insights."""

from datetime import date

import numpy as np
import pyarrow as pa

from linkstar.benchmarks.book import BenchmarkSummary, CellBook
from linkstar.benchmarks.cells import stated_cells
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.stats.ctr import Definition

COUNTS = pa.schema(
    [
        ("shop", pa.int32()),
        ("level", pa.string()),
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("content_id", pa.string()),
        ("content_title", pa.string()),
        ("content_url", pa.string()),
        ("content_type", pa.string()),
        ("channel", pa.string()),
        ("product_ids", pa.list_(pa.string())),
        ("product_name", pa.string()),
        ("category", pa.string()),
        ("posted_on", pa.date32()),
        ("contents", pa.int64()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("clicks_derived", pa.bool_()),
        ("segment", pa.string()),
        ("week_starts_on", pa.date32()),
    ]
)
USUAL = {
    "shop": 1,
    "level": "content",
    "content_type": "video",
    "channel": "tiktok",
    "category": "Beauty",
    "contents": 1,
    "clicks_derived": False,
}


def counts(*rows: dict[str, object]) -> pa.Table:
    """Counts of contents: what a row leaves out is as usual, or null."""
    numbered = ({"content_id": f"v{number}", **row} for number, row in enumerate(rows))
    return pa.Table.from_pylist([USUAL | row for row in numbered], schema=COUNTS)


def videos(creator: str, *, videos: int, impressions: int, clicks: int, **more: object) -> list:
    """Equal videos of one creator."""
    return [
        {
            "creator": creator,
            "creator_name": creator.title(),
            "content_id": f"{creator}{n}",
            "impressions": impressions,
            "clicks": clicks,
            **more,
        }
        for n in range(videos)
    ]


def book(*cells: dict[str, object], **summary: object) -> CellBook:
    """A benchmark of stated cells; each says category, impressions and clicks at least."""
    usual = {"definition": Definition.PRODUCT_IMPRESSIONS.value}
    names = dict.fromkeys(name for cell in cells for name in (*usual, *cell))
    table = pa.table({name: [(usual | cell).get(name) for cell in cells] for name in names})
    about = {
        "id": "bmk_test",
        "market": "US",
        "source": BenchmarkSource.IMPORTED,
        "source_name": "Test",
        "licence": "CC0",
        "version": 1,
        "starts_on": date(2026, 9, 21),
        "ends_before": date(2026, 10, 19),
    }
    return CellBook(BenchmarkSummary(**(about | summary)), stated_cells(table))


def market(*, seed: int, creators: int, videos_each: int, ctr: float) -> pa.Table:
    """A market of independent contents around one CTR, as counts."""
    rng = np.random.default_rng(seed)
    n = creators * videos_each
    impressions = rng.lognormal(8, 1.0, n).astype(np.int64) + 100
    true = ctr * rng.lognormal(-0.5 * 0.3**2, 0.3, n)
    creator = np.repeat([f"c{i:04}" for i in range(creators)], videos_each)
    columns = {
        "creator": creator,
        "creator_name": creator,
        "content_id": [f"v{i}" for i in range(n)],
        "impressions": impressions,
        "clicks": rng.binomial(impressions, np.minimum(true, 1)),
    }
    arrays = [
        pa.array(columns[field.name], field.type)
        if field.name in columns
        else pa.array([USUAL.get(field.name)] * n, field.type)
        for field in COUNTS
    ]
    return pa.table(arrays, schema=COUNTS)
