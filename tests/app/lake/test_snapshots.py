"""What is known of a table is kept from question to question, and never longer than it is true."""

import os
import shutil
import time
from datetime import date

from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, NOW, Facts, seen

from linkstar.lake.store import Change, Lake
from linkstar.lake.tables import PERFORMANCE_TABLE

FEBRUARY = {"starts_on": date(2026, 2, 1), "ends_before": date(2026, 3, 1)}


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
