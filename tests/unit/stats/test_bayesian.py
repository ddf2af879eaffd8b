import numpy as np
import pytest
from scipy.special import betaln

from linkstar.stats.bayesian import BetaPrior, Caveat, believe


def _exact_better(a_clicks, a_n, b_clicks, b_n):
    """P(B > A) for whole counts and a flat prior (E. Miller's sum)."""
    a, b = 1 + a_clicks, 1 + a_n - a_clicks
    c, d = 1 + b_clicks, 1 + b_n - b_clicks
    i = np.arange(c)
    terms = betaln(a + i, b + d) - np.log(d + i) - betaln(1 + i, d) - betaln(a, b)
    return np.exp(terms).sum()


class TestBelief:
    @pytest.mark.parametrize("counts", [(3, 100, 9, 100), (120, 6_000, 150, 6_000), (0, 50, 2, 60)])
    def test_agrees_with_the_exact_sum(self, counts):
        found = believe([counts[0::2]], [counts[1::2]], prior=BetaPrior(1, 2))

        assert found.better_than_control[0, 1] == pytest.approx(_exact_better(*counts), abs=1e-4)

    def test_agrees_with_draws_for_three_arms(self):
        draws = np.random.default_rng(3).beta(
            [20.5, 26.5, 23.5], [980.5, 974.5, 977.5], (400_000, 3)
        )

        found = believe([20, 26, 23], [1_000, 1_000, 1_000])

        share_best = np.bincount(draws.argmax(axis=1)) / len(draws)
        loss = (draws.max(axis=1)[:, None] - draws).mean(axis=0) / draws[:, 0].mean()
        assert found.best == pytest.approx(share_best, abs=0.004)
        assert found.expected_loss == pytest.approx(loss, abs=0.003)
        assert found.best.sum() == pytest.approx(1.0)

    def test_always_carries_its_prior_and_its_caveat(self):
        found = believe([1, 2], [10, 10], prior=BetaPrior(2, 100))

        assert found.prior == BetaPrior(2, 100)
        assert found.caveat is Caveat.DO_NOT_STOP_ON_IT

    def test_of_an_arm_nobody_saw_is_nan(self):
        found = believe([[0, 2]], [[0, 10]])

        assert np.isnan(found.best).all()
        assert found.arms_without_data.tolist() == [1]

    def test_is_less_sure_when_impressions_depend_on_each_other(self):
        sure, unsure = (believe([20, 40], [1_000, 1_000], design_effect=d) for d in (1, 4))

        assert unsure.better_than_control[1] < sure.better_than_control[1]

    def test_a_prior_without_clicks_is_refused(self):
        with pytest.raises(ValueError, match="prior"):
            BetaPrior(0, 10)
