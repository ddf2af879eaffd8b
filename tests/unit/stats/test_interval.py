import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import betaincinv
from statsmodels.stats.proportion import proportion_confint

from linkstar.stats.beta import beta_quantile
from linkstar.stats.interval import fieller, jeffreys_limits, ratio_interval


class TestBetaQuantile:
    @pytest.mark.parametrize("probability", [1e-4, 0.025, 0.5, 0.975, 0.9999])
    def test_agrees_with_scipy_to_one_millionth(self, probability: float) -> None:
        random = np.random.default_rng(1)
        a = np.exp(random.uniform(np.log(0.4), np.log(1e6), 4_000))
        b = a / random.uniform(5e-4, 0.9, 4_000)

        assert beta_quantile(a, b, probability) == pytest.approx(
            betaincinv(a, b, probability), rel=1e-6
        )

    def test_keeps_the_shape_of_a_scalar(self) -> None:
        assert beta_quantile(3.5, 7.0, 0.5).shape == ()

    def test_leaves_nan_alone(self) -> None:
        assert np.isnan(beta_quantile([np.nan, 2.0], 3.0, 0.5)).tolist() == [True, False]


class TestJeffreysLimits:
    @pytest.mark.parametrize(("clicks", "impressions"), [(0, 10), (1, 10), (7, 900), (900, 900)])
    def test_agree_with_statsmodels(self, clicks: int, impressions: int) -> None:
        low, high = proportion_confint(clicks, impressions, method="jeffreys")
        found = jeffreys_limits(clicks, impressions)

        if clicks > 0:
            assert float(found.low) == pytest.approx(low, rel=1e-6)
        if clicks < impressions:
            assert float(found.high) == pytest.approx(high, rel=1e-6)

    def test_touch_the_ends_without_and_with_only_clicks(self) -> None:
        assert float(jeffreys_limits(0, 50).low) == 0.0
        assert float(jeffreys_limits(50, 50).high) == 1.0

    def test_take_more_clicks_than_impressions_as_poisson(self) -> None:
        found = jeffreys_limits(120, 100)

        assert float(found.low) == pytest.approx(stats.gamma.ppf(0.025, 120.5) / 100)
        assert float(found.low) < 1.2 < float(found.high)


class TestRatioInterval:
    def test_against_an_exact_benchmark_is_jeffreys_over_it(self) -> None:
        limits = jeffreys_limits(40, 2_000)
        found = ratio_interval(40, 2_000, benchmark_ctr=0.02, benchmark_relative_error=0.0)

        assert float(found.low) == pytest.approx(float(limits.low) / 0.02)
        assert float(found.high) == pytest.approx(float(limits.high) / 0.02)

    def test_approaches_the_delta_method_with_many_clicks(self) -> None:
        x, n, x_b, n_b = 90_000, 3_000_000, 40_000, 2_000_000
        sd = np.sqrt(1 / x - 1 / n + 1 / x_b - 1 / n_b)
        ratio = (x / n) / (x_b / n_b)
        found = ratio_interval(x, n, benchmark_ctr=x_b / n_b, benchmark_relative_error=x_b**-0.5)

        assert float(found.low) == pytest.approx(ratio * np.exp(-1.96 * sd), rel=3e-4)
        assert float(found.high) == pytest.approx(ratio * np.exp(1.96 * sd), rel=3e-4)

    @given(st.floats(0, 500), st.floats(1.05, 1e4), st.floats(1e-3, 0.3), st.floats(0, 0.4))
    def test_contains_the_point_and_is_finite(
        self, clicks: float, times: float, benchmark: float, error: float
    ) -> None:
        found = ratio_interval(
            clicks,
            (clicks + 1.0) * times,
            benchmark_ctr=benchmark,
            benchmark_relative_error=error,
        )

        assert 0.0 <= float(found.low) <= float(found.ratio) <= float(found.high) < np.inf

    def test_is_unbounded_only_where_the_benchmark_is_too_noisy(self) -> None:
        found = ratio_interval(
            [20, 20], [900, 900], benchmark_ctr=0.02, benchmark_relative_error=[0.5, 0.6]
        )

        assert found.unbounded.tolist() == [False, True]
        assert np.isnan(found.high).tolist() == [False, True]

    def test_of_unknown_counts_is_nan_and_not_unbounded(self) -> None:
        found = ratio_interval([np.nan], [np.nan], benchmark_ctr=0.02, benchmark_relative_error=0.1)

        assert np.isnan([found.ratio, found.low, found.high]).all()
        assert not found.unbounded.any()

    def test_of_a_million_groups_is_that_of_each_alone(self) -> None:
        clicks = np.arange(0, 60.0)
        together = ratio_interval(
            clicks, 2_000.0, benchmark_ctr=0.02, benchmark_relative_error=0.05
        )
        alone = [
            float(
                ratio_interval(x, 2_000.0, benchmark_ctr=0.02, benchmark_relative_error=0.05).high
            )
            for x in clicks
        ]

        assert together.high.tolist() == pytest.approx(alone)


class TestFieller:
    def test_solves_its_own_inequality_at_the_limits(self) -> None:
        found = fieller(3.0, 2.0, variance_top=0.04, variance_bottom=0.02, covariance=0.01)
        z2 = stats.norm.ppf(0.975) ** 2

        for limit in (float(found.low), float(found.high)):
            assert (3.0 - limit * 2.0) ** 2 == pytest.approx(
                z2 * (0.04 - 2 * limit * 0.01 + limit**2 * 0.02)
            )

    def test_says_when_it_is_unbounded(self) -> None:
        found = fieller(3.0, 2.0, variance_top=0.04, variance_bottom=1.2)

        assert bool(found.unbounded)
        assert np.isnan(found.high)
