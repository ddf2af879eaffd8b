"""What becomes of each row of an export."""

from datetime import date

import pytest
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, JANUARY, NOW, Facts, seen, stage

from linkstar.lake import statements
from linkstar.lake.loading import ImportUndone, Loaded
from linkstar.lake.performance import PERFORMANCE_ROWS
from linkstar.lake.relations import whole_rows
from linkstar.lake.staging import StagedColumnsDiffer, StagedValueMissing
from linkstar.lake.statements import load_statements
from linkstar.lake.tables import PERFORMANCE, PERFORMANCE_TABLE, STAGED_PERFORMANCE
from linkstar.lake.upkeep import remove_import


def stored(facts: Facts) -> list[dict]:
    held = facts.lake.snapshot(PERFORMANCE_TABLE)
    sql = f"FROM {whole_rows(PERFORMANCE, 'files')} ORDER BY import_id, row"
    return facts.lake.engine.query(sql, {"files": held.paths()}).to_pylist()


class TestAFirstExport:
    def test_is_stored_row_by_row(self, facts: Facts) -> None:
        loaded = facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 3, 200))
        assert loaded == Loaded(rows=2, loaded=2, duplicates=0)
        assert [row["content_id"] for row in stored(facts)] == [ADAS_VIDEO, BOS_VIDEO]

    def test_keeps_what_was_not_stated_null(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        [row] = stored(facts)
        assert row["video_views"] is None
        assert row["gmv_minor"] is None

    def test_says_the_day_of_loading_where_the_file_does_not_say_when_it_was_made(
        self, facts: Facts
    ) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        [row] = stored(facts)
        assert row["exported_on"] is None
        assert row["stated_on"] == NOW.date()

    @pytest.mark.parametrize("sorted_at_once", [0, 2])
    def test_counts_a_line_that_stands_twice_once(
        self, facts: Facts, monkeypatch, sorted_at_once: int
    ) -> None:
        monkeypatch.setattr(statements, "SORTED_AT_ONCE", sorted_at_once)
        loaded = facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 5, 100))
        assert loaded == Loaded(rows=2, loaded=1, duplicates=1)

    @pytest.mark.parametrize("sorted_at_once", [0, 2])
    def test_keeps_two_different_lines_about_one_content(
        self, facts: Facts, monkeypatch, sorted_at_once: int
    ) -> None:
        monkeypatch.setattr(statements, "SORTED_AT_ONCE", sorted_at_once)
        loaded = facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 1, 20))
        assert loaded == Loaded(rows=2, loaded=2, duplicates=0)


class TestTheSameImport:
    def test_loaded_again_changes_nothing_and_says_the_same(self, facts: Facts) -> None:
        first = facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 5, 100))
        again = facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 5, 100))
        assert again == first
        assert len(stored(facts)) == 1

    def test_comes_back_only_under_a_new_id_once_undone(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        remove_import(facts.lake, "imp_1", now=NOW)
        with pytest.raises(ImportUndone):
            facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert facts.say("imp_2", seen(ADAS_VIDEO, 5, 100)).loaded == 1


class TestTheSameFileUnderANewImport:
    def test_is_all_duplicates(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 3, 200))
        loaded = facts.say("imp_2", seen(BOS_VIDEO, 3, 200), seen(ADAS_VIDEO, 5, 100))
        assert loaded == Loaded(rows=2, loaded=0, duplicates=2)
        assert {row["import_id"] for row in stored(facts)} == {"imp_1"}

    def test_is_new_for_another_shop(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert facts.say("imp_2", seen(ADAS_VIDEO, 5, 100), of=(1, 2)).loaded == 1

    def test_is_new_for_another_window(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        later = {"starts_on": date(2026, 2, 1), "ends_before": date(2026, 3, 1)}
        assert facts.say("imp_2", seen(ADAS_VIDEO, 5, 100), **later).loaded == 1


class TestALaterExportOfTheSameWindow:
    def test_supersedes_what_it_restates(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 3, 200))
        loaded = facts.say("imp_2", seen(ADAS_VIDEO, 6, 110), seen(BOS_VIDEO, 3, 200))
        assert loaded == Loaded(rows=2, loaded=1, duplicates=1, supersedes=1)

    def test_is_superseded_itself_when_it_was_exported_earlier(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 6, 110), exported_on=date(2026, 2, 20))
        loaded = facts.say("imp_2", seen(ADAS_VIDEO, 5, 100), exported_on=date(2026, 2, 1))
        assert loaded == Loaded(rows=1, loaded=0, duplicates=0, superseded=1)

    def test_that_goes_back_to_an_older_figure_is_news(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), exported_on=date(2026, 2, 1))
        facts.say("imp_2", seen(ADAS_VIDEO, 6, 110), exported_on=date(2026, 2, 2))
        loaded = facts.say("imp_3", seen(ADAS_VIDEO, 5, 100), exported_on=date(2026, 2, 3))
        assert loaded == Loaded(rows=1, loaded=1, duplicates=0, supersedes=1)

    def test_restates_a_video_whose_creator_was_renamed(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, creator="ada"))
        assert facts.say("imp_2", seen(ADAS_VIDEO, 6, 110, creator="ada.b")).supersedes == 1

    def test_does_not_restate_a_short_id_of_another_creator(self, facts: Facts) -> None:
        facts.say("imp_1", seen("1", 5, 100, creator="ada"))
        assert facts.say("imp_2", seen("1", 6, 110, creator="bo")).supersedes == 0

    def test_does_not_restate_the_row_of_a_segment(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert facts.say("imp_2", seen(ADAS_VIDEO, 2, 40, gender="female")).supersedes == 0


class TestAStatementOfSeveralRows:
    def test_is_stored_whole_when_one_of_its_rows_changed(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 1, 20))
        loaded = facts.say("imp_2", seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 2, 20))
        assert loaded == Loaded(rows=2, loaded=2, duplicates=0, supersedes=2)


