"""Saying that a closed period may be paid: one person, above a sum two different ones."""

from datetime import datetime

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.settlements import rules
from linkstar.settlements.models import Approval, Settlement
from linkstar.settlements.rules import SettlementState, StatementState


class AlreadyApproved(ValueError):
    """This person has said so before; above the sum another one has to."""


@transaction.atomic
def approve_settlement(*, settlement: Settlement, user: User, now: datetime) -> Settlement:
    """Note one person's approval; with enough of them the settlement may be paid.

    One with nothing to pay, all of it being carried forward, is done then.

    Raises:
        AlreadyApproved: the person approved it before.
        MoveRefused: it is not waiting for approval.
    """
    held = Settlement.objects.select_for_update().get(pk=settlement.pk)
    to = rules.move(rules.SETTLEMENT_MOVES, held.state, SettlementState.APPROVED)
    if held.state != SettlementState.CLOSED:
        raise rules.MoveRefused(held.state, to)
    _, is_new = Approval.objects.get_or_create(settlement=held, user=user, defaults={"at": now})
    if not is_new:
        raise AlreadyApproved(user.pk)
    if held.approvals.count() >= held.approvals_needed:
        is_owed = held.statements.filter(state=StatementState.OPEN).exists()
        held.state, held.approved_at = to if is_owed else SettlementState.PAID, now
        held.save(update_fields=["state", "approved_at"])
    return held
