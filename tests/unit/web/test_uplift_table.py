"""What a row of the uplift table says beside its figures."""

from linkstar.web.uplift_table import state_note
from linkstar.web.verdicts import verdict

COUNTED = {
    "state": "not_enough_data", "impressions": 800, "uplift": None, "low": None, "high": None,
    "held_back": None,
}  # fmt: skip
HELD = {
    "state": "cannot_tell", "impressions": 8_000, "uplift": 2.12, "ctr_ratio": 3.12, "low": 0.37,
    "high": 4.99, "held_back": "few", "impressions_needed": 9_000,
}  # fmt: skip


class TestWhatIsMissing:
    def test_is_a_number_of_impressions(self):
        row = {**COUNTED, "impressions_needed": 4_000}
        assert "3.2" in state_note(row, "en")

    def test_is_not_made_up_where_the_benchmark_is_too_uncertain(self):
        row = {**COUNTED, "impressions_needed": None}
        assert "benchmark" in state_note(row, "en")

    def test_is_said_of_too_little_data_only(self):
        assert state_note({**COUNTED, "state": "above", "impressions_needed": None}, "en") == ""

    def test_says_what_holds_a_verdict_back(self):
        assert "3 contents" in state_note(HELD, "en")


class TestTheSentence:
    def test_counts_what_is_there_off_what_is_needed(self):
        row = {**COUNTED, "impressions_needed": 4_000}
        assert "about 3,200 more" in verdict(row, "US", "en")

    def test_asks_for_nothing_that_would_not_help(self):
        said = verdict({**COUNTED, "impressions_needed": None}, "US", "en")
        assert "too uncertain" in said
        assert "–" not in said

    def test_does_not_say_of_an_interval_above_that_nothing_can_be_told(self):
        said = verdict(HELD, "US", "en")
        assert "leaves out the benchmark" in said
        assert "fewer than 3 contents" in said
