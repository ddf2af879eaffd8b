import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from linkstar.stats.flags import bayes_fdr, benjamini_hochberg, one_sided_p


class TestOneSidedP:
    def test_is_the_binomial_tail(self) -> None:
        x, n = np.array([0.0, 3.0, 25.0, 40.0]), np.array([100.0, 500.0, 1_000.0, 40.0])
        at_least, at_most = one_sided_p(x, n, np.full(4, 0.02), np.zeros(4))

        assert at_least == pytest.approx(stats.binom.sf(x - 1, n, 0.02))
        assert at_most == pytest.approx(stats.binom.cdf(x, n, 0.02))

    def test_is_larger_against_an_uncertain_benchmark(self) -> None:
        x, n, rate = np.array([40.0]), np.array([1_000.0]), np.array([0.02])
        exact, _ = one_sided_p(x, n, rate, np.zeros(1))
        noisy, _ = one_sided_p(x, n, rate, np.full(1, 0.2))

        assert noisy[0] > 10 * exact[0]


class TestBenjaminiHochberg:
    def test_rejects_four_of_the_published_fifteen(self) -> None:
        """The thrombolysis example of Benjamini & Hochberg (1995), at a rate of 5 %."""
        p = np.array(
            [
                *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
                *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
            ]
        )
        found = benjamini_hochberg(p, np.zeros(15, np.int64), families=1)

        assert found.sum() == 4

    def test_agrees_with_statsmodels_family_by_family(self) -> None:
        random = np.random.default_rng(1)
        family = random.integers(0, 7, 900)
        p = np.where(random.random(900) < 0.2, random.random(900) / 300, random.random(900))
        found = benjamini_hochberg(p, family, families=7)

        for one in range(7):
            expected = multipletests(p[family == one], 0.05, method="fdr_bh")[0]
            assert found[family == one].tolist() == expected.tolist()

    def test_never_rejects_what_was_not_tested(self) -> None:
        found = benjamini_hochberg(np.array([np.nan, 1e-9]), np.zeros(2, np.int64), families=1)

        assert found.tolist() == [False, True]


class TestBayesFdr:
    def test_selects_the_largest_set_whose_mean_rate_is_small(self) -> None:
        rates = np.array([0.30, 0.01, 0.08, 0.04, 0.10, np.nan])
        found = bayes_fdr(rates, np.zeros(6, np.int64), families=1)

        # Means of the best 1 to 4: .01, .025, .043, .0575.
        assert found.tolist() == [False, True, True, True, False, False]

    def test_judges_every_family_by_itself(self) -> None:
        rates = np.array([0.01, 0.09, 0.09])
        found = bayes_fdr(rates, np.array([0, 0, 1]), families=2)

        assert found.tolist() == [True, True, False]

    def test_selects_nobody_where_nobody_is_sure(self) -> None:
        assert not bayes_fdr(np.full(5, 0.4), np.zeros(5, np.int64), families=1).any()
