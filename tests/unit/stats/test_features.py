import numpy as np
import pytest
import statsmodels.api as sm

from linkstar.stats.features import FeatureState, NoContrast, feature_effects

LIFT = np.array([0.3, 0.0, 0.0])


def _market(rng, *, creators=100, contents=8, favourites=0.3):
    """Better creators use every feature more often; only the first one works."""
    creator = np.repeat(np.arange(creators), contents)
    skill = rng.normal(0, 0.5, creators)
    often = 0.3 + favourites * (skill > 0)
    features = (rng.random((creator.size, 3)) < often[creator][:, None]).astype(float)
    shown = rng.lognormal(7, 1.2, creator.size).astype(int) + 50
    rate = 0.03 * np.exp(skill[creator] + features @ np.log1p(LIFT))
    rate = rng.beta(rate * 200, (1 - rate) * 200)
    return features, creator, rng.binomial(shown, rate), shown


class TestEffects:
    def test_agree_with_a_poisson_regression_with_one_dummy_per_creator(self):
        features, creator, clicks, shown = _market(np.random.default_rng(1), creators=25)
        dummies = (creator[:, None] == np.arange(25)).astype(float)
        model = sm.GLM(
            clicks, np.c_[features, dummies], family=sm.families.Poisson(), offset=np.log(shown)
        )
        fitted = model.fit()

        found = feature_effects(features, creator, clicks, shown, icc=0.0)

        assert np.log1p(found.effect) == pytest.approx(fitted.params[:3], abs=1e-6)

    def test_are_covered_and_do_not_credit_the_feature_with_the_creator(self):
        rng, covered, called = np.random.default_rng(2), [], []
        for _ in range(150):
            found = feature_effects(*_market(rng))
            covered.append((found.low < LIFT) & (found.high > LIFT))
            called.append(found.state[1:] == FeatureState.RAISES)

        assert np.mean(covered) == pytest.approx(0.95, abs=0.03)
        assert np.mean(called) < 0.05

    def test_of_a_plain_comparison_would_be_credited_with_the_creator(self):
        features, _, clicks, shown = _market(np.random.default_rng(3), creators=400)
        used = features[:, 1] == 1

        ctr_with, ctr_without = (clicks[w].sum() / shown[w].sum() for w in (used, ~used))

        assert ctr_with > 1.15 * ctr_without

    def test_hold_together_less_tightly_than_alone(self):
        found = feature_effects(*_market(np.random.default_rng(4)))

        assert (found.high_all > found.high).all()
        assert (found.low_all < found.low).all()
        assert found.state[0] == FeatureState.RAISES


class TestRefusals:
    def test_name_a_feature_that_never_varies_within_a_creator(self):
        features, creator, clicks, shown = _market(np.random.default_rng(5))
        features[:, 1] = creator % 2

        found = feature_effects(features, creator, clicks, shown)

        assert found.state[1] == FeatureState.NEVER_VARIES_WITHIN_A_CREATOR
        assert np.isnan(found.effect[1])
        assert np.isfinite(found.effect[[0, 2]]).all()

    def test_name_a_feature_that_says_the_same_as_others(self):
        features, creator, clicks, shown = _market(np.random.default_rng(6))
        features[:, 2] = 1 - features[:, 0]

        found = feature_effects(features, creator, clicks, shown)

        assert found.state[2] == FeatureState.SAME_AS_OTHERS

    def test_name_too_few_creators(self):
        features, creator, clicks, shown = _market(np.random.default_rng(7))
        features[creator > 3, 2] = 0

        found = feature_effects(features, creator, clicks, shown)

        assert found.state[2] == FeatureState.NOT_ENOUGH_CREATORS
        assert np.isnan(found.low[2])
        assert found.creators[2] < 5

    def test_raise_when_every_creator_made_one_content(self):
        with pytest.raises(NoContrast):
            feature_effects(np.ones((5, 1)), np.arange(5), np.ones(5), np.full(5, 100))
