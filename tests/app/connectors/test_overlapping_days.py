"""Files about days that other files state: said in the report, never summed."""

from datetime import date

import pytest
from django.utils import translation
from tests.app.connectors.files import JULY, bring_in, text_file, totals
from tests.conftest import NOW

from linkstar.connectors.actions import undo
from linkstar.connectors.models import ImportFile
from linkstar.lake.overlapping import Place
from linkstar.web.problems import NOTICES, notice

GENERIC = "creator,content id,impressions,clicks\nada,v1,1000,50\nbo,v2,3000,60\n"
FIRST_WEEK = (date(2026, 7, 1), date(2026, 7, 8))
LAST_DAYS = (date(2026, 7, 22), date(2026, 8, 2))


def told(report: dict) -> dict[str, tuple[int, object]]:
    """Per code, how many and which windows."""
    return {one["code"]: (one["count"], one["params"].get("windows")) for one in report["warnings"]}


@pytest.fixture
def july(cast, lake, tmp_path) -> dict:
    return bring_in(cast, text_file(tmp_path, GENERIC, "july.csv"), period=JULY)


class TestAFileOfDaysNobodyStated:
    def test_says_nothing_of_them(self, july, cast, tmp_path) -> None:
        assert july["warnings"] == []
        august = (date(2026, 7, 29), date(2026, 8, 26))
        report = bring_in(cast, text_file(tmp_path, GENERIC, "august.csv"), period=august)
        assert report["warnings"] == []


class TestAFileOfTheSameDays:
    def test_says_how_many_rows_it_supersedes(self, july, cast, tmp_path) -> None:
        newer = text_file(tmp_path, GENERIC.replace("1000,50", "1100,55"), "newer.csv")
        assert told(bring_in(cast, newer, period=JULY)) == {"window.supersedes": (1, None)}

    def test_says_nothing_when_it_only_repeats(self, july, cast, tmp_path) -> None:
        report = bring_in(cast, text_file(tmp_path, GENERIC, "again.csv"), period=JULY)
        assert (report["duplicates"], report["warnings"]) == (2, [])


class TestAFileOfOverlappingDays:
    @pytest.mark.usefixtures("july")
    @pytest.mark.parametrize(
        ("period", "place", "days"),
        [
            (FIRST_WEEK, "inside", "2026-07-01..2026-07-07"),
            ((date(2026, 6, 1), date(2026, 8, 1)), "around", "2026-06-01..2026-07-31"),
            (LAST_DAYS, "across", "2026-07-22..2026-08-01"),
        ],
    )
    def test_says_which_lie_how_to_those_of_which_file(
        self, cast, tmp_path, period, place, days
    ) -> None:
        report = bring_in(cast, text_file(tmp_path, GENERIC, "other.csv"), period=period)
        window = f"{days} / 2026-07-01..2026-07-28 (july.csv)"
        assert told(report) == {f"window.{place}": (1, [window])}

    def test_is_never_added_up(self, july, cast, lake, tmp_path) -> None:
        bring_in(cast, text_file(tmp_path, GENERIC, "week.csv"), period=FIRST_WEEK)
        assert totals(lake, cast) == (4000, 110)

    def test_says_so_before_it_is_loaded(self, july, cast, tmp_path) -> None:
        week = text_file(tmp_path, GENERIC, "week.csv")
        report = bring_in(cast, week, period=FIRST_WEEK, dry_run_only=True)
        [held] = ImportFile.objects.all()
        assert held.name == "july.csv"
        preview_says = told(report)
        assert preview_says == told(bring_in(cast, week, period=FIRST_WEEK))

    def test_says_nothing_of_a_file_that_was_undone(self, july, cast, tmp_path) -> None:
        undo(ImportFile.objects.get(pk=july["id"]), user=cast.lin, now=NOW)
        report = bring_in(cast, text_file(tmp_path, GENERIC, "week.csv"), period=FIRST_WEEK)
        assert report["warnings"] == []

    def test_says_nothing_of_rows_at_another_level(self, july, cast, tmp_path) -> None:
        creators = "creator,impressions,clicks\nada,1000,50\n"
        report = bring_in(cast, text_file(tmp_path, creators, "week.csv"), period=FIRST_WEEK)
        assert report["loaded"] == 1
        assert report["warnings"] == []


class TestEachPlace:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    @pytest.mark.parametrize("place", list(Place))
    def test_has_a_sentence_with_the_days(self, place, language) -> None:
        assert f"window.{place}" in NOTICES
        with translation.override(language):
            assert "7月" in notice(f"window.{place}", {"windows": ["7月", "8月"]}, 2)
