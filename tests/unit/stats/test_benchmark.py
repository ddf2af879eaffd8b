import numpy as np
import pytest
import statsmodels.api as sm

from linkstar.stats.benchmark import (
    benchmark_cells,
    is_unstable,
    leave_own_out,
    leave_own_share_out,
    relative_error,
)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


class TestBenchmarkCells:
    def test_is_the_ratio_of_sums(self) -> None:
        found = benchmark_cells(
            ints(0, 0, 1), ints(1, 2, 1), ints(1, 2, 3), ints(900, 100, 50), ints(9, 11, 1), 2
        )

        assert found.ctr.tolist() == pytest.approx([0.02, 0.02])
        assert found.contents.tolist() == [2, 1]

    def test_counts_shops_and_their_shares(self) -> None:
        found = benchmark_cells(
            ints(0, 0, 0, 0),
            ints(7, 7, 8, 9),
            ints(1, 2, 3, 3),
            ints(40, 20, 30, 10),
            ints(*[1] * 4),
            1,
        )

        assert (found.shops[0], found.creators[0]) == (3, 3)
        assert found.largest_share[0] == pytest.approx(0.6)
        assert found.top_two_share[0] == pytest.approx(0.9)

    def test_leaves_a_shop_out(self) -> None:
        found = benchmark_cells(
            ints(0, 0), ints(1, 2), ints(1, 2), ints(900, 100), ints(90, 2), 1, leave_out_shop=1
        )

        assert found.ctr[0] == pytest.approx(0.02)
        assert found.shops[0] == 1

    def test_of_an_empty_cell_cannot_tell_and_is_unstable(self) -> None:
        found = benchmark_cells(ints(0), ints(1), ints(1), ints(100), ints(2), 2)

        assert np.isnan([found.ctr[1], found.median[1], found.largest_share[1]]).all()
        assert found.shops[1] == 0
        assert found.unstable[1]

    def test_quartiles_are_those_of_numpy_over_contents_with_enough_impressions(self) -> None:
        random = np.random.default_rng(4)
        cell, n = random.integers(0, 3, 500), random.integers(1, 900, 500)
        x = random.binomial(n, 0.05)
        found = benchmark_cells(cell, cell, np.arange(500), n, x, 3)

        for one in range(3):
            chosen = (cell == one) & (n >= 100)
            quartiles = np.quantile(x[chosen] / n[chosen], [0.25, 0.5, 0.75])
            assert [found.p25[one], found.median[one], found.p75[one]] == pytest.approx(quartiles)

    def test_one_viral_content_makes_it_unstable(self) -> None:
        n = ints(*[1_000] * 99, 50_000)
        found = benchmark_cells(
            np.zeros(100, np.int64), np.arange(100), np.arange(100), n, n // 50, 1
        )

        assert found.largest_content_share[0] > 0.2
        assert found.unstable[0]

    def test_bought_clicks_do_not_widen_everybodys_intervals(self) -> None:
        random = np.random.default_rng(5)
        creator = np.repeat(np.arange(800), 5)
        zero = np.zeros_like(creator)
        n = np.ceil(random.lognormal(8.0, 1.0, creator.size)).astype(np.int64)
        rate = 0.02 * random.lognormal(0.0, 0.3, 800)[creator]
        x = random.binomial(n, rate * random.lognormal(-0.08, 0.4, creator.size))
        bought = random.random(creator.size) < 0.03
        clean = benchmark_cells(zero, zero, creator, n, x, 1)
        fouled = benchmark_cells(zero, zero, creator, n, np.where(bought, n * 3 // 5, x), 1)
        without = benchmark_cells(*(c[~bought] for c in (zero, zero, creator, n, x)), 1)

        # Luck is a squared CV, so it is compared at one rate.
        luck = [float(each.icc[0] * (1 - each.ctr[0]) / each.ctr[0]) for each in (clean, fouled)]
        assert luck[1] == pytest.approx(luck[0], rel=0.1)
        assert fouled.ctr[0] > 1.5 * clean.ctr[0]
        assert without.icc[0] == pytest.approx(clean.icc[0], rel=0.1)


class TestRelativeError:
    def test_agrees_with_a_cluster_robust_poisson_regression(self) -> None:
        random = np.random.default_rng(11)
        n = random.lognormal(7, 1.0, 400)
        x = random.poisson(n * 0.02 * random.gamma(4, 0.25, 400)).astype(float)
        zero = np.zeros(400, np.int64)
        ours = relative_error(zero, np.arange(400), n, x, cells=1)
        fit = sm.GLM(x, np.ones(400), family=sm.families.Poisson(), offset=np.log(n)).fit(
            cov_type="cluster", cov_kwds={"groups": np.arange(400)}
        )

        assert float(ours[0]) == pytest.approx(float(fit.bse[0]), rel=2e-3)

    def test_takes_a_creator_with_a_large_share_as_one_cluster(self) -> None:
        random = np.random.default_rng(12)
        creator = np.repeat(np.arange(30), 20)
        luck = np.repeat(random.lognormal(0, 0.6, 30), 20)
        creator_big = np.where(creator < 10, 0, creator)
        n = np.full(600, 1_000.0)
        x = n * 0.02 * np.where(creator < 10, 2.0, luck)
        zero = np.zeros(600, np.int64)
        apart = relative_error(zero, np.arange(600), n, x, cells=1)
        together = relative_error(zero, creator_big, n, x, cells=1)

        assert together[0] > 2.0 * apart[0]

    def test_of_one_content_is_unknown(self) -> None:
        one = np.zeros(1, np.int64)

        assert np.isnan(relative_error(one, one, np.array([50.0]), np.array([2.0]), cells=1)).all()


class TestIsUnstable:
    def test_takes_unknown_for_unstable(self) -> None:
        found = is_unstable(
            np.array([0.05, 0.2, np.nan]), np.array([0.1] * 3), np.array([100.0] * 3)
        )

        assert found.tolist() == [False, True, True]


class TestLeavingOneselfOut:
    def test_undoes_the_shrinkage_the_own_share_causes(self) -> None:
        share, others, own = 0.10, 0.02, 0.05
        published = share * own + (1 - share) * others

        assert own / published - 1 == pytest.approx(1.17, abs=0.01)
        assert leave_own_share_out(
            np.array(published), np.array(own), np.array(share)
        ) == pytest.approx(others)

    def test_subtracts_counts(self) -> None:
        assert leave_own_out(
            np.array(120.0), np.array(5_000.0), np.array(20.0), np.array(1_000.0)
        ) == pytest.approx(0.025)

    def test_cannot_tell_when_nothing_is_left_or_figures_contradict(self) -> None:
        assert np.isnan(
            leave_own_share_out(np.array([0.02, 0.02]), np.array([0.02, 0.5]), np.array([1.0, 0.5]))
        ).all()
