import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, chisquare

from linkstar.stats.sample_ratio import Pattern, diagnose, sample_ratio, sample_ratio_log_e


class TestSampleRatio:
    def test_agrees_with_scipy(self):
        units = np.array([[5_000, 5_210, 4_890], [100, 90, 120]])

        found = sample_ratio(units, [1, 1, 1])

        assert found.p == pytest.approx([chisquare(row).pvalue for row in units])

    def test_respects_planned_shares(self):
        assert not sample_ratio([[9_000, 1_000]], [0.9, 0.1]).fault[0]
        assert sample_ratio([[8_800, 1_200]], [0.9, 0.1]).fault[0]

    def test_leaves_out_arms_a_test_does_not_have(self):
        found = sample_ratio([[500, 510, np.nan]], [1, 1, 1])

        assert found.p[0] == pytest.approx(chisquare([500, 510]).pvalue)

    def test_does_not_judge_a_handful_of_units(self):
        found = sample_ratio([[3, 0]], [0.5, 0.5])

        assert np.isnan(found.p[0])
        assert not found.fault[0]
        assert not found.enough[0]

    def test_may_be_watched_with_the_mixture(self):
        def likelihood(q):
            return beta(50, 50).pdf(q) * (2 * q) ** 30 * (2 - 2 * q) ** 20

        assert np.exp(sample_ratio_log_e([20, 30], [0.5, 0.5])) == pytest.approx(
            quad(likelihood, 0, 1)[0], rel=1e-8
        )

    def test_rarely_cries_out_when_watched_all_the_time(self):
        arms = np.random.default_rng(4).multinomial(100, [0.5, 0.5], (2_000, 100)).cumsum(axis=1)

        ever = (sample_ratio_log_e(arms, [0.5, 0.5]) > np.log(20)).any(axis=1)

        assert ever.mean() < 0.05


class TestDiagnosis:
    FAIR = np.full((7, 2), 10_000.0)

    def test_finds_nothing_in_fair_shares(self):
        assert diagnose(self.FAIR, [0.5, 0.5]).pattern is Pattern.NONE

    def test_points_at_the_day_that_carries_the_fault(self):
        units = self.FAIR.copy()
        units[3] = [10_000, 7_000]

        found = diagnose(units, [0.5, 0.5])

        assert found.pattern is Pattern.SOME_STRATA
        assert found.faulty_strata.tolist() == [3]
        assert found.p_without_them == pytest.approx(1.0)

    def test_says_when_every_day_is_off_alike(self):
        found = diagnose(self.FAIR * [1.0, 0.96], [0.5, 0.5])

        assert found.pattern is Pattern.EVERYWHERE

    def test_sees_days_that_cancel_in_the_total(self):
        units = self.FAIR.copy()
        units[1], units[2] = [11_000, 9_000], [9_000, 11_000]

        found = diagnose(units, [0.5, 0.5])

        assert found.pattern is Pattern.CANCELLING
        assert found.faulty_strata.tolist() == [1, 2]

    def test_says_when_taking_out_the_worst_is_not_enough(self):
        units = self.FAIR * [1.0, 0.97]
        units[0] = [10_000, 4_000]

        assert diagnose(units, [0.5, 0.5]).pattern is Pattern.THROUGHOUT_UNEVENLY

    def test_names_the_arms_that_are_off(self):
        units = np.tile([10_000.0, 10_000.0, 9_200.0], (3, 1))

        assert 2 in diagnose(units, [1, 1, 1]).arms_off

    def test_does_not_judge_a_handful_of_units(self):
        assert diagnose([[1.0, 2.0]], [0.5, 0.5]).pattern is Pattern.NOT_ENOUGH_UNITS
