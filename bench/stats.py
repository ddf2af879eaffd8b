"""Intervals against two peers, the full refresh, and memory by number of groups.

The peers are scalar, so they are timed on a sample of the same groups and scaled up. GrowthBook's
gbstats lives in `.venv-gbstats`, which `make bench` sets up as `make test` does. All seconds are of
processor time, of one thread, so a busy machine tells the same as an idle one.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep

from bench._alone import alone, peak_bytes
from linkstar.stats import (
    BenchmarkCells,
    Benchmarks,
    ContentCounts,
    assess_uplift,
    benchmark_cells,
    ratio_interval,
)

GROUPS, VIDEOS, CATEGORIES = 100_000, 1_000_000, 200
BENCHMARK_CLICKS, BENCHMARK_IMPRESSIONS = 20_000, 1_000_000
GBSTATS_PYTHON = Path(__file__).parents[1] / ".venv-gbstats" / "bin" / "python"
GBSTATS_LOOP = """
import json, sys, time
from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest
from gbstats.models.statistics import ProportionStatistic
given = json.load(sys.stdin)
market = ProportionStatistic(n=given["benchmark"][1], sum=given["benchmark"][0])
config = FrequentistConfig(difference_type="relative")
started = time.process_time()
found = [
    TwoSidedTTest(market, ProportionStatistic(n=n, sum=x), config).compute_result().ci
    for x, n in zip(given["clicks"], given["impressions"])
]
print(json.dumps({"seconds": time.process_time() - started, "limits": found}))
"""


def main() -> None:
    line("what", "ours", "peer", "ratio", "wanted")
    intervals()
    refresh()
    memory()


def line(what: str, *cells: str) -> None:
    print(f"{what:<52}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def counts(groups: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    impressions = random.lognormal(9.0, 1.2, groups).astype(np.int64) + 100
    return random.binomial(impressions, 0.02 * random.gamma(4.0, 0.25, groups)), impressions


def intervals() -> None:
    clicks, impressions = counts(GROUPS)
    ours = min(timed(lambda: our_limits(clicks, impressions)) for _ in range(3))
    peers = {
        "statsmodels score interval, loop": (statsmodels_loop, 1_000, 30.0),
        "gbstats two-sided test, loop": (gbstats_loop, 5_000, 20.0),
    }
    for name, (loop, sample, wanted) in peers.items():
        peer = loop(clicks[:sample], impressions[:sample])
        what = f"{GROUPS:,} intervals / {name}"
        scaled = peer * GROUPS / sample
        line(what, f"{ours:.2f} s", f"{scaled:.1f} s", f"{scaled / ours:.0f}x", f">= {wanted:.0f}x")


def our_limits(clicks: np.ndarray, impressions: np.ndarray) -> None:
    ratio_interval(
        clicks,
        impressions,
        benchmark_ctr=BENCHMARK_CLICKS / BENCHMARK_IMPRESSIONS,
        benchmark_relative_error=BENCHMARK_CLICKS**-0.5,
    )


def statsmodels_loop(clicks: np.ndarray, impressions: np.ndarray) -> float:
    def loop() -> None:
        for x, n in zip(clicks.tolist(), impressions.tolist(), strict=True):
            confint_proportions_2indep(
                max(x, 1),
                n,
                BENCHMARK_CLICKS,
                BENCHMARK_IMPRESSIONS,
                compare="ratio",
                method="score",
            )

    return timed(loop)


def gbstats_loop(clicks: np.ndarray, impressions: np.ndarray) -> float:
    given = {
        "clicks": clicks.tolist(),
        "impressions": impressions.tolist(),
        "benchmark": [BENCHMARK_CLICKS, BENCHMARK_IMPRESSIONS],
    }
    found = subprocess.run(
        [GBSTATS_PYTHON, "-c", GBSTATS_LOOP],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(found.stdout)["seconds"])


def refresh() -> None:
    group, category, impressions, clicks = videos(GROUPS, VIDEOS)
    started = time.process_time()
    cells = market_cells(category, group, impressions, clicks)
    assess(group, category, impressions, clicks, cells)
    seconds = time.process_time() - started
    line(f"refresh: {GROUPS:,} creators, {VIDEOS:,} videos", f"{seconds:.1f} s", "-", "-", "< 10 s")


def videos(groups: int, contents: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    group = np.sort(random.integers(0, groups, contents))
    category = random.integers(0, CATEGORIES, groups)[group]
    impressions = random.lognormal(7.0, 1.2, contents).astype(np.int64) + 1
    rate = 0.02 * random.lognormal(0.0, 0.5, groups)[group] * random.lognormal(-0.1, 0.45, contents)
    return group, category, impressions, random.binomial(impressions, np.minimum(rate, 0.9))


def market_cells(
    category: np.ndarray, group: np.ndarray, impressions: np.ndarray, clicks: np.ndarray
) -> BenchmarkCells:
    found: Benchmarks = benchmark_cells(
        category, group % 5_000, group, impressions, clicks, CATEGORIES
    )
    return BenchmarkCells(
        found.impressions,
        found.clicks,
        found.relative_error,
        found.icc,
        np.zeros(CATEGORIES, dtype=np.bool_),
        found.unstable,
        found.typical_ctr,
        found.typical_relative_error,
    )


def assess(
    group: np.ndarray,
    category: np.ndarray,
    impressions: np.ndarray,
    clicks: np.ndarray,
    cells: BenchmarkCells,
) -> None:
    given = ContentCounts(
        group,
        category,
        category,
        impressions,
        clicks,
        int(group.max()) + 1,
        np.ones(group.size),
    )
    assess_uplift(given, cells)


def memory() -> None:
    """Peak of a process that draws groups and judges them, beyond one that does nothing."""
    bare = alone(peak_bytes)
    per_group = []
    for groups in (250_000, 1_000_000):
        seconds, peak = alone(judging, groups)
        per_group.append((peak - bare) / groups)
        line(
            f"judging {groups:,} groups of two videos",
            f"{seconds:.1f} s",
            f"{peak / 2**20:,.0f} MiB",
            f"{per_group[-1]:,.0f} B/group",
            "< 4 GiB",
        )
    growth = per_group[-1] / per_group[0]
    line("memory per group, largest over smallest", f"{growth:.2f}", "-", "-", "<= 1.2")


def judging(groups: int) -> tuple[float, int]:
    """Seconds to judge so many groups, and the peak memory of the process."""
    group, category, impressions, clicks = videos(groups, 2 * groups)
    cells = market_cells(category, group, impressions, clicks)
    started = time.process_time()
    assess(group, category, impressions, clicks, cells)
    return time.process_time() - started, peak_bytes()


def timed(action: Callable[[], None]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
