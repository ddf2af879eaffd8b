import numpy as np
import pytest

from linkstar.stats.group_sequential import (
    boundaries,
    group_sequential,
    horizon_multiple,
    obrien_fleming_spending,
    power_of_plan,
)

PUBLISHED = {  # two-sided .05, equal looks; Reboussin, DeMets, Kim & Lan 2000; R gsDesign sfLDOF
    2: [2.9626, 1.9686],
    3: [3.7103, 2.5114, 1.9930],
    4: [4.3326, 2.9631, 2.3590, 2.0141],
    5: [4.8769, 3.3569, 2.6803, 2.2898, 2.0310],
}


class TestBoundaries:
    @pytest.mark.parametrize("looks", PUBLISHED)
    def test_agree_with_the_published_tables(self, looks):
        found = boundaries(np.arange(1, looks + 1) / looks)

        assert found == pytest.approx(PUBLISHED[looks], abs=2e-4)

    def test_agree_with_a_one_sided_table_of_another_package(self):
        # SeqBounds.jl, one-sided .05: the two-sided .10 differs by the two-sided overlap only.
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
        # Jennison & Turnbull 2000 report inflation 1.028 for O'Brien-Fleming with five looks; the
        # Lan-DeMets version spends slightly later.
        assert horizon_multiple(np.arange(1, 6) / 5) == pytest.approx(1.025, abs=0.004)

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
