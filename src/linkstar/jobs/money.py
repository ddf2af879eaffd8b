"""From orders to closed settlements: after each import of orders, and regularly.

Every step is idempotent and works in sets; a worker killed in between is simply run again.
"""

import logging
from datetime import UTC, datetime

from django.conf import settings
from huey import crontab

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.commissions.actions import work_through
from linkstar.jobs.queue import every, job
from linkstar.lake.store import Lake
from linkstar.orders.actions import take_in_reports
from linkstar.settlements.actions import close_last_period
from linkstar.settlements.checking import check_book

EVERY_TEN_MINUTES = crontab(minute="3-59/10")
EVERY_HOUR = crontab(minute="17")
EVERY_NIGHT = crontab(hour="11", minute="7")
"""UTC: the small hours of the American west coast."""
logger = logging.getLogger(__name__)


@job
def work_workspace_through(workspace_id: str) -> None:
    """Work the shops of a workspace through at once, after an import of their orders."""
    lake = Lake(settings.PLACES.lake)
    for shop in Shop.objects.filter(workspace=workspace_id):
        work_through(shop=shop, lake=lake, now=datetime.now(UTC))


@job
def work_shop_through(shop_id: str) -> None:
    """Work one shop through at once, after somebody decided something about it."""
    shop = Shop.objects.select_related("workspace").get(pk=shop_id)
    work_through(shop=shop, lake=Lake(settings.PLACES.lake), now=datetime.now(UTC))


@every(EVERY_TEN_MINUTES)
def work_shops_through() -> None:
    """Take in what shops' own pages reported, and move on what has become due."""
    lake = Lake(settings.PLACES.lake)
    for shop in Shop.objects.select_related("workspace").order_by("number"):
        take_in_reports(lake, shop=shop, now=datetime.now(UTC))
        work_through(shop=shop, lake=lake, now=datetime.now(UTC))


@every(EVERY_HOUR)
def close_due_periods() -> None:
    """Close the last period that ended of every shop LinkStar is, or was, switched on for.

    A shop that switched it off still owes what was earned. Hourly, because days end at another
    hour in each zone; closing again changes nothing.
    """
    at = datetime.now(UTC)
    served = Shop.objects.filter(services__isnull=False).distinct()
    for shop in served.select_related("workspace").order_by("number"):
        for settlement in close_last_period(shop=shop, now=at):
            logger.info("closed %s: %s lines", settlement, settlement.lines)


@every(EVERY_NIGHT)
def reconcile_books() -> None:
    """Add every book up again; what was found is kept, and goes to the log as an error."""
    for workspace in Workspace.objects.order_by("number"):
        _check(workspace)


@job
def check_one_book(workspace_id: str) -> None:
    """Add one book up again, for whoever asked."""
    _check(Workspace.objects.get(pk=workspace_id))


def _check(workspace: Workspace) -> None:
    checked = check_book(workspace=workspace, now=datetime.now(UTC))
    for finding in checked.findings:
        logger.error("book of %s: %s", workspace.pk, finding)
