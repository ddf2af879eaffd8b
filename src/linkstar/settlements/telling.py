"""Telling people what waits for them and what became of payments."""

from collections.abc import Sequence
from datetime import datetime

from linkstar.accounts.models import Role, User, Workspace
from linkstar.accounts.notifying import notify
from linkstar.accounts.queries import APPROVERS, SETTLERS
from linkstar.money.amounts import Money
from linkstar.settlements.models import Payout, Settlement
from linkstar.settlements.owners import owner_of_each
from linkstar.settlements.rules import PayoutState

SETTLEMENT_PAGE = "/settlements/{}/"
INCOME_PAGE = "/creator/income/"


def tell_closed(settlement: Settlement, *, now: datetime) -> None:
    """Tell those who approve; of nothing to pay nobody is told."""
    if not settlement.payable_minor:
        return
    workspace = settlement.shop.workspace
    notify(
        users=_members(workspace, APPROVERS),
        workspace=workspace,
        code="settlement.closed",
        address=SETTLEMENT_PAGE.format(settlement.pk),
        now=now,
        shop=settlement.shop.name,
        amount=str(Money(settlement.payable_minor, settlement.currency)),
    )


def tell_payouts(payouts: Sequence[Payout], *, now: datetime) -> None:
    """Tell each creator what became of a payment, and those who settle which have to be repeated.

    Creators are told nothing of another's, and of a failure that their account may be wrong.
    """
    failed: dict[Settlement, int] = {}
    owners = owner_of_each(payout.statement.creator for payout in payouts)
    for payout in payouts:
        settlement = payout.statement.settlement
        is_paid = payout.state == PayoutState.PAID
        if not is_paid:
            failed[settlement] = failed.get(settlement, 0) + 1
        owner = owners.get(payout.statement.creator_id)
        user = owner.user if owner else None
        notify(
            users=[user] if user else [],
            code="payout.paid" if is_paid else "payout.not_arrived",
            address=INCOME_PAGE,
            now=now,
            shop=settlement.shop.name,
            amount=str(payout.paid),
        )
    for settlement, count in failed.items():
        workspace = settlement.shop.workspace
        notify(
            users=_members(workspace, SETTLERS),
            workspace=workspace,
            code="payout.failed",
            address=SETTLEMENT_PAGE.format(settlement.pk),
            now=now,
            shop=settlement.shop.name,
            payments=count,
        )


def _members(workspace: Workspace, roles: frozenset[Role]) -> list[User]:
    return list(
        User.objects.filter(
            memberships__workspace=workspace, memberships__role__in=roles, is_active=True
        )
    )
