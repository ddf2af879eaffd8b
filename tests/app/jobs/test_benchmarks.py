"""Building a benchmark in the background: once at a time, and never half."""

from datetime import date

import pytest
from tests.app.facts import ENDS_BEFORE, STARTS_ON, export

from linkstar.benchmarks.models import Benchmark
from linkstar.jobs.benchmarks import (
    Build,
    BuildState,
    BuildUnderWay,
    ask_for,
    build_edition,
    builds,
    give_up_interrupted,
)
from linkstar.jobs.queue import queue, waiting
from linkstar.lake.store import Lake


@pytest.fixture(autouse=True)
def _empty_queue():
    queue.flush()
    yield
    queue.flush()


@pytest.fixture
def lake(settings, tmp_path):
    from dataclasses import replace

    settings.PLACES = replace(settings.PLACES, data=tmp_path)
    return Lake(settings.PLACES.lake)


@pytest.fixture
def build(cast, now):
    return Build(
        market="US",
        workspace=cast.workspace.pk,
        starts_on=STARTS_ON,
        ends_before=ENDS_BEFORE,
        user=cast.lin.pk,
        asked_at=now,
    )


def known(build: Build) -> Build:
    (found,) = builds(workspace=build.workspace, market=build.market)
    return found


def work() -> None:
    """Run what waits in the queue, as the worker does."""
    while task := queue.dequeue():
        queue.execute(task)


class TestABuild:
    def test_waits_until_the_worker_takes_it(self, build):
        ask_for(build)
        assert known(build).state == BuildState.WAITING
        assert waiting("build_edition") == [(build.book,)]

    def test_becomes_a_draft(self, build, lake, cast):
        export(
            lake,
            cast.shop,
            [{"creator": "ada", "product_impressions": 10_000, "product_clicks": 300}],
        )
        ask_for(build)
        work()
        edition = Benchmark.objects.get(pk=known(build).benchmark)
        assert known(build).state == BuildState.DONE
        assert (edition.workspace, edition.created_by) == (cast.workspace, cast.lin)
        assert not edition.is_published

    def test_is_not_asked_for_twice_at_a_time(self, build):
        ask_for(build)
        with pytest.raises(BuildUnderWay):
            ask_for(build)

    def test_says_by_name_why_it_failed(self, build, lake):
        ask_for(build)
        work()
        assert (known(build).state, known(build).failure) == (BuildState.FAILED, "PoolEmpty")
        assert not Benchmark.objects.exists()

    def test_can_be_asked_for_again_after_it_failed(self, build, lake):
        ask_for(build)
        work()
        ask_for(build)
        assert known(build).state == BuildState.WAITING

    def test_runs_once_when_the_queue_holds_it_twice(self, build, lake, cast):
        export(
            lake,
            cast.shop,
            [{"creator": "ada", "product_impressions": 10_000, "product_clicks": 300}],
        )
        ask_for(build)
        build_edition(build.book)
        work()
        assert Benchmark.objects.count() == 1

    def test_of_a_killed_worker_is_given_up(self, build, lake, monkeypatch):
        def killed(*_arguments, **_named):
            raise KeyboardInterrupt

        monkeypatch.setattr("linkstar.benchmarks.actions.own_history_benchmark", killed)
        ask_for(build)
        work()
        assert known(build).state == BuildState.RUNNING
        give_up_interrupted()
        assert (known(build).state, known(build).failure) == (BuildState.FAILED, "WorkerKilled")


class TestABook:
    def test_nobody_asked_for_has_no_build(self, build):
        assert builds(workspace=build.workspace, market="GB") == []

    def test_of_the_pool_is_apart_from_a_workspaces_own(self, build, cast, now):
        pool = Build("US", "", date(2026, 9, 7), date(2026, 10, 5), cast.olga.pk, now)
        ask_for(build)
        ask_for(pool)
        assert builds(workspace="", market="US") == [pool]
