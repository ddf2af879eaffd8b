"""`linkstar reconcile` on an installation without files."""

from pathlib import Path

from tests.app.cli.conftest import lins


class TestReconciling:
    def test_without_any_file_finds_nothing_and_says_so(self, tmp_path: Path) -> None:
        linkstar = lins(tmp_path)
        ended = linkstar("reconcile", "--from", "2026-10-01", "--to", "2026-10-28", "--json")
        assert ended.code == 0
        assert ended.document == {
            "version": 1, "starts_on": "2026-10-01", "ends_before": "2026-10-29",
            "rows": 0, "open_rows": 0, "sides": [], "reasons": [], "gaps": [],
        }  # fmt: skip

    def test_of_days_out_of_order_is_refused(self, tmp_path: Path) -> None:
        ended = lins(tmp_path)("reconcile", "--from", "2026-10-02", "--to", "2026-10-01", "--json")
        assert (ended.code, ended.document["error"]["name"]) == (2, "period_not_understood")

    def test_of_a_day_beyond_counting_is_refused(self, tmp_path: Path) -> None:
        linkstar = lins(tmp_path)
        for asked in (("reconcile", "--to"), ("profit", "--to"), ("profit", "--from")):
            ended = linkstar(*asked, "9999-12-31", "--json")
            assert (ended.code, ended.document["error"]["name"]) == (2, "day_not_understood")
