"""Sequential tests over 100,000 streams and 60 looks, beside the same formulas one at a time."""

import math
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from linkstar.stats.group_sequential import group_sequential
from linkstar.stats.sequential import (
    click_label_sequence,
    confidence_sequence,
    log_ratio_of_counts,
)

STREAMS, LOOKS, SCALAR_STREAMS = 100_000, 60, 50
IMPRESSIONS = 500


def counts() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(60)
    clicks = rng.binomial(IMPRESSIONS, 0.02, (2, STREAMS, LOOKS)).cumsum(axis=2).astype(float)
    shown = np.broadcast_to(IMPRESSIONS * np.arange(1.0, LOOKS + 1), (STREAMS, LOOKS))
    return clicks[0], clicks[1], shown


def asymptotic(a: np.ndarray, b: np.ndarray, shown: np.ndarray) -> object:
    point, error = log_ratio_of_counts(a, shown, b, shown)
    return confidence_sequence(point, error, clicks_a=a, clicks_b=b, clicks_planned=1_200).low


def labels(a: np.ndarray, b: np.ndarray, _: np.ndarray) -> object:
    return click_label_sequence(a, b, with_limits=False).log_e


def labels_with_limits(a: np.ndarray, b: np.ndarray, _: np.ndarray) -> object:
    return click_label_sequence(a, b).low


def planned(a: np.ndarray, b: np.ndarray, shown: np.ndarray) -> object:
    point, error = log_ratio_of_counts(a, shown, b, shown)
    z = np.divide(point, error, out=np.zeros_like(point), where=error > 0)
    return group_sequential(z, (a + b) / 1_200, planned_looks=LOOKS).decided_look


def one_asymptotic(a: float, b: float, shown: float) -> float:
    if min(a, b) < 50:
        return math.nan
    error = math.sqrt((1 - a / shown) / a + (1 - b / shown) / b)
    alpha, planned_clicks = 0.05, 1_200
    rho = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / planned_clicks
    k = (a + b) * rho
    half = error * math.sqrt(2 * (k + 1) / k * math.log(math.sqrt(k + 1) / alpha))
    return math.log(b / a) - half


def one_label(a: float, b: float, _: float) -> float:
    def log_beta(p: float, q: float) -> float:
        return math.lgamma(p) + math.lgamma(q) - math.lgamma(p + q)

    return log_beta(50 + b, 50 + a) - log_beta(50, 50) + (a + b) * math.log(2)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def scalar_seconds(one: Callable[[float, float, float], float], data: tuple) -> float:
    """Seconds all streams would take one look at a time, from the first fifty."""
    few = [part[:SCALAR_STREAMS].ravel().tolist() for part in data]
    taken = seconds(lambda: [one(*look) for look in zip(*few, strict=True)])
    return taken * STREAMS / SCALAR_STREAMS


def main() -> None:
    data = counts()
    table = Table(title=f"{STREAMS:,} streams x {LOOKS} looks")
    for column in ("test", "seconds", "scalar loop, seconds", "times faster"):
        table.add_column(column, justify="right" if column != "test" else "left")
    rows = (
        ("asymptotic confidence sequence", asymptotic, one_asymptotic),
        ("click labels, decision", labels, one_label),
        ("click labels, with limits", labels_with_limits, None),
        ("group sequential, 60 planned looks", planned, None),
    )
    for name, ours, one in rows:
        taken = seconds(lambda ours=ours: ours(*data))
        loop = scalar_seconds(one, data) if one else math.nan
        cells = (f"{loop:.1f}", f"{loop / taken:.0f}") if one else ("-", "-")
        table.add_row(name, f"{taken:.2f}", *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
