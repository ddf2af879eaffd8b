"""Many hands on one lake: writers that overtake one another, readers that never wait."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.app.lake.made import NOW, Facts, seen, stage_events

from linkstar.lake.queries import content_counts
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import Level, Scope, Selection, Source
from linkstar.lake.store import Lake
from linkstar.lake.tracked import load_events
from linkstar.lake.upkeep import compact, remove_import
from linkstar.lake.verify import verify

OWN = Scope(1, (1,))
BATCH = 50


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return Facts(tmp_path)


def impressions(lake: Lake, source: Source = Source.TRACKED) -> int:
    counts = content_counts(lake, OWN, Selection(source, Level.CONTENT))
    return sum(counts.table["impressions"].to_pylist())


def batch(facts: Facts, number: int) -> Path:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {
            "event_id": f"{number}-{each}",
            "occurred_at": start + timedelta(hours=each + 24 * (number % 5)),
        }
        for each in range(BATCH)
    ]
    return stage_events(facts.staged, rows)


def load(lake: Lake, number: int, staged: Path) -> None:
    load_events(
        lake,
        staged,
        import_id=f"imp_{number:03}",
        workspace=1,
        shop=1,
        zone="UTC",
        now=NOW,
    )


class TestWritersAtOnce:
    def test_all_get_in_each_once(self, facts: Facts) -> None:
        staged = {number: batch(facts, number) for number in range(12)}
        with ThreadPoolExecutor(4) as crowd:
            done = [crowd.submit(load, facts.lake, *each) for each in [*staged.items()] * 2]
            for each in done:
                each.result()
        assert impressions(facts.lake) == 12 * BATCH
        assert verify(facts.lake) == []

    def test_that_state_the_same_leave_one_statement(self, facts: Facts) -> None:
        rows = [seen(f"73000000000000000{each:02}", 1, 10) for each in range(20)]
        with ThreadPoolExecutor(4) as crowd:
            loads = [crowd.submit(facts.say, f"imp_{each}", *rows) for each in range(8)]
            loaded = [each.result() for each in loads]
        assert sorted(each.loaded for each in loaded) == [0] * 7 + [20]
        assert impressions(facts.lake, Source.EXPORTS) == 200

    def test_and_upkeep_do_not_disturb_one_another(self, facts: Facts) -> None:
        staged = {number: batch(facts, number) for number in range(10)}
        load(facts.lake, 99, batch(facts, 99))
        with ThreadPoolExecutor(4) as crowd:
            done = [crowd.submit(load, facts.lake, *each) for each in staged.items()]
            done += [crowd.submit(refresh_rollups, facts.lake, now=NOW) for _ in range(3)]
            done += [crowd.submit(compact, facts.lake, now=NOW) for _ in range(2)]
            done += [crowd.submit(remove_import, facts.lake, "imp_099", now=NOW)]
            for each in done:
                each.result()
        refresh_rollups(facts.lake, now=NOW)
        assert impressions(facts.lake) == 10 * BATCH
        assert verify(facts.lake) == []


class TestAReader:
    def test_sees_whole_imports_only_while_others_write(self, facts: Facts) -> None:
        staged = {number: batch(facts, number) for number in range(10)}
        load(facts.lake, 98, batch(facts, 98))
        told: list[int] = []

        def read() -> None:
            told.append(impressions(facts.lake))

        with ThreadPoolExecutor(4) as crowd:
            done = []
            for each in staged.items():
                done += [crowd.submit(load, facts.lake, *each), crowd.submit(read)]
                done += [crowd.submit(refresh_rollups, facts.lake, now=NOW)]
            for each in done:
                each.result()
        assert all(each % BATCH == 0 for each in told)
        assert impressions(facts.lake) == 11 * BATCH
