import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.stats import BenchmarkCells, ContentCounts
from linkstar.stats.like_for_like import like_for_like

CELLS = BenchmarkCells(
    np.array([1e6, 5e5, 0.0]),
    np.array([2e4, 2e4, 0.0]),
    np.array([0.03, 0.05, np.nan]),
    np.array([0.005, 0.01, np.nan]),
    np.array([False, False, False]),
    np.array([False, True, False]),
)


@st.composite
def contents(draw: st.DrawFn) -> ContentCounts:
    size = draw(st.integers(0, 30))

    def column(low: int, high: int) -> np.ndarray:
        return np.array(
            draw(st.lists(st.integers(low, high), min_size=size, max_size=size)), dtype=np.int64
        )

    return ContentCounts(
        column(0, 4),
        column(-1, 2),
        column(0, 2),
        column(0, 20_000),
        column(0, 900),
        5,
        np.ones(size),
    )


class TestLikeForLike:
    @given(contents())
    @settings(max_examples=60)
    def test_never_loses_nor_invents_a_count(self, counts: ContentCounts) -> None:
        found = like_for_like(counts, CELLS, "typical")

        assert found.impressions.sum() == counts.impressions.sum()
        assert found.clicks.sum() == counts.clicks.sum()
        assert (found.covered_impressions <= found.impressions).all()

    @given(contents())
    @settings(max_examples=60)
    def test_benchmark_of_a_mix_lies_between_those_of_its_cells(
        self, counts: ContentCounts
    ) -> None:
        found = like_for_like(counts, CELLS, "typical").pooled
        known = np.isfinite(found.benchmark_ctr)

        assert (found.benchmark_ctr[known] >= 0.02 - 1e-12).all()
        assert (found.benchmark_ctr[known] <= 0.04 + 1e-12).all()
        assert (found.relative_error[known] <= 0.05 + 1e-12).all()

    @given(contents())
    @settings(max_examples=60)
    def test_effective_counts_never_exceed_the_counts(self, counts: ContentCounts) -> None:
        found = like_for_like(counts, CELLS, "typical")
        known = np.isfinite(found.design_effect)

        assert (found.design_effect[known] >= 1.0 - 1e-12).all()
        assert (found.pooled.clicks[known] <= found.covered_clicks[known] + 1e-9).all()

    def test_a_cell_without_clicks_covers_nothing(self) -> None:
        one = np.zeros(1, dtype=np.int64)
        counts = ContentCounts(one, one + 2, one, one + 5_000, one + 90, 1, np.ones(1))
        found = like_for_like(counts, CELLS, "typical")

        assert found.covered_impressions[0] == 0.0
        assert np.isnan(found.pooled.benchmark_ctr[0])

    def test_counts_the_impressions_that_lean_on_unstable_cells(self) -> None:
        group = np.zeros(2, dtype=np.int64)
        counts = ContentCounts(
            group,
            np.array([0, 1]),
            group,
            np.array([3_000, 1_000]),
            np.array([60, 30]),
            1,
            np.ones(2),
        )

        assert like_for_like(counts, CELLS, "typical").unstable[0] == pytest.approx(1_000)

    def test_main_category_is_the_one_with_most_impressions(self) -> None:
        group = np.array([0, 0, 0, 1], dtype=np.int64)
        counts = ContentCounts(
            group,
            np.zeros(4, dtype=np.int64),
            np.array([2, 1, 1, 2]),
            np.array([900, 500, 600, 10]),
            np.zeros(4, dtype=np.int64),
            3,
            np.ones(4),
        )

        assert like_for_like(counts, CELLS, "typical").category.tolist() == [1, 2, 0]
