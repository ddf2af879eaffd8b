"""Fetching reference rates of exchange: after they are published, and again where that failed."""

from datetime import UTC, datetime

from django.conf import settings
from huey import crontab

from linkstar.accounts.models import User
from linkstar.exchange.fetching import OFF, fetch_ecb_rates, is_due
from linkstar.jobs.queue import every, job

AFTER_PUBLICATION = crontab(minute="7", hour="6,16,20")
"""UTC. The later ones do nothing where the first took rates in."""


@every(AFTER_PUBLICATION)
def fetch_due_rates() -> None:
    """Take in what was published since the last time."""
    at = datetime.now(UTC)
    if settings.ECB_RATES != OFF and is_due(at):
        fetch_ecb_rates(source=settings.ECB_RATES, now=at)


@job
def fetch_rates_now(user_id: int) -> None:
    """Take them in at once, for whoever asked."""
    user = User.objects.get(pk=user_id)
    fetch_ecb_rates(source=settings.ECB_RATES, now=datetime.now(UTC), user=user)
