"""S1 and S2: how often intervals of an uplift contain the truth, and in which tail they miss."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri
from tests.simulation.markets import CTR, assess, known_cell, market
from tests.simulation.registry import Finding, Scale, Table

from linkstar.stats.arrays import Bools, Floats
from linkstar.stats.interval import ratio_interval

Z = float(-ndtri(0.025))


@dataclass
class Tally:
    """Coverage and both tails, point by point, each with its Monte-Carlo weight."""

    covered: list[float] = field(default_factory=list)
    low_misses: list[float] = field(default_factory=list)
    high_misses: list[float] = field(default_factory=list)

    def add(self, low: Floats, high: Floats, truth: Floats | float) -> None:
        """An interval that is nan misses, in no tail."""
        self.covered.append(float(((low <= truth) & (truth <= high)).mean()))
        self.low_misses.append(float((truth < low).mean()))
        self.high_misses.append(float((truth > high).mean()))

    @property
    def coverage(self) -> float:
        return float(np.mean(self.covered))

    @property
    def tails(self) -> tuple[float, float]:
        return float(np.mean(self.low_misses)), float(np.mean(self.high_misses))


def percent(value: float) -> str:
    return f"{100.0 * value:.1f}%"


def linear_delta(x: Floats, n: float, x_b: Floats, n_b: float) -> tuple[Floats, Floats]:
    """The textbook interval of a relative change: normal on the linear scale."""
    p, b = x / n, x_b / n_b
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = p / b
        variance = p * (1 - p) / n / b**2 + p**2 * b * (1 - b) / n_b / b**4
        return ratio - Z * np.sqrt(variance), ratio + Z * np.sqrt(variance)


def katz_log(x: Floats, n: float, x_b: Floats, n_b: float) -> tuple[Floats, Floats]:
    """Katz' normal interval of the log ratio: undefined (nan) without clicks."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x / n) / (x_b / n_b)
        sd = np.sqrt(1 / x - 1 / n + 1 / x_b - 1 / n_b)
        low, high = ratio * np.exp(-Z * sd), ratio * np.exp(Z * sd)
    undefined = x == 0
    return np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)


def independent_clicks(scale: Scale) -> tuple[Finding, Finding]:
    """S1, split at five expected clicks: the band the demand is for, and the rare clicks below."""
    random = np.random.default_rng(101)
    full = scale is Scale.FULL
    expected = (
        (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100, 200, 400) if full else (1, 2, 4, 5, 12, 100)
    )
    replicates = 8_000 if full else 2_000
    many, few, delta, katz = Tally(), Tally(), Tally(), Tally()
    finite = True
    for ctr in (0.005, 0.02, 0.05):
        for truth in (0.5, 1.0, 2.5):
            for benchmark_clicks in (160, 80_000):
                for clicks in expected:
                    n, n_b = round(clicks / (ctr * truth)), round(benchmark_clicks / ctr)
                    x = random.binomial(n, ctr * truth, replicates).astype(np.float64)
                    x_b = random.binomial(n_b, ctr, replicates).astype(np.float64)
                    found = ratio_interval(
                        x, n, benchmark_ctr=x_b / n_b, benchmark_relative_error=x_b**-0.5
                    )
                    finite = finite and bool(np.isfinite(found.high).all())
                    (many if clicks >= 5 else few).add(found.low, found.high, truth)
                    if clicks >= 5:
                        delta.add(*linear_delta(x, n, x_b, n_b), truth)
                    else:
                        katz.add(*katz_log(x, n, x_b, n_b), truth)
    lowest = min(many.covered)
    allowance = 0.0 if full else 2.0 * np.sqrt(0.05 * 0.95 / replicates)
    band = Finding(
        reached=f"{percent(many.coverage)} (lowest point {percent(lowest)}), tails "
        f"{percent(many.tails[0])} / {percent(many.tails[1])}",
        control_reached=f"{percent(delta.coverage)}, tails {percent(delta.tails[0])} / "
        f"{percent(delta.tails[1])}",
        holds=0.935 <= many.coverage <= 0.965
        and lowest >= 0.92 - allowance
        and all(0.015 <= tail <= 0.035 for tail in many.tails),
        control_fails=delta.coverage < 0.935 or max(delta.tails) > 0.035,
    )
    rare = Finding(
        reached=f"{percent(few.coverage)}, upper limit finite: {'yes' if finite else 'no'}",
        control_reached=percent(katz.coverage),
        holds=few.coverage >= 0.93 and finite,
        control_fails=katz.coverage < 0.93,
    )
    return band, rare


