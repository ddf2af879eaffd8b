"""What a dispute does to amounts: held in the book, then taken back or let go."""

import contextlib
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from linkstar.accounts.models import User
from linkstar.attribution.actions import reattribute_by_hand
from linkstar.attribution.models import Attribution
from linkstar.collaborations.actions import award_deliverable
from linkstar.collaborations.rules import NotNow
from linkstar.commissions.actions import (
    accrue_commissions,
    accrue_flat_fees,
    take_back_flat_fee,
)
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State, moved, owed_account
from linkstar.ledger.actions import post_entries
from linkstar.ledger.rules import Draft
from linkstar.settlements.models import Dispute, DisputeMessage, Hold
from linkstar.settlements.rules import Outcome

_HOLDABLE = (State.DEPOSIT, State.ACCRUED, State.APPROVED, State.PAYABLE)


def hold_amounts(dispute: Dispute, now: datetime) -> None:
    """Hold whatever of the disputed amounts is in no statement yet."""
    doubted = list(disputed_amounts(dispute).filter(state__in=_HOLDABLE))
    _post(dispute, [(row, row.state, State.HELD) for row in doubted], "held", now)
    Hold.objects.bulk_create(
        Hold(dispute=dispute, commission=row, state_before=row.state, held_at=now)
        for row in doubted
    )
    Commission.objects.filter(pk__in=[row.pk for row in doubted]).update(state=State.HELD)


def carry_out(dispute: Dispute, now: datetime) -> None:
    """Do what was decided, then let go of what was held.

    Taking back is accruing's own work, so the amounts add up to what the line is worth; what it
    takes back while the line is held is held too, and is let go together with it. What happened
    meanwhile stands: a line that was given to nobody, content that was confirmed or cancelled.
    """
    if dispute.deliverable:
        _award(dispute, now)
    elif dispute.outcome == Outcome.SELLER:
        _take_back(dispute, now)
    _release(dispute, now)


def disputed_amounts(dispute: Dispute) -> QuerySet[Commission]:
    """Every amount of the creator for the line or the deliverable; none where nothing is earned."""
    one = dispute.commission
    if one is None:
        return Commission.objects.none()
    same = Commission.objects.filter(
        line=one.line_id, deliverable=one.deliverable_id, creator=one.creator_id
    )
    return same.order_by("pk")


def _award(dispute: Dispute, now: datetime) -> None:
    if dispute.outcome != Outcome.CREATOR or dispute.deliverable is None:
        return
    with contextlib.suppress(NotNow):
        award_deliverable(deliverable=dispute.deliverable, now=now, user=_decider(dispute))
    accrue_flat_fees(shop=dispute.shop, now=now)


def _take_back(dispute: Dispute, now: datetime) -> None:
    commission, user = dispute.commission, _decider(dispute)
    assert commission
    reason = f"dispute {dispute.pk}"
    if commission.deliverable:
        take_back_flat_fee(deliverable=commission.deliverable, reason=reason, now=now)
    elif commission.line and user:
        # Where the line was given to somebody else meanwhile, their part was not in dispute.
        is_still_theirs = Attribution.objects.filter(
            line=commission.line, is_current=True, creator=commission.creator_id
        ).exists()
        if is_still_theirs:
            reattribute_by_hand(
                line=commission.line, creator=None, reason=reason, user=user, now=now
            )
        accrue_commissions(shop=dispute.shop, now=now)


def _decider(dispute: Dispute) -> User | None:
    decisions = dispute.messages.filter(kind=DisputeMessage.Kind.DECISION)
    decision = decisions.select_related("user").order_by("-pk").first()
    return decision.user if decision else None


def _release(dispute: Dispute, now: datetime) -> None:
    """Each where it was; what was booked meanwhile goes where the rest of its component goes."""
    held = dispute.holds.values_list("commission", "commission__component", "state_before")
    before = {pk: state for pk, _, state in held}
    back = max(before.values(), key=_HOLDABLE.index, default=State.PAYABLE)
    beside = {component: state for _, component, state in sorted(held, key=_how_far)}
    rows = list(disputed_amounts(dispute).filter(state=State.HELD))
    moves = [(row, State.HELD, before.get(row.pk, beside.get(row.component, back))) for row in rows]
    _post(dispute, moves, "released", now)
    for row, _, to in moves:
        extra = {"payable_at": now} if to == State.PAYABLE else {}
        Commission.objects.filter(pk=row.pk).update(state=to, **extra)
    dispute.holds.filter(released_at=None).update(released_at=now)


def _how_far(held: tuple[int, str, str]) -> int:
    return _HOLDABLE.index(State(held[2]))


def _post(
    dispute: Dispute, moves: Sequence[tuple[Commission, str, str]], verb: str, now: datetime
) -> None:
    drafts = [
        Draft(
            kind=f"dispute_{verb}",
            key=f"dispute:{dispute.pk}:{verb}:{row.pk}",
            happened_at=now,
            postings=(
                moved(
                    row.amount_minor,
                    row.currency,
                    frm=owed_account(row.creator_id, State(frm)),
                    to=owed_account(row.creator_id, State(to)),
                ),
            ),
            facts={"dispute": dispute.pk, "line": row.line_id},
        )
        for row, frm, to in moves
        if row.amount_minor
    ]
    if drafts:
        post_entries(book=dispute.shop.workspace_id, drafts=drafts, now=now)
