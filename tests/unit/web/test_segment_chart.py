"""One sentence over the bars says what they show, and no more."""

import pytest

from linkstar.events.vocabulary import Segment
from linkstar.web.segment_chart import finding


def row(value: str, state: str, benchmark_ctr: float | None, uplift: float = 0.0) -> dict:
    return {"segment": value, "state": state, "benchmark_ctr": benchmark_ctr, "uplift": uplift}


class TestWhatIsSaidOfASegment:
    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ([row("phone", "benchmark_missing", None)], "no benchmark to hold it against"),
            ([row("phone", "cannot_tell", 0.02), row("tv", "benchmark_missing", None)],
             "no value differs surely from the market"),
            ([row("phone", "above", 0.02, 0.3), row("desktop", "above", 0.02, 0.5)],
             "furthest above the market is computer"),
            ([row("phone", "below", 0.02, -0.3)], "below the market, least so phone"),
        ],
    )  # fmt: skip
    def test_holds_it_against_the_market_only_where_there_is_one(
        self, rows: list[dict], said: str
    ) -> None:
        assert finding(rows, Segment.DEVICE) == f"Device: {said}"
