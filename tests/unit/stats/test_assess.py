from dataclasses import replace

import numpy as np
import pytest

from linkstar.stats import (
    BenchmarkCells,
    ContentCounts,
    ShapeMismatch,
    State,
    UpliftColumns,
    assess_uplift,
)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def cells(
    *,
    ctr: tuple[float, ...] = (0.02,),
    error: float = 0.03,
    icc: float = 0.005,
    withheld: bool = False,
    unstable: bool = False,
) -> BenchmarkCells:
    shape = len(ctr)
    n = np.full(shape, 1_000_000.0)
    return BenchmarkCells(
        n,
        n * np.array(ctr),
        np.full(shape, error),
        np.full(shape, icc),
        np.full(shape, withheld),
        np.full(shape, unstable),
    )


def counts(
    group: np.ndarray,
    impressions: np.ndarray,
    clicks: np.ndarray,
    *,
    stratum: np.ndarray | None = None,
    contents: float = 1.0,
    groups: int | None = None,
) -> ContentCounts:
    zero = np.zeros(group.shape, dtype=np.int64)
    return ContentCounts(
        group,
        zero if stratum is None else stratum,
        zero,
        impressions,
        clicks,
        int(group.max(initial=-1)) + 1 if groups is None else groups,
        np.full(group.shape, contents),
    )


def one(
    impressions: int, clicks: int, *, contents: float = 20.0, **options: object
) -> UpliftColumns:
    benchmark = options.pop("benchmark", cells())
    stratum = options.pop("stratum", 0)
    given = counts(
        ints(0), ints(impressions), ints(clicks), stratum=ints(stratum), contents=contents
    )
    return assess_uplift(given, benchmark, **options)


class TestAVerdict:
    def test_never_contradicts_the_interval_printed_beside_it(self) -> None:
        random = np.random.default_rng(7)
        group = np.repeat(np.arange(600), 6)
        n = np.ceil(random.lognormal(7.0, 1.2, group.size)).astype(np.int64)
        rate = 0.02 * np.repeat(random.lognormal(0.0, 0.5, 600), 6)
        rate *= random.lognormal(0.0, 0.4, group.size)
        x = random.binomial(n, np.minimum(rate, 1.0))
        typical = {"typical_ctr": np.array([0.02]), "typical_relative_error": np.array([0.01])}
        found = assess_uplift(counts(group, n, x), replace(cells(), **typical))
        above, below = found.state == State.ABOVE, found.state == State.BELOW
        assert above.sum() > 5
        assert below.sum() > 5
        assert (found.low[above] > 0).all()
        assert (found.high[below] < 0).all()


class TestState:
    @pytest.mark.parametrize(
        ("impressions", "clicks", "expected"),
        [
            (0, 0, State.NO_DATA),
            (500, 30, State.NOT_ENOUGH_DATA),
            (100_000, 2_050, State.CANNOT_TELL),
            (100_000, 6_000, State.ABOVE),
            (100_000, 600, State.BELOW),
        ],
    )
    def test_of_a_creator_of_twenty_videos(
        self, impressions: int, clicks: int, expected: State
    ) -> None:
        assert one(impressions, clicks).state[0] is expected

    def test_says_why_there_is_no_benchmark(self) -> None:
        assert one(9_000, 200, stratum=-1).state[0] is State.BENCHMARK_MISSING
        withheld = one(9_000, 200, benchmark=cells(withheld=True))
        assert withheld.state[0] is State.BENCHMARK_WITHHELD
        assert np.isnan([withheld.benchmark_ctr, withheld.uplift, withheld.shrunken_uplift]).all()

    def test_gives_no_verdict_against_an_unstable_benchmark(self) -> None:
        found = one(100_000, 6_000, benchmark=cells(unstable=True))

        assert found.state[0] is State.BENCHMARK_UNSTABLE
        assert found.uplift[0] == pytest.approx(2.0)

    def test_gives_no_verdict_on_suspicious_traffic(self) -> None:
        assert one(100_000, 6_000, suspicious=np.array([True])).state[0] is State.SUSPICIOUS

    def test_never_flags_fewer_than_three_contents(self) -> None:
        assert one(100_000, 6_000, contents=2.0).state[0] is State.CANNOT_TELL

    def test_of_what_these_contents_did_needs_one(self) -> None:
        found = one(100_000, 6_000, contents=1.0, question="realised")

        assert found.state[0] is State.ABOVE
        assert found.design_effect[0] == 1.0


