"""The clocks of invitations, offers and sign-ups."""

from contextlib import suppress
from datetime import UTC, datetime

from huey.exceptions import TaskLockedException

from linkstar.jobs.queue import every, queue
from linkstar.jobs.upkeep import EVERY_FIVE_MINUTES
from linkstar.recruiting.actions import run_clocks


@every(EVERY_FIVE_MINUTES)
def end_what_ran_out() -> None:
    """End every invitation, offer and sign-up whose time is over, and tell people."""
    with suppress(TaskLockedException), queue.lock_task("recruiting_clocks"):
        run_clocks(now=datetime.now(UTC))
