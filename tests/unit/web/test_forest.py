"""Where the marks of a forest plot lie."""

import math

from hypothesis import given
from hypothesis import strategies as st

from linkstar.web.forest import SIDE_MAX, SIDE_MIN, Estimate, axis_of, mark_of

NAN = math.nan


def row(uplift, low=NAN, high=NAN, impressions=1_000.0):
    return Estimate(uplift, low, high, impressions)


uplifts = st.floats(-0.99, 30)
rows = st.lists(
    st.builds(
        lambda u, a, b: row(u, max(-1.0, u - a), u + b), uplifts, st.floats(0, 2), st.floats(0, 9)
    ),
    min_size=1,
    max_size=60,
)


class TestTheAxis:
    def test_holds_zero(self):
        axis = axis_of([row(0.5, 0.4, 0.6)])
        assert axis.low < 0 < axis.high

    def test_is_drawn_even_when_nothing_can_be_told(self):
        axis = axis_of([row(NAN)])
        assert axis.low < axis.zero

    def test_never_goes_below_minus_100_percent(self):
        assert axis_of([row(-0.9, -1.0, -0.2)]).low == -1.0

    def test_is_not_squeezed_by_one_wide_interval_among_many(self):
        many = [row(0.1, 0.0, 0.2)] * 19
        assert axis_of([*many, row(0.2, -0.5, 9.0)]).high < 1.0

    def test_has_a_few_round_ticks(self):
        ticks = axis_of([row(0.3, -0.2, 1.4)]).ticks
        assert 3 <= len(ticks) <= 6
        assert 0.0 in ticks

    @given(rows)
    def test_holds_every_point(self, estimates):
        axis = axis_of(estimates)
        assert all(axis.low <= e.uplift <= axis.high for e in estimates)


class TestAMark:
    def test_of_nothing_told_is_not_drawn(self):
        assert mark_of(row(NAN), axis_of([]), impressions_max=1.0) is None

    def test_of_more_impressions_is_larger(self):
        estimates = [row(0.1, 0.0, 0.2, 100.0), row(0.1, 0.0, 0.2, 10_000.0)]
        axis = axis_of(estimates)
        small, large = (mark_of(e, axis, impressions_max=10_000.0) for e in estimates)
        assert SIDE_MIN <= small.side < large.side == SIDE_MAX

    def test_beyond_the_axis_is_not_drawn_but_pointed_at(self):
        axis = axis_of([row(0.1, 0.0, 0.2)])
        mark = mark_of(row(9.0, 8.0, 10.0), axis, impressions_max=1.0)
        assert (mark.is_beyond, mark.is_cut_high) == (True, True)

    def test_is_centred_on_its_point(self):
        mark = mark_of(row(0.1, 0.0, 0.2), axis_of([row(0.1, 0.0, 0.2)]), impressions_max=1.0)
        assert mark.half == -mark.side / 2

    @given(rows)
    def test_stays_inside_the_plot_and_says_where_it_was_cut(self, estimates):
        axis = axis_of(estimates)
        for estimate in estimates:
            mark = mark_of(estimate, axis, impressions_max=1_000.0)
            assert 0 <= mark.low <= mark.point <= mark.high <= 100
            assert mark.is_cut_high == (estimate.high > axis.high)
            assert mark.is_cut_low == (estimate.low < axis.low)
