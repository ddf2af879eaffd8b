from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import dunnett, multivariate_normal
from statsmodels.stats.multitest import multipletests

from linkstar.stats.multiplicity import (
    benjamini_hochberg,
    dunnett_critical,
    dunnett_p,
    holm,
)

families = arrays(
    np.float64, st.tuples(st.integers(1, 4), st.integers(1, 8)), elements=st.floats(0, 1)
)


class TestAdjustedP:
    @settings(deadline=None)
    @given(families)
    def test_holm_agrees_with_statsmodels(self, p):
        # statsmodels collects garbage at every call of this method, for a quarter of a second.
        with patch("gc.collect"):
            theirs = [multipletests(family, method="holm")[1] for family in p]

        for ours, expected in zip(holm(p), theirs, strict=True):
            assert ours == pytest.approx(expected, abs=1e-12)

    @settings(deadline=None)
    @given(families)
    def test_benjamini_hochberg_agrees_with_statsmodels(self, p):
        for ours, family in zip(benjamini_hochberg(p), p, strict=True):
            assert ours == pytest.approx(multipletests(family, method="fdr_bh")[1], abs=1e-12)

    @pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
    def test_questions_not_asked_do_not_count(self, adjust):
        with_gap = adjust([0.04, np.nan, 0.01])

        assert np.isnan(with_gap[1])
        assert with_gap[[0, 2]] == pytest.approx(adjust([0.04, 0.01]))


class TestDunnett:
    @pytest.mark.parametrize("treatments", [1, 2, 3, 5, 9])
    def test_largest_of_equal_arms_exceeds_its_critical_value_once_in_twenty(self, treatments):
        limit = dunnett_critical(np.full(treatments + 1, 1 / (treatments + 1)))

        # Differences from one control correlate by one half (Dunnett 1955).
        correlation = np.full((treatments, treatments), 0.5) + np.eye(treatments) / 2
        joint = multivariate_normal(np.zeros(treatments), correlation, maxpts=10**6)
        edge = np.full(treatments, limit)
        assert joint.cdf(edge, lower_limit=-edge, rng=1) == pytest.approx(0.95, abs=1e-4)

    def test_agrees_with_the_test_of_scipy_on_large_samples(self):
        random = np.random.default_rng(4)
        sizes = (4_000, 3_000, 5_000, 2_000)
        samples = [random.normal(0.02 * arm, 1.0, n) for arm, n in enumerate(sizes)]
        theirs = dunnett(*samples[1:], control=samples[0], rng=1)

        found = dunnett_p(theirs.statistic, np.array(sizes) / sum(sizes))

        assert 0.001 < theirs.pvalue.min() < 0.1
        assert found == pytest.approx(theirs.pvalue, abs=1e-3)

    def test_agrees_with_the_multivariate_normal_for_unequal_shares(self):
        shares, limit = np.array([0.5, 0.3, 0.2]), 2.1
        loading = np.sqrt(shares[1:] / (shares[1:] + shares[0]))
        joint = multivariate_normal([0, 0], [[1, loading.prod()], [loading.prod(), 1]])
        within = sum(
            s1 * s2 * joint.cdf([s1 * limit, s2 * limit]) for s1 in (1, -1) for s2 in (1, -1)
        )

        assert dunnett_p([[limit, 0.0]], shares)[0, 0] == pytest.approx(1 - within, abs=1e-5)

    def test_of_one_arm_is_the_ordinary_p(self):
        assert dunnett_p([[1.959964]], [0.5, 0.5])[0, 0] == pytest.approx(0.05, abs=1e-6)
