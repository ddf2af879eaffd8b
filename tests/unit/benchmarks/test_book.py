"""Looking up the cell that answers for a content."""

import pyarrow as pa
import pytest
from tests.unit.insights.made import book

from linkstar.benchmarks.book import MISSING
from linkstar.benchmarks.rules import Place
from linkstar.stats.ctr import Definition

CTR = Definition.PRODUCT_IMPRESSIONS
CELL = {"impressions": 100_000, "clicks": 2_000}


def cell(category, **more):
    return {"category": category, **CELL, **more}


def found(a_book, place, **more):
    number = a_book.find(place, CTR, **more)
    if number == MISSING:
        return None
    row = a_book.cells.slice(number, 1).to_pylist()[0]
    return row["category"], row["content_type"], row["withheld"]


LIPS = Place("Beauty > Lips", "video", "tiktok")


class TestACell:
    def test_of_the_same_type_goes_before_one_of_all_types(self):
        a_book = book(cell("Beauty > Lips"), cell("Beauty > Lips", content_type="video"))
        assert found(a_book, LIPS) == ("Beauty > Lips", "video", "")

    def test_of_the_category_goes_before_the_type_above(self):
        a_book = book(cell("Beauty", content_type="video"), cell("Beauty > Lips"))
        assert found(a_book, LIPS) == ("Beauty > Lips", "", "")

    def test_above_answers_for_a_withheld_one(self):
        a_book = book(cell("Beauty > Lips", withheld="few_shops"), cell("Beauty"))
        assert found(a_book, LIPS) == ("Beauty", "", "")

    def test_withheld_up_to_the_top_says_withheld(self):
        withheld = {"withheld": "few_shops"}
        a_book = book(cell("Beauty > Lips", **withheld), cell("", **withheld))
        assert found(a_book, LIPS) == ("Beauty > Lips", "", "few_shops")

    def test_of_another_category_never_answers(self):
        assert found(book(cell("Home")), LIPS) is None

    def test_of_another_definition_never_answers(self):
        assert found(book(cell("Beauty", definition="video_views")), LIPS) is None

    def test_of_a_week_answers_only_for_that_week(self):
        from datetime import date

        monday = date(2026, 9, 21)
        a_book = book(cell("Beauty", week_starts_on=monday))
        assert found(a_book, LIPS) is None
        assert found(a_book, LIPS, week_starts_on=monday) == ("Beauty", "", "")

    def test_of_a_segment_answers_only_for_it(self):
        a_book = book(cell("Beauty"), cell("Beauty", segment="age", segment_value="18-24"))
        asked = {"segment": "age", "segment_value": "25-34"}
        assert found(a_book, LIPS, **asked) is None
        assert found(a_book, LIPS, **asked | {"segment_value": "18-24"}) is not None


class TestWithheldCells:
    def test_give_no_figure_to_the_statistics(self):
        strata = book(cell("Beauty", withheld="few_shops"), cell("Home")).strata
        assert strata.clicks.tolist() == [0.0, 2_000.0]
        assert strata.withheld.tolist() == [True, False]


class TestMatchingMany:
    def test_finds_for_each_what_it_finds_for_one(self):
        a_book = book(cell("Beauty"), cell("Beauty", content_type="live"), cell("Home"))
        places = [
            ("Beauty > Lips", "live", "tiktok"),
            ("Beauty", "video", None),
            ("Home", None, None),
            (None, "video", "tiktok"),
            ("Beauty > Lips", "live", "tiktok"),
        ]
        columns = [pa.array(column, pa.string()) for column in zip(*places, strict=True)]
        elements = pa.table(columns, names=["category", "content_type", "channel"])
        match = a_book.match(elements, CTR)
        one_by_one = [a_book.find(Place(*(p or "" for p in place)), CTR) for place in places]
        assert match.cell.tolist() == one_by_one
        assert match.rolled_up.tolist() == [True, False, False, False, True]

    def test_of_nothing_is_nothing(self):
        elements = pa.table(
            {n: pa.array([], pa.string()) for n in ("category", "content_type", "channel")}
        )
        assert book(cell("Beauty")).match(elements, CTR).cell.shape == (0,)


class TestTypicalCtr:
    def test_is_used_only_when_every_shown_cell_has_one(self):
        with_all = book(cell("A", typical_ctr=0.01, typical_relative_error=0.05))
        with_some = book(cell("A", typical_ctr=0.01, typical_relative_error=0.05), cell("B"))
        assert with_all.strata_with_typical.typical_ctr == pytest.approx([0.01])
        assert with_some.strata_with_typical.typical_ctr is None
