"""S5 and S6: looking every day must not invent winners, and must not cost too many days."""

import numpy as np
from scipy.special import ndtr, ndtri
from tests.simulation.registry import Demand, Finding, Scale, Table
from tests.simulation.streams import clustered, independent, log_ratio, share_that_ever

from linkstar.stats.group_sequential import group_sequential
from linkstar.stats.power import impressions_per_arm
from linkstar.stats.sequential import click_label_sequence, confidence_sequence

STREAMS = {Scale.QUICK: 1_500, Scale.FULL: 20_000}
CASES = (("2 %", 0.02, 1_000), ("0.5 %", 0.005, 4_000))
CORRELATIONS = ((1.4, 0.107), (2.4, 0.373))


def allowance(rate: float, streams: int, scale: Scale) -> float:
    """Three Monte-Carlo standard errors on the quick scale, one on the full one."""
    return (3 if scale is Scale.QUICK else 1) * (rate * (1 - rate) / streams) ** 0.5


def percent(*shares: float) -> str:
    return " / ".join(f"{100 * share:.1f} %" for share in shares)


def naive_winners(point, error) -> float:
    return share_that_ever(np.abs(point) > 1.96 * error)


def certain_beliefs(point, error) -> float:
    """P(B>A) over 95 % either way, flat prior, at any look."""
    return share_that_ever(np.abs(ndtr(point / error) - 0.5) > 0.45)


def sequence_error(watched, *, by_viewer: bool) -> tuple[float, float, float]:
    point, error = log_ratio(watched, by_viewer=by_viewer)
    clicks = watched.sums.clicks
    planned = clicks[:, -1].sum(axis=-1).mean()
    found = confidence_sequence(
        point, error, clicks_a=clicks[..., 0], clicks_b=clicks[..., 1], clicks_planned=planned
    )
    started = np.where(clicks.min(axis=-1) >= 10, point, 0.0), np.where(error > 0, error, 1.0)
    return share_that_ever(found.excludes_zero), naive_winners(*started), certain_beliefs(*started)


