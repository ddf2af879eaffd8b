"""Which windows of exports may be added up."""

from datetime import date, timedelta
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from linkstar.lake.selection import LeftOutReason, Window
from linkstar.lake.windows import choose, most_days

NEW_YEAR = date(2026, 1, 1)  # a Thursday
MONDAY = date(2026, 1, 5)


def window(start: int, days: int, *, stated: int = 0, name: str = "imp_1", **more) -> Window:
    starts_on = more.pop("origin", NEW_YEAR) + timedelta(days=start)
    return Window(
        shop=more.pop("shop", 1),
        level=more.pop("level", "content"),
        starts_on=starts_on,
        ends_before=starts_on + timedelta(days=days),
        stated_on=date(2026, 6, 1) + timedelta(days=stated),
        import_id=name,
        **more,
    )


def chosen(*windows: Window, **asked):
    usual = {"starts_on": None, "ends_before": None, "week": False, "segment": None}
    return choose(list(windows), **{**usual, **asked})


class TestWindowsThatOverlap:
    def test_are_never_both_taken(self) -> None:
        month, week = window(0, 28), window(7, 7)
        taken, left_out = chosen(month, week)
        assert taken == [month]
        assert [(each.window, each.reason) for each in left_out] == [(week, LeftOutReason.OVERLAPS)]

    def test_give_way_to_disjoint_ones_that_cover_more_days(self) -> None:
        long, first, second = window(5, 10), window(0, 8), window(8, 8)
        taken, _ = chosen(long, first, second)
        assert taken == [first, second]

    def test_yield_to_the_later_statement_on_equal_days(self) -> None:
        weeks = [window(7 * each, 7, name=f"imp_{each}") for each in range(4)]
        assert chosen(*weeks, window(0, 28, stated=1))[0] == [window(0, 28, stated=1)]
        later = [window(7 * each, 7, name=f"imp_{each}", stated=2) for each in range(4)]
        assert chosen(*later, window(0, 28, stated=1))[0] == later

    def test_of_different_shops_or_levels_do_not_meet(self) -> None:
        all_three = [window(0, 7), window(0, 7, shop=2), window(0, 7, level="creator")]
        assert len(chosen(*all_three)[0]) == 3


class TestAPeriod:
    def test_leaves_out_what_lies_outside_or_crosses_its_edge(self) -> None:
        inside, across, outside = window(7, 7), window(10, 14), window(30, 7)
        taken, left_out = chosen(
            inside,
            across,
            outside,
            starts_on=NEW_YEAR + timedelta(days=7),
            ends_before=NEW_YEAR + timedelta(days=21),
        )
        assert taken == [inside]
        assert {each.window: each.reason for each in left_out} == {
            across: LeftOutReason.CROSSES_PERIOD,
            outside: LeftOutReason.OUTSIDE_PERIOD,
        }

    def test_takes_windows_that_fill_it_exactly(self) -> None:
        asked = {"starts_on": NEW_YEAR, "ends_before": NEW_YEAR + timedelta(days=28)}
        assert chosen(window(0, 28), **asked)[0] == [window(0, 28)]


class TestAQuestionByWeek:
    def test_takes_windows_within_one_week_only(self) -> None:
        full = window(0, 7, origin=MONDAY)
        day = window(9, 1, origin=MONDAY)
        crossing = window(13, 2, origin=MONDAY)
        month = window(14, 28, origin=MONDAY)
        taken, left_out = chosen(full, day, crossing, month, week=True)
        assert taken == [full, day]
        assert {each.reason for each in left_out} == {LeftOutReason.LONGER_THAN_WEEK}


class TestRowsCutBySegments:
    def test_are_a_series_of_their_own(self) -> None:
        whole, by_gender = window(0, 28), window(0, 28, split=("gender",), stated=5)
        taken, left_out = chosen(whole, by_gender)
        assert taken == [whole]
        assert left_out[0].reason is LeftOutReason.OTHER_SPLIT

    def test_stand_in_for_whole_rows_that_cover_fewer_days(self) -> None:
        whole, by_gender = window(0, 7), window(0, 28, split=("gender",))
        assert chosen(whole, by_gender)[0] == [by_gender]

    def test_are_the_only_answer_to_a_question_about_that_segment(self) -> None:
        whole, by_gender = window(0, 28), window(0, 28, split=("gender",))
        assert chosen(whole, by_gender, segment="gender")[0] == [by_gender]
        assert chosen(whole, segment="gender")[0] == []


spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(0, 3)), max_size=9, unique=True
)


class TestTheMostDays:
    @given(spans)
    def test_are_found_as_by_trying_every_subset(self, given_spans) -> None:
        windows = [
            window(start, days, stated=stated, name=f"imp_{place}")
            for place, (start, days, stated) in enumerate(given_spans)
        ]
        found = most_days(windows)
        assert _disjoint(found)
        best = max(
            sum(each.days for each in subset)
            for size in range(len(windows) + 1)
            for subset in combinations(windows, size)
            if _disjoint(subset)
        )
        assert sum(each.days for each in found) == best

    @given(spans)
    def test_and_what_is_left_out_make_up_everything(self, given_spans) -> None:
        windows = [
            window(start, days, stated=stated, name=f"imp_{place}")
            for place, (start, days, stated) in enumerate(given_spans)
        ]
        taken, left_out = chosen(*windows)
        assert sorted([*taken, *(each.window for each in left_out)]) == sorted(windows)


def _disjoint(windows) -> bool:
    ordered = sorted(windows, key=lambda each: each.starts_on)
    return all(one.ends_before <= other.starts_on for one, other in pairwise(ordered))
