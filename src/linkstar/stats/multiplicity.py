"""Adjusting p-values for how many questions were asked, many families at once.

A family lies along the last axis; nan stands for a question that could not be asked and does not
count towards the family's size.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from linkstar.stats.arrays import Floats, floats
from linkstar.stats.special import ndtr

_HERMITE_NODES = 96


def holm(p: ArrayLike) -> Floats:
    """Holm's (1979) step-down adjusted p-values: family-wise error, any dependence."""
    values = floats(p)
    order = np.argsort(values, axis=-1)  # nan sorts last
    ranked = np.take_along_axis(values, order, axis=-1)
    asked = np.sum(np.isfinite(values), axis=-1, keepdims=True)
    factor = asked - np.arange(values.shape[-1])
    stepped = np.minimum(np.maximum.accumulate(np.nan_to_num(ranked) * factor, axis=-1), 1.0)
    return _unsort(np.where(np.isnan(ranked), np.nan, stepped), order)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Benjamini & Hochberg (1995) adjusted p-values: false-discovery rate."""
    values = floats(p)
    order = np.argsort(values, axis=-1)
    ranked = np.take_along_axis(values, order, axis=-1)
    asked = np.sum(np.isfinite(values), axis=-1, keepdims=True)
    scaled = np.where(np.isnan(ranked), np.inf, ranked * asked / np.arange(1, values.shape[-1] + 1))
    stepped = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    return _unsort(np.where(np.isnan(ranked), np.nan, np.minimum(stepped, 1.0)), order)


def dunnett_p(z: ArrayLike, shares: ArrayLike) -> Floats:
    """Adjusted two-sided p-values of several arms against one control (Dunnett 1955).

    Known variances (infinite degrees of freedom), variance of an arm inversely proportional to
    its share. P(max |Z| > c) by Gauss-Hermite quadrature over the control's error.

    Args:
        z: shape (..., arms - 1), one z statistic per treatment arm.
        shares: shape (arms,), planned shares of the units, control first.
    """
    statistic = np.abs(floats(z))
    return np.where(np.isnan(statistic), np.nan, _exceedance(np.nan_to_num(statistic), shares))


def dunnett_critical(shares: ArrayLike, *, alpha: float = 0.05) -> float:
    """The |z| that the largest of the comparisons exceeds with probability alpha."""

    def surplus(limit: float) -> float:
        return float(_exceedance(np.asarray(limit), shares)) - alpha

    return float(brentq(surplus, 0.0, 12.0, xtol=1e-9))


def _exceedance(limit: Floats, shares: ArrayLike) -> Floats:
    share = floats(shares)
    loading = np.sqrt(share[1:] / (share[1:] + share[0]))
    rest = np.sqrt(1 - loading**2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(_HERMITE_NODES)
    within = np.zeros(limit.shape)
    for node, weight in zip(nodes, weights / np.sqrt(2 * np.pi), strict=True):
        centre, edge = loading * node / rest, limit[..., None] / rest
        within += weight * np.prod(ndtr(edge - centre) - ndtr(-edge - centre), axis=-1)
    return np.clip(1.0 - within, 0.0, 1.0)


def _unsort(ranked: Floats, order: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Floats:
    values = np.empty_like(ranked)
    np.put_along_axis(values, order, ranked, axis=-1)
    return values
