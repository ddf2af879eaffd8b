"""Counts over time beside the benchmark's middle half: pure arrays, one point per period."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from linkstar.benchmarks.book import MISSING, CellBook, Match
from linkstar.insights.counts import Grouped, floats
from linkstar.insights.rows import Judging, judged_rows
from linkstar.stats.arrays import Floats, Ints, ratio
from linkstar.stats.beta import beta_quantile
from linkstar.stats.grouped import sum_by

TREND = pa.schema(
    [
        ("starts_on", pa.date32()),
        ("ends_before", pa.date32()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("ctr", pa.float64()),
        ("ctr_low", pa.float64()),  # limits of ctr, clustered by content
        ("ctr_high", pa.float64()),
        ("benchmark_ctr", pa.float64()),  # of the same mix
        ("p25", pa.float64()),  # of content CTRs in the benchmark, same mix
        ("median", pa.float64()),
        ("p75", pa.float64()),
        ("uplift", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("state", pa.string()),
    ]
)
_FROM_ROWS = ("impressions", "clicks", "ctr", "benchmark_ctr", "uplift", "low", "high", "state")
_BAND = ("p25", "median", "p75")


def trend_points(
    counts: pa.Table,
    periods: Sequence[tuple[date, date]],
    period: Ints,
    book: CellBook | None,
    judging: Judging,
) -> pa.Table:
    """One point per period that has counts, in the columns of `TREND`, earliest first.

    Args:
        counts: one row per content and period.
        periods: first day and day after the last of each period, earliest first.
        period: shape (m,), the number of each row's period.
        book: what to compare with.
        judging: how.
    """
    present, group = np.unique(period, return_inverse=True)
    order = np.lexsort((floats(counts["impressions"]), group))
    heaviest = np.zeros(len(present), dtype=np.int64)
    heaviest[group[order]] = order
    keys = pa.array([str(periods[number][0]) for number in present], pa.string())
    grouped = Grouped(counts, group, keys, None, heaviest, 0)
    judged = judged_rows(grouped, book, judging)
    named = {name: judged.rows[name] for name in _FROM_ROWS}
    named["starts_on"] = pa.array([periods[number][0] for number in present], pa.date32())
    named["ends_before"] = pa.array([periods[number][1] for number in present], pa.date32())
    low, high = ctr_limits(judged.rows, judging.confidence)
    named |= {
        "ctr_low": pa.array(low, from_pandas=True),
        "ctr_high": pa.array(high, from_pandas=True),
    }
    for name in _BAND:
        named[name] = pa.array(_of_mix(name, grouped, book, judged.match), from_pandas=True)
    return pa.table([named[field.name].cast(field.type) for field in TREND], schema=TREND)


def ctr_limits(rows: pa.Table, confidence: float) -> tuple[Floats, Floats]:
    """Jeffreys limits of each row's CTR on its effective counts; nan where these are unknown.

    Counts divided by the design effect (Rao & Scott 1992), then the beta quantiles of Brown, Cai
    & DasGupta 2001, with 0 and 1 at the ends.
    """
    effect = floats(rows["design_effect"])
    clicks = ratio(floats(rows["ctr"]) * floats(rows["covered_impressions"]), effect)
    others = np.maximum(ratio(floats(rows["covered_impressions"]), effect) - clicks, 0.0)
    tail = (1.0 - confidence) / 2.0
    low = beta_quantile(clicks + 0.5, others + 0.5, tail)
    high = beta_quantile(clicks + 0.5, others + 0.5, 1.0 - tail)
    return np.where(clicks == 0, 0.0, low), np.where(others == 0, 1.0, high)


def _of_mix(name: str, grouped: Grouped, book: CellBook | None, match: Match) -> Floats:
    """A quantile of the benchmark for each group's own mix: weighted by impressions."""
    if book is None or book.cells.num_rows == 0:
        return np.full(grouped.groups, np.nan)
    values = np.where(book.withheld, np.nan, book.floats(name))
    value = np.where(match.cell == MISSING, np.nan, values[match.cell])
    impressions = grouped.column("impressions")
    known = np.where(np.isnan(value), 0.0, impressions)
    total = sum_by(grouped.group, known, grouped.groups)
    return ratio(sum_by(grouped.group, known * np.nan_to_num(value), grouped.groups), total)
