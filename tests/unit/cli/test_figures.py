"""Figures are written the same way everywhere, and what is not known is never a number."""

import math

import pytest

from linkstar.cli.figures import (
    category_text,
    count,
    interval_text,
    multiple,
    percent,
    segment_text,
    signed_percent,
    state_text,
    uplift_text,
)
from linkstar.cli.words import speak
from linkstar.events.vocabulary import Segment
from linkstar.stats.states import State


class TestAnUplift:
    def test_is_written_both_ways(self) -> None:
        assert uplift_text(1.5, 2.5) == "+150% (2.5x)"
        assert uplift_text(0.42, 1.42) == "+42% (1.42x)"
        assert uplift_text(-0.08, 0.92) == "−8.0% (0.92x)"

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_that_cannot_be_told_is_a_dash(self, unknown: float | None) -> None:
        assert uplift_text(unknown, None) == "–"
        assert interval_text(0.1, unknown) == "–"
        assert percent(unknown) == "–"
        assert count(unknown) == "–"

    def test_that_rounds_to_nothing_has_no_sign(self) -> None:
        assert signed_percent(-0.0001) == "0.0%"
        assert signed_percent(0.0) == "0.0%"

    def test_keeps_one_decimal_below_ten_percent(self) -> None:
        assert signed_percent(0.0994) == "+9.9%"
        assert signed_percent(0.0996) == "+10%"

    def test_comes_with_its_interval(self) -> None:
        assert interval_text(0.96, 2.14) == "+96% … +214%"

    def test_multiple_drops_idle_zeros(self) -> None:
        assert [multiple(r) for r in (2.0, 2.5, 1.42, 10.0)] == ["2x", "2.5x", "1.42x", "10x"]


class TestAState:
    @pytest.mark.parametrize("state", State)
    def test_has_words(self, state: State) -> None:
        assert state_text(state.value)

    def test_of_too_little_data_says_how_much_is_missing(self) -> None:
        assert "3,200" in state_text("not_enough_data", 3_200)

    def test_of_too_little_data_says_where_more_would_not_help(self) -> None:
        assert "more" not in state_text("not_enough_data", 3_200).partition(":")[0]
        assert "benchmark" in state_text("not_enough_data", None)

    def test_of_an_interval_above_says_what_holds_the_verdict_back(self) -> None:
        assert state_text("cannot_tell", held_back="so and so") == "cannot tell: so and so"

    def test_without_an_interval_says_why(self) -> None:
        said = state_text("cannot_tell", has_interval=False)
        assert said == "cannot tell: too few contents"


class TestAValueOfADimension:
    @pytest.fixture(autouse=True)
    def _english_again(self):
        yield
        speak("en")

    @pytest.mark.parametrize(
        ("segment", "value", "told"),
        [
            (Segment.GENDER, "female", "女性"),
            (Segment.DEVICE, "desktop", "电脑"),
            (Segment.WEEKDAY, "1", "周一"),
            (Segment.TRAFFIC_SOURCE, "organic", "自然流量"),
            (Segment.CONTENT_TYPE, "product_card", "商品卡"),
            (Segment.HOUR, "7", "07:00"),
            (Segment.AGE, "25-34", "25-34"),
            (Segment.GENDER, None, "未知"),
        ],
    )
    def test_is_said_in_the_reader_s_language(self, segment, value, told) -> None:
        speak("zh")
        assert segment_text(segment, value) == told

    def test_stays_as_it_came_where_nobody_named_it(self) -> None:
        assert segment_text(Segment.TRAFFIC_SOURCE, "mystery") == "mystery"


class TestACategory:
    def test_is_named_in_the_language_spoken(self, monkeypatch) -> None:
        monkeypatch.setenv("LANGUAGE", "zh_Hans")
        path = "Beauty & Personal Care > Skincare > Serums"
        assert category_text(path) == "美妆个护 > 护肤 > Serums"
        monkeypatch.setenv("LANGUAGE", "en")
        assert category_text(path) == path

    def test_that_is_not_known_is_a_dash(self) -> None:
        assert category_text(None) == category_text("") == "–"
