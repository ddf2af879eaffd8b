"""Keeping the facts quick to read. The jobs find out by themselves what there is to do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from time import monotonic, sleep

from django.conf import settings
from huey import crontab
from huey.api import TaskLock
from huey.exceptions import TaskLockedException

from linkstar.jobs.queue import every, job, queue
from linkstar.lake import rollups, traffic_sums, upkeep
from linkstar.lake.judging import judge
from linkstar.lake.store import Lake, Overtaken
from linkstar.tracking.directory import recorded_lists

EVERY_MINUTE = crontab(minute="*")
EVERY_FIVE_MINUTES = crontab(minute="*/5")
AT_NIGHT = crontab(hour="10", minute="17")
"""UTC: early morning on the American west coast, evening in China."""
AFTER_COMPACTION = crontab(hour="11", minute="3")
FILES_MAX = 100
"""Loading every second leaves many small files; beyond so many they are merged."""

SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_OF_MERGING_MAX = 40
THREADS = max(1, (os.cpu_count() or 1) // 2)
"""Of each minute's job: loads and pages have the other cores to themselves."""

_UPKEEP, _NEXT = queue.lock_task("upkeep"), queue.lock_task("next upkeep")


@contextmanager
def one_at_a_time() -> Iterator[bool]:
    """True for the one job that keeps the facts; False while another one does or waits for it."""
    if is_waited_for() or not _taken(_UPKEEP):
        yield False
        return
    try:
        yield True
    finally:
        _UPKEEP.release()


@contextmanager
def in_its_turn() -> Iterator[None]:
    """For what must not be left out: it waits, and the jobs of every minute do not begin."""
    _wait_for(_NEXT)
    try:
        _wait_for(_UPKEEP)
    finally:
        _NEXT.release()
    try:
        yield
    finally:
        _UPKEEP.release()


def is_waited_for() -> bool:
    """Whether somebody waits until the facts are nobody's."""
    return bool(_NEXT.is_locked())


def _wait_for(lock: TaskLock) -> None:
    while not _taken(lock):
        sleep(SECONDS_BETWEEN_LOOKS)


def _taken(lock: TaskLock) -> bool:
    with suppress(TaskLockedException):
        return bool(lock.acquire())
    return False


@job
def refresh_rollups() -> None:
    """Bring the roll-ups of days that got new events up to date, and what lies ready of links.

    It waits for its turn, so that it is not left out where others are at it at the same minute;
    where somebody waits already, this is left to the next time.
    """
    if is_waited_for():
        return
    with in_its_turn():
        lake = Lake(settings.PLACES.lake)
        rollups.refresh_rollups(lake, now=datetime.now(UTC))
        traffic_sums.keep_ready(lake)


@every(EVERY_FIVE_MINUTES)
def refresh_regularly() -> None:
    refresh_rollups.call_local()


@every(EVERY_MINUTE)
def merge_and_judge() -> None:
    """Merge what loading every second left, and judge the days that got new tracked events.

    In this order: a day whose files change is judged again. Their roll-ups follow. Where there is
    more to merge than a minute is long, judging comes first, and so does whoever waits.
    """
    until = monotonic() + SECONDS_OF_MERGING_MAX

    def may_merge() -> bool:
        return monotonic() < until and not is_waited_for()

    lake = Lake(settings.PLACES.lake, threads=THREADS)
    with one_at_a_time() as is_mine:
        if is_mine:
            now = datetime.now(UTC)
            upkeep.compact_journaled(lake, now=now, files_max=FILES_MAX, may_go_on=may_merge)
            with suppress(Overtaken):  # names were taken off meanwhile: judged a minute later
                lists = recorded_lists(settings.PLACES.lists, settings.PLACES.collector)
                judge(lake, lists, now=datetime.now(UTC))


@every(AT_NIGHT)
def compact_at_night() -> None:
    """Merge the small files that a day of loading leaves behind, and drop those nobody reads."""
    lake = Lake(settings.PLACES.lake)
    with in_its_turn():
        upkeep.compact(lake, now=datetime.now(UTC))
        upkeep.sweep(lake)
