"""Simulated tests watched day after day: counts of viewers who may come several times."""

from dataclasses import dataclass

import numpy as np

from linkstar.stats.arm_sums import ArmSums


@dataclass(frozen=True, eq=False, slots=True)
class Watched:
    """Cumulative sums of many tests, arrays (streams, looks, 2), and first clicks per viewer."""

    sums: ArmSums
    first_clicks: np.ndarray


def independent(rng, *, streams, looks, impressions, ctr, lift=0.0) -> Watched:
    """Every impression is a viewer of its own; ``impressions`` per look and arm."""
    rates = np.array([ctr, ctr * (1 + lift)])
    clicks = rng.binomial(impressions, rates, (streams, looks, 2)).cumsum(axis=1).astype(float)
    shown = np.broadcast_to(impressions * np.arange(1.0, looks + 1)[None, :, None], clicks.shape)
    return Watched(ArmSums(shown, clicks, shown, clicks, clicks, shown), clicks)


def clustered(rng, *, streams, looks, viewers, ctr, correlation) -> Watched:
    """``viewers`` per look and arm, each with 1 + Poisson(3) impressions and a CTR of his own.

    The design effect is 1 + 3.75 correlation: 1.4 at .107, 2.4 at .373.
    """
    shape = (streams, looks, 2)
    parts = [np.zeros(shape) for _ in range(6)]
    concentration = 1 / correlation - 1
    for look in range(looks):
        size = (streams, viewers, 2)
        shown = 1 + rng.poisson(3.0, size)
        own = rng.beta(ctr * concentration, (1 - ctr) * concentration, size)
        clicked = rng.binomial(shown, own)
        products = (clicked, shown, clicked**2, clicked * shown, shown**2, clicked > 0)
        for part, product in zip(parts, products, strict=True):
            part[:, look] = product.sum(axis=1)
    x, n, xx, xn, nn, first = (part.cumsum(axis=1) for part in parts)
    units = np.broadcast_to(viewers * np.arange(1.0, looks + 1)[None, :, None], shape)
    return Watched(ArmSums(units, x, n, xx, xn, nn), first)


def log_ratio(watched: Watched, *, by_viewer: bool) -> tuple[np.ndarray, np.ndarray]:
    """Log CTR ratio and its standard error, clustered by viewer or (wrongly) not."""
    sums = watched.sums
    with np.errstate(divide="ignore", invalid="ignore"):
        point = np.log(sums.ctr[..., 1]) - np.log(sums.ctr[..., 0])
        variance = sums.log_variance if by_viewer else (1 - sums.ctr) / sums.clicks
    usable = (sums.clicks > 0).all(axis=-1)
    error = np.sqrt(variance.sum(axis=-1))
    return np.where(usable, point, np.nan), np.where(usable, error, np.nan)


def share_that_ever(flags: np.ndarray) -> float:
    return float(flags.any(axis=1).mean())
