"""What the worker does each minute with what loading every second leaves."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.app.lake.journals import Desk, followed, single

from linkstar.jobs import upkeep
from linkstar.jobs.tracking import load_journals
from linkstar.lake.journaled_counts import ask
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
LOADS = 5


@pytest.fixture
def places(settings, tmp_path, cast, monkeypatch: pytest.MonkeyPatch):
    """A click of a program in each of five loads; of four files each they are merged."""
    monkeypatch.setattr(upkeep, "FILES_MAX", LOADS - 1)
    settings.PLACES = replace(settings.PLACES, data=tmp_path / "data")
    settings.PLACES.data.mkdir()
    whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
    desk = Desk(settings.PLACES.collector)
    lake = Lake(settings.PLACES.lake)
    for number in range(LOADS):
        moment = START + timedelta(minutes=number)
        clicked = followed(f"e{number}", **whose, occurred_at=moment.isoformat())
        desk.write(single({**clicked, "agent": "curl/8.5.0"}))
        load_journals(lake, settings.PLACES.collector, now=moment)
    return settings.PLACES


def files(places) -> int:
    return len(Lake(places.lake).opened(EVENTS_TABLE).files)


def flagged(places) -> int:
    sql = "SELECT count(filtered) AS flagged FROM {events}"
    [told] = ask(Lake(places.lake), sql, None, {}, events=EVENTS_TABLE)
    return told["flagged"]


class TestOncePerNight:
    def test_waits_for_its_turn_and_regular_jobs_let_it_go_first(self) -> None:
        done: list[str] = []

        def at_night() -> None:
            with upkeep.in_its_turn():
                done.append("night")

        with ThreadPoolExecutor(1) as other:
            with upkeep.one_at_a_time() as is_mine:
                assert is_mine
                waiting = other.submit(at_night)
                while not upkeep.is_waited_for():
                    assert not done
                done.append("minute")
            waiting.result()
        assert done == ["minute", "night"]
        with upkeep.one_at_a_time() as is_mine:
            assert is_mine


@pytest.mark.django_db
class TestEachMinute:
    def test_small_files_are_merged_and_their_days_judged(self, places) -> None:
        assert files(places) == LOADS
        upkeep.merge_and_judge.call_local()
        assert files(places) == 1
        assert flagged(places) == LOADS

    def test_judging_does_not_wait_until_all_is_merged(
        self, places, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        merged = []
        merge = upkeep.upkeep.compact_journaled
        monkeypatch.setattr(upkeep, "SECONDS_OF_MERGING_MAX", 0)
        monkeypatch.setattr(
            upkeep.upkeep, "compact_journaled", lambda *_, **how: merged.append(merge(*_, **how))
        )
        upkeep.merge_and_judge.call_local()
        assert merged == [0]
        assert flagged(places) == LOADS

    def test_rollups_wait_for_their_turn_and_no_two_of_them_wait(
        self, places, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = []
        refresh = upkeep.rollups.refresh_rollups

        def refreshed(lake, *, now) -> int:
            seen.append(now)
            return refresh(lake, now=now)

        monkeypatch.setattr(upkeep.rollups, "refresh_rollups", refreshed)
        with ThreadPoolExecutor(1) as other:
            with upkeep.one_at_a_time():
                waiting = other.submit(upkeep.refresh_rollups.call_local)
                while not upkeep.is_waited_for():
                    assert not seen
                upkeep.refresh_rollups.call_local()
                assert not seen
            waiting.result()
        assert len(seen) == 1

    def test_nothing_is_done_while_another_job_keeps_the_facts(self, places) -> None:
        with upkeep.one_at_a_time():
            upkeep.merge_and_judge.call_local()
        assert files(places) == LOADS
        assert flagged(places) == 0
