import csv
from datetime import timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.app.connectors.files import (
    COMPASS,
    JULY,
    VIDEOS,
    bring_in,
    text_file,
    totals,
)
from tests.conftest import NOW

from linkstar.accounts.models import AuditEvent
from linkstar.connectors import actions, queries
from linkstar.connectors.models import ColumnMapping, ImportFile
from linkstar.connectors.reading.detected import Answers, Window
from linkstar.connectors.reading.refusals import MappingWrong, ZoneNotKnown

State = ImportFile.State
GENERIC = "creator,content id,impressions,clicks\nada,v1,1000,50\nbo,v2,3000,60\n"
FOREIGN = "who,what,seen,hit\nada,v1,1000,50\n"
MAPPING = {"who": "creator", "what": "content_id", "seen": "impressions", "hit": "clicks"}
PERIOD = Window(*JULY)


def uploaded(cast, path: Path, **how) -> ImportFile:
    return actions.upload(
        workspace=cast.workspace,
        shop=cast.shop,
        user=cast.lin,
        name=path.name,
        file=path,
        now=NOW,
        **how,
    )


class TestUpload:
    def test_says_what_the_file_is_and_what_must_be_asked(self, cast) -> None:
        import_file = uploaded(cast, VIDEOS)
        assert import_file.state == State.NEEDS_ANSWERS
        assert import_file.layout == "tiktok.video_performance"
        detected = queries.detected_of(import_file)
        assert detected.needs == ("period",)
        clicks = detected.match("product_clicks")
        assert (clicks.header, clicks.samples) == ("Video product clicks", ("4,505", "28"))

    def test_of_a_file_that_says_everything_is_ready_at_once(self, cast) -> None:
        assert uploaded(cast, COMPASS).state == State.READY

    def test_takes_an_open_file_as_well(self, cast) -> None:
        with COMPASS.open("rb") as file:
            import_file = actions.upload(
                workspace=cast.workspace, user=cast.lin, name="x.xlsx", file=file, now=NOW
            )
        assert import_file.size == COMPASS.stat().st_size


class TestAnswer:
    def test_of_everything_makes_it_ready(self, cast) -> None:
        import_file = actions.answer(uploaded(cast, VIDEOS), Answers(period=PERIOD))
        assert import_file.state == State.READY

    def test_of_a_mapping_is_remembered_for_the_same_columns(self, cast, tmp_path) -> None:
        first = uploaded(cast, text_file(tmp_path, FOREIGN))
        assert first.state == State.NEEDS_ANSWERS
        actions.answer(first, Answers(mapping=MAPPING, period=PERIOD))
        assert first.state == State.READY
        second = uploaded(cast, text_file(tmp_path, FOREIGN.replace("ada", "bo")))
        assert queries.detected_of(second).needs == ("period",)
        assert second.remembered_at == NOW
        assert ColumnMapping.objects.count() == 1

    def test_of_a_mapping_to_nowhere_is_refused(self, cast, tmp_path) -> None:
        import_file = uploaded(cast, text_file(tmp_path, FOREIGN))
        with pytest.raises(MappingWrong):
            actions.answer(import_file, Answers(mapping={"nobody": "clicks"}, period=PERIOD))

    def test_of_a_zone_that_is_none_is_refused(self, cast) -> None:
        with pytest.raises(ZoneNotKnown):
            actions.answer(uploaded(cast, VIDEOS), Answers(zone="Pacific", period=PERIOD))


class TestADryRun:
    def test_tells_what_would_happen_and_changes_nothing(self, cast, lake, tmp_path) -> None:
        path = text_file(tmp_path, GENERIC + "cy,v3,x,1\n")
        import_file = actions.answer(uploaded(cast, path), Answers(period=PERIOD))
        preview = actions.dry_run(import_file)
        assert (preview.rows, preview.new, preview.rejected) == (3, 2, 1)
        assert preview.problems[0].code == "number.format"
        assert preview.sample[0]["content_id"] == "v1"
        assert import_file.preview["new"] == 2
        assert totals(lake, cast) == (0, 0)
        done = actions.run(import_file, now=NOW)
        assert (done.loaded, done.rejected) == (2, 1)


class TestStart:
    def test_starts_once(self, cast) -> None:
        import_file = uploaded(cast, COMPASS)
        actions.start(import_file, user=cast.mei, now=NOW)
        assert (import_file.state, import_file.user) == (State.RUNNING, cast.mei)
        with pytest.raises(actions.ImportNotReady):
            actions.start(import_file, user=cast.mei, now=NOW)


class TestRun:
    def test_again_after_a_killed_worker_counts_once(self, cast, lake) -> None:
        import_file = uploaded(cast, COMPASS)
        actions.run(import_file, now=NOW)
        ImportFile.objects.filter(pk=import_file.pk).update(state=State.RUNNING)
        queries.folder_of(import_file).forget_staged()
        again = actions.run(ImportFile.objects.get(pk=import_file.pk), now=NOW)
        assert (again.state, again.loaded, again.rows) == (State.DONE, 2, 2)
        assert totals(lake, cast) == (131_635 + 21_471, 4_505 + 972)

    def test_of_what_is_not_answered_ends_as_failed_by_name(self, cast) -> None:
        import_file = uploaded(cast, VIDEOS)
        ImportFile.objects.filter(pk=import_file.pk).update(state=State.RUNNING)
        import_file.refresh_from_db()
        failed = actions.run(import_file, now=NOW)
        assert failed.state == State.FAILED
        assert failed.failure == {
            "code": "answer.missing",
            "params": {"needs": ["period"], "missing": []},
        }

    def test_of_a_cancelled_import_is_refused(self, cast) -> None:
        import_file = actions.cancel(uploaded(cast, COMPASS), user=cast.lin, now=NOW)
        with pytest.raises(actions.ImportNotReady):
            actions.run(import_file, now=NOW)

    def test_cancelled_on_the_way_loads_nothing(self, cast, lake) -> None:
        import_file = uploaded(cast, COMPASS)

        def cancelling(_done: int, _rows: int) -> None:
            ImportFile.objects.filter(pk=import_file.pk).update(state=State.CANCELLED)

        stopped = actions.run(import_file, now=NOW, progress=cancelling)
        assert stopped.state == State.CANCELLED
        assert totals(lake, cast) == (0, 0)


