"""Notice to creators whose kept rate ends."""

from contextlib import suppress
from datetime import UTC, datetime

from huey import crontab
from huey.exceptions import TaskLockedException

from linkstar.jobs.queue import every, queue
from linkstar.plans.telling import tell_of_kept_rates

EVERY_HOUR = crontab(minute="11")
"""A day begins at another hour in every zone; who was told is not told again."""


@every(EVERY_HOUR)
def tell_creators_of_kept_rates() -> None:
    """Tell whoever is due today in the shop's own zone."""
    with suppress(TaskLockedException), queue.lock_task("kept_rates"):
        tell_of_kept_rates(now=datetime.now(UTC))
