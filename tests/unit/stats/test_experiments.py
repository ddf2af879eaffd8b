import numpy as np
import pytest
from statsmodels.stats.proportion import proportions_ztest

from linkstar.stats.arm_sums import ArmSums, independent_impressions, sums_of_units
from linkstar.stats.experiments import Verdict, impressions_for, read_out, score_z


def _read(clicks, impressions, **options):
    settings = {"shares": [1 / len(clicks)] * len(clicks), "days": 14, "impressions_min": 1_000}
    sums = independent_impressions([clicks], [impressions])
    return read_out(sums, **(settings | options))


class TestSums:
    def test_of_units_add_up_to_the_rows_they_came_from(self):
        sums = sums_of_units(
            [0, 0, 1, 1], [0, 1, 0, 0], [1, 2, 0, 3], [5, 6, 7, 8], experiments=2, arms=2
        )

        assert sums.units.tolist() == [[1, 1], [2, 0]]
        assert sums.clicks.tolist() == [[1, 2], [3, 0]]
        assert sums.clicks_impressions.tolist() == [[5, 12], [24, 0]]
        assert (sums + sums).impressions_squared.tolist() == [[50, 72], [226, 0]]

    def test_variance_over_units_is_the_sample_variance_of_the_linearised_ratio(self):
        rng = np.random.default_rng(1)
        shown = rng.integers(1, 9, 500)
        clicks = rng.binomial(shown, 0.1)
        sums = sums_of_units(shown * 0, shown * 0, clicks, shown, experiments=1, arms=1)
        residual = clicks - sums.ctr[0, 0] * shown

        expected = 500 * residual.var(ddof=1) / clicks.sum() ** 2

        assert sums.log_variance[0, 0] == pytest.approx(expected)

    def test_independent_impressions_have_no_design_effect(self):
        assert independent_impressions([[20, 30]], [[1_000, 1_000]]).design_effect == pytest.approx(
            1.0, abs=0.002
        )


class TestScore:
    def test_agrees_with_the_pooled_z_of_statsmodels(self):
        z, _ = proportions_ztest([260, 200], [10_000, 10_000])

        found = score_z(independent_impressions([[200, 260]], [[10_000, 10_000]]))

        assert found[0, 0] == pytest.approx(z, rel=2e-4)

    def test_can_tell_an_arm_without_a_single_click(self):
        assert score_z(independent_impressions([[50, 0]], [[1_000, 1_000]]))[0, 0] < -5


class TestReadOut:
    def test_calls_a_clear_winner_with_limits_around_its_lift(self):
        found = _read([200, 300], [10_000, 10_000])

        assert found.verdict.tolist() == [[Verdict.BETTER]]
        assert found.lift[0, 0] == pytest.approx(0.5)
        assert 0 < found.low[0, 0] < 0.5 < found.high[0, 0]
        assert found.p_adjusted[0, 0] == pytest.approx(found.p[0, 0], abs=1e-6)

    def test_calls_a_clear_loser(self):
        assert _read([300, 200], [10_000, 10_000]).verdict.tolist() == [[Verdict.WORSE]]

    def test_judges_an_arm_without_clicks_instead_of_dividing_by_zero(self):
        found = _read([200, 0], [10_000, 10_000])

        assert found.verdict.tolist() == [[Verdict.WORSE]]
        assert found.lift[0, 0] == -1.0
        assert -1.0 <= found.low[0, 0] < found.high[0, 0] < 0

    def test_cannot_tell_equal_arms_apart(self):
        assert _read([200, 205], [10_000, 10_000]).verdict.tolist() == [[Verdict.CANNOT_TELL]]

    def test_allows_for_the_number_of_arms(self):
        two, many = _read([200, 246], [10_000] * 2), _read([200, 246, 200, 200], [10_000] * 4)

        assert two.verdict[0, 0] == Verdict.BETTER
        assert many.verdict[0, 0] == Verdict.CANNOT_TELL
        assert many.high[0, 0] > two.high[0, 0]

    def test_holm_and_dunnett_differ_little_for_equal_arms(self):
        counts = [200, 260, 230, 190], [10_000] * 4

        dunnett, holm = (_read(*counts, adjustment=name) for name in ("dunnett", "holm"))

        assert dunnett.verdict.tolist() == holm.verdict.tolist()
        assert holm.low[0, 0] == pytest.approx(dunnett.low[0, 0], abs=0.02)

    def test_widens_when_viewers_come_back(self):
        rng = np.random.default_rng(2)
        viewers = 2_000
        arm, shown = rng.integers(0, 2, viewers), 1 + rng.poisson(8, viewers)
        clicks = rng.binomial(shown, rng.beta(0.1, 2.0, viewers))
        sums = sums_of_units(arm * 0, arm, clicks, shown, experiments=1, arms=2)
        naive = independent_impressions(sums.clicks, sums.impressions)
        options = {"shares": [0.5, 0.5], "days": 14, "impressions_min": 1_000}

        honest, wrong = read_out(sums, **options), read_out(naive, **options)

        assert honest.design_effect[0] > 2
        assert honest.high - honest.low > 1.3 * (wrong.high - wrong.low)


class TestRefusals:
    def _is_named(self, found, verdict):
        assert found.verdict.tolist() == [[verdict]]
        for figure in (found.lift, found.low, found.high, found.p, found.p_adjusted):
            assert np.isnan(figure).all()

    def test_broken_shares_forbid_the_reading(self):
        self._is_named(_read([200, 300], [10_000, 8_000]), Verdict.SAMPLE_RATIO_FAULT)

    def test_two_weeks_have_to_pass(self):
        self._is_named(_read([200, 300], [10_000, 10_000], days=13), Verdict.TOO_EARLY)

    def test_the_planned_impressions_have_to_come(self):
        found = _read([20, 30], [1_000, 1_000], impressions_min=4_000)

        self._is_named(found, Verdict.NOT_ENOUGH_DATA)
        assert found.impressions_missing.tolist() == [[3_000]]

    def test_no_clicks_at_all_is_not_a_draw(self):
        self._is_named(_read([0, 0], [10_000, 10_000]), Verdict.NOT_ENOUGH_DATA)

    def test_no_impressions_is_no_data(self):
        self._is_named(_read([0, 0], [0, 0]), Verdict.NO_DATA)

    def test_a_handful_of_viewers_has_no_variance(self):
        sums = ArmSums(*(np.full((1, 2), value) for value in (20.0, 50, 2_000, 150, 5_000, 2e5)))

        found = read_out(sums, shares=[0.5, 0.5], days=14, impressions_min=1_000)

        self._is_named(found, Verdict.NOT_ENOUGH_DATA)


def test_the_next_test_is_sized_from_this_one():
    sums = independent_impressions([[200, 300]], [[10_000, 10_000]])

    assert impressions_for(sums, lift=0.2)[0] == pytest.approx(21_173, rel=0.001)
