"""The series agree with SciPy, over large numbers alone and where small ones are among them."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

from linkstar.stats import gamma

SMALL, LARGE = np.geomspace(0.05, 1e9, 2_001), np.geomspace(10.0, 1e9, 1_001)


@pytest.mark.parametrize("values", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (gamma.log_gamma, special.gammaln),
        (gamma.digamma, special.digamma),
        (gamma.trigamma, lambda z: special.zeta(2.0, z)),
        (gamma.tetragamma, lambda z: -2.0 * special.zeta(3.0, z)),
    ],
    ids=["log_gamma", "digamma", "trigamma", "tetragamma"],
)
def test_a_series_is_the_function(
    ours: Callable[[np.ndarray], np.ndarray],
    theirs: Callable[[np.ndarray], np.ndarray],
    values: np.ndarray,
) -> None:
    np.testing.assert_allclose(ours(values), theirs(values), rtol=1e-12, atol=1e-13)


def test_nothing_gives_nothing() -> None:
    assert gamma.log_gamma(np.empty(0)).size == 0
