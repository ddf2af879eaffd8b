import numpy as np
import pytest
from scipy.stats import multivariate_normal

from linkstar.stats.group_sequential import (
    boundaries,
    group_sequential,
    horizon_multiple,
    obrien_fleming_spending,
    power_of_plan,
)

# Two-sided .05, equal looks, error spent as O'Brien & Fleming would (Lan & DeMets 1983).
PRINTED = {
    # SAS SEQDESIGN, method=errfuncobf alt=twosided nstages=4: its output as reprinted in gsDesign,
    # vignette "SeqDesignSurvival", table sas_fractional.
    4: [4.33263, 2.96333, 2.35902, 2.01409],
    # R ldbounds 2.0.2, vignette, summary(ldBounds(5)); the design of Reboussin, DeMets, Kim &
    # Lan (2000).
    5: [4.8769, 3.3569, 2.6803, 2.2898, 2.0310],
}
UNEVEN = [0.2, 0.35, 0.8, 1.0]


class TestBoundaries:
    @pytest.mark.parametrize("looks", PRINTED)
    def test_agree_with_what_other_programs_print(self, looks):
        found = boundaries(np.arange(1, looks + 1) / looks)

        assert found == pytest.approx(PRINTED[looks], abs=2.5e-4)

    @pytest.mark.parametrize("fractions", [[0.5, 1.0], [1 / 3, 2 / 3, 1.0], UNEVEN], ids=len)
    def test_spend_what_the_normal_distribution_of_scipy_says(self, fractions):
        critical, share = boundaries(fractions), np.array(fractions)
        correlation = np.sqrt(np.minimum.outer(share, share) / np.maximum.outer(share, share))

        for looks in range(1, share.size + 1):
            among = multivariate_normal(np.zeros(looks), correlation[:looks, :looks], maxpts=10**6)
            within = among.cdf(critical[:looks], lower_limit=-critical[:looks], rng=1)
            spent = obrien_fleming_spending(share[looks - 1])
            assert 1 - within == pytest.approx(float(spent), abs=2e-5)

    def test_agree_with_a_one_sided_table_of_another_package(self):
        # SeqBounds.jl (PharmCat), README, bounds([0.25, 0.5, 0.75, 1.0], 0.05): one-sided, from
        # which the two-sided .10 differs by the overlap of its sides only.
        found = boundaries([0.25, 0.5, 0.75, 1.0], alpha=0.10)

        assert found == pytest.approx([3.74955, 2.53993, 2.01604, 1.72014], abs=2e-3)

    def test_of_a_single_look_is_the_ordinary_critical_value(self):
        assert boundaries([1.0]) == pytest.approx([1.959964], abs=1e-6)

    def test_spend_all_error_by_the_end(self):
        assert obrien_fleming_spending(1.0) == pytest.approx(0.05, abs=1e-12)
        assert power_of_plan(0.0, np.arange(1, 29) / 28) == pytest.approx(0.05, abs=1e-6)

    @pytest.mark.parametrize("fractions", [[], [0.0, 1.0], [0.5, 0.5], [0.5, 1.2]])
    def test_refuse_fractions_that_do_not_increase_within_the_plan(self, fractions):
        with pytest.raises(ValueError, match="increase"):
            boundaries(fractions)


class TestPlan:
    def test_of_five_looks_costs_two_and_a_half_percent_more(self):
        share = np.arange(1, 6) / 5
        multiple = horizon_multiple(share)
        drift = (1.959964 + 0.841621) * multiple**0.5 * np.sqrt(share)

        correlation = np.sqrt(np.minimum.outer(share, share) / np.maximum.outer(share, share))
        joint = multivariate_normal(drift, correlation, maxpts=10**6)
        critical = boundaries(share)
        assert joint.cdf(critical, lower_limit=-critical, rng=1) == pytest.approx(0.2, abs=1e-4)
        assert 1.02 < multiple < 1.03

    def test_has_the_power_it_promises(self):
        fractions = np.arange(1, 29) / 28
        drift = (1.959964 + 0.841621) * horizon_multiple(fractions) ** 0.5

        assert power_of_plan(drift, fractions) == pytest.approx(0.8, abs=1e-4)


class TestGroupSequential:
    def test_judges_only_when_a_planned_look_has_been_passed(self):
        found = group_sequential(np.full((1, 4), 3.0), [[0.1, 0.3, 0.35, 0.6]], planned_looks=4)

        assert np.isinf(found.critical[0, [0, 2]]).all()
        assert found.critical[0, [1, 3]] == pytest.approx([4.3326, 2.9631], abs=2e-4)
        assert found.decided_look.tolist() == [3]

    def test_keeps_a_decision_once_made(self):
        found = group_sequential([[5.0, 0.0]], [[0.5, 1.0]], planned_looks=2)

        assert found.crossed.tolist() == [[True, True]]

    def test_spends_what_is_left_at_the_planned_end(self):
        z, fraction = [[0.0, 2.0]], [[0.5, 0.97]]

        assert group_sequential(z, fraction, planned_looks=2).decided_look.tolist() == [-1]
        assert group_sequential(z, fraction, planned_looks=2, ended=True).decided_look.tolist() == [
            1
        ]

    def test_says_nothing_about_a_stream_without_statistics(self):
        found = group_sequential([[np.nan, np.nan]], [[0.5, 1.0]], planned_looks=2)

        assert found.decided_look.tolist() == [-1]
