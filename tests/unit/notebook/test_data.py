from datetime import date

import pytest

from linkstar.notebook.data import window_of


class TestAPeriod:
    def test_as_text_includes_its_last_day(self) -> None:
        window = window_of("2026-10-25..2026-11-21")
        assert (window.starts_on, window.ends_before) == (date(2026, 10, 25), date(2026, 11, 22))

    def test_as_two_dates_is_half_open(self) -> None:
        days = date(2026, 10, 25), date(2026, 11, 22)
        assert window_of(days) == window_of("2026-10-25..2026-11-21")

    @pytest.mark.parametrize("text", ["", "2026-10-25", "last month", "25/10/2026..21/11/2026"])
    def test_that_is_neither_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="isoformat"):
            window_of(text)
