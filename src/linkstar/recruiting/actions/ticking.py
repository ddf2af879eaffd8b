"""Clocks that ran out, noted down one by one: each in its own transaction, each once."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from linkstar.collaborations.rules import NotNow
from linkstar.recruiting.actions.campaigns import close_signup
from linkstar.recruiting.actions.inviting import expire_invitation
from linkstar.recruiting.actions.negotiating import expire_negotiation
from linkstar.recruiting.models import Campaign, Invitation, Negotiation


@dataclass(frozen=True, slots=True)
class Ticked:
    """How many ended."""

    invitations: int
    negotiations: int
    campaigns: int


def run_clocks(*, now: datetime) -> Ticked:
    """End every invitation, offer and sign-up whose time ran out."""
    invitations = Invitation.objects.filter(state=Invitation.State.SENT, expires_at__lte=now)
    negotiations = (
        Negotiation.objects.filter(state=Negotiation.State.OPEN)
        .annotate(ends_at=Max("offers__expires_at"))
        .filter(ends_at__lte=now)
    )
    campaigns = Campaign.objects.filter(state=Campaign.State.OPEN, signup_ends_at__lte=now)
    return Ticked(
        sum(expire_invitation(invitation=one, now=now) for one in invitations),
        sum(expire_negotiation(negotiation=one, now=now) for one in negotiations),
        sum(_closed(one, now=now) for one in campaigns),
    )


def _closed(campaign: Campaign, *, now: datetime) -> bool:
    """False when somebody closed or cancelled it meanwhile."""
    try:
        close_signup(campaign=campaign, user=None, now=now)
    except NotNow:
        return False
    return True
