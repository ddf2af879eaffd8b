"""Periods are typed with both days included and kept half-open."""

from datetime import date

import pytest

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.periods import day, day_after, period


class TestAPeriod:
    @pytest.mark.parametrize(
        "text", ["2026-09-01..2026-09-28", "2026-09-01 ~ 2026-09-28", "2026-09-01 - 2026-09-28"]
    )
    def test_includes_its_last_day(self, text: str) -> None:
        assert period(text) == (date(2026, 9, 1), date(2026, 9, 29))

    def test_may_be_a_single_day(self) -> None:
        assert period("2026-09-01..2026-09-01") == (date(2026, 9, 1), date(2026, 9, 2))

    @pytest.mark.parametrize("text", ["2026-09-28..2026-09-01", "2026-09-01", "", "1/9..28/9"])
    def test_that_is_none_is_refused_as_misuse(self, text: str) -> None:
        with pytest.raises(Refused) as refused:
            period(text)
        assert refused.value.code is ExitCode.USAGE


class TestADay:
    def test_after_the_last_one_ends_a_period(self) -> None:
        assert day_after("2026-12-31") == date(2027, 1, 1)
        assert day_after("") is None

    def test_in_another_spelling_is_refused_by_name(self) -> None:
        with pytest.raises(Refused) as refused:
            day("03/04/2026")
        assert refused.value.name == "day_not_understood"
