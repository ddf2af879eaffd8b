import numpy as np
import pytest

from linkstar.stats.ranking import best, expected_rank, rank_range


class TestExpectedRank:
    def test_is_the_order_where_everything_is_certain(self) -> None:
        found = expected_rank(np.array([0.0, 2.0, 1.0]), np.full(3, 1e-6), np.zeros(3))

        assert found.tolist() == pytest.approx([3.0, 1.0, 2.0], abs=0.01)

    def test_agrees_with_draws(self) -> None:
        random = np.random.default_rng(1)
        mean, sd = random.normal(0, 0.5, 60), random.uniform(0.05, 0.6, 60)
        drawn = mean + sd * random.standard_normal((20_000, 60))
        ranks = 60 - drawn.argsort(axis=1).argsort(axis=1)
        found = expected_rank(mean, sd, np.zeros(60))

        assert np.abs(found - ranks.mean(axis=0)).max() < 0.5

    def test_does_not_let_a_lucky_one_beat_a_certain_one(self) -> None:
        crowd = np.zeros(98)
        found = expected_rank(
            np.concatenate([[0.30, 0.25], crowd]),
            np.concatenate([[0.60, 0.01], np.full(98, 0.1)]),
            np.zeros(100),
        )

        assert found[1] < found[0]

    def test_sums_to_that_of_all_ranks(self) -> None:
        random = np.random.default_rng(2)
        found = expected_rank(random.normal(size=500), random.uniform(0.1, 1, 500), np.zeros(500))

        assert found.sum() == pytest.approx(500 * 501 / 2, rel=1e-3)

    def test_of_the_unknown_is_unknown(self) -> None:
        found = expected_rank(np.array([np.nan, 1.0]), np.array([np.nan, 0.1]), np.zeros(2))

        assert np.isnan(found[0])
        assert found[1] == pytest.approx(1.0)


class TestRankRange:
    def test_contains_the_expected_rank_and_sums_to_the_list(self) -> None:
        random = np.random.default_rng(3)
        mean, sd, skew = random.normal(0, 0.5, 80), np.full(80, 0.2), np.zeros(80)
        found = rank_range(mean, sd, skew, top=10)
        middle = expected_rank(mean, sd, skew)

        assert (found.low <= middle + 0.5).all()
        assert (middle - 0.5 <= found.high).all()
        assert found.probability_top.sum() == pytest.approx(10.0)

    def test_is_the_same_every_time(self) -> None:
        given = (np.arange(20.0), np.full(20, 3.0), np.zeros(20))

        assert rank_range(*given, top=5).low.tolist() == rank_range(*given, top=5).low.tolist()


class TestBest:
    def test_never_lists_a_group_without_a_rank(self) -> None:
        assert best(np.array([3.0, np.nan, 1.0]), 3).tolist() == [2, 0]
