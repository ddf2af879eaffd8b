import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from linkstar.stats.power import (
    Design,
    ImpossibleRate,
    Plan,
    TrafficTooSmall,
    detectable_lift,
    impressions_per_arm,
    plan,
    power_at,
)


class TestImpressionsPerArm:
    @pytest.mark.parametrize(("lift", "needed"), [(0.1, 80_700), (0.2, 21_200), (0.5, 3_900)])
    def test_meets_the_reference_sizes_at_two_percent(self, lift, needed):
        assert impressions_per_arm(0.02, lift) == pytest.approx(needed, rel=0.005)

    @pytest.mark.parametrize("lift", [0.1, 0.2, -0.1])
    def test_is_close_to_the_arcsine_size_of_statsmodels(self, lift):
        effect = proportion_effectsize(0.02 * (1 + lift), 0.02)
        other = NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)

        assert impressions_per_arm(0.02, lift) == pytest.approx(other, rel=0.01)

    def test_grows_with_the_design_effect(self):
        assert impressions_per_arm(0.02, 0.2, design_effect=3.0) == pytest.approx(
            3 * 21_172.2, rel=1e-4
        )

    def test_of_no_lift_is_infinite(self):
        assert np.isinf(impressions_per_arm(0.02, 0.0))

    def test_refuses_a_lift_beyond_certainty(self):
        with pytest.raises(ImpossibleRate):
            impressions_per_arm(0.6, 1.0)

    @settings(deadline=None)
    @given(st.floats(0.002, 0.2), st.floats(0.05, 1.0), st.integers(2, 6))
    def test_has_the_power_it_was_computed_for(self, ctr, lift, arms):
        needed = impressions_per_arm(ctr, lift, arms=arms)

        assert power_at(needed, ctr, lift, arms=arms) == pytest.approx(0.8, abs=0.01)
        assert detectable_lift(needed, ctr, arms=arms) == pytest.approx(lift, rel=0.02)


class TestPlan:
    def test_lasts_whole_weeks_and_two_at_least(self):
        assert plan(ctr=0.02, lift=0.2, impressions_per_day=40_000).days == 14
        assert plan(ctr=0.02, lift=0.2, impressions_per_day=2_500).days == 21

    def test_reaches_further_when_it_is_to_be_watched(self):
        sizes = [
            plan(ctr=0.02, lift=0.2, impressions_per_day=9_000, design=design).impressions_per_arm
            for design in (Design.FIXED, Design.GROUP_SEQUENTIAL, Design.CONFIDENCE_SEQUENCE)
        ]

        assert sizes == sorted(sizes)
        assert sizes[2] / sizes[0] == pytest.approx(1.8, abs=0.001)

    def test_that_would_never_end_says_what_could_be_found_instead(self):
        answer = plan(ctr=0.02, lift=0.02, impressions_per_day=1_000)

        assert isinstance(answer, TrafficTooSmall)
        assert answer.days_needed > answer.days_max
        within = plan(ctr=0.02, lift=answer.detectable_lift * 1.001, impressions_per_day=1_000)
        assert isinstance(within, Plan)
        assert within.days == answer.days_max

    def test_without_traffic_is_refused(self):
        assert isinstance(plan(ctr=0.02, lift=0.2, impressions_per_day=0), TrafficTooSmall)
