"""What a row of the uplift table says beside its figures."""

from linkstar.web.uplift_table import missing_note
from linkstar.web.verdicts import verdict

COUNTED = {
    "state": "not_enough_data",
    "impressions": 800,
    "uplift": None,
    "low": None,
    "high": None,
}


class TestWhatIsMissing:
    def test_is_a_number_of_impressions(self):
        row = {**COUNTED, "impressions_needed": 4_000}
        assert "3.2" in missing_note(row, "en")

    def test_is_not_made_up_where_the_benchmark_is_too_uncertain(self):
        row = {**COUNTED, "impressions_needed": None}
        assert "benchmark" in missing_note(row, "en")

    def test_is_said_of_too_little_data_only(self):
        assert missing_note({"state": "above", "impressions_needed": None}, "en") == ""


class TestTheSentence:
    def test_counts_what_is_there_off_what_is_needed(self):
        row = {**COUNTED, "impressions_needed": 4_000}
        assert "about 3,200 more" in verdict(row, "US", "en")

    def test_asks_for_nothing_that_would_not_help(self):
        said = verdict({**COUNTED, "impressions_needed": None}, "US", "en")
        assert "too uncertain" in said
        assert "–" not in said
