"""S4: false discoveries among flagged creators, under eight truths and the global null."""

from functools import cache

import numpy as np
from tests.simulation.coverage import percent
from tests.simulation.markets import (
    CTR,
    TRUTHS,
    Market,
    assess,
    benchmark_of,
    cells_of,
    known_cell,
    leave_one_out_cells,
    market,
    ratios,
)
from tests.simulation.registry import Finding, Scale, Table

from linkstar.stats.arrays import Bools
from linkstar.stats.assess import UpliftColumns
from linkstar.stats.flags import benjamini_hochberg, one_sided_p
from linkstar.stats.states import State


def flagged(found: UpliftColumns, state: State) -> Bools:
    return np.array([each is state for each in found.state], dtype=np.bool_)


def naive_flags(given: Market) -> Bools:
    """BH on binomial p-values of raw impressions: right in form, blind to clustering."""
    x = np.bincount(given.group, given.clicks).astype(np.float64)
    n = np.bincount(given.group, given.impressions).astype(np.float64)
    at_least, _ = one_sided_p(x, n, np.array(CTR), np.zeros(1))
    return benjamini_hochberg(at_least, np.zeros(x.size, dtype=np.int64), families=1)


def discoveries(scale: Scale) -> Finding:
    """False share of "above" and of "below", clustered and with independent clicks."""
    random = np.random.default_rng(301)
    budget = 40_000 if scale is Scale.FULL else 3_000
    rows, worst, worst_naive = [], 0.0, 0.0
    for truth in TRUTHS:
        for clustered, creators in ((True, 1_000), (True, 100), (False, 1_000)):
            rates = []
            for _ in range(budget // creators):
                given = market(
                    ratios(truth, creators, random), random, content_cv=0.5 if clustered else 1e-6
                )
                rest = market(np.ones(300), random)
                cells = cells_of(benchmark_of(rest)) if clustered else known_cell(CTR, icc=0.0)
                rates.append(_rates(given, assess(given, cells)))
            false_above, power, false_below, power_below, naive = np.mean(rates, axis=0)
            worst = max(worst, false_above, false_below)
            if clustered:
                worst_naive = max(worst_naive, naive)
            rows.append(
                (
                    truth,
                    "clustered" if clustered else "independent",
                    str(creators),
                    percent(false_above),
                    f"{power:.2f}",
                    percent(false_below),
                    f"{power_below:.2f}",
                    percent(naive),
                )
            )
    allowance = 0.0 if scale is Scale.FULL else 0.03
    return Finding(
        reached=f"at most {percent(worst)}",
        control_reached=f"up to {percent(worst_naive)}",
        holds=worst <= 0.06 + allowance,
        control_fails=worst_naive > 0.2,
        tables=(
            Table(
                "flags at 5 %",
                ("truth", "clicks", "K", "FDR above", "power", "FDR below", "power", "binomial BH"),
                rows,
            ),
        ),
    )


def _rates(given: Market, found: UpliftColumns) -> tuple[float, float, float, float, float]:
    above, below = flagged(found, State.ABOVE), flagged(found, State.BELOW)
    uplift = given.ratio - 1.0
    naive = naive_flags(given)
    return (
        _share(uplift[above] <= 1e-9),
        _share(above[uplift > 0.1]),
        _share(uplift[below] >= -1e-9),
        _share(below[uplift < -0.1]),
        _share(uplift[naive] <= 1e-9),
    )


def _share(values: Bools) -> float:
    return float(values.mean()) if values.size else 0.0


@cache
def global_null(scale: Scale) -> Finding:
    """1,000 identical creators judged against the rest of their own market, clustered."""
    random = np.random.default_rng(302)
    replicates = 200 if scale is Scale.FULL else 30
    flags, naive = [], []
    for _ in range(replicates):
        given = market(np.ones(1_000), random)
        found = assess(given, leave_one_out_cells(given))
        flags.append(flagged(found, State.ABOVE).sum())
        naive.append(naive_flags(given).sum())
    average, any_flag = float(np.mean(flags)), float(np.mean(np.array(flags) > 0))
    return Finding(
        reached=f"{average:.2f} false flags, P(any) {percent(any_flag)}",
        control_reached=f"{np.mean(naive):.0f} false flags",
        holds=average <= 0.3 and any_flag <= (0.10 if scale is Scale.FULL else 0.14),
        control_fails=float(np.mean(naive)) > 10.0,
    )
