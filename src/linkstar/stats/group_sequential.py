"""Group-sequential boundaries for tests with a planned end (Lan & DeMets 1983).

The spending function is the O'Brien-Fleming type of Lan & DeMets, two-sided and symmetric:
each side spends 2 - 2 Phi(z_{alpha/4} / sqrt(t)) by information fraction t. The boundary of
every look follows from the recursive integration of Armitage, McPherson & Rowe (1969) as laid
out in Jennison & Turnbull (2000), chapter 19.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, floats
from linkstar.stats.special import ndtr, ndtri

_NODES = 201
_BISECTIONS = 44
_Z_MAX = 12.0


def obrien_fleming_spending(fraction: ArrayLike, *, alpha: float = 0.05) -> Floats:
    """Type-I error spent on both sides together by information fraction (0..1]."""
    share = np.clip(floats(fraction), 1e-12, 1.0)
    return floats(4.0 * ndtr(ndtri(alpha / 4.0) / np.sqrt(share)))


def boundaries(fractions: ArrayLike, *, alpha: float = 0.05) -> Floats:
    """Critical |z| at each look of one schedule.

    Args:
        fractions: shape (looks,), information fractions, strictly increasing in (0, 1].
        alpha: two-sided error of the whole test.

    Returns:
        Shape (looks,). A look whose new spending is below 1e-12 gets 12.0, that is: never.

    Raises:
        ValueError: the fractions do not increase, or leave (0, 1].
    """
    share = floats(fractions)
    if share.size == 0 or share[0] <= 0 or share[-1] > 1 or np.any(np.diff(share) <= 0):
        raise ValueError("information fractions must increase strictly within (0, 1]")
    spent = obrien_fleming_spending(share, alpha=alpha)
    spend = np.diff(spent, prepend=0.0)
    found = np.empty(share.size)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    places, mass = np.zeros(1), np.ones(1)  # Brownian motion starts at 0
    for look, (now, before) in enumerate(zip(share, np.r_[0.0, share[:-1]], strict=True)):
        step = np.sqrt(now - before)
        edge = _edge_that_spends(spend[look], places, mass, step, _Z_MAX * np.sqrt(now))
        found[look] = edge / np.sqrt(now)
        reach = min(edge, float(np.max(np.abs(places))) + 9.0 * step)  # no mass beyond
        following = nodes * reach
        distance = (following[:, None] - places) / step
        density = np.exp(-0.5 * distance**2) @ mass / (step * np.sqrt(2 * np.pi))
        places, mass = following, density * weights * reach
    return found


def _edge_that_spends(
    spend: float, places: Floats, mass: Floats, step: float, furthest: float
) -> float:
    """The |B(t)| beyond which exactly ``spend`` of the surviving paths lie, by bisection."""
    if spend < 1e-12:
        return furthest
    low, high = 0.0, furthest
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        beyond = ndtr((places - middle) / step) + ndtr((-places - middle) / step)
        low, high = (middle, high) if float(beyond @ mass) > spend else (low, middle)
    return high


@dataclass(frozen=True, eq=False, slots=True)
class GroupSequential:
    """Decisions of many streams on a shared plan of looks.

    Attributes:
        critical: shape (streams, looks), |z| needed at that look; inf when no planned look has
            been reached since the last one.
        crossed: shape (streams, looks), True from the look that decides onwards.
        decided_look: shape (streams,), first look that crossed, -1 when none did.
    """

    critical: Floats
    crossed: Bools
    decided_look: np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def group_sequential(
    z: ArrayLike,
    fraction: ArrayLike,
    *,
    planned_looks: int,
    ended: ArrayLike = False,
    alpha: float = 0.05,
) -> GroupSequential:
    """Judge streams of z statistics against one shared plan of equally spaced looks.

    A stream is judged only when its information passes a new planned fraction i/planned_looks,
    against the boundary of that fraction. Boundaries fall with information, so judging a little
    later than planned errs on the safe side. Information beyond the plan is the last look.

    Args:
        z: shape (streams, looks), nan where nothing can be computed yet.
        fraction: shape (streams, looks), clicks so far / clicks planned, not decreasing.
        planned_looks: number of equally spaced looks in the plan.
        ended: shape (streams,) or scalar: the stream's last look is its planned end, so all error
            left may be spent there even when fewer clicks came than planned.
        alpha: two-sided error of the whole test.
    """
    score, share = floats(z), floats(fraction)
    plan = boundaries(np.arange(1, planned_looks + 1) / planned_looks, alpha=alpha)
    passed = np.floor(np.clip(share, 0.0, 1.0) * planned_looks + 1e-9).astype(np.int64)
    passed[:, -1] = np.where(ended, planned_looks, passed[:, -1])
    is_new = np.diff(passed, axis=1, prepend=0) > 0
    critical = np.where(is_new, plan[np.maximum(passed, 1) - 1], np.inf)
    crossed_here = np.abs(np.nan_to_num(score)) >= critical
    crossed = np.logical_or.accumulate(crossed_here, axis=1)
    first = np.where(crossed[:, -1], np.argmax(crossed_here, axis=1), -1)
    return GroupSequential(critical, crossed, first.astype(np.int64))


def power_of_plan(drift: float, fractions: ArrayLike, *, alpha: float = 0.05) -> float:
    """Probability to cross when the expected z at full information is ``drift``."""
    return _power(drift, floats(fractions), boundaries(fractions, alpha=alpha))


def horizon_multiple(fractions: ArrayLike, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """How much longer than a single-look test the plan must be able to run for ``power``."""
    fixed = (ndtri(1 - alpha / 2) + ndtri(power)) ** 2
    share, critical = floats(fractions), boundaries(fractions, alpha=alpha)
    low, high = 1.0, 2.0
    for _ in range(20):
        middle = (low + high) / 2
        reached = _power(float(np.sqrt(fixed * middle)), share, critical)
        low, high = (middle, high) if reached < power else (low, middle)
    return high


def _power(drift: float, share: Floats, critical: Floats) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    places, mass = np.zeros(1), np.ones(1)
    edges = critical * np.sqrt(share)
    for edge, now, before in zip(edges, share, np.r_[0.0, share[:-1]], strict=True):
        step = np.sqrt(now - before)
        moved = places + drift * (now - before)
        lowest, highest = max(-edge, moved.min() - 9 * step), min(edge, moved.max() + 9 * step)
        half = (highest - lowest) / 2
        following = lowest + half * (nodes + 1)
        distance = (following[:, None] - moved) / step
        density = np.exp(-0.5 * distance**2) @ mass / (step * np.sqrt(2 * np.pi))
        places, mass = following, density * weights * half
    return float(1.0 - mass.sum())
