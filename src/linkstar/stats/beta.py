"""Quantiles of many beta distributions at once."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from linkstar.stats.arrays import Floats, floats


def beta_quantile(clicks: ArrayLike, others: ArrayLike, probability: float) -> Floats:
    """The quantile of Beta(clicks, others), element-wise; nan in, nan out. A fresh array."""
    a, b = np.broadcast_arrays(floats(clicks), floats(others))
    return np.asarray(betaincinv(a, b, probability), dtype=np.float64).reshape(a.shape)
