"""What a creator will bring next, as an honest range: orders or GMV per content, heavy-tailed.

Most contents sell nothing and a few sell very much, so a mean with a symmetric band is wrong on
both sides. Here: the chance of selling at all (hurdle), the size of what sells on the log scale,
both shrunk towards the other creators, and the tail as it was really seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, Ints, floats, ratio
from linkstar.stats.variances import shrink_variances

CREATORS_MIN = 20
SALES_MIN = 50
"""Outcomes above zero needed in all before a tail is believed."""
_EMPIRICAL_MIN = 200
_DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class NotEnoughHistory:
    """Too few creators or sales to forecast from; the numbers needed beside those there are."""

    creators: int
    creators_needed: int
    sales: int
    sales_needed: int


@dataclass(frozen=True, eq=False, slots=True)
class Outlook:
    """What was learnt from a history; arrays of shape (creators,), a new creator gets the market's.

    Attributes:
        sell_hits: beta posterior of the chance that a content sells, first parameter.
        sell_misses: second parameter.
        log_mean: of the size of what sells.
        log_mean_variance: of log_mean, how unsure it is.
        log_spread: standard deviation of log size around it.
        outcomes: contents seen per creator.
        tail: standardised log residuals, ascending; a normal's quantiles when too few were seen.
        log_largest: of twice the largest outcome seen; nothing larger is believed, because the
            mean of an unbounded log-scale tail is decided by contents nobody ever saw.
    """

    sell_hits: Floats
    sell_misses: Floats
    log_mean: Floats
    log_mean_variance: Floats
    log_spread: Floats
    outcomes: Floats
    tail: Floats
    log_largest: float


@dataclass(frozen=True, eq=False, slots=True)
class Forecast:
    """Total outcome of the contents asked for, shape (creators,), in the unit of the history.

    Attributes:
        low: quantile (1 - confidence) / 2.
        median: middle of the range.
        high: quantile (1 + confidence) / 2.
        expected: mean; with heavy tails well above the median.
        probability_any: of selling anything at all.
        outcomes: contents behind it; 0 means the market speaks, not this creator.
        total_low: of all creators together (a number, not a sum of lows).
        total_expected: sum of the means.
        total_high: likewise.
    """

    low: Floats
    median: Floats
    high: Floats
    expected: Floats
    probability_any: Floats
    outcomes: Floats
    total_low: float
    total_expected: float
    total_high: float
    confidence: float


def learn(creator: Ints, outcome: ArrayLike, *, creators: int) -> Outlook | NotEnoughHistory:
    """Fit the hurdle log-location model, every creator shrunk towards all.

    Hurdle: beta-binomial by moments (Kleinman 1973). Size: log-normal location with normal prior by
    moments, spreads by ``shrink_variances``. Tail: pooled standardised residuals.

    Args:
        creator: shape (m,), 0..creators-1.
        outcome: shape (m,), per content, >= 0 (orders, or GMV in minor units).
        creators: how many; those without outcomes get the market's forecast.

    Raises:
        ValueError: an outcome is negative; returns belong into the history of returns.
    """
    y = floats(outcome)
    if np.any(y < 0):
        raise ValueError("outcomes must not be negative")
    tried = floats(np.bincount(creator, minlength=creators))
    sold = floats(np.bincount(creator[y > 0], minlength=creators))
    seen, sales = int((tried > 0).sum()), int(sold.sum())
    if seen < CREATORS_MIN or sales < SALES_MIN:
        return NotEnoughHistory(seen, CREATORS_MIN, sales, SALES_MIN)
    share, weight = _hurdle_prior(tried, sold)
    who, size = creator[y > 0], np.log(y[y > 0])
    mean = ratio(np.bincount(who, size, minlength=creators), sold)
    deviation = size - mean[who]
    squares = np.bincount(who, deviation**2, minlength=creators)
    spread = shrink_variances(ratio(squares, sold - 1), np.maximum(sold - 1, 0))
    variance = np.nan_to_num(spread.variance, nan=float(size.var()))
    centre, between = _location_prior(mean, sold, variance)
    precision = sold / variance + 1 / between
    location = (np.nan_to_num(mean) * sold / variance + centre / between) / precision
    several = sold[who] >= 2
    scale = np.sqrt(variance[who] * (1 - 1 / np.maximum(sold[who], 2)))
    return Outlook(
        share * weight + sold,
        (1 - share) * weight + tried - sold,
        location,
        1 / precision,
        np.sqrt(variance),
        tried,
        _tail((deviation / scale)[several]),
        float(np.log(2 * y.max())),
    )


def _hurdle_prior(tried: Floats, sold: Floats) -> tuple[float, float]:
    """Mean and weight of the beta prior; weight capped at 1,000 when creators do not differ."""
    n, x = tried[tried > 0], sold[tried > 0]
    share = float(np.clip(x.sum() / n.sum(), 1e-3, 1 - 1e-3))
    excess = float((n * (x / n - share) ** 2).sum() - (n.size - 1) * share * (1 - share))
    room = float(n.sum() - (n**2).sum() / n.sum() - (n.size - 1)) * share * (1 - share)
    correlation = np.clip(excess / room, 1e-3, 0.9) if room > 0 else 1e-3
    return share, float(1 / correlation - 1)


def _location_prior(mean: Floats, sold: Floats, variance: Floats) -> tuple[float, float]:
    """Centre and variance of creators' log locations (DerSimonian & Laird 1986 moments)."""
    some = sold > 0
    m, error = mean[some], variance[some] / sold[some]
    weight = 1 / error
    middle = float((weight * m).sum() / weight.sum())
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    excess = float((weight * (m - middle) ** 2).sum()) - (m.size - 1)
    between = max(excess / room, 1e-4) if room > 0 else 1e-4
    weight = 1 / (error + between)
    return float((weight * m).sum() / weight.sum()), between


