"""The mails of notifications, sent from the worker so that no page waits for a mail server."""

from contextlib import suppress
from datetime import UTC, datetime

from huey.exceptions import TaskLockedException

from linkstar.accounts.notifying import send_mails
from linkstar.jobs.queue import every, queue
from linkstar.jobs.upkeep import EVERY_MINUTE


@every(EVERY_MINUTE)
def send_waiting_mails() -> None:
    """Send what is due; a run that is still at it goes on alone."""
    with suppress(TaskLockedException), queue.lock_task("mails"):
        send_mails(now=datetime.now(UTC))
