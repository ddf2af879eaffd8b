"""What a benchmark figure needs to be shown, and which one applies."""

from datetime import date, timedelta

import numpy as np
import pytest

from linkstar.benchmarks.rules import (
    Floors,
    FloorTooLow,
    NotWholeWeeks,
    Place,
    WeekNotOver,
    chain,
    check_window,
    newest_whole_weeks,
)

GOOD = {
    "impressions": 10_000.0,
    "shops": 10,
    "creators": 30,
    "largest_share": 0.25,
    "top_two_share": 0.5,
}


def reason(**changed):
    given = {name: np.array([value]) for name, value in (GOOD | changed).items()}
    return Floors().reasons(**given)[0]


class TestACell:
    def test_exactly_at_every_floor_is_shown(self):
        assert reason() == ""

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"impressions": 0.0}, "no_impressions"),
            ({"impressions": 9_999.0}, "few_impressions"),
            ({"shops": 9}, "few_shops"),
            ({"creators": 29}, "few_creators"),
            ({"largest_share": 0.2501}, "largest_shop"),
            ({"top_two_share": 0.5001}, "top_two_shops"),
        ],
    )
    def test_under_one_floor_is_withheld_for_it(self, changed, why):
        assert reason(**changed) == why

    def test_failing_several_names_the_gravest(self):
        assert reason(shops=2, impressions=50.0, largest_share=0.9) == "few_shops"

    def test_may_ask_for_five_shops_but_not_four(self):
        assert Floors(shops=5).shops == 5
        with pytest.raises(FloorTooLow):
            Floors(shops=4)


class TestTheChainOfCells:
    def test_goes_from_the_content_to_all_its_category_then_above(self):
        assert list(chain(Place("A > B", "video", "tiktok"))) == [
            Place("A > B", "video", "tiktok"),
            Place("A > B", "video", ""),
            Place("A > B", "", ""),
            Place("A", "video", "tiktok"),
            Place("A", "video", ""),
            Place("A", "", ""),
            Place("", "video", "tiktok"),
            Place("", "video", ""),
            Place("", "", ""),
        ]

    def test_of_an_unknown_content_starts_with_all(self):
        assert list(chain(Place("", "", ""))) == [Place("", "", "")]


class TestAWindow:
    def test_runs_from_monday_to_monday(self):
        with pytest.raises(NotWholeWeeks):
            check_window(date(2026, 9, 22), date(2026, 10, 20), today=date(2026, 11, 1))
        with pytest.raises(NotWholeWeeks):
            check_window(date(2026, 9, 21), date(2026, 9, 21), today=date(2026, 11, 1))

    def test_is_over_for_two_days(self):
        window = (date(2026, 9, 21), date(2026, 10, 19))
        check_window(*window, today=date(2026, 10, 21))
        with pytest.raises(WeekNotOver):
            check_window(*window, today=date(2026, 10, 20))

    def test_newest_is_always_one_that_may_be_built(self):
        for day in range(1, 31):
            today = date(2026, 10, day)
            starts_on, ends_before = newest_whole_weeks(today, count=4)
            check_window(starts_on, ends_before, today=today)
            assert ends_before - starts_on == timedelta(weeks=4)
