"""S9: mix-adjusted intervals under confounding by segment, and reversals that must be found."""

import numpy as np
from tests.simulation.coverage import Tally, Z, percent
from tests.simulation.registry import Finding, Scale, Table

from linkstar.stats.arrays import Floats
from linkstar.stats.mix import Segments, mantel_haenszel, simpson

RATES = np.array([0.005, 0.01, 0.02, 0.04])
POOR_MIX, RICH_MIX = np.array([0.6, 0.25, 0.1, 0.05]), np.array([0.1, 0.2, 0.3, 0.4])


def _draw(
    random: np.random.Generator, replicates: int, mix: Floats, factor: float, size: int
) -> Segments:
    impressions = random.multinomial(size, mix, replicates)
    clicks = random.binomial(impressions, RATES * factor)
    return Segments(clicks.astype(np.float64), impressions.astype(np.float64))


def mantel_haenszel_intervals(scale: Scale) -> Finding:
    """A creator with a poor mix; the control compares the totals."""
    random = np.random.default_rng(901)
    replicates = 20_000 if scale is Scale.FULL else 3_000
    rows, adjusted, crude = [], Tally(), Tally()
    wrong_side = 0.0
    for truth in (0.8, 1.2, 1.5):
        for size in (5_000, 20_000, 100_000):
            a = _draw(random, replicates, POOR_MIX, truth, size)
            b = _draw(random, replicates, RICH_MIX, 1.0, 1_000_000)
            found = mantel_haenszel(a, b)
            x, n, x_b, n_b = (
                side.sum(axis=-1) for side in (a.clicks, a.impressions, b.clicks, b.impressions)
            )
            ratio, sd = (x / n) / (x_b / n_b), np.sqrt(1 / x - 1 / n + 1 / x_b - 1 / n_b)
            point = Tally()
            point.add(found.low, found.high, truth)
            adjusted.add(found.low, found.high, truth)
            crude.add(ratio * np.exp(-Z * sd), ratio * np.exp(Z * sd), truth)
            if truth > 1.0:
                wrong_side = max(wrong_side, float((ratio < 1.0).mean()))
            rows.append(
                (str(truth), f"{size:,}", percent(point.coverage), percent(crude.covered[-1]))
            )
    lowest, highest = min(adjusted.covered), max(adjusted.covered)
    allowance = 0.0 if scale is Scale.FULL else 2.0 * np.sqrt(0.05 * 0.95 / replicates)
    return Finding(
        reached=f"{percent(lowest)}-{percent(highest)}",
        control_reached=f"{percent(crude.coverage)}; wrong side of 1 in {percent(wrong_side)}",
        holds=lowest >= 0.935 - allowance and highest <= 0.965 + allowance,
        control_fails=wrong_side > 0.9 and crude.coverage < 0.935,
        tables=(
            Table("coverage", ("true ratio", "impressions", "Mantel-Haenszel", "crude"), rows),
        ),
    )


def reversals(scale: Scale) -> Finding:
    """Better in every segment yet worse in total; and designs without any reversal.

    The control looks at the totals alone, and so sees none.
    """
    random = np.random.default_rng(902)
    replicates = 20_000 if scale is Scale.FULL else 2_000
    benchmark = _draw(random, replicates, RICH_MIX, 1.0, 1_000_000)
    reversed_ = simpson(_draw(random, replicates, POOR_MIX, 1.3, 50_000), benchmark)
    same_mix = simpson(_draw(random, replicates, RICH_MIX, 1.3, 50_000), benchmark)
    agreeing = simpson(_draw(random, replicates, POOR_MIX, 0.8, 50_000), benchmark)
    found = float(reversed_.flagged.mean())
    false = float(max(same_mix.flagged.mean(), agreeing.flagged.mean()))
    return Finding(
        reached=f"{percent(found)} found, {percent(false)} false",
        control_reached=f"{percent(float((reversed_.crude_ratio > 1.0).mean()))} seen as better",
        holds=found >= 0.99 and false <= 0.005,
        control_fails=float((reversed_.crude_ratio > 1.0).mean()) < 0.01,
    )