def peeking_with_a_sequence(scale: Scale) -> Finding:
    rng = np.random.default_rng(505)
    streams, rows, results = STREAMS[scale], [], []
    for looks in (28, 50, 2_000):
        few = max(streams // max(1, looks // 200), 300)
        for name, ctr, impressions in CASES:
            per_look = impressions if looks < 100 else impressions // 10
            watched = independent(rng, streams=few, looks=looks, impressions=per_look, ctr=ctr)
            results.append((sequence_error(watched, by_viewer=False), few))
            rows.append((f"{looks} looks, CTR {name}, independent", *map(percent, results[-1][0])))
    for effect, correlation in CORRELATIONS:
        watched = clustered(
            rng, streams=streams // 3, looks=28, viewers=200, ctr=0.02, correlation=correlation
        )
        results.append((sequence_error(watched, by_viewer=True), streams // 3))
        rows.append((f"28 looks, CTR 2 %, design effect {effect}", *map(percent, results[-1][0])))
    errors = [found[0] for found, _ in results]
    naive, belief = (min(found[i] for found, _ in results) for i in (1, 2))
    return Finding(
        reached=percent(min(errors), max(errors)),
        control_reached=f"z {percent(naive)} at least, P>.95 {percent(belief)} at least",
        holds=all(e <= 0.05 + allowance(0.05, n, scale) for (e, *_), n in results),
        control_fails=naive > 0.15 and belief > 0.25,
        tables=[Table("error by case", ("case", "sequence", "naive z", "P>.95"), rows)],
    )


def peeking_with_labels(scale: Scale) -> Finding:
    rng = np.random.default_rng(506)
    streams, rows, firsts, alls = STREAMS[scale] // 3, [], [], []
    for effect, correlation in CORRELATIONS:
        watched = clustered(
            rng, streams=streams, looks=28, viewers=200, ctr=0.02, correlation=correlation
        )
        first, every = watched.first_clicks, watched.sums.clicks
        firsts.append(_label_error(first))
        alls.append(_label_error(every))
        rows.append((f"design effect {effect}", percent(firsts[-1]), percent(alls[-1])))
    independent_streams = independent(
        rng, streams=streams, looks=2_000 // 4, impressions=200, ctr=0.005
    )
    firsts.append(_label_error(independent_streams.sums.clicks))
    rows.append(("500 looks, CTR 0.5 %, independent", percent(firsts[-1]), "-"))
    return Finding(
        reached=percent(min(firsts), max(firsts)),
        control_reached=percent(*alls),
        holds=max(firsts) <= 0.05,
        control_fails=max(alls) > 0.05,
        tables=[Table("error by case", ("case", "first clicks", "all clicks"), rows)],
    )


def _label_error(clicks) -> float:
    found = click_label_sequence(clicks[..., 0], clicks[..., 1], with_limits=False)
    return share_that_ever(found.excludes_zero)


def peeking_with_a_plan(scale: Scale) -> Finding:
    rng = np.random.default_rng(507)
    streams, rows, reached, naive = STREAMS[scale] * 4, [], [], []
    for name, ctr, impressions in CASES:
        watched = independent(rng, streams=streams, looks=28, impressions=impressions, ctr=ctr)
        point, error = log_ratio(watched, by_viewer=False)
        reached.append(_plan_crossed(point, error, watched.sums.clicks.sum(axis=-1)))
        naive.append(naive_winners(point, error))
        rows.append((f"28 looks, CTR {name}", percent(reached[-1]), percent(naive[-1])))
    slack = allowance(0.05, streams, scale)
    return Finding(
        reached=percent(*reached),
        control_reached=percent(*naive),
        holds=all(0.045 - slack <= error <= 0.056 + slack for error in reached),
        control_fails=min(naive) > 0.15,
        tables=[Table("error by case", ("case", "planned looks", "naive z"), rows)],
    )


def _plan_crossed(point, error, clicks) -> float:
    found = group_sequential(
        point / error, clicks / clicks[:, -1].mean(), planned_looks=28, ended=True
    )
    return float((found.decided_look >= 0).mean())


def clustering_ignored(scale: Scale) -> Finding:
    rng = np.random.default_rng(508)
    streams, ours, naive = STREAMS[scale], [], []
    for _, correlation in CORRELATIONS:
        watched = clustered(
            rng, streams=streams, looks=1, viewers=4_000 // 2, ctr=0.02, correlation=correlation
        )
        for by_viewer, found in ((True, ours), (False, naive)):
            found.append(naive_winners(*log_ratio(watched, by_viewer=by_viewer)))
    slack = allowance(0.05, streams, scale)
    return Finding(
        reached=percent(*ours),
        control_reached=percent(*naive),
        holds=all(0.04 - slack <= error <= 0.06 + slack for error in ours),
        control_fails=min(naive) > 0.08,
    )


def horizon_of_a_plan(scale: Scale) -> Finding:
    multiples = (1.0, 1.05, 1.1, 1.15)
    powers = _power_at(multiples, scale, _planned_power)
    return _horizon(multiples, powers, limit=1.15, scale=scale)


def horizon_of_a_sequence(scale: Scale) -> Finding:
    multiples = (1.5, 1.6, 1.7, 1.8, 1.9)
    powers = _power_at(multiples, scale, _sequence_power)
    return _horizon(multiples, powers, limit=1.9, scale=scale)


def _power_at(multiples, scale, judge) -> list[float]:
    """Share of tests with a true +20 % found, when they may run that multiple of the fixed size."""
    rng = np.random.default_rng(606)
    fixed = float(impressions_per_arm(0.02, 0.2))
    found = []
    for multiple in multiples:
        watched = independent(
            rng,
            streams=STREAMS[scale] * 2,
            looks=28,
            impressions=int(fixed * multiple / 28),
            ctr=0.02,
            lift=0.2,
        )
        found.append(judge(watched))
    return found


def _planned_power(watched) -> float:
    point, error = log_ratio(watched, by_viewer=False)
    return _plan_crossed(point, error, watched.sums.clicks.sum(axis=-1))


def _sequence_power(watched) -> float:
    return sequence_error(watched, by_viewer=False)[0]


def _horizon(multiples, powers, *, limit, scale) -> Finding:
    enough = [m for m, power in zip(multiples, powers, strict=True) if power >= 0.8]
    at_limit = powers[-1]
    bonferroni = float((ndtri(1 - 0.025 / 28) + ndtri(0.8)) ** 2 / (ndtri(0.975) + ndtri(0.8)) ** 2)
    rows = [(f"{m:g} x", percent(power)) for m, power in zip(multiples, powers, strict=True)]
    slack = allowance(0.8, STREAMS[scale] * 2, scale)
    return Finding(
        reached=f"{min(enough):g}" if enough else f"over {limit:g}",
        control_reached=f"{bonferroni:.2f} (28 looks)",
        holds=at_limit >= 0.8 - slack,
        control_fails=bonferroni > limit,
        tables=[Table("power by horizon", ("horizon", "power"), rows)],
    )


ROWS = (
    Demand(
        "peeking-sequence", "S5", "Type-I error under continuous peeking, open-ended",
        "<= 5 %", "asymptotic confidence sequence, delayed start", "naive z; P(B>A) > 95 %",
        peeking_with_a_sequence,
    ),
    Demand(
        "peeking-labels", "S5", "Type-I error under continuous peeking, rare clicks",
        "<= 5 %", "click-label sequence on first clicks", "the same on all clicks",
        peeking_with_labels,
    ),
    Demand(
        "peeking-plan", "S5", "Type-I error with 28 looks and a planned end",
        "4.5-5.6 %", "Lan-DeMets O'Brien-Fleming", "naive z at every look",
        peeking_with_a_plan,
    ),
    Demand(
        "clustering-ignored", "S5", "Type-I error at one look, viewers who come back",
        "4-6 %", "delta method over viewers", "impressions as if independent",
        clustering_ignored,
    ),
    Demand(
        "horizon-plan", "S6", "Horizon for 80 % power / fixed size, planned end",
        "<= 1.15", "Lan-DeMets O'Brien-Fleming", "Bonferroni over the looks",
        horizon_of_a_plan,
    ),
    Demand(
        "horizon-sequence", "S6", "Horizon for 80 % power / fixed size, open-ended",
        "<= 1.9", "asymptotic confidence sequence", "Bonferroni over the looks",
        horizon_of_a_sequence,
    ),
)  # fmt: skip
