"""Keeping the facts quick to read. Both jobs find out by themselves what there is to do."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from django.conf import settings
from huey import crontab
from huey.exceptions import TaskLockedException

from linkstar.jobs.queue import every, job, queue
from linkstar.lake import ready_traffic, rollups, upkeep
from linkstar.lake.judging import judge
from linkstar.lake.store import Lake, Overtaken
from linkstar.tracking.directory import recorded_lists

EVERY_MINUTE = crontab(minute="*")
EVERY_FIVE_MINUTES = crontab(minute="*/5")
AT_NIGHT = crontab(hour="10", minute="17")
"""UTC: early morning on the American west coast, evening in China."""
AFTER_COMPACTION = crontab(hour="11", minute="3")

_UPKEEP = queue.lock_task("upkeep")


@contextmanager
def one_at_a_time() -> Iterator[bool]:
    """True for the one job that keeps the facts; False while another one does."""
    try:
        _UPKEEP.acquire()
    except TaskLockedException:
        yield False
        return
    try:
        yield True
    finally:
        _UPKEEP.release()


@job
def refresh_rollups() -> None:
    """Bring the roll-ups of days that got new events up to date, and what lies ready of links."""
    with one_at_a_time() as is_mine:
        if is_mine:
            lake = Lake(settings.PLACES.lake)
            rollups.refresh_rollups(lake, now=datetime.now(UTC))
            ready_traffic.keep_ready(lake)


@every(EVERY_FIVE_MINUTES)
def refresh_regularly() -> None:
    refresh_rollups.call_local()


@every(EVERY_MINUTE)
def flag_invalid_traffic() -> None:
    """Judge the days that got new tracked events; their roll-ups follow."""
    with one_at_a_time() as is_mine:
        if is_mine:
            with suppress(Overtaken):  # a merge came in between: judged a minute later
                lists = recorded_lists(settings.PLACES.lists, settings.PLACES.collector)
                judge(Lake(settings.PLACES.lake), lists, now=datetime.now(UTC))


@every(AT_NIGHT)
def compact_at_night() -> None:
    """Merge the small files that a day of loading leaves behind, and drop those nobody reads."""
    lake = Lake(settings.PLACES.lake)
    with one_at_a_time() as is_mine:
        if is_mine:
            upkeep.compact(lake, now=datetime.now(UTC))
            upkeep.sweep(lake)
            ready_traffic.keep_only_of_now(lake)
