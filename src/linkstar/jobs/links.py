"""Looking after links: whether the pages they lead to are still there."""

from contextlib import suppress
from datetime import UTC, datetime

from huey import crontab
from huey.exceptions import TaskLockedException

from linkstar.jobs.queue import every, queue
from linkstar.tracking.health import Checker, check_links

EVERY_TEN_MINUTES = crontab(minute="3-59/10")


def clock() -> datetime:
    return datetime.now(UTC)


@every(EVERY_TEN_MINUTES)
def check_where_links_lead() -> None:
    """Ask destinations that were not asked for a day; new ones come first."""
    with suppress(TaskLockedException), queue.lock_task("links"):
        check_links(now=clock(), clock=clock, checker=Checker())
