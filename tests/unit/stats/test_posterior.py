import numpy as np
import pytest
from scipy import stats
from scipy.special import betainc, betaincinv

from linkstar.stats.mixture import Counts, Mixture, fit_mixture, mixture_posterior, sign_rates
from linkstar.stats.posterior import beta_posterior, log_moments, probability_above

A, B = np.array([3.0, 40.0, 400.0]), np.array([150.0, 1_500.0, 30_000.0])


class TestProbabilityAbove:
    def test_is_the_incomplete_beta_against_an_exact_benchmark(self) -> None:
        found = probability_above(A, B, np.full(3, 0.02), np.zeros(3))

        assert found == pytest.approx(stats.beta.sf(0.02, A, B))

    def test_averages_over_the_error_of_the_benchmark(self) -> None:
        random = np.random.default_rng(1)
        benchmark = 0.02 * np.exp(0.1 * random.standard_normal(400_000))
        found = probability_above(A, B, np.full(3, 0.02), np.full(3, 0.1))
        drawn = [float(stats.beta.sf(benchmark, a, b).mean()) for a, b in zip(A, B, strict=True)]

        assert found.tolist() == pytest.approx(drawn, abs=1e-3)


class TestBetaPosterior:
    def test_has_the_exact_quantiles_against_an_exact_benchmark(self) -> None:
        found = beta_posterior(A, B, np.full(3, 0.02), np.zeros(3))

        assert found.low_ratio * 0.02 == pytest.approx(betaincinv(A, B, 0.025), rel=1e-6)
        assert found.high_ratio * 0.02 == pytest.approx(betaincinv(A, B, 0.975), rel=1e-6)
        assert found.mean_ratio * 0.02 == pytest.approx(A / (A + B))

    def test_covers_the_drawn_ratio_with_an_uncertain_benchmark(self) -> None:
        random = np.random.default_rng(2)
        found = beta_posterior(A, B, np.full(3, 0.02), np.full(3, 0.15))
        for row in range(3):
            ratio = random.beta(A[row], B[row], 200_000) / (
                0.02 * np.exp(0.15 * random.standard_normal(200_000))
            )
            inside = (found.low_ratio[row] <= ratio) & (ratio <= found.high_ratio[row])
            assert inside.mean() == pytest.approx(0.95, abs=0.006)


class TestLogMoments:
    def test_are_those_of_draws(self) -> None:
        drawn = np.log(np.random.default_rng(3).beta(3.0, 150.0, 1_000_000))
        mean, sd, skew = (float(value[0]) for value in log_moments(A[:1], B[:1]))

        assert (mean, sd) == pytest.approx((drawn.mean(), drawn.std()), rel=2e-3)
        assert skew == pytest.approx(stats.skew(drawn), rel=0.03)


def counts(error: float) -> Counts:
    random = np.random.default_rng(4)
    n = random.integers(300, 20_000, 400).astype(float)
    rate = 0.02 * np.where(random.random(400) < 0.7, 0.8, 1.8)
    x = random.binomial(n.astype(np.int64), rate).astype(float)
    return Counts(x, n, np.full(400, 0.02), np.full(400, 0.02), np.full(400, error))


def exact_tail(given: Counts, mixture: Mixture, rate: np.ndarray) -> np.ndarray:
    """P(theta <= rate) from SciPy's incomplete beta and beta-binomial alone."""
    a = mixture.shape
    b = a * (1.0 / (mixture.ratios * 0.02) - 1.0)
    x, n = given.clicks[:, None], given.impressions[:, None]
    weight = stats.betabinom.pmf(x, n, a, b) * mixture.weights
    weight /= weight.sum(axis=1, keepdims=True)
    return (weight * betainc(a + x, b + n - x, rate[:, None])).sum(axis=1)


class TestMixturePosterior:
    def test_tail_agrees_with_the_incomplete_beta_to_one_thousandth(self) -> None:
        given = counts(0.0)
        mixture = fit_mixture(given, lowest_ratio=0.3, highest_ratio=4.0, with_spike=False)
        found = mixture_posterior(given, mixture)
        below = exact_tail(given, mixture, given.benchmark_ctr)

        assert np.abs(1.0 - found.probability_above - below).max() < 1e-3

    def test_limits_leave_their_share_in_each_tail(self) -> None:
        given = counts(0.0)
        mixture = fit_mixture(given, lowest_ratio=0.3, highest_ratio=4.0, with_spike=False)
        found = mixture_posterior(given, mixture)

        low = exact_tail(given, mixture, found.low_ratio * 0.02)
        high = exact_tail(given, mixture, found.high_ratio * 0.02)
        assert np.abs(low - 0.025).max() < 1e-3
        assert np.abs(high - 0.975).max() < 1e-3

    def test_limits_widen_with_the_error_of_the_benchmark(self) -> None:
        mixture = fit_mixture(counts(0.0), lowest_ratio=0.3, highest_ratio=4.0, with_spike=False)
        exact, noisy = (
            mixture_posterior(counts(0.0), mixture),
            mixture_posterior(counts(0.2), mixture),
        )

        assert (noisy.high_ratio - noisy.low_ratio > exact.high_ratio - exact.low_ratio).all()

    def test_is_the_same_wherever_blocks_of_groups_end(self) -> None:
        given = counts(0.05)
        mixture = fit_mixture(given, lowest_ratio=0.3, highest_ratio=4.0, with_spike=False)
        alone = mixture_posterior(given, mixture)
        among_others = mixture_posterior(given.rows(np.arange(2_000) % 400), mixture)

        for name in ("mean_ratio", "low_ratio", "high_ratio", "probability_above", "log_sd"):
            once = getattr(alone, name)
            assert getattr(among_others, name) == pytest.approx(np.tile(once, 5), abs=1e-5)

    def test_finds_two_kinds_of_creators(self) -> None:
        mixture = fit_mixture(counts(0.0), lowest_ratio=0.3, highest_ratio=4.0, with_spike=False)
        near = [
            mixture.weights[np.abs(np.log(mixture.ratios / kind)) < 0.15].sum()
            for kind in (0.8, 1.2, 1.8)
        ]

        assert near[0] == pytest.approx(0.7, abs=0.1)
        assert near[1] < 0.1
        assert near[2] == pytest.approx(0.3, abs=0.1)


class TestSignRates:
    def test_count_the_spike_against_both_sides(self) -> None:
        given = counts(0.0)
        mixture = fit_mixture(given, lowest_ratio=0.3, highest_ratio=4.0, with_spike=True)
        above, below = sign_rates(given, mixture)

        assert mixture.spike > 0
        assert (above + below >= 1.0 - 1e-9).all()

    def test_of_a_group_without_clicks_are_told(self) -> None:
        given = counts(0.0)
        none = Counts(
            np.zeros(1), np.full(1, 5_000.0), np.full(1, 0.02), np.full(1, 0.02), np.zeros(1)
        )
        mixture = fit_mixture(given, lowest_ratio=0.3, highest_ratio=4.0, with_spike=True)
        above, below = sign_rates(none, mixture)

        assert above[0] > 0.999
        assert below[0] < 0.01