class TestAPreview:
    def test_says_what_loading_would_and_stores_nothing(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        rows = seen(ADAS_VIDEO, 6, 110), seen(BOS_VIDEO, 3, 200), seen(BOS_VIDEO, 3, 200)
        previewed = facts.preview(*rows)
        assert len(stored(facts)) == 1
        assert previewed == facts.say("imp_2", *rows) == Loaded(3, 2, 1, supersedes=1)

    def test_works_before_anything_was_loaded(self, facts: Facts) -> None:
        assert facts.preview(seen(ADAS_VIDEO, 6, 110)) == Loaded(1, 1, 0)
        assert facts.lake.snapshot(PERFORMANCE_TABLE) is None


class TestAFileThatNamesItsShops:
    def test_is_stored_shop_by_shop(self, facts: Facts) -> None:
        rows = [seen(ADAS_VIDEO, 5, 100, shop=shop, workspace=1) for shop in (1, 2)]
        assert facts.say("imp_1", *rows, of=(1, None)).loaded == 2
        assert [row["shop"] for row in stored(facts)] == [1, 2]


class TestAStagedFileOfTheWrongForm:
    def test_is_refused_by_the_names_of_its_columns(self, facts: Facts) -> None:
        narrow = STAGED_PERFORMANCE.remove(STAGED_PERFORMANCE.get_field_index("product_clicks"))
        path = stage(facts.staged, narrow, [{"row": 2, "level": "content", **JANUARY}])
        with pytest.raises(StagedColumnsDiffer) as refused:
            load_statements(
                facts.lake,
                path,
                kind=PERFORMANCE_ROWS,
                import_id="imp_1",
                workspace=1,
                shop=1,
                exported_on=None,
                now=NOW,
            )
        assert refused.value.missing == ["product_clicks"]

    def test_is_refused_when_a_row_has_no_window(self, facts: Facts) -> None:
        with pytest.raises(StagedValueMissing) as refused:
            facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), starts_on=None)
        assert (refused.value.column, refused.value.rows) == ("starts_on", 1)
        assert facts.lake.snapshot(PERFORMANCE_TABLE) is None


class TestAFingerprint:
    def test_is_what_it_was_with_earlier_engines(self, facts: Facts) -> None:
        """If this fails after an upgrade of the engine, files loaded before it are reported as
        restated when they are loaded again; say so in the changelog and renew the figure."""
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, creator="ada"))
        [row] = stored(facts)
        assert row["fingerprint"] == 4124218746585412528

    def test_of_a_subject_never_changes(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, creator="ada"))
        [row] = stored(facts)
        assert row["subject"] == 1992931455920305207
