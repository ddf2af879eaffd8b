"""Imports in the background: once, resumable after a kill, and never silently lost."""

from dataclasses import replace

import pytest

from linkstar.connectors import actions
from linkstar.connectors.models import ImportFile
from linkstar.connectors.reading.detected import Answers
from linkstar.jobs.imports import ATTEMPTS_MAX, look_at_once, run_import, take_up_interrupted
from linkstar.jobs.queue import queue, waiting

TABLE = "creator,impressions,clicks,date\nada,20000,600,2026-10-05\nbo,10000,150,2026-10-05\n"


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path):
    settings.PLACES = replace(settings.PLACES, data=tmp_path / "data")
    queue.flush()
    yield
    queue.flush()


@pytest.fixture
def ready(cast, now, tmp_path) -> ImportFile:
    path = tmp_path / "creators.csv"
    path.write_text(TABLE)
    import_file = actions.upload(
        workspace=cast.workspace,
        shop=cast.shop,
        user=cast.lin,
        name=path.name,
        file=path,
        now=now,
    )
    return actions.answer(import_file, Answers())


@pytest.fixture
def running(ready, cast, now) -> ImportFile:
    return actions.start(ready, user=cast.lin, now=now)


def work() -> None:
    """Run what waits in the queue, as the worker does."""
    while task := queue.dequeue():
        queue.execute(task)


class TestAnImport:
    def test_is_run_by_the_worker(self, running):
        run_import(running.pk)
        work()
        running.refresh_from_db()
        assert (running.state, running.loaded) == ("done", 2)

    def test_queued_twice_runs_once(self, running):
        run_import(running.pk)
        run_import(running.pk)
        work()
        running.refresh_from_db()
        assert (running.state, running.loaded, running.duplicates) == ("done", 2, 0)

    def test_that_nobody_started_is_left_alone(self, ready):
        run_import(ready.pk)
        work()
        ready.refresh_from_db()
        assert ready.state == "ready"

    def test_that_was_cancelled_while_it_waited_is_left_alone(self, running, cast, now):
        run_import(running.pk)
        actions.cancel(running, user=cast.lin, now=now)
        work()
        running.refresh_from_db()
        assert running.state == "cancelled"

    def test_that_meets_a_bug_fails_by_name_and_the_log_has_it_whole(
        self, running, monkeypatch, caplog
    ):
        def bug(*_arguments, **_named):
            raise ZeroDivisionError

        monkeypatch.setattr("linkstar.connectors.actions.running.parse", bug)
        run_import(running.pk)
        work()
        running.refresh_from_db()
        assert (running.state, running.failure["code"]) == ("failed", "unexpected")
        assert "ZeroDivisionError" in caplog.text


class TestAfterAKill:
    def test_what_was_running_is_taken_up_again(self, running):
        assert take_up_interrupted() == [running.pk]
        work()
        running.refresh_from_db()
        assert (running.state, running.loaded) == ("done", 2)

    def test_rows_that_had_landed_are_not_loaded_again(self, running, now):
        actions.run(running, now=now)
        ImportFile.objects.filter(pk=running.pk).update(state="running")
        take_up_interrupted()
        work()
        running.refresh_from_db()
        assert (running.state, running.loaded) == ("done", 2)

    def test_what_still_waits_in_the_queue_is_not_queued_twice(self, running):
        run_import(running.pk)
        assert take_up_interrupted() == []
        assert waiting("run_import") == [(running.pk,)]

    def test_what_was_not_running_is_left_alone(self, ready):
        assert take_up_interrupted() == []

    def test_an_import_that_kills_the_worker_every_time_is_given_up(self, running, monkeypatch):
        def killed(*_arguments, **_named):
            raise KeyboardInterrupt

        monkeypatch.setattr("linkstar.connectors.actions.running.parse", killed)
        for _attempt in range(ATTEMPTS_MAX + 1):
            take_up_interrupted()
            work()
        running.refresh_from_db()
        assert (running.state, running.failure["code"]) == ("failed", "worker_killed")


class TestADryRunOfALargeFile:
    def test_is_kept_for_the_page(self, ready):
        look_at_once(ready)
        work()
        ready.refresh_from_db()
        assert ready.preview["new"] == 2
        assert ready.state == "ready"

    def test_is_queued_once_however_often_the_page_asks(self, ready):
        look_at_once(ready)
        look_at_once(ready)
        assert waiting("look_at") == [(ready.pk,)]
