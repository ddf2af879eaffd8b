"""S3: intervals, probabilities, ranks and claims after shrinkage, when creators are clustered."""

import numpy as np
from tests.simulation.coverage import Tally, percent
from tests.simulation.markets import (
    CTR,
    Market,
    assess,
    benchmark_of,
    cells_of,
    known_cell,
    market,
    ratios,
)
from tests.simulation.registry import Finding, Scale, Table

from linkstar.stats.arrays import Bools, Floats
from linkstar.stats.assess import assess_uplift
from linkstar.stats.like_for_like import ContentCounts
from linkstar.stats.posterior import probability_above
from linkstar.stats.prior import fit_prior

SMOOTH = ("beta", "log_normal", "heavy_tailed")
ALL = (*SMOOTH, "bimodal")


def intervals(scale: Scale) -> Finding:
    """Coverage of shrunken intervals, by truth and number of creators."""
    random = np.random.default_rng(201)
    sizes = (20, 50, 150, 600, 2_000)
    creators = 16_000 if scale is Scale.FULL else 3_600
    rows, covered, naive = [], [], []
    for truth in ALL:
        line = [truth]
        for size in sizes:
            tally, control = Tally(), Tally()
            for _ in range(max(creators // size, 2)):
                given = market(ratios(truth, size, random), random)
                cell = known_cell(CTR)
                honest = assess(given, cell)
                single = assess(given, cell, question="realised")
                tally.add(honest.shrunken_low, honest.shrunken_high, given.ratio - 1.0)
                control.add(single.shrunken_low, single.shrunken_high, given.ratio - 1.0)
            covered.append(tally.coverage)
            naive.append(control.coverage)
            line.append(f"{percent(tally.coverage)} ({percent(control.coverage)})")
        rows.append(line)
    allowance = 0.0 if scale is Scale.FULL else 0.015
    return Finding(
        reached=f"{percent(min(covered))}-{percent(max(covered))}",
        control_reached=f"{percent(min(naive))}-{percent(max(naive))}",
        holds=min(covered) >= 0.935 - allowance and max(covered) <= 0.965 + allowance,
        control_fails=max(naive) < 0.9,
        tables=(
            Table(
                "coverage by truth and number of creators (in brackets: unclustered counts)",
                ("truth", *(f"K = {size}" for size in sizes)),
                rows,
            ),
        ),
    )


def few_creators(scale: Scale) -> Finding:
    """Categories of 5 and 10 creators lean on 40 larger ones; the control is their own prior."""
    random = np.random.default_rng(202)
    replicates = 400 if scale is Scale.FULL else 40
    leaning, alone = Tally(), Tally()
    for _ in range(replicates):
        for small in (5, 10):
            ratio = ratios("log_normal", 200 + small, random)
            given = market(ratio, random)
            tiny = np.arange(ratio.size) >= 200
            found = _in_categories(given, np.where(tiny, 10, np.arange(ratio.size) // 20))
            truth = ratio[tiny] - 1.0
            leaning.add(found[0][tiny], found[1][tiny], truth)
            low, high = _own_moment_prior(given, tiny)
            alone.add(low, high, truth)
    return Finding(
        reached=percent(leaning.coverage),
        control_reached=percent(alone.coverage),
        holds=0.93 <= leaning.coverage <= 0.97,
        control_fails=alone.coverage < 0.93,
    )


def _in_categories(given: Market, category: np.ndarray) -> tuple[Floats, Floats]:
    cell = np.zeros(given.group.shape, dtype=np.int64)
    counts = ContentCounts(
        given.group,
        cell,
        category[given.group],
        given.impressions,
        given.clicks,
        given.groups,
        np.ones(given.group.shape),
    )
    icc = 0.25 * CTR / (1 - CTR)
    found = assess_uplift(counts, known_cell(CTR, icc=icc), impressions_min=1)
    return found.shrunken_low, found.shrunken_high


def _own_moment_prior(given: Market, chosen: Bools) -> tuple[Floats, Floats]:
    """A normal prior with mean and variance by moments from these few creators alone."""
    n = np.bincount(given.group, given.impressions)[chosen]
    x = np.bincount(given.group, given.clicks)[chosen]
    squares = np.bincount(given.group, np.square(given.impressions.astype(np.float64)))[chosen]
    p = x / n
    variance = p * (1 - p) / n + 0.25 * p**2 * squares / n**2
    between = max(float(p.var(ddof=1) - variance.mean()), 1e-12)
    keep = between / (between + variance)
    middle, sd = p.mean() + keep * (p - p.mean()), np.sqrt(keep * variance)
    return (middle - 1.96 * sd) / CTR - 1.0, (middle + 1.96 * sd) / CTR - 1.0


def calibration(scale: Scale) -> Finding:
    """Largest gap between P(above) and how often it comes true, over ten bins, by truth."""
    random = np.random.default_rng(203)
    replicates = 60 if scale is Scale.FULL else 8
    rows, worst, worst_naive = [], 0.0, 0.0
    for truth in ALL:
        said, naive_said, came = [], [], []
        for _ in range(replicates):
            given = market(ratios(truth, 2_000, random), random)
            cell = known_cell(CTR)
            said.append(assess(given, cell).probability_above)
            naive_said.append(assess(given, cell, question="realised").probability_above)
            came.append(given.ratio > 1.0)
        true = np.concatenate(came)
        gaps = _gaps(np.concatenate(said), true)
        naive_gaps = _gaps(np.concatenate(naive_said), true)
        worst, worst_naive = max(worst, *map(abs, gaps)), max(worst_naive, *map(abs, naive_gaps))
        rows.append((truth, *(f"{gap:+.3f}" for gap in gaps)))
    allowance = 0.0 if scale is Scale.FULL else 0.04
    return Finding(
        reached=f"{worst:.3f}",
        control_reached=f"{worst_naive:.3f}",
        holds=worst <= 0.05 + allowance,
        control_fails=worst_naive > 0.15,
        tables=(
            Table(
                "observed minus stated probability, by decile of the stated one",
                ("truth", *(f"{low / 10:.1f}" for low in range(10))),
                rows,
            ),
        ),
    )


def _gaps(said: Floats, came: Bools) -> list[float]:
    bins = np.clip((said * 10).astype(np.int64), 0, 9)
    size = np.bincount(bins, minlength=10)
    gap = (np.bincount(bins, came, 10) - np.bincount(bins, said, 10)) / np.maximum(size, 1)
    return [float(value) for value in np.where(size >= 100, gap, 0.0)]


def ranking(scale: Scale) -> tuple[Finding, Finding]:
    """Precision of the top 5 % against raw CTR, and what the top 50 claim against the truth.

    The control of the first ranks by P(above), which the certain beat the good in.
    """
    random = np.random.default_rng(204)
    replicates = 60 if scale is Scale.FULL else 5
    raw, by_chance, shrunken, claims, naive_claims = [], [], [], [], []
    for _ in range(replicates):
        for truth in ("beta", "log_normal"):
            given = market(ratios(truth, 2_000, random), random, impressions_median=700.0)
            rest = market(np.ones(400), random, impressions_median=700.0)
            found = assess(given, cells_of(benchmark_of(rest)))
            best = np.argsort(-given.ratio)[:100]
            by_raw, by_rank = np.argsort(-found.ctr), np.argsort(found.expected_rank)
            raw.append(np.isin(by_raw[:100], best).mean())
            shrunken.append(np.isin(by_rank[:100], best).mean())
            by_probability = np.argsort(-found.probability_above, kind="stable")
            by_chance.append(np.isin(by_probability[:100], best).mean())
            true = given.ratio - 1.0
            top, naive_top = by_rank[:50], by_raw[:50]
            claims.append((found.shrunken_uplift[top] - true[top]).mean())
            naive_claims.append((found.uplift[naive_top] - true[naive_top]).mean())
    gain = float(np.mean(shrunken) - np.mean(raw))
    claimed, naive = 100.0 * float(np.mean(claims)), 100.0 * float(np.mean(naive_claims))
    allowance = 0.0 if scale is Scale.FULL else 0.015
    return (
        Finding(
            reached=f"{np.mean(shrunken):.3f} against {np.mean(raw):.3f} (+{gain:.3f})",
            control_reached=f"{np.mean(by_chance):.3f} ({np.mean(by_chance) - np.mean(raw):+.3f})",
            holds=gain >= 0.08 - allowance,
            control_fails=float(np.mean(by_chance) - np.mean(raw)) < 0.08 - allowance,
        ),
        Finding(
            reached=f"{claimed:+.0f} points",
            control_reached=f"{naive:+.0f} points",
            holds=abs(claimed) <= 20.0,
            control_fails=abs(naive) > 20.0,
        ),
    )


def informative_size(scale: Scale) -> Finding:
    """Platforms push what works: median impressions grow with the rate. P(above) must not drift.

    The control takes one prior for all sizes.
    """
    random = np.random.default_rng(205)
    replicates = 40 if scale is Scale.FULL else 6
    said, came, plain = [], [], []
    for _ in range(replicates):
        ratio = ratios("log_normal", 2_000, random)
        given = market(ratio, random, impressions_median=300.0 * ratio**3, videos=4)
        found = assess(given, known_cell(CTR))
        said.append(found.probability_above)
        came.append(ratio > 1.0)
        plain.append(_one_prior(given))
    true = np.concatenate(came)
    bias, naive = (
        _middle_bias(np.concatenate(said), true),
        _middle_bias(np.concatenate(plain), true),
    )
    return Finding(
        reached=f"{bias:+.3f}",
        control_reached=f"{naive:+.3f}",
        holds=abs(bias) <= 0.04,
        control_fails=abs(naive) > 0.04,
    )


def _one_prior(given: Market) -> Floats:
    n = given.impressions.astype(np.float64)
    weight = n / (1.0 + (n - 1.0) * 0.25 * CTR / (1 - CTR))
    total = np.bincount(given.group, weight)
    clicks = np.bincount(given.group, weight * given.clicks / n)
    zero = np.zeros(given.groups, dtype=np.int64)
    prior = fit_prior(clicks, total, zero, categories=1, reference=CTR)
    a, b = prior.beta(zero, np.full(given.groups, CTR))
    return probability_above(
        a + clicks, b + total - clicks, np.full(given.groups, CTR), np.zeros(1)
    )


def _middle_bias(said: Floats, came: Bools) -> float:
    middle = (said > 0.2) & (said < 0.8)
    return float(came[middle].mean() - said[middle].mean())
