"""Clocks of disputes that ran out, and reminders before they do; each says its word once."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from linkstar.settlements import rules
from linkstar.settlements.actions.disputing import DisputeRefused, end_dispute
from linkstar.settlements.dispute_telling import Side, tell_once, until
from linkstar.settlements.models import Dispute
from linkstar.settlements.rules import DisputeState, MoveRefused, Outcome


def run_dispute_clocks(*, now: datetime) -> list[Dispute]:
    """Make final what nobody appealed, and say where nobody answered; what was made final.

    A second call at the same instant finds nothing new.
    """
    for dispute in _over(DisputeState.OPEN, now):
        with transaction.atomic():
            opener = Side.CREATOR if dispute.is_from_creator else Side.SELLER
            tell_once(dispute, "dispute.unanswered", [opener, Side.OPERATOR], now=now)
    ended = []
    for dispute in _over(DisputeState.DECIDED, now):
        try:
            ended.append(end_dispute(dispute=dispute, now=now))
        except (DisputeRefused, MoveRefused):
            continue  # somebody appealed in time after all
    return ended


@transaction.atomic
def remind_of_disputes(*, now: datetime) -> int:
    """Tell the side a clock runs against that it ends soon; how many people were told."""
    soon = _with_people(
        Dispute.objects.filter(
            state__in=[DisputeState.OPEN, DisputeState.DECIDED],
            clock_ends_at__gt=now,
            clock_ends_at__lte=now + rules.REMINDED_BEFORE,
        )
    )
    told = 0
    for dispute in soon:
        assert dispute.clock_ends_at
        by = until(dispute.clock_ends_at, dispute)
        told += tell_once(dispute, *_reminder(dispute), now=now, until=by)
    return told


def _reminder(dispute: Dispute) -> tuple[str, list[Side]]:
    if dispute.state == DisputeState.OPEN:
        other = Side.SELLER if dispute.is_from_creator else Side.CREATOR
        return "dispute.answer_due", [other]
    loser = Side.SELLER if dispute.outcome == Outcome.CREATOR else Side.CREATOR
    return "dispute.appeal_due", [loser]


def _over(state: DisputeState, now: datetime) -> list[Dispute]:
    return list(_with_people(Dispute.objects.filter(state=state, clock_ends_at__lte=now)))


def _with_people(found: QuerySet[Dispute]) -> QuerySet[Dispute]:
    related = ("shop__workspace", "creator__user", "commission__line", "commission__deliverable")
    return found.select_related(*related, "deliverable").order_by("pk")
