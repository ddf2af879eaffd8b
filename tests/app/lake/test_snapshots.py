"""What is known of a table is kept from question to question, and never longer than it is true."""

import os
import shutil
import time
from datetime import date
from pathlib import Path

import pytest
from tests.app.lake.journals import Desk, followed, single
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, NOW, Facts, seen

from linkstar.lake.datafiles import DataFile
from linkstar.lake.store import Change, Lake, Overtaken
from linkstar.lake.tables import EVENTS_TABLE, PERFORMANCE_TABLE, RECEIPTS_TABLE
from linkstar.lake.upkeep import compact

FEBRUARY = {"starts_on": date(2026, 2, 1), "ends_before": date(2026, 3, 1)}


SPANS = ("workspace", "shop", "import_id", "market", "channel")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def name_of(desk: Desk) -> str:
    return (desk.folder / "name").read_text()


def told(file: DataFile) -> tuple:
    spans = [(file.low.get(name), file.high.get(name)) for name in SPANS]
    return (file.name, file.rows, file.size, dict(file.parted), spans, file.empty.get("market"))


class TestASnapshot:
    def test_is_opened_once_while_nothing_is_written(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        first, second = (facts.lake.snapshot(PERFORMANCE_TABLE) for _ in range(2))
        assert first is second

    def test_shows_what_another_process_wrote(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        reader = Lake(facts.lake.root)
        before = reader.snapshot(PERFORMANCE_TABLE)
        facts.say("imp_2", seen(BOS_VIDEO, 1, 10), **FEBRUARY)
        after = reader.snapshot(PERFORMANCE_TABLE)
        assert after.version == before.version + 1
        assert len(after.files) == len(before.files) + 1

    def test_never_changes_while_it_is_held(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        held = facts.lake.snapshot(PERFORMANCE_TABLE)
        version = held.version
        facts.lake.commit(held, Change(remove=held.files), NOW)
        assert held.version == version
        assert facts.lake.snapshot(PERFORMANCE_TABLE).version == version + 1

    def test_of_ones_own_commits_knows_of_files_what_a_reader_is_told(self, desk: Desk) -> None:
        """What was committed is not read again; columns without a span matter to nobody."""
        for number in range(12):  # beyond the first summary of the log
            desk.write(single(followed(f"e{number}")), single(followed(f"p{number}", kind="play")))
            desk.load()
        compact(desk.lake, now=NOW)
        desk.write(single(followed("last")))
        desk.load()
        for table in (EVENTS_TABLE, RECEIPTS_TABLE):
            own, read = desk.lake.snapshot(table), Lake(desk.lake.root).snapshot(table)
            assert own.version == read.version
            assert [told(file) for file in own.files] == [told(file) for file in read.files]
            assert own.journaled_up_to(name_of(desk)) == read.journaled_up_to(name_of(desk)) == 13

    def test_of_a_table_that_is_gone_is_none(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert facts.lake.snapshot(PERFORMANCE_TABLE) is not None
        shutil.rmtree(facts.lake.folder(PERFORMANCE_TABLE))
        assert facts.lake.snapshot(PERFORMANCE_TABLE) is None

    def test_that_was_overtaken_is_not_committed_to(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        held = facts.lake.snapshot(PERFORMANCE_TABLE)
        other = Lake(facts.lake.root)
        other.commit(other.snapshot(PERFORMANCE_TABLE), Change(loads="imp_2"), NOW)
        with pytest.raises(Overtaken):
            facts.lake.commit(held, Change(loads="imp_3"), NOW)
        now = facts.lake.snapshot(PERFORMANCE_TABLE)
        assert (now.has_loaded("imp_2"), now.has_loaded("imp_3")) == (True, False)

    def test_is_of_the_table_that_lies_there_now(self, facts: Facts, tmp_path) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert facts.lake.snapshot(PERFORMANCE_TABLE).has_loaded("imp_1")
        other = Facts(tmp_path / "other")
        other.say("imp_2", seen(BOS_VIDEO, 1, 10))
        shutil.rmtree(facts.lake.folder(PERFORMANCE_TABLE))
        shutil.move(other.lake.folder(PERFORMANCE_TABLE), facts.lake.folder(PERFORMANCE_TABLE))
        assert facts.lake.snapshot(PERFORMANCE_TABLE).has_loaded("imp_2")


class TestTheLog:
    def test_holds_no_entry_for_longer_than_an_hour(self, facts: Facts) -> None:
        """Else whoever loads twice a second would soon read millions of them to open a table."""
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        held = [file.name for file in facts.lake.snapshot(PERFORMANCE_TABLE).files]
        log = facts.lake.folder(PERFORMANCE_TABLE) / "_delta_log"
        two_hours_ago = time.time() - 2 * 3600
        for number in range(60):  # Delta sums its log up at every tenth
            for entry in log.iterdir():
                os.utime(entry, (two_hours_ago, two_hours_ago))
            change = Change(loads=f"imp_{number + 2}")
            facts.lake.commit(facts.lake.snapshot(PERFORMANCE_TABLE), change, NOW)
        assert len(list(log.glob("*.json"))) < 20
        reader = Lake(facts.lake.root).snapshot(PERFORMANCE_TABLE)
        assert [file.name for file in reader.files] == held
        assert reader.has_loaded("imp_1")
        assert reader.has_loaded("imp_61")