def _tail(residuals: Floats) -> Floats:
    if residuals.size < _EMPIRICAL_MIN:
        from_normal = np.random.default_rng(0).standard_normal(10_000)
        return floats(np.sort(from_normal / from_normal.std()))
    centred = residuals - residuals.mean()
    return floats(np.sort(centred / centred.std()))


def forecast(
    outlook: Outlook,
    contents: Ints,
    *,
    rng: np.random.Generator,
    confidence: float = 0.8,
) -> Forecast:
    """Range of the total outcome of ``contents`` further contents per creator.

    Two thousand draws of parameters and contents per creator. Creators are independent given the
    outlook: a market that falls as a whole is not in the range.

    Args:
        outlook: from ``learn``.
        contents: shape (creators,), how many each will make; 0 gives 0 to 0.
        rng: seeded by the caller, so a quote can be computed again.
        confidence: of the ranges.
    """
    draws = draw(outlook, contents, rng=rng)
    tail = [(1 - confidence) / 2, 0.5, (1 + confidence) / 2]
    low, median, high = np.quantile(draws, tail, axis=1)
    expected = floats(contents) * expected_outcome(outlook)
    total = np.quantile(draws.sum(axis=0), tail)
    return Forecast(
        low,
        median,
        high,
        expected,
        (draws > 0).mean(axis=1),
        outlook.outcomes,
        float(total[0]),
        float(expected.sum()),
        float(total[2]),
        confidence,
    )


def expected_outcome(outlook: Outlook) -> Floats:
    """Mean outcome of one content, by smearing the seen tail (Duan 1983); shape (creators,)."""
    chance = outlook.sell_hits / (outlook.sell_hits + outlook.sell_misses)
    grid = outlook.tail[:: max(1, outlook.tail.size // 2_000)]
    spread = np.sqrt(outlook.log_spread**2 + outlook.log_mean_variance)
    log_size = outlook.log_mean[:, None] + spread[:, None] * grid
    return floats(chance * np.exp(np.minimum(log_size, outlook.log_largest)).mean(axis=1))


def draw(
    outlook: Outlook, contents: Ints, *, rng: np.random.Generator, draws: int = _DRAWS
) -> Floats:
    """Simulated totals, shape (creators, draws)."""
    shape = (outlook.log_mean.size, draws)
    chance = rng.beta(outlook.sell_hits[:, None], outlook.sell_misses[:, None], shape)
    error = np.sqrt(outlook.log_mean_variance)[:, None] * rng.standard_normal(shape)
    location = outlook.log_mean[:, None] + error
    selling = rng.binomial(np.asarray(contents)[:, None], chance)
    total = np.zeros(shape)
    for sale in range(int(selling.max(initial=0))):
        rows, columns = np.nonzero(selling > sale)
        residual = outlook.tail[rng.integers(outlook.tail.size, size=rows.size)]
        total[rows, columns] += np.exp(
            location[rows, columns] + outlook.log_spread[rows] * residual
        )
    return total