class TestUndo:
    def test_takes_the_rows_back(self, cast, lake) -> None:
        report = bring_in(cast, COMPASS)
        import_file = ImportFile.objects.get(pk=report["id"])
        undone = actions.undo(import_file, user=cast.lin, now=NOW + timedelta(days=6))
        assert undone.state == State.UNDONE
        assert totals(lake, cast) == (0, 0)
        verbs = list(AuditEvent.objects.values_list("verb", flat=True))
        assert verbs == ["import.done", "import.undone"]
        assert bring_in(cast, COMPASS)["loaded"] == 2

    def test_lets_what_was_superseded_count_again(self, cast, lake, tmp_path) -> None:
        bring_in(cast, text_file(tmp_path, GENERIC, "Data_20260801.csv"), period=JULY)
        newer = text_file(tmp_path, GENERIC.replace("1000,50", "1100,55"), "Data_20260802.csv")
        report = bring_in(cast, newer, period=JULY)
        assert totals(lake, cast) == (4100, 115)
        actions.undo(ImportFile.objects.get(pk=report["id"]), user=cast.lin, now=NOW)
        assert totals(lake, cast) == (4000, 110)

    def test_is_too_late_after_seven_days(self, cast) -> None:
        import_file = ImportFile.objects.get(pk=bring_in(cast, COMPASS)["id"])
        with pytest.raises(actions.UndoTooLate):
            actions.undo(import_file, user=cast.lin, now=NOW + timedelta(days=8))

    def test_of_what_never_ran_is_refused(self, cast) -> None:
        with pytest.raises(actions.ImportNotReady):
            actions.undo(uploaded(cast, COMPASS), user=cast.lin, now=NOW)


class TestTheErrorFile:
    def test_of_a_csv_has_its_header_its_rejected_rows_and_reasons(self, cast, lake, tmp_path):
        text = VIDEOS.read_text("utf-8-sig").replace("303", "three", 1)
        report = bring_in(cast, text_file(tmp_path, text, "Videos.csv"), period=JULY)
        assert (report["loaded"], report["rejected"]) == (1, 1)
        path = queries.error_file(ImportFile.objects.get(pk=report["id"]))
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, described, *rows = csv.reader(file)
        assert header[-1] == "Reason"
        assert described[0] == "What Video title means"
        assert len(rows) == 1
        assert "number.format" in rows[0][-1]
        corrected = path.read_text("utf-8-sig").replace("three", "303", 1)
        again = bring_in(cast, text_file(tmp_path, corrected, path.name), period=JULY)
        assert (again["loaded"], again["rejected"]) == (1, 0)
        assert totals(lake, cast) == (131_635 + 14, 4_505 + 28)

    def test_of_a_chinese_workbook_is_one_with_its_banner(self, cast, tmp_path) -> None:
        from tests.golden.exports import COMPASS_ROW, COMPASS_ZH_31, Export

        bad = COMPASS_ROW | {"视频ID": "7.3E+18"}
        above = [["[日期范围]: 2026-07-01 ~ 2026-07-28"], []]
        export = Export("罗盘.xlsx", COMPASS_ZH_31, [COMPASS_ROW, bad], above=above)
        report = bring_in(cast, export.write(tmp_path))
        assert (report["loaded"], report["rejected"]) == (1, 1)
        path = queries.error_file(ImportFile.objects.get(pk=report["id"]))
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        assert rows[0][0] == "[日期范围]: 2026-07-01 ~ 2026-07-28"
        assert rows[2][-1] == "错误原因"
        assert len(rows) == 4
        assert "id.lost_digits" in rows[3][-1]
        again = bring_in(cast, path)
        assert (again["layout"], again["rejected"]) == ("tiktok.compass_videos", 1)

    def test_never_gives_a_spreadsheet_program_a_formula(self, cast, tmp_path) -> None:
        text = "creator,content id,title,impressions,clicks\nada,v1,=cmd|'/c calc'!A0,x,1\n"
        report = bring_in(cast, text_file(tmp_path, text), period=JULY)
        path = queries.error_file(ImportFile.objects.get(pk=report["id"]))
        assert "'=cmd" in path.read_text("utf-8-sig")
        mended = path.read_text("utf-8-sig").replace(",x,", ",9,")
        again = bring_in(cast, text_file(tmp_path, mended), period=JULY)
        assert again["loaded"] == 1


class TestImportsOfAWorkspace:
    def test_are_seen_by_nobody_else(self, cast) -> None:
        bring_in(cast, COMPASS)
        assert queries.imports_of(cast.workspace).count() == 1
        assert queries.imports_of(cast.other_workspace).count() == 0

    def test_never_speak_of_shops_of_others(self, cast) -> None:
        names = {n.name for n in queries.shop_names(cast.workspace, cast.lin)}
        assert "lin beauty us" in names
        assert "otto home us" not in names
        assert queries.shop_names(cast.workspace, cast.vera) == ()


class TestTheFieldsOfAKind:
    def test_say_which_no_file_can_do_without(self) -> None:
        needed = {name for name, required in queries.fields_for("performance") if required}
        assert needed == {"impressions", "clicks"}
