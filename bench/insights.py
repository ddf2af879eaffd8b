"""Rows of an answer: intervals, shrinkage, states and names from counts to the Arrow table.

python -m bench insights            100,000 and 1,000,000 creators
python -m bench.insights 300000     as many as said

Seconds on the clock and of processor time, and the peak memory of a process that makes the counts
and judges them; each size has a process of its own.
"""

import sys
import time

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from bench._alone import alone, peak_bytes
from linkstar.benchmarks.book import BenchmarkSummary, CellBook
from linkstar.benchmarks.cells import stated_cells
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.insights.counts import grouped
from linkstar.insights.questions import By
from linkstar.insights.rows import Judging, best_first, judged_rows
from linkstar.lake.selection import COUNTS
from linkstar.stats.ctr import Definition

CONTENTS_EACH = 10
CATEGORIES = 200
GOAL_SECONDS = 5.0
"""For 100,000 creators over 1,000,000 contents on two cores."""


def market(creators: int, seed: int = 1) -> tuple[pa.Table, CellBook]:
    """Counts of heavy-tailed contents in many categories, and a benchmark of all of them."""
    rng = np.random.default_rng(seed)
    n = creators * CONTENTS_EACH
    category = np.repeat(rng.integers(0, CATEGORIES, creators), CONTENTS_EACH)
    rate = rng.uniform(0.005, 0.05, CATEGORIES)
    skill = np.repeat(rng.lognormal(0, 0.3, creators), CONTENTS_EACH)
    true = np.minimum(rate[category] * skill * rng.lognormal(-0.125, 0.5, n), 0.9)
    impressions = rng.lognormal(7, 1.2, n).astype(np.int64) + 1
    handles = pa.array([f"creator{i:07}" for i in range(creators)])
    paths = pa.array([f"Top {i % 20} > Category {i}" for i in range(CATEGORIES)])
    creator = handles.take(pa.array(np.repeat(np.arange(creators), CONTENTS_EACH)))
    given = {
        "shop": pa.repeat(1, n),
        "level": pa.repeat("content", n),
        "creator": creator,
        "creator_name": creator,
        "content_id": pa.array(np.arange(n)).cast(pa.string()),
        "content_type": pa.repeat("video", n),
        "channel": pa.repeat("tiktok", n),
        "category": paths.take(pa.array(category)),
        "contents": pa.repeat(1, n),
        "impressions": pa.array(impressions),
        "clicks": pa.array(rng.binomial(impressions, true)),
        "clicks_derived": pa.repeat(False, n),  # noqa: FBT003
    }
    columns = [given.get(f.name, pa.nulls(n, f.type)).cast(f.type) for f in COUNTS]
    stated = pa.table(
        {
            "category": paths,
            "definition": ["product_impressions"] * CATEGORIES,
            "impressions": [10_000_000] * CATEGORIES,
            "clicks": (rate * 10_000_000).astype(np.int64),
            "relative_error": [0.03] * CATEGORIES,
        }
    )
    about = BenchmarkSummary(
        "bench", "US", BenchmarkSource.IMPORTED, "bench", "bench", 1, None, None
    )
    return pa.table(columns, schema=COUNTS), CellBook(about, stated_cells(stated))


def judged(creators: int) -> tuple[float, float, int]:
    """Seconds from counts to sorted rows, on the clock and of the processor, and peak memory."""
    counts, book = market(creators)
    asked = Judging(Definition.PRODUCT_IMPRESSIONS, By.CREATOR, 1_000, 0.95)
    clock, processor = time.perf_counter(), time.process_time()
    rows = judged_rows(grouped(counts, By.CREATOR), book, asked).rows
    rows = rows.take(best_first(rows))
    took = time.perf_counter() - clock, time.process_time() - processor
    assert rows.num_rows == creators
    return *took, peak_bytes()


def main(*sizes: int) -> None:
    table = Table("creators", "contents", "clock s", "processor s", "per 100,000", "peak MiB")
    for creators in sizes or (100_000, 1_000_000):
        clock, processor, peak = alone(judged, creators)
        table.add_row(
            f"{creators:,}",
            f"{creators * CONTENTS_EACH:,}",
            f"{clock:.2f}",
            f"{processor:.2f}",
            f"{processor * 100_000 / creators:.2f}",
            f"{peak / 2**20:,.0f}",
        )
    Console().print(table)
    print(f"goal: 100,000 creators in under {GOAL_SECONDS:.0f} s, memory in proportion")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
