"""Tracked events are counted once, in the day of their shop."""

from datetime import UTC, date, datetime, timedelta

import pytest
from deltalake import DeltaTable
from tests.app.lake.made import NOW, Facts, stage_events

from linkstar.lake import tracked
from linkstar.lake.loading import Loaded
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.tracked import preview_events


def stored(facts: Facts, columns: str = "*") -> list[dict]:
    held = facts.lake.snapshot(EVENTS_TABLE)
    sql = f"SELECT {columns} FROM read_parquet($files, hive_partitioning=false) ORDER BY event_id"
    return facts.lake.engine.query(sql, {"files": held.paths()}).to_pylist()


def at(*moment: int) -> dict:
    return {"occurred_at": datetime(*moment, tzinfo=UTC)}


class TestAnEvent:
    def test_is_counted_once_however_often_it_is_sent(self, facts: Facts) -> None:
        one = {"event_id": "one"}
        assert facts.track("imp_1", one, one) == Loaded(rows=2, loaded=1, duplicates=1)
        assert facts.track("imp_2", one) == Loaded(rows=1, loaded=0, duplicates=1)
        assert len(stored(facts)) == 1

    def test_of_another_shop_may_carry_the_same_id(self, facts: Facts) -> None:
        facts.track("imp_1", {"event_id": "one"})
        assert facts.track("imp_2", {"event_id": "one"}, of=(1, 2)).loaded == 1

    def test_that_comes_months_late_is_still_a_duplicate(self, facts: Facts) -> None:
        late = {"event_id": "one", **at(2025, 6, 1, 12)}
        facts.track("imp_1", late)
        facts.track("imp_2", {"event_id": "two"})
        assert facts.track("imp_3", late).duplicates == 1


class TestTheDayOfAnEvent:
    @pytest.mark.parametrize(
        ("moment", "day", "hour", "weekday"),
        [
            ((2026, 1, 5, 7, 59, 59), date(2026, 1, 4), 23, 7),
            ((2026, 1, 5, 8), date(2026, 1, 5), 0, 1),
            ((2026, 3, 8, 9, 59, 59), date(2026, 3, 8), 1, 7),
            ((2026, 3, 8, 10), date(2026, 3, 8), 3, 7),
            ((2026, 11, 1, 8, 59, 59), date(2026, 11, 1), 1, 7),
            ((2026, 11, 1, 9), date(2026, 11, 1), 1, 7),
        ],
    )
    def test_is_told_in_the_zone_of_the_shop(self, facts, moment, day, hour, weekday) -> None:
        facts.track("imp_1", at(*moment), zone="America/Los_Angeles")
        [row] = stored(facts, "event_id, day, hour, weekday")
        assert (row["day"], row["hour"], row["weekday"]) == (day, hour, weekday)

    def test_has_23_hours_when_clocks_go_forward_and_25_when_they_go_back(self, facts) -> None:
        year = datetime(2026, 1, 1, tzinfo=UTC)
        hours = [{"occurred_at": year + timedelta(hours=each)} for each in range(365 * 24)]
        facts.track("imp_1", *hours, zone="America/Los_Angeles")
        held = facts.lake.snapshot(EVENTS_TABLE)
        rows = {file.parted["day"]: file.rows for file in held.files}
        assert rows["2026-03-08"] == 23
        assert rows["2026-11-01"] == 25
        assert set(rows.values()) == {8, 16, 23, 24, 25}

    def test_parts_the_table(self, facts: Facts) -> None:
        facts.track("imp_1", at(2026, 1, 5, 12), {"event_id": "later", **at(2026, 1, 6, 12)})
        held = facts.lake.snapshot(EVENTS_TABLE)
        assert sorted(file.parted["day"] for file in held.files) == ["2026-01-05", "2026-01-06"]


class TestALargeBatch:
    def test_loads_a_few_days_at_a_time_and_counts_the_same(self, facts, monkeypatch) -> None:
        monkeypatch.setattr(tracked, "CHUNK_ROWS", 50)
        start = datetime(2026, 1, 1, tzinfo=UTC)
        rows = [{"occurred_at": start + timedelta(hours=each)} for each in range(24 * 10)]
        assert facts.track("imp_1", *rows) == Loaded(rows=240, loaded=240, duplicates=0)
        assert len(stored(facts)) == 240
        assert (
            len(DeltaTable(str(facts.lake.folder(EVENTS_TABLE))).history()) == 2
        )  # made, one commit

    def test_tells_how_far_it_is(self, facts, monkeypatch) -> None:
        monkeypatch.setattr(tracked, "CHUNK_ROWS", 24)
        start = datetime(2026, 1, 1, tzinfo=UTC)
        rows = [{"occurred_at": start + timedelta(hours=each)} for each in range(48)]
        told: list[tuple[int, int]] = []
        tracked.load_events(
            facts.lake,
            stage_events(facts.staged, rows),
            import_id="imp_1",
            workspace=1,
            shop=1,
            zone="UTC",
            now=NOW,
            progress=lambda done, all_rows: told.append((done, all_rows)),
        )
        assert told == [(24, 48), (48, 48)]


class TestAPreview:
    def test_says_what_loading_would_and_stores_nothing(self, facts: Facts) -> None:
        facts.track("imp_1", {"event_id": "one"})
        path = stage_events(facts.staged, [{"event_id": "one"}, {"event_id": "two"}])
        previewed = preview_events(
            facts.lake, path, import_id="imp_2", workspace=1, shop=1, zone="UTC"
        )
        assert previewed == Loaded(rows=2, loaded=1, duplicates=1)
        assert len(stored(facts)) == 1
