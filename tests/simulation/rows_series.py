"""S8: alarms that are rare when nothing happens and quick when something does."""

import numpy as np
from tests.simulation.registry import Demand, Finding, Scale, Table

from linkstar.stats.drift import cusum
from linkstar.stats.series import expect, judge

SERIES = {Scale.QUICK: 400, Scale.FULL: 1_500}
WEEKS = 8
SEASON = 1 + 0.25 * np.sin(2 * np.pi * np.arange(7) / 7)


def daily_series(rng, *, series, days, icc, drop=0.0, from_day=0) -> tuple[np.ndarray, np.ndarray]:
    """Clicks and impressions of series of unlike level, weekly season, correlation within days."""
    level = 0.02 * np.exp(rng.normal(0, 0.4, series))
    shown = rng.poisson(20_000 * np.exp(rng.normal(0, 0.3, (series, days))))
    rate = level[:, None] * SEASON[np.arange(days) % 7]
    rate[:, from_day:] *= 1 - drop
    if icc:
        rate = rng.beta(rate * (1 / icc - 1), (1 - rate) * (1 / icc - 1))
    return rng.binomial(shown, rate), shown


def judged(clicks, shown) -> tuple[np.ndarray, np.ndarray]:
    """Point alarms and normal scores of the days after the eight weeks of history."""
    series, days = clicks.shape
    history, weekday = 7 * WEEKS, np.arange(days) % 7
    expected = expect(
        clicks[:, :history],
        shown[:, :history],
        slot=weekday[:history],
        slots=7,
        category=np.zeros(series, dtype=np.int64),
        categories=1,
    )
    ticks = [
        judge(expected, clicks[:, day], shown[:, day], slot=int(weekday[day]))
        for day in range(history, days)
    ]
    return np.stack([t.p < 0.0027 for t in ticks], 1), np.stack([t.score for t in ticks], 1)


def plain_scores(clicks, shown) -> np.ndarray:
    """The p chart: binomial z against the history's mean, no season, no overdispersion."""
    history = 7 * WEEKS
    mean = clicks[:, :history].sum(1, keepdims=True) / shown[:, :history].sum(1, keepdims=True)
    n = shown[:, history:]
    return (clicks[:, history:] - n * mean) / np.sqrt(n * mean * (1 - mean))


def false_alarms(scale: Scale) -> Finding:
    rng = np.random.default_rng(808)
    rows, ours, theirs = [], [], []
    for icc in (0.0, 0.0006, 0.003):
        clicks, shown = daily_series(rng, series=SERIES[scale], days=7 * (WEEKS + 8), icc=icc)
        ours.append(float(judged(clicks, shown)[0].mean()))
        theirs.append(float((np.abs(plain_scores(clicks, shown)) > 3).mean()))
        rows.append((f"{icc:g}", f"{ours[-1]:.4f}", f"{theirs[-1]:.3f}"))
    slack = 0.001 if scale is Scale.QUICK else 0.0
    return Finding(
        reached=f"{min(ours):.4f} to {max(ours):.4f}",
        control_reached=f"{min(theirs):.2f} to {max(theirs):.2f}",
        holds=max(ours) <= 0.004 + slack,
        control_fails=min(theirs) > 0.05,
        tables=[Table("false alarms per day", ("ICC", "predictive limits", "p chart"), rows)],
    )


def first_alarm(alarms: np.ndarray) -> np.ndarray:
    """Days until the first alarm of each series; one more than were watched if none came."""
    return np.where(alarms.any(1), alarms.argmax(1) + 1, alarms.shape[1] + 1)


def lasting_drop(scale: Scale) -> Finding:
    rng = np.random.default_rng(809)
    rows, found, runs, theirs = [], [], [], []
    for icc in (0.0, 0.0006, 0.003):
        calm = daily_series(rng, series=SERIES[scale], days=7 * (WEEKS + 60), icc=icc)
        drift = cusum(judged(*calm)[1])
        runs.append(float(np.median(first_alarm(drift.drop | drift.rise))))
        plain = cusum(plain_scores(*calm))
        theirs.append(float(np.median(first_alarm(plain.drop | plain.rise))))
        delays = []
        for drop in (0.2, 0.4):
            hit = daily_series(
                rng, series=SERIES[scale], days=7 * (WEEKS + 12), icc=icc, drop=drop,
                from_day=7 * WEEKS,
            )  # fmt: skip
            delays.append(float(np.median(first_alarm(cusum(judged(*hit)[1]).drop))))
        if icc <= 0.0006:
            found.append(delays[0])
        days = (runs[-1], *delays, theirs[-1])
        rows.append((f"{icc:g}", *(f"{count:.0f}" for count in days)))
    header = ("ICC", "run in calm", "to find -20 %", "to find -40 %", "plain CUSUM's run in calm")
    return Finding(
        reached=f"calm run {min(runs):.0f} days or more, found in {max(found):.0f} at most",
        control_reached=f"calm run {min(theirs):.0f} to {max(theirs):.0f} days",
        holds=min(runs) >= 180 and max(found) <= 10,
        control_fails=max(theirs) < 60,
        tables=[Table("median days", header, rows)],
    )


ROWS = (
    Demand(
        "false-alarms", "S8", "Chart: false alarms per day at nominal .0027, weekly season",
        "<= .004", "predictive limits with season and overdispersion", "ordinary p chart",
        false_alarms,
    ),
    Demand(
        "lasting-drop", "S8", "A -20 % drop that stays is found; calm series stay calm",
        "median <= 10 days up to ICC .0006; calm run >= 180", "CUSUM of mid-P normal scores",
        "CUSUM of binomial z without season", lasting_drop,
    ),
)  # fmt: skip