def clustered(scale: Scale) -> Finding:
    """S2: contents of one creator share a rate, with luck of their own; benchmark known."""
    random = np.random.default_rng(102)
    replicates, creators = (16, 500) if scale is Scale.FULL else (3, 400)
    rows, every, binomial = [], Tally(), Tally()
    for videos in (3, 5, 10, 30, 100):
        for icc in (0.002, 0.01):
            for uneven in (False, True):
                point, naive = Tally(), Tally()
                for _ in range(replicates):
                    cv = np.full(creators, np.sqrt(icc * (1 - CTR) / CTR))
                    if uneven:
                        cv *= np.sqrt(random.gamma(4.0, 0.25, creators))
                    given = market(
                        np.ones(creators),
                        random,
                        videos=videos,
                        impressions_median=3_000.0,
                        content_cv=cv,
                    )
                    honest = assess(given, known_cell(CTR))
                    single = assess(given, known_cell(CTR), question="realised")
                    point.add(honest.low, honest.high, 0.0)
                    naive.add(single.low, single.high, 0.0)
                every.covered.append(point.coverage)
                every.low_misses.append(point.tails[0])
                every.high_misses.append(point.tails[1])
                binomial.covered.append(naive.coverage)
                rows.append(
                    (
                        str(videos),
                        str(icc),
                        "differs" if uneven else "equal",
                        percent(point.coverage),
                        *(percent(tail) for tail in point.tails),
                        percent(naive.coverage),
                    )
                )
    allowance = 0.0 if scale is Scale.FULL else 2.0 * np.sqrt(0.05 * 0.95 / (replicates * creators))
    low, high = min(every.covered), max(every.covered)
    return Finding(
        reached=f"{percent(low)}-{percent(high)}, average {percent(every.coverage)}",
        control_reached=f"{percent(min(binomial.covered))}-{percent(max(binomial.covered))}",
        holds=low >= 0.935 - allowance and high <= 0.975 + allowance,
        control_fails=max(binomial.covered) < 0.935,
        tables=(
            Table(
                "coverage of 95% intervals by videos per creator",
                ("videos", "ICC", "luck", "coverage", "truth below", "truth above", "binomial"),
                rows,
            ),
        ),
    )


def far_from_the_benchmark(scale: Scale) -> Finding:
    """Creators at half, once and 2.5 times the benchmark in one category, luck multiplying.

    The control takes one intra-class correlation for all of them, as pooled moments give it.
    """
    random = np.random.default_rng(103)
    replicates = 60 if scale is Scale.FULL else 4
    truths = np.array([0.5, 1.0, 2.5])
    own = {truth: Tally() for truth in truths}
    pooled = {truth: Tally() for truth in truths}
    for _ in range(replicates):
        for videos in (5, 30, 100):
            truth = random.choice(truths, 900, p=[0.4, 0.4, 0.2])
            given = market(truth, random, videos=videos, impressions_median=3_000.0)
            found = assess(given, known_cell(CTR))
            low, high = one_icc_for_all(given.group, given.impressions, given.clicks)
            for level in truths:
                at: Bools = truth == level
                own[level].add(found.low[at], found.high[at], level - 1.0)
                pooled[level].add(low[at], high[at], level - 1.0)
    spread = [tally.coverage for tally in own.values()]
    naive = [tally.coverage for tally in pooled.values()]
    return Finding(
        reached=" / ".join(percent(value) for value in spread),
        control_reached=" / ".join(percent(value) for value in naive),
        holds=min(spread) >= 0.935 and max(spread) <= 0.975,
        control_fails=min(naive) < 0.935,
    )


def one_icc_for_all(
    group: np.ndarray, impressions: np.ndarray, clicks: np.ndarray
) -> tuple[Floats, Floats]:
    """Limits of the uplift with the classic pooled moment ICC, the same for every creator."""
    n, x = impressions.astype(np.float64), clicks.astype(np.float64)
    total, clicked, k = np.bincount(group, n), np.bincount(group, x), np.bincount(group)
    p = clicked / total
    q = p * (1 - p)
    squares = np.bincount(group, n * n)
    spread = np.bincount(group, n * (x / n - p[group]) ** 2)
    icc = (spread - q * (k - 1)).sum() / (q * (total - squares / total - (k - 1))).sum()
    effect = 1 + icc * (squares / total - 1)
    found = ratio_interval(
        clicked / effect,
        total / effect,
        benchmark_ctr=CTR,
        benchmark_relative_error=80_000.0**-0.5,
    )
    return found.low - 1.0, found.high - 1.0
