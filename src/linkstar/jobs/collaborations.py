"""The clocks of samples and content, and the reminders before they end."""

from contextlib import suppress
from datetime import UTC, datetime

from huey.exceptions import TaskLockedException

from linkstar.collaborations.actions import run_clocks
from linkstar.collaborations.reminding import remind
from linkstar.jobs.queue import every, queue
from linkstar.jobs.upkeep import EVERY_FIVE_MINUTES


@every(EVERY_FIVE_MINUTES)
def keep_deadlines() -> None:
    """Move what ran out of time, and remind whoever has to act before more does."""
    with suppress(TaskLockedException), queue.lock_task("collaboration_clocks"):
        at = datetime.now(UTC)
        run_clocks(now=at)
        remind(now=at)
