"""Which days an address is about."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.web.periods import (
    DAYS_MAX,
    Compare,
    Known,
    Period,
    PeriodName,
    compare_of,
    compared_with,
    period_of,
    shifted,
)

TODAY = date(2026, 10, 22)
LONG = Known(date(2026, 1, 1), date(2026, 10, 20))
SHORT = Known(date(2026, 9, 1), date(2026, 9, 29))
NOTHING = Known(TODAY, TODAY)


def days(params, known=LONG):
    period = period_of(params, today=TODAY, known=known)
    return period.starts_on, period.ends_before


class TestAPeriod:
    def test_of_28_days_ends_with_the_last_day_there_is_data_for(self):
        assert days({"period": "28d"}) == (date(2026, 9, 22), date(2026, 10, 20))

    def test_nobody_named_is_everything_when_there_is_little(self):
        assert days({}, SHORT) == (SHORT.starts_on, SHORT.ends_before)

    def test_nobody_named_is_28_days_when_there_is_much(self):
        assert days({}) == (date(2026, 9, 22), date(2026, 10, 20))

    def test_without_data_ends_today(self):
        assert days({}, NOTHING)[1] == TODAY

    def test_typed_includes_both_days(self):
        assert days({"from": "2026-10-01", "to": "2026-10-15"}) == (
            date(2026, 10, 1),
            date(2026, 10, 16),
        )

    @pytest.mark.parametrize("written", ["2026-10-1..2026-10-15", "2026-10-01 至 2026-10-15"])
    def test_may_be_written_as_one_word(self, written):
        assert days({"dates": written}) == (date(2026, 10, 1), date(2026, 10, 16))

    def test_typed_the_wrong_way_round_is_turned(self):
        assert days({"from": "2026-10-15", "to": "2026-10-01"})[0] == date(2026, 10, 1)

    def test_that_cannot_be_read_is_the_usual_one(self):
        assert days({"from": "yesterday", "to": "2026-13-40", "period": "soon"}) == days({})

    def test_is_never_longer_than_25_months(self):
        first, end = days({"from": "2001-01-01", "to": "2026-10-15"})
        assert (end - first).days == DAYS_MAX + 1

    @pytest.mark.parametrize(
        ("name", "first", "end"),
        [
            ("today", date(2026, 10, 22), date(2026, 10, 23)),
            ("yesterday", date(2026, 10, 21), date(2026, 10, 22)),
            ("week", date(2026, 10, 19), date(2026, 10, 26)),
            ("last_week", date(2026, 10, 12), date(2026, 10, 19)),
            ("month", date(2026, 10, 1), date(2026, 10, 23)),
            ("last_month", date(2026, 9, 1), date(2026, 10, 1)),
        ],
    )
    def test_of_the_calendar_follows_today(self, name, first, end):
        assert days({"period": name}) == (first, end)

    @given(st.sampled_from(list(PeriodName)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
    def test_always_has_days(self, name, today):
        for known in (LONG, SHORT, Known(today, today)):
            assert period_of({"period": name.value}, today=today, known=known).days > 0


class TestAComparison:
    PERIOD = Period(PeriodName.DAYS_28, date(2026, 9, 22), date(2026, 10, 20))

    def test_with_the_period_before_touches_it(self):
        before = compared_with(self.PERIOD, Compare.PREVIOUS)
        assert before is not None
        assert (before.ends_before, before.days) == (self.PERIOD.starts_on, 28)

    def test_with_a_year_earlier_has_the_same_weekdays(self):
        before = compared_with(self.PERIOD, Compare.YEAR)
        assert before is not None
        assert before.starts_on.weekday() == self.PERIOD.starts_on.weekday()

    def test_is_off_unless_asked_for(self):
        assert compared_with(self.PERIOD, compare_of({})) is None

    def test_that_is_unknown_is_off(self):
        assert compare_of({"compare": "moon"}) is Compare.OFF


class TestShifting:
    def test_back_and_forth_comes_home(self):
        period = Period(PeriodName.DAYS_7, date(2026, 10, 1), date(2026, 10, 8))
        there = shifted(period, back=True)
        assert there.ends_before == period.starts_on
        assert shifted(there, back=False).starts_on == period.starts_on


class TestADayBeyondCounting:
    @pytest.mark.parametrize("asked", ["9999-12-31", "0001-01-01"])
    def test_is_not_understood(self, asked) -> None:
        assert days({"from": asked, "to": "2026-10-01"}) == days({})
        assert days({"from": "2026-10-01", "to": asked}) == days({})
