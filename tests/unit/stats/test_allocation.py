import numpy as np
import pytest

from linkstar.stats.allocation import (
    Batches,
    FloorTooHigh,
    NoOverlap,
    policy_value,
    read_out_adaptive,
    top_two_shares,
)
from linkstar.stats.experiments import Verdict


class TestTopTwoShares:
    def test_match_drawing_leader_and_challenger(self):
        clicks, shown = np.array([20.0, 26, 23]), np.full(3, 1_000.0)
        rng, picks = np.random.default_rng(1), np.zeros(3)
        pairs = rng.beta(clicks + 0.5, shown - clicks + 0.5, (200, 4_000, 3)).argmax(axis=2)
        for column in pairs.T[:2_000]:
            leader = column[0]
            others = column[column != leader]
            picks[leader] += 0.5
            picks[others[0]] += 0.5

        found = top_two_shares(clicks, shown, floor=0.0)

        assert found == pytest.approx(picks / picks.sum(), abs=0.03)

    def test_never_fall_below_the_floor_and_add_up(self):
        found = top_two_shares([[0, 100, 300]], [[5_000, 5_000, 5_000]], floor=0.1)

        assert found.min() >= 0.1
        assert found.sum() == pytest.approx(1.0)

    def test_are_even_before_anything_was_seen(self):
        assert top_two_shares([0, 0, 0, 0], [0, 0, 0, 0]) == pytest.approx([0.25] * 4, abs=1e-3)

    def test_cannot_promise_every_arm_more_than_there_is(self):
        with pytest.raises(FloorTooHigh):
            top_two_shares([0] * 30, [0] * 30, floor=0.05)


class TestAdaptiveReadOut:
    def test_equals_the_plain_mean_when_shares_never_moved(self):
        rng = np.random.default_rng(2)
        units = rng.multinomial(5_000, [0.5, 0.5], 20).astype(float)
        clicks = rng.binomial(units.astype(int), [0.02, 0.03]).astype(float)

        found = read_out_adaptive(Batches(np.full(units.shape, 0.5), units, clicks))

        assert found.ctr == pytest.approx(found.naive_ctr, rel=0.01)
        plain = np.sqrt(found.naive_ctr * (1 - found.naive_ctr) / units.sum(axis=0))
        assert found.standard_error == pytest.approx(plain, rel=0.02)

    def test_sums_equal_scoring_every_unit(self):
        shares = np.array([[0.5, 0.5], [0.2, 0.8]])
        units = np.array([[40.0, 60], [30, 70]])
        clicks = np.array([[4.0, 9], [2, 12]])
        scores = []
        for batch in range(2):
            guess = np.zeros(2) if batch == 0 else clicks[0] / units[0]
            for arm in range(2):
                for unit in range(int(units[batch, arm])):
                    score = guess.copy()
                    clicked = unit < clicks[batch, arm]
                    score[arm] += (clicked - guess[arm]) / shares[batch, arm]
                    scores.append(score)
        table = np.array(scores)

        found = read_out_adaptive(Batches(shares, units, clicks))

        assert found.ctr == pytest.approx(table.mean(axis=0))
        assert found.standard_error == pytest.approx(table.std(axis=0, ddof=1) / np.sqrt(200))
        difference = table[:, 1] - table[:, 0]
        z = difference.mean() / (difference.std(ddof=1) / np.sqrt(200))
        from scipy.stats import norm

        assert found.p[0] == pytest.approx(2 * norm.sf(abs(z)))

    def test_of_a_single_batch_is_refused(self):
        found = read_out_adaptive(
            Batches(np.array([[0.5, 0.5]]), np.array([[50.0, 50]]), np.array([[1.0, 2]]))
        )

        assert np.isnan(found.ctr).all()
        assert np.isnan(found.p).all()
        assert found.verdict.tolist() == [Verdict.NOT_ENOUGH_DATA]
        assert found.batches_missing == 1

    def test_names_what_may_be_said_of_each_arm(self):
        shares = np.full((2, 4), 0.25)
        units = np.array([[5_000.0, 5_000, 5_000, 0]] * 2)
        clicks = np.array([[100.0, 104, 190, 0]] * 2)

        found = read_out_adaptive(Batches(shares, units, clicks))

        assert found.verdict.tolist() == [Verdict.CANNOT_TELL, Verdict.BETTER, Verdict.NO_DATA]
        assert found.batches_missing == 0
        assert np.isnan([found.ctr[3], found.lift[2], found.low[2], found.p[2]]).all()

    def test_asks_more_of_each_of_many_arms(self):
        def verdict(arms):
            shares, units = np.full((2, arms), 1 / arms), np.full((2, arms), 5_000.0)
            clicks = np.full((2, arms), 100.0)
            clicks[:, 1] = 121
            return read_out_adaptive(Batches(shares, units, clicks)).verdict[0]

        assert verdict(2) is Verdict.BETTER
        assert verdict(6) is Verdict.CANNOT_TELL


class TestPolicyValue:
    def test_of_the_logging_policy_is_the_plain_ctr(self):
        clicked = np.random.default_rng(3).random(5_000) < 0.02

        found = policy_value(clicked, np.full(5_000, 0.25), np.full(5_000, 0.25))

        assert found.ctr == pytest.approx(clicked.mean())
        assert found.effective_impressions == pytest.approx(5_000)

    def test_covers_the_value_of_another_policy(self):
        rng, covered = np.random.default_rng(4), []
        truth, logged, wanted = np.array([0.02, 0.05]), np.array([0.7, 0.3]), np.array([0.2, 0.8])
        for _ in range(400):
            action = (rng.random(4_000) < logged[1]).astype(int)
            clicked = rng.random(4_000) < truth[action]
            found = policy_value(clicked, logged[action], wanted[action])
            covered.append(found.low < (truth * wanted).sum() < found.high)

        assert 0.92 < np.mean(covered) < 0.98

    def test_is_refused_when_the_log_never_did_what_the_policy_wants(self):
        found = policy_value(np.ones(1_000), np.full(1_000, 0.5), np.r_[1.0, np.zeros(999)])

        assert isinstance(found, NoOverlap)
        assert found.effective_impressions == pytest.approx(1.0)

    def test_counts_returning_viewers_once(self):
        rng = np.random.default_rng(5)
        clicked = np.repeat(rng.random(1_000) < 0.05, 5)
        weights = np.full(5_000, 0.5)

        alone = policy_value(clicked, weights, weights)
        grouped = policy_value(clicked, weights, weights, cluster=np.repeat(np.arange(1_000), 5))

        assert np.log(grouped.high / grouped.low) > 2 * np.log(alone.high / alone.low)

    def test_refuses_impossible_propensities(self):
        with pytest.raises(ValueError, match="propensities"):
            policy_value([1], [0.0], [0.5])
