import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.stats import (
    BenchmarkMissing,
    BenchmarkTooNoisy,
    Ctr,
    Definition,
    DefinitionMismatch,
    NegativeCount,
    NoData,
    NotEnoughData,
    Uplift,
    ctr_uplift,
    identity,
)

VIEWS, IMPRESSIONS = Definition.VIDEO_VIEWS, Definition.PRODUCT_IMPRESSIONS
BENCHMARK = Ctr(20_000, 1_000_000, VIEWS)


class TestCtr:
    def test_is_clicks_over_impressions(self) -> None:
        assert Ctr(5_000, 100_000, VIEWS).ratio == 0.05

    def test_without_impressions_is_no_data_and_not_zero(self) -> None:
        assert Ctr(0, 0, VIEWS).ratio == NoData()

    def test_may_exceed_one(self) -> None:
        assert Ctr(6, 5, VIEWS).ratio == 1.2

    @pytest.mark.parametrize(("clicks", "impressions"), [(-1, 10), (1, -10)])
    def test_refuses_negative_counts(self, clicks: int, impressions: int) -> None:
        with pytest.raises(NegativeCount):
            Ctr(clicks, impressions, VIEWS)

    def test_does_not_change(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            BENCHMARK.clicks = 1  # type: ignore[misc]


class TestCtrUplift:
    def test_of_the_seed_reads_plus_150_percent(self) -> None:
        found = ctr_uplift(Ctr(5_000, 100_000, VIEWS), BENCHMARK)

        assert isinstance(found, Uplift)
        assert found.uplift == pytest.approx(1.5)
        assert found.ctr_ratio == pytest.approx(2.5)
        assert found.low < 1.5 < found.high

    def test_refuses_a_benchmark_that_counts_something_else(self) -> None:
        with pytest.raises(DefinitionMismatch) as refused:
            ctr_uplift(Ctr(5_000, 100_000, IMPRESSIONS), BENCHMARK)

        assert (refused.value.ctr, refused.value.benchmark) == (IMPRESSIONS, VIEWS)

    def test_says_how_many_impressions_are_missing(self) -> None:
        found = ctr_uplift(Ctr(1, 10, VIEWS), BENCHMARK)

        assert found == NotEnoughData(10, 1_000)
        assert isinstance(found, NotEnoughData)
        assert found.impressions_missing == 990

    def test_without_impressions_is_no_data(self) -> None:
        assert ctr_uplift(Ctr(0, 0, VIEWS), BENCHMARK) == NoData()

    @pytest.mark.parametrize("benchmark", [Ctr(0, 0, VIEWS), Ctr(0, 1_000, VIEWS)])
    def test_without_a_benchmark_says_so(self, benchmark: Ctr) -> None:
        assert ctr_uplift(Ctr(50, 1_000, VIEWS), benchmark) == BenchmarkMissing()

    def test_against_a_benchmark_of_three_clicks_is_too_noisy(self) -> None:
        found = ctr_uplift(Ctr(50, 1_000, VIEWS), Ctr(3, 150, VIEWS))

        assert isinstance(found, BenchmarkTooNoisy)

    def test_without_clicks_is_minus_100_percent_with_a_finite_upper_limit(self) -> None:
        found = ctr_uplift(Ctr(0, 1_000, VIEWS), BENCHMARK)

        assert isinstance(found, Uplift)
        assert (found.uplift, found.low) == (-1.0, -1.0)
        assert -1.0 < found.high < 0.0

    def test_gets_wider_with_the_design_effect(self) -> None:
        narrow = ctr_uplift(Ctr(5_000, 100_000, VIEWS), BENCHMARK)
        wide = ctr_uplift(Ctr(5_000, 100_000, VIEWS), BENCHMARK, design_effect=50.0)

        assert isinstance(narrow, Uplift)
        assert isinstance(wide, Uplift)
        assert wide.low < narrow.low < narrow.high < wide.high


class TestIdentity:
    @given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
    def test_links_multiply_to_the_whole(self, views: int, impressions: int, clicks: int) -> None:
        found = identity(views=views, impressions=impressions, clicks=clicks)

        assert not isinstance(found.ctr, NoData)
        assert not isinstance(found.impressions_per_view, NoData)
        assert found.clicks_per_view == pytest.approx(found.impressions_per_view * found.ctr)

    def test_leaves_a_link_without_denominator_open(self) -> None:
        found = identity(views=10, impressions=0, clicks=0)

        assert found.ctr == NoData()
        assert found.impressions_per_view == 0.0
