import numpy as np
import pytest

from linkstar.stats.design_effect import (
    content_luck,
    element_design_effect,
    icc_at,
    luck_at,
    luck_or_parent,
    own_design_effect,
    sum_of_squares,
)


def contents(random: np.random.Generator, *, creators: int, videos: int, cv: float) -> tuple:
    group = np.repeat(np.arange(creators), videos)
    n = random.lognormal(8, 1.0, group.size).astype(np.int64) + 1
    sigma = np.sqrt(np.log1p(cv**2))
    rate = 0.02 * random.lognormal(-0.08, 0.4, creators)[group]
    x = random.binomial(n, rate * random.lognormal(-(sigma**2) / 2, sigma, group.size))
    return group, n.astype(float), x.astype(float)


class TestContentLuck:
    @pytest.mark.parametrize("cv", [0.0, 0.3, 0.6])
    def test_finds_the_spread_of_contents_around_their_creator(self, cv: float) -> None:
        group, n, x = contents(np.random.default_rng(5), creators=4_000, videos=12, cv=cv)
        found = content_luck(group, np.zeros_like(group), n, x, categories=1)

        assert float(found.cv_squared[0]) == pytest.approx(cv**2, abs=0.004 + 0.08 * cv**2)
        assert found.creators.tolist() == [4_000]
        assert found.degrees.tolist() == [44_000]

    def test_is_unknown_without_second_contents(self) -> None:
        group = np.arange(100)
        found = content_luck(
            group, np.zeros_like(group), np.full(100, 500.0), np.full(100, 9.0), categories=1
        )

        assert np.isnan(found.cv_squared).all()

    def test_does_not_depend_on_the_order_of_contents(self) -> None:
        group, n, x = contents(np.random.default_rng(6), creators=200, videos=5, cv=0.5)
        order = np.random.default_rng(7).permutation(group.size)
        category = group % 3
        straight = content_luck(group, category, n, x, categories=3)
        mixed = content_luck(group[order], category[order], n[order], x[order], categories=3)

        assert mixed.cv_squared == pytest.approx(straight.cv_squared)


class TestLuckOrParent:
    def test_takes_the_parent_for_a_category_of_few_creators(self) -> None:
        group, n, x = contents(np.random.default_rng(8), creators=300, videos=6, cv=0.5)
        category = np.where(group < 10, 1, 0)
        found = luck_or_parent(group, category, n, x, categories=2)
        parent = luck_or_parent(group, np.zeros_like(group), n, x, categories=1)

        assert found[1] == pytest.approx(parent[0])
        assert found[0] != found[1]

    def test_errs_on_the_wide_side_for_a_small_roster(self) -> None:
        group, n, x = contents(np.random.default_rng(9), creators=6, videos=5, cv=0.5)
        plain = content_luck(group, np.zeros_like(group), n, x, categories=1)

        assert luck_or_parent(group, np.zeros_like(group), n, x, categories=1) > plain.cv_squared


class TestIcc:
    def test_and_luck_are_two_ways_to_say_the_same(self) -> None:
        rate = np.array([0.005, 0.02, 0.2])

        assert luck_at(icc_at(np.full(3, 0.25), rate), rate) == pytest.approx([0.25] * 3)


class TestSumOfSquares:
    def test_is_exact_for_one_content(self) -> None:
        assert float(sum_of_squares(np.array(500.0), np.array(1.0))) == 250_000.0

    def test_of_a_lumped_row_is_about_what_its_contents_would_have(self) -> None:
        n = np.random.default_rng(1).lognormal(7, 1.2, (20_000, 40))
        told = sum_of_squares(n.sum(axis=1), np.full(20_000, 40.0))

        assert told.mean() == pytest.approx(np.square(n).sum(axis=1).mean(), rel=0.1)

    def test_is_unknown_where_the_number_of_contents_is(self) -> None:
        assert np.isnan(sum_of_squares(np.array(500.0), np.array(np.nan)))


class TestElementDesignEffect:
    def test_is_one_plus_icc_times_the_other_impressions(self) -> None:
        n = np.array([1_000.0])

        assert element_design_effect(n, n * n, np.array([0.01])) == pytest.approx([1 + 9.99])


class TestOwnDesignEffect:
    def test_recovers_the_variance_over_many_contents(self) -> None:
        group, n, x = contents(np.random.default_rng(3), creators=40, videos=3_000, cv=0.5)
        effect, effective = own_design_effect(group, n, x, groups=40)
        p = np.bincount(group, x) / np.bincount(group, n)
        icc = icc_at(np.full(40, 0.25), p)
        expected = 1 + icc * (np.bincount(group, n * n) / np.bincount(group, n) - 1)

        assert np.mean(effect / expected) == pytest.approx(1.0, abs=0.1)
        assert (effective > 500).all()
