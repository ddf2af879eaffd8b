"""The series that stand in for polygamma functions agree with SciPy's over every shape in use."""

import numpy as np
from scipy.special import zeta

from linkstar.stats import mixture

SHAPES = np.geomspace(1.0 / mixture._CV_MAX**2, 1e8, 1_001)


class TestThePolygammaSeries:
    def test_is_trigamma(self) -> None:
        np.testing.assert_allclose(mixture._trigamma(SHAPES), zeta(2.0, SHAPES), rtol=1e-14)

    def test_is_tetragamma(self) -> None:
        expected = -2.0 * zeta(3.0, SHAPES)
        np.testing.assert_allclose(mixture._tetragamma(SHAPES), expected, rtol=1e-14)
