"""Closing what is due, and telling the people who approve it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linkstar.accounts.models import User, Workspace
from linkstar.accounts.notifying import notify
from linkstar.accounts.queries import APPROVERS
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.money.amounts import Money
from linkstar.settlements.actions.closing import close_period
from linkstar.settlements.models import Settlement
from linkstar.settlements.rules import last_ended


@transaction.atomic
def close_last_period(*, shop: Shop, now: datetime) -> Sequence[Settlement]:
    """Close the newest period of the shop that is over; what this call made, if anything.

    Periods passed over meanwhile lie before it, and what was payable in them is taken along. Where
    something is to be paid, those who approve are told once.
    """
    closed = close_period(shop=shop, period=last_ended(shop.market, day_of(shop, now)), now=now)
    made = closed.settlements if closed.is_new else []
    for settlement in made:
        if not settlement.payable_minor:
            continue
        notify(
            users=_approvers(shop.workspace),
            workspace=shop.workspace,
            code="settlement.closed",
            address=f"/settlements/{settlement.pk}/",
            now=now,
            shop=shop.name,
            amount=str(Money(settlement.payable_minor, settlement.currency)),
        )
    return made


def _approvers(workspace: Workspace) -> list[User]:
    members = User.objects.filter(memberships__workspace=workspace, is_active=True)
    return list(members.filter(memberships__role__in=APPROVERS))
