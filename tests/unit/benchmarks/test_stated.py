"""Figures somebody states become cells, or are refused by name."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from linkstar.benchmarks.cells import CELLS, CellInvalid, ColumnNotStated, stated_cells
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.benchmarks.showing import shown_cells
from linkstar.benchmarks.stated import MarketNotStated, PeriodsDiffer, stated_benchmark

MONDAY = date(2026, 9, 21)


def rows(*given: dict) -> pa.Table:
    usual = {
        "market": "US",
        "category": "Beauty",
        "definition": "product_impressions",
        "impressions": 1_000,
        "clicks": 20,
        "source": "A report",
        "licence": "CC0",
        "starts_on": None,
        "ends_before": None,
    }
    return pa.Table.from_pylist([usual | row for row in given])


def period(first: date, days: int) -> dict:
    return {"starts_on": first, "ends_before": first + timedelta(days=days)}


class TestAStatedCell:
    def test_has_every_column_and_our_spelling_of_its_category(self):
        cells = stated_cells(rows({"category": "Beauty>Lips"}))
        assert cells.schema == CELLS
        assert cells["category"].to_pylist() == ["Beauty > Lips"]
        assert cells["withheld"].to_pylist() == [""]

    @pytest.mark.parametrize(
        ("wrong", "column"),
        [
            ({"definition": "likes"}, "definition"),
            ({"impressions": 0}, "impressions"),
            ({"impressions": None}, "impressions"),
            ({"clicks": -1}, "clicks"),
        ],
    )
    def test_that_cannot_be_is_refused_by_row_and_column(self, wrong, column):
        with pytest.raises(CellInvalid) as refused:
            stated_cells(rows({}, wrong))
        assert (refused.value.row, refused.value.column) == (1, column)

    def test_needs_counts_and_not_just_a_rate(self):
        with pytest.raises(ColumnNotStated, match="clicks"):
            stated_cells(rows({}).drop_columns("clicks"))


class TestAStatedBenchmark:
    def test_takes_one_market_and_names_its_source(self):
        made = stated_benchmark(rows({}, {"market": "GB", "clicks": 50}), market="US")
        assert made.cells["clicks"].to_pylist() == [20]
        assert (made.source_name, made.licence) == ("A report", "CC0")
        assert made.starts_on is None

    def test_without_the_market_says_which_it_has(self):
        with pytest.raises(MarketNotStated) as refused:
            stated_benchmark(rows({"market": "GB"}), market="US")
        assert refused.value.stated == ("GB",)

    def test_makes_weeks_cells_of_weeks_and_adds_them_up(self):
        weeks = [period(MONDAY + timedelta(weeks=n), 7) for n in range(2)]
        made = stated_benchmark(rows(*weeks), market="US")
        assert made.cells["week_starts_on"].to_pylist() == [
            MONDAY,
            MONDAY + timedelta(weeks=1),
            None,
        ]
        assert made.cells["clicks"].to_pylist() == [20, 20, 40]
        assert (made.starts_on, made.ends_before) == (MONDAY, MONDAY + timedelta(weeks=2))

    def test_keeps_a_stated_window_beside_its_weeks(self):
        whole = period(MONDAY, 14) | {"clicks": 41}
        made = stated_benchmark(rows(period(MONDAY, 7), whole), market="US")
        assert made.cells["clicks"].to_pylist() == [20, 41]

    def test_over_a_single_week_is_a_window(self):
        made = stated_benchmark(rows(period(MONDAY, 7)), market="US")
        assert made.cells["week_starts_on"].to_pylist() == [None]

    def test_of_two_months_is_no_edition(self):
        with pytest.raises(PeriodsDiffer):
            stated_benchmark(rows(period(MONDAY, 30), period(MONDAY, 60)), market="US")


class TestWhatIsShown:
    CELL = rows({"impressions": 123_456, "clicks": 2_469})

    def cells(self, **more):
        table = stated_cells(self.CELL)
        for name, value in more.items():
            at = table.schema.get_field_index(name)
            table = table.set_column(
                at, CELLS.field(name), pa.array([value], CELLS.field(name).type)
            )
        return table

    def test_of_a_pooled_cell_are_rounded_counts(self):
        cells = self.cells(shops=13, creators=58, contents=131)
        [shown] = shown_cells(cells, BenchmarkSource.COMPUTED).to_pylist()
        assert (shown["impressions"], shown["shops"]) == (100_000, 10)
        assert (shown["creators"], shown["contents"]) == (50, 130)
        assert shown["ctr"] == 2_469 / 123_456

    def test_of_an_imported_cell_is_what_was_stated(self):
        [shown] = shown_cells(self.cells(shops=13), BenchmarkSource.IMPORTED).to_pylist()
        assert (shown["impressions"], shown["shops"]) == (123_456, 13)

    def test_of_a_withheld_cell_is_only_why(self):
        cells = self.cells(withheld="few_shops", shops=3, median=0.02)
        [shown] = shown_cells(cells, BenchmarkSource.COMPUTED).to_pylist()
        assert shown["withheld"] == "few_shops"
        figures = ("ctr", "median", "impressions", "shops", "creators", "contents")
        assert [shown[name] for name in figures] == [None] * 6
