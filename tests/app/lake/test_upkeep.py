"""Taking imports back, merging files, sweeping, and finding what is wrong."""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.app.lake.journals import Desk, followed, single
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, NOW, Facts, seen

from linkstar.lake import upkeep
from linkstar.lake.queries import content_counts
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import Level, Scope, Selection, Source
from linkstar.lake.store import Change, Lake, Overtaken
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS_TABLE, PERFORMANCE_TABLE
from linkstar.lake.upkeep import compact, compact_journaled, remove_import, sweep
from linkstar.lake.verify import Fault, rows_by_import, verify

OWN = Scope(1, (1,))


def impressions(facts: Facts, source: Source = Source.EXPORTS) -> int:
    selection = Selection(source, Level.CONTENT)
    return sum(content_counts(facts.lake, OWN, selection).table["impressions"].to_pylist())


def many(events: int, *, seed: int) -> list[dict[str, str]]:
    """With ids that no compression makes short."""
    dice = random.Random(seed)
    return [{"event_id": dice.randbytes(20).hex()} for _ in range(events)]


class TestTakingAnImportBack:
    def test_leaves_every_other_import(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200))
        assert remove_import(facts.lake, "imp_1", now=NOW) == 1
        assert impressions(facts) == 200

    def test_finds_its_rows_among_others_in_merged_files(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200))
        facts.say("imp_3", seen("7300000000000000003", 1, 50))
        compact(facts.lake, now=NOW)
        assert remove_import(facts.lake, "imp_2", now=NOW) == 1
        assert impressions(facts) == 150

    def test_twice_or_of_what_was_never_there_does_nothing(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert remove_import(facts.lake, "imp_9", now=NOW) == 0
        remove_import(facts.lake, "imp_1", now=NOW)
        assert remove_import(facts.lake, "imp_1", now=NOW) == 0

    def test_takes_events_back_too(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        facts.track("imp_2", {"event_id": "two"})
        assert remove_import(facts.lake, "imp_1", now=NOW) == 1
        assert impressions(facts, Source.TRACKED) == 1


class TestMergingFiles:
    def test_leaves_one_where_there_were_many_and_every_answer_as_it_was(self, facts) -> None:
        for place in range(5):
            facts.say(f"imp_{place}", seen(f"730000000000000000{place}", 1, 10 + place))
            facts.track(f"imp_e{place}", {"event_id": f"{place}"})
        before = impressions(facts), impressions(facts, Source.TRACKED)
        assert compact(facts.lake, now=NOW) == 8
        assert len(facts.lake.snapshot(PERFORMANCE_TABLE).files) == 1
        assert len(facts.lake.snapshot(EVENTS_TABLE).files) == 1
        assert (impressions(facts), impressions(facts, Source.TRACKED)) == before
        assert compact(facts.lake, now=NOW) == 0

    def test_still_knows_duplicates_afterwards(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200))
        compact(facts.lake, now=NOW)
        assert facts.say("imp_3", seen(ADAS_VIDEO, 5, 100)).duplicates == 1


class TestMergingWhatLoadingLeaves:
    def test_waits_until_there_are_many_files(self, facts: Facts) -> None:
        for place in range(3):
            facts.track(f"imp_{place}", {"event_id": f"{place}"})
        assert compact_journaled(facts.lake, now=NOW, files_max=3) == 0
        assert compact_journaled(facts.lake, now=NOW, files_max=2) == 2
        assert impressions(facts, Source.TRACKED) == 3

    def test_leaves_a_large_file_until_there_is_as_much_again(self, facts: Facts) -> None:
        facts.track("imp_many", *many(20_000, seed=1))
        [large] = facts.lake.snapshot(EVENTS_TABLE).files
        for place in range(3):
            facts.track(f"imp_{place}", {"event_id": f"{place}"})
        assert compact_journaled(facts.lake, now=NOW, files_max=2) == 2
        assert large in facts.lake.snapshot(EVENTS_TABLE).files
        facts.track("imp_again", *many(20_000, seed=2))
        assert compact_journaled(facts.lake, now=NOW, files_max=2) == 2
        assert large not in facts.lake.snapshot(EVENTS_TABLE).files
        assert impressions(facts, Source.TRACKED) == 40_003

    def test_leaves_the_rest_to_the_next_time_when_it_may_not_go_on(
        self, facts: Facts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for place in range(6):
            facts.track(f"imp_{place}", {"event_id": f"{place}"})
        monkeypatch.setattr(upkeep, "_ROWS_AT_ONCE", 2)
        answers = iter([True, False])
        merged = compact_journaled(
            facts.lake, now=NOW, files_max=2, may_go_on=lambda: next(answers)
        )
        assert merged == 1
        assert compact_journaled(facts.lake, now=NOW, files_max=2) == 2
        assert impressions(facts, Source.TRACKED) == 6

    def test_goes_on_while_more_is_loaded_and_holds_up_nobody(self, tmp_path: Path) -> None:
        desk, merging = Desk(tmp_path), Lake(tmp_path / "lake")
        merged, stop = [], threading.Event()

        def merge() -> None:
            while not stop.is_set():
                merged.append(compact_journaled(merging, now=NOW, files_max=2))

        with ThreadPoolExecutor(1) as other:
            done = other.submit(merge)
            for number in range(40):
                repeated, new = (single(followed(f"e{each}")) for each in (number // 2, number))
                desk.write(repeated, new)
                load = desk.load()
                assert load.stored == 1
            stop.set()
            done.result()
        assert sum(merged) > 0
        assert len(desk.rows()) == 40
        assert desk.receipts()["received"] == 80
        assert verify(desk.lake) == []


class TestASweep:
    def test_spares_what_a_reader_of_today_may_hold(self, facts: Facts) -> None:
        for place in range(2):
            facts.track(f"imp_{place}", {"event_id": f"{place}"})
        held = facts.lake.snapshot(EVENTS_TABLE)
        compact(facts.lake, now=datetime.now(UTC))
        assert sweep(facts.lake) == 0
        sql = "SELECT count(*) AS rows FROM read_parquet($files)"
        assert facts.lake.engine.query(sql, {"files": held.paths()})["rows"].to_pylist() == [2]

    def test_clears_away_replaced_files_and_those_a_killed_load_left(self, facts: Facts) -> None:
        for place in range(2):
            facts.say(f"imp_{place}", seen(f"730000000000000000{place}", 1, 10))
        held = facts.lake.snapshot(PERFORMANCE_TABLE)
        orphan = held.folder / "orphan.parquet"
        orphan.write_bytes(b"PAR1")
        fresh = held.folder / "fresh.parquet"
        fresh.write_bytes(b"PAR1")
        two_days_ago = time.time() - 2 * 86_400
        os.utime(orphan, (two_days_ago, two_days_ago))
        compact(facts.lake, now=NOW)  # long ago
        assert sweep(facts.lake) == 3
        assert not orphan.exists()
        assert fresh.exists()  # may belong to a load that is under way
        assert impressions(facts) == 20


class TestASnapshot:
    def test_stays_as_it_was_while_others_write(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        held = facts.lake.snapshot(PERFORMANCE_TABLE)
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200))
        remove_import(facts.lake, "imp_1", now=NOW)
        sql = "SELECT content_id FROM read_parquet($files)"
        rows = facts.lake.engine.query(sql, {"files": held.paths()}).to_pylist()
        assert rows == [{"content_id": ADAS_VIDEO}]

    def test_that_is_no_longer_the_newest_cannot_be_committed_upon(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        held = facts.lake.snapshot(PERFORMANCE_TABLE)
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200))
        with pytest.raises(Overtaken):
            facts.lake.commit(held, Change(remove=held.files), NOW)
        assert impressions(facts) == 300


class TestVerifying:
    def test_finds_nothing_wrong_with_what_was_loaded(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.track("imp_2", {}, {"filtered": "data_centre"}, {"kind": "order", "value_minor": 5})
        refresh_rollups(facts.lake, now=NOW)
        assert verify(facts.lake) == []

    def test_counts_the_rows_of_every_import(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.track("imp_2", {}, {})
        assert rows_by_import(facts.lake).to_pylist() == [
            {"table": "performance", "import_id": "imp_1", "rows": 1},
            {"table": "events", "import_id": "imp_2", "rows": 2},
        ]

    def test_names_a_file_that_is_gone(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        held = facts.lake.snapshot(PERFORMANCE_TABLE)
        (held.folder / held.files[0].name).unlink()
        assert [each.fault for each in verify(facts.lake)] == [Fault.FILE_MISSING]

    def test_names_a_file_that_was_cut_short(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        held = facts.lake.snapshot(PERFORMANCE_TABLE)
        path = held.folder / held.files[0].name
        path.write_bytes(path.read_bytes()[:-10])
        assert [each.fault for each in verify(facts.lake)] == [Fault.FILE_CHANGED]

    def test_names_an_event_that_is_there_twice(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        again = write(facts, EVENTS_TABLE, "SELECT * FROM read_parquet($files)")
        facts.lake.commit(facts.lake.snapshot(EVENTS_TABLE), Change(add=again), NOW)
        assert [each.fault for each in verify(facts.lake)] == [Fault.EVENT_TWICE]

    def test_names_rows_no_import_loaded(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        strange = write(
            facts,
            EVENTS_TABLE,
            "SELECT * REPLACE ('imp_0' AS import_id, 'e9' AS event_id) FROM read_parquet($files)",
        )
        facts.lake.commit(facts.lake.snapshot(EVENTS_TABLE), Change(add=strange), NOW)
        found = verify(facts.lake)
        assert [(each.fault, each.where) for each in found] == [
            (Fault.ROWS_WITHOUT_IMPORT, "imp_0")
        ]

    def test_names_a_rollup_that_says_something_else(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        refresh_rollups(facts.lake, now=NOW)
        held = facts.lake.snapshot(CONTENT_ROLLUPS_TABLE)
        other = write(
            facts,
            CONTENT_ROLLUPS_TABLE,
            "SELECT * REPLACE (impressions + 1 AS impressions) FROM read_parquet($files)",
        )
        facts.lake.commit(held, Change(add=other, remove=held.files), NOW)
        assert {each.fault for each in verify(facts.lake)} == {Fault.ROLLUP_DIFFERS}
        assert len(verify(facts.lake)) == 3


def write(facts: Facts, table, select: str):
    held = facts.lake.snapshot(table)
    with facts.lake.duckdb.cursor() as cursor:
        return facts.lake.write_files(cursor, table, select, {"files": held.paths()})
