import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from linkstar.stats.sequential import (
    ShareOutOfRange,
    always_valid_p,
    click_label_sequence,
    confidence_sequence,
    e_benjamini_hochberg,
    fixed_rate_sequence,
    log_ratio_of_counts,
)


def _sequence(point, error, clicks=1_000, **options):
    return confidence_sequence(
        [[point]],
        [[error]],
        clicks_a=[[clicks / 2]],
        clicks_b=[[clicks / 2]],
        clicks_planned=1_000,
        **options,
    )


class TestConfidenceSequence:
    def test_has_the_published_half_width(self):
        # Waudby-Smith et al. 2024: at n = n_opt, k = -2 log a + log(1 - 2 log a).
        k = -2 * np.log(0.05) + np.log(1 - 2 * np.log(0.05))
        width = np.sqrt(2 * (k + 1) / k * np.log(np.sqrt(k + 1) / 0.05))

        found = _sequence(0.3, 0.1)

        assert found.high[0, 0] - 0.3 == pytest.approx(0.1 * width)

    def test_is_tuned_to_within_a_hundredth_of_the_best_width_there_is(self):
        k = np.linspace(1, 40, 4_000)
        best = np.sqrt(2 * (k + 1) / k * np.log(np.sqrt(k + 1) / 0.05)).min() * 0.1

        assert best <= _sequence(0.0, 0.1).high[0, 0] <= 1.01 * best

    def test_is_narrowest_in_standard_errors_near_the_planned_clicks(self):
        widths = [_sequence(0.0, 0.1, clicks).high[0, 0] for clicks in (250, 1_000, 4_000)]

        assert widths[1] < widths[0]
        assert widths[1] < widths[2]

    def test_says_nothing_before_its_delayed_start(self):
        found = _sequence(2.0, 0.1, clicks=98)

        assert np.isnan(found.low).all()
        assert found.log_e.tolist() == [[0.0]]
        assert found.decided_look.tolist() == [-1]

    def test_says_nothing_without_an_estimate(self):
        assert np.isnan(_sequence(np.nan, np.nan).high).all()

    @settings(deadline=None)
    @given(st.floats(-1, 1), st.floats(0.01, 0.5))
    def test_limits_and_evidence_never_contradict(self, point, error):
        found = _sequence(point, error)
        outside = (found.low[0, 0] > 0) or (found.high[0, 0] < 0)

        edge = min(abs(found.low[0, 0]), abs(found.high[0, 0])) < 1e-9
        assert edge or bool(found.excludes_zero[0, 0]) == outside


class TestLogRatio:
    def test_is_the_plain_delta_method(self):
        point, error = log_ratio_of_counts(20, 1_000, 30, 1_000)

        assert point == pytest.approx(np.log(1.5))
        assert error == pytest.approx(np.sqrt(1 / 20 - 1 / 1_000 + 1 / 30 - 1 / 1_000))

    def test_is_nan_when_an_arm_has_no_clicks(self):
        assert np.isnan(log_ratio_of_counts(0, 1_000, 3, 1_000)).all()


class TestClickLabels:
    def test_evidence_is_the_mixture_over_the_prior(self):
        def likelihood(q):
            return beta(50, 50).pdf(q) * q**30 * (1 - q) ** 10 / 0.5**40

        found = click_label_sequence([[10]], [[30]])

        assert np.exp(found.log_e[0, 0]) == pytest.approx(quad(likelihood, 0, 1)[0], rel=1e-8)

    def test_limits_are_where_the_evidence_reaches_its_bar(self):
        found = click_label_sequence([[200]], [[300]], share_b=0.4)
        level = found.log_e[0, 0] + 300 * np.log(0.4) + 200 * np.log(0.6) - np.log(20)
        for limit in (found.low[0, 0], found.high[0, 0]):
            q = _share(0.4, limit)
            assert 300 * np.log(q) + 200 * np.log(1 - q) == pytest.approx(level, abs=1e-8)
        assert found.estimate[0, 0] == pytest.approx(np.log(1.5 * 0.6 / 0.4))

    def test_has_no_limit_on_a_side_without_clicks(self):
        found = click_label_sequence([[0]], [[5]])

        assert np.isinf(found.high).all()
        assert np.isfinite(found.low).all()
        assert np.isnan(found.estimate).all()

    @pytest.mark.parametrize("share", [0.0, 1.0])
    def test_refuses_an_arm_that_gets_everybody(self, share):
        with pytest.raises(ShareOutOfRange):
            click_label_sequence([[1]], [[1]], share_b=share)

    @settings(deadline=None)
    @given(st.integers(0, 500), st.integers(0, 500))
    def test_swapping_the_arms_mirrors_the_answer(self, a, b):
        one, other = click_label_sequence([[a]], [[b]]), click_label_sequence([[b]], [[a]])

        assert one.log_e == pytest.approx(other.log_e)
        assert one.low == pytest.approx(-other.high)


def _share(share, log_ratio):
    odds = share / (1 - share) * np.exp(log_ratio)
    return odds / (1 + odds)


class TestFixedRate:
    def test_evidence_is_the_mixture_over_the_fixed_rate(self):
        def likelihood(p):
            return beta(4, 196).pdf(p) * (p / 0.02) ** 12 * ((1 - p) / 0.98) ** 288

        found = fixed_rate_sequence([[12]], [[300]], rate=0.02)

        assert np.exp(found.log_e[0, 0]) == pytest.approx(quad(likelihood, 0, 0.3)[0], rel=1e-7)

    def test_evidence_is_the_wealth_of_who_bets_on_his_forecast(self):
        """A betting sequence (Waudby-Smith & Ramdas 2024): at every impression the stake moves from
        the fixed rate to the share of clicks seen so far, the prior counting as 200 impressions."""
        clicked = np.random.default_rng(2).random(3_000) < 0.03
        seen = np.arange(3_000)
        forecast = (200 * 0.02 + np.cumsum(clicked) - clicked) / (200 + seen)
        wealth = np.cumsum(np.log(np.where(clicked, forecast / 0.02, (1 - forecast) / 0.98)))

        found = fixed_rate_sequence(np.cumsum(clicked)[None], (seen + 1)[None], rate=0.02)

        assert found.log_e[0] == pytest.approx(wealth, abs=1e-8)

    def test_limits_enclose_the_estimate(self):
        found = fixed_rate_sequence([[60]], [[1_000]], rate=0.02)

        assert found.low[0, 0] > 0
        assert found.low[0, 0] < found.estimate[0, 0] < found.high[0, 0]
        assert found.estimate[0, 0] == pytest.approx(np.log(3))

    def test_refuses_a_rate_that_is_no_rate(self):
        with pytest.raises(ShareOutOfRange):
            fixed_rate_sequence([[1]], [[10]], rate=0.0)


class TestManyArms:
    def test_p_values_only_fall_as_looks_go_by(self):
        assert always_valid_p([[0.0, 3.0, 1.0, 4.0]]) == pytest.approx(
            np.exp([[0.0, -3.0, -3.0, -4.0]])
        )

    def test_e_bh_acts_on_the_largest_set_that_the_evidence_carries(self):
        # Five arms at 5 %: k arms need an e-value of 100 / k each.
        log_e = np.log([[101.0, 51.0, 34.0, 20.0, 1.0]])

        assert e_benjamini_hochberg(log_e).tolist() == [[True, True, True, False, False]]

    def test_e_bh_acts_on_none_without_evidence(self):
        assert not e_benjamini_hochberg([[0.0, np.nan, 2.0]]).any()
