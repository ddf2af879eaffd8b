"""The clocks of disputes, and the reminders before they end."""

from contextlib import suppress
from datetime import UTC, datetime

from huey.exceptions import TaskLockedException

from linkstar.jobs.queue import every, queue
from linkstar.jobs.upkeep import EVERY_FIVE_MINUTES
from linkstar.settlements.actions import remind_of_disputes, run_dispute_clocks


@every(EVERY_FIVE_MINUTES)
def keep_dispute_clocks() -> None:
    """Make final what nobody appealed in time, and remind of what ends soon."""
    with suppress(TaskLockedException), queue.lock_task("dispute_clocks"):
        at = datetime.now(UTC)
        run_dispute_clocks(now=at)
        remind_of_disputes(now=at)