class TestDoubtedGroups:
    """A hundred creators of bought clicks among five hundred honest ones."""

    def found(self, *, told: bool, with_them: bool = True) -> UpliftColumns:
        random = np.random.default_rng(9)
        group = np.repeat(np.arange(600), 6)
        n = np.ceil(random.lognormal(8.0, 0.8, group.size)).astype(np.int64)
        rate = 0.02 * random.lognormal(0.0, 0.25, 600)[group]
        x = random.binomial(n, rate * random.lognormal(-0.08, 0.4, group.size))
        x = np.where(group >= 500, n // 2, x)
        kept = group < (600 if with_them else 500)
        benchmark = replace(
            cells(icc=np.nan),
            typical_ctr=np.array([0.02]),
            typical_relative_error=np.array([0.01]),
        )
        doubted = np.arange(600 if with_them else 500) >= 500
        given = counts(group[kept], n[kept], x[kept])
        return assess_uplift(given, benchmark, suspicious=doubted if told else None)

    def test_change_nothing_for_the_others(self) -> None:
        with_them, without = self.found(told=True), self.found(told=True, with_them=False)

        close = dict.fromkeys(("low", "high", "shrunken_uplift", "shrunken_low"), 1e-6)
        for column, error in (close | {"expected_rank": 0.01}).items():
            found = getattr(with_them, column)[:500]
            assert found == pytest.approx(getattr(without, column), abs=error, nan_ok=True)
        assert with_them.state[:500].tolist() == without.state.tolist()

    def test_are_neither_ranked_nor_shrunken(self) -> None:
        found = self.found(told=True)

        assert np.isnan([found.expected_rank[500:], found.shrunken_uplift[500:]]).all()
        assert set(found.state[500:]) == {State.SUSPICIOUS}

    def test_untold_would_make_room_for_doubtful_discoveries(self) -> None:
        honest = sum(state is State.ABOVE for state in self.found(told=True).state[:500])
        fooled = sum(state is State.ABOVE for state in self.found(told=False).state[:500])

        assert fooled > 1.3 * honest > 0


class TestRefusals:
    def test_unknown_number_of_contents_withholds_the_interval(self) -> None:
        found = one(100_000, 6_000, contents=np.nan)

        assert found.state[0] is State.CANNOT_TELL
        assert found.uplift[0] == pytest.approx(2.0)
        assert np.isnan([found.low, found.high, found.shrunken_uplift]).all()

    def test_unknown_luck_withholds_the_interval(self) -> None:
        found = one(100_000, 6_000, benchmark=cells(icc=np.nan))

        assert np.isnan([found.low, found.high, found.design_effect]).all()

    def test_too_few_impressions_show_no_headline_but_what_is_needed(self) -> None:
        found = one(500, 30)

        assert np.isnan([found.uplift, found.ctr_ratio, found.low, found.high]).all()
        assert found.ctr[0] == pytest.approx(0.06)
        assert found.impressions_needed[0] >= 1_000

    def test_no_number_of_impressions_helps_against_a_noisy_benchmark(self) -> None:
        assert np.isnan(one(9_000, 200, benchmark=cells(error=0.3)).impressions_needed[0])

    def test_refuses_columns_of_different_length(self) -> None:
        with pytest.raises(ShapeMismatch):
            counts(ints(0, 0), ints(1), ints(0, 0))

    def test_refuses_groups_out_of_range(self) -> None:
        with pytest.raises(ShapeMismatch):
            counts(ints(3), ints(1), ints(0), groups=3)

    def test_of_nothing_at_all_is_no_data_for_every_group(self) -> None:
        nothing = ints()
        found = assess_uplift(counts(nothing, nothing, nothing, groups=2), cells())

        assert found.state.tolist() == [State.NO_DATA] * 2
        assert np.isnan(found.uplift).all()

    def test_without_a_single_cell_misses_the_benchmark(self) -> None:
        found = assess_uplift(
            counts(ints(0), ints(5_000), ints(90), stratum=ints(-1)), cells(ctr=())
        )

        assert found.state[0] is State.BENCHMARK_MISSING


class TestHeadline:
    def test_compares_each_group_with_the_benchmark_of_its_own_mix(self) -> None:
        given = counts(
            ints(0, 0, 1), ints(3_000, 1_000, 4_000), ints(30, 40, 80), stratum=ints(0, 1, 1)
        )
        found = assess_uplift(given, cells(ctr=(0.01, 0.04)))

        assert found.benchmark_ctr.tolist() == pytest.approx([0.0175, 0.04])
        assert found.uplift.tolist() == pytest.approx([0.0, -0.5])

    def test_uses_what_is_covered_and_says_how_much(self) -> None:
        given = counts(ints(0, 0), ints(3_000, 7_000), ints(90, 7), stratum=ints(0, -1))
        found = assess_uplift(given, cells(ctr=(0.02,)))

        assert found.impressions[0] == 10_000
        assert found.covered_impressions[0] == 3_000
        assert found.ctr[0] == pytest.approx(0.03)
        assert found.ctr_ratio[0] == pytest.approx(found.ctr[0] / found.benchmark_ctr[0])

    def test_without_clicks_is_minus_100_percent_at_most_something_finite(self) -> None:
        found = one(5_000, 0)

        assert (found.uplift[0], found.low[0]) == (-1.0, -1.0)
        assert -1.0 < found.high[0] < 5.0

    def test_of_more_clicks_than_impressions_is_told(self) -> None:
        found = one(5_000, 6_000)

        assert found.ctr_ratio[0] == pytest.approx(60.0)
        assert found.low[0] < 59.0 < found.high[0]

    def test_does_not_depend_on_the_order_of_contents(self) -> None:
        random = np.random.default_rng(1)
        group, n = random.integers(0, 40, 300), random.integers(100, 9_000, 300)
        x = random.binomial(n, 0.03)
        stratum = random.integers(-1, 3, 300)
        order = random.permutation(300)
        benchmark = cells(ctr=(0.01, 0.02, 0.03))
        straight = assess_uplift(counts(group, n, x, stratum=stratum), benchmark)
        mixed = assess_uplift(
            counts(group[order], n[order], x[order], stratum=stratum[order]), benchmark
        )

        for column in ("low", "high", "shrunken_low", "expected_rank", "design_effect"):
            assert getattr(mixed, column) == pytest.approx(getattr(straight, column), nan_ok=True)

    def test_of_a_lumped_row_is_wider_the_fewer_contents_it_stands_for(self) -> None:
        few, many = one(100_000, 4_000, contents=3.0), one(100_000, 4_000, contents=60.0)

        assert few.low[0] < many.low[0] < many.high[0] < few.high[0]

    def test_answers_the_narrower_question_more_narrowly(self) -> None:
        typical, realised = one(100_000, 4_000), one(100_000, 4_000, question="realised")

        assert typical.low[0] < realised.low[0] < realised.high[0] < typical.high[0]


class TestLeaderboard:
    def test_ten_lucky_impressions_do_not_beat_ten_thousand_good_ones(self) -> None:
        random = np.random.default_rng(2)
        n = np.concatenate([ints(10), np.full(49, 10_000)])
        x = np.concatenate([ints(3), random.binomial(10_000, 0.02 * random.gamma(20, 0.05, 49))])
        x[1] = 600
        found = assess_uplift(counts(np.arange(50), n, x), cells(icc=0.001))

        assert found.ctr[0] > found.ctr[1]
        assert found.expected_rank[1] < found.expected_rank[0]
        assert found.shrunken_uplift[1] > found.shrunken_uplift[0]

    def test_a_group_without_clicks_in_a_large_category_is_told(self) -> None:
        random = np.random.default_rng(3)
        n = np.full(300, 3_000)
        x = random.binomial(n, 0.02)
        x[:20] = 0
        found = assess_uplift(counts(np.arange(300), n, x), cells(icc=0.002))

        assert np.isfinite(found.shrunken_uplift).all()
        assert found.shrunken_uplift[:20].max() < np.median(found.shrunken_uplift)
