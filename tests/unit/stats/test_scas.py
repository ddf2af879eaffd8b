"""MOVER-J against Laud's SCAS, itself held against limits printed by others."""

import numpy as np
import pytest
from tests.unit.stats import scas

from linkstar.stats.interval import ratio_interval

# As R ratesci states and tests them (tests/testthat/test3.R): counts x1, n1, x2, n2.
GART_AND_NAM_1988 = {  # plain score; with the correction for skewness
    (8, 15, 4, 15): ((0.815, 5.336), (0.806, 6.148)),
    (6, 10, 6, 20): ((0.844, 4.594), (0.822, 4.954)),
}
MIETTINEN_AND_NURMINEN = {  # the examples of Fagerland & Newcombe
    (24, 73, 53, 65): (0.280, 0.560),
    (29, 55, 11, 11): (0.397, 0.742),
    (7, 18, 1, 18): (1.296, 42.544),
}


class TestReferee:
    @pytest.mark.parametrize("counts", GART_AND_NAM_1988, ids=str)
    def test_gives_the_limits_of_gart_and_nam(self, counts):
        plain, skewed = GART_AND_NAM_1988[counts]

        found = scas.interval(counts, skewed=False, corrected=False)
        assert found == pytest.approx(plain, abs=6e-4)
        assert scas.interval(counts, corrected=False) == pytest.approx(skewed, abs=6e-4)

    @pytest.mark.parametrize("counts", MIETTINEN_AND_NURMINEN, ids=str)
    def test_gives_the_limits_of_miettinen_and_nurminen(self, counts):
        found = scas.interval(counts, skewed=False)

        assert found == pytest.approx(MIETTINEN_AND_NURMINEN[counts], abs=6e-4)


class TestMoverJ:
    @pytest.mark.parametrize("benchmark_clicks", [160, 2_000, 80_000])
    @pytest.mark.parametrize("clicks", [5, 10, 100, 1_000])
    def test_agrees_with_scas(self, clicks, benchmark_clicks):
        """In half-widths, as docs/methods/uplift.md says."""
        allowed = {5: 0.04, 10: 0.02, 100: 0.004, 1_000: 0.004}[clicks]
        impressions, benchmark_impressions = clicks * 25, benchmark_clicks * 50
        theirs = np.log(
            scas.interval((clicks, impressions, benchmark_clicks, benchmark_impressions))
        )

        found = ratio_interval(
            clicks,
            impressions,
            benchmark_ctr=benchmark_clicks / benchmark_impressions,
            benchmark_relative_error=(1 / benchmark_clicks) ** 0.5,
        )

        half = (theirs[1] - theirs[0]) / 2
        gap = (np.log([float(found.low), float(found.high)]) - theirs) / half
        assert np.abs(gap).max() < allowed
