import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from linkstar.stats.rootcause import RootCause, TooFewClicks, root_cause

CODES = np.stack(np.meshgrid(np.arange(3), np.arange(4), indexing="ij"), -1).reshape(-1, 2)


def _change(factor, *, before=40_000, after=40_000, noise=None):
    shown_before, shown_after = np.full(12, before), np.full(12, after)
    rate = np.linspace(0.01, 0.03, 12)
    clicks = shown_before * rate, shown_after * rate * factor
    if noise is not None:
        clicks = tuple(noise.poisson(c) for c in clicks)
    return root_cause(CODES, clicks[0], shown_before, clicks[1], shown_after)


class TestCause:
    def test_is_the_element_that_changed_with_its_factor(self):
        found = _change(np.where(CODES[:, 1] == 2, 0.6, 1.0))

        assert [(c.dimensions, c.elements) for c in found.causes] == [((1,), (2,))]
        assert found.causes[0].factor == pytest.approx(0.6)
        assert found.causes[0].share_explained == pytest.approx(1.0)
        assert found.common_factor == pytest.approx(1.0)

    def test_may_be_a_pair_of_elements(self):
        found = _change(np.where((CODES == [1, 2]).all(axis=1), 0.3, 1.0))

        assert [(c.dimensions, c.elements) for c in found.causes] == [((0, 1), (1, 2))]

    def test_may_combine_three_dimensions_when_asked_to(self):
        codes = np.stack(np.meshgrid(*map(np.arange, (3, 4, 2, 3)), indexing="ij"), -1)
        codes = codes.reshape(-1, 4)
        random = np.random.default_rng(11)
        shown = random.integers(20_000, 60_000, len(codes))
        rate = random.uniform(0.01, 0.03, len(codes))
        broken = (codes[:, [0, 1, 3]] == [1, 2, 0]).all(axis=1)
        clicks = random.poisson(shown * rate), random.poisson(shown * rate * (1 - 0.5 * broken))
        counts = codes, clicks[0], shown, clicks[1], shown

        [cause] = root_cause(*counts, dimensions_max=3).causes
        pairs = root_cause(*counts).causes

        assert (cause.dimensions, cause.elements) == ((0, 1, 3), (1, 2, 0))
        assert cause.factor == pytest.approx(0.5, abs=0.06)
        # A pair holds the broken cells and others beside them, so it says "less", and wrongly.
        assert all(pair.likelihood_ratio < cause.likelihood_ratio for pair in pairs)

    def test_is_none_in_noise_however_many_questions_are_asked(self):
        codes = np.stack(np.meshgrid(*map(np.arange, (25, 16, 8)), indexing="ij"), -1)
        codes, random = codes.reshape(-1, 3), np.random.default_rng(12)
        shown = np.full(len(codes), 100)

        def named(**options):
            """How often a cause is named where clicks are as likely as before."""
            week = [random.poisson(1.0, (2, len(codes))) for _ in range(60)]
            found = [root_cause(codes, x, shown, y, shown, **options).causes for x, y in week]
            return np.mean([bool(causes) for causes in found])

        assert named(dimensions_max=3) <= 0.1
        assert named(error_rate=np.inf) > 0.15

    def test_may_be_several(self):
        factor = np.where(CODES[:, 1] == 2, 0.5, 1.0) * np.where(CODES[:, 0] == 0, 1.6, 1.0)

        found = _change(factor, noise=np.random.default_rng(1))

        assert {(c.dimensions, c.elements) for c in found.causes} == {((1,), (2,)), ((0,), (0,))}
        shares = sum(c.share_explained for c in found.causes) + found.common_share
        assert shares == pytest.approx(1.0)

    def test_is_none_when_everything_fell_alike(self):
        found = _change(np.full(12, 0.7), noise=np.random.default_rng(2))

        assert found.causes == ()
        assert found.common_factor == pytest.approx(0.7, abs=0.03)

    def test_is_none_in_noise(self):
        rng = np.random.default_rng(3)
        found = [_change(np.ones(12), noise=rng).causes for _ in range(200)]

        assert np.mean([bool(causes) for causes in found]) < 0.05

    def test_is_not_a_shift_of_the_mix(self):
        rate = np.where(CODES[:, 1] == 0, 0.05, 0.01)
        before, after = np.full(12, 10_000), np.where(CODES[:, 1] == 0, 2_000, 12_000)

        found = root_cause(CODES, before * rate, before, after * rate, after)

        assert found.causes == ()
        assert found.rate == pytest.approx(0.0, abs=1e-12)
        assert found.mix == pytest.approx(found.ctr_after - found.ctr_before)

    def test_likelihood_ratio_is_that_of_the_conditional_binomial(self):
        before, after = np.array([400, 500]), np.array([380, 300])
        n0, n1 = np.array([20_000, 20_000]), np.array([21_000, 22_000])
        codes = np.array([[0], [1]])

        def worst(factors):
            q = n1 * factors / (n0 + n1 * factors)
            return -binom(before + after, q).logpmf(after).sum()

        common = minimize_scalar(lambda m: worst(np.full(2, m)), bounds=(0.1, 3), method="bounded")
        own = (after / n1) / (before / n0)

        found = root_cause(codes, before, n0, after, n1, dimensions_max=1)

        expected = 2 * (common.fun - worst(own))
        assert found.causes[0].likelihood_ratio == pytest.approx(expected, rel=0.03)

    def test_is_doubted_when_clicks_are_overdispersed(self):
        factor = np.where(CODES[:, 1] == 2, 0.85, 1.0)
        rate = np.linspace(0.01, 0.03, 12)
        shown = np.full(12, 40_000)
        counts = CODES, shown * rate, shown, shown * rate * factor, shown

        assert root_cause(*counts).causes
        assert not root_cause(*counts, design_effect=6.0).causes


class TestSplit:
    def test_mix_and_rate_add_up_to_the_change(self):
        rng = np.random.default_rng(4)
        n0, n1 = rng.poisson(5_000, (2, 12))
        x0, x1 = rng.binomial(n0, 0.02), rng.binomial(n1, rng.uniform(0.01, 0.03, 12))

        found = root_cause(CODES, x0, n0, x1, n1)

        assert isinstance(found, RootCause)
        assert found.mix + found.rate == pytest.approx(found.ctr_after - found.ctr_before)

    def test_says_how_much_cannot_be_compared(self):
        n0, n1 = np.full(12, 1_000), np.full(12, 1_000)
        n1[0] = 0

        found = root_cause(CODES, n0 * 0.05, n0, n1 * 0.05, n1)

        assert found.uncompared_impressions_share == pytest.approx(1 / 23)
        assert found.mix + found.rate == pytest.approx(found.ctr_after - found.ctr_before)

    def test_needs_clicks_on_both_sides(self):
        found = root_cause(CODES, np.ones(12), np.full(12, 100), np.ones(12), np.full(12, 100))

        assert found == TooFewClicks(12, 50)
