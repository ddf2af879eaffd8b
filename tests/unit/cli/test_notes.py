"""Notes are whole sentences: their figures stand in them, as people write them."""

import pytest

from linkstar.cli.notes import note_text
from linkstar.insights.answers import NoteKind
from linkstar.lake.selection import LeftOutReason

FACTS = {
    "definition": "product_impressions",
    "definitions": "video_views",
    "source": "tracked",
    "impressions": 131_635,
    "rows": 2,
    "share": 0.25,
    "starts_on": "2026-06-01",
    "ends_before": "2026-10-01",
    "contents": 3,
    "windows": 1,
}


class TestANote:
    @pytest.mark.parametrize("kind", [k for k in NoteKind if k is not NoteKind.WINDOWS_LEFT_OUT])
    def test_is_a_sentence_without_names_of_fields(self, kind: NoteKind) -> None:
        said = note_text({"kind": kind.value, **FACTS})
        assert said.endswith(".")
        assert "{" not in said
        assert "ends_before" not in said

    @pytest.mark.parametrize("reason", LeftOutReason)
    def test_says_for_each_reason_why_windows_were_left_out(self, reason: LeftOutReason) -> None:
        said = note_text({"kind": "windows_left_out", "reason": reason.value, **FACTS})
        assert "1 (131,635 impressions)" in said

    def test_of_days_names_the_last_one(self) -> None:
        said = note_text({"kind": "period_differs", **FACTS})
        assert said == "The benchmark covers 2026-06-01..2026-09-30."

    def test_of_another_definition_names_both(self) -> None:
        said = note_text({"kind": "definition_not_in_benchmark", **FACTS})
        assert "video_views" in said
        assert "product_impressions" in said
