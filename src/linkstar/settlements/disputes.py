"""Which disputes each side sees, and what of the book each one touches."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from linkstar.accounts.models import Membership, User, Workspace
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.creators.models import Creator
from linkstar.settlements.dispute_telling import Side
from linkstar.settlements.models import Dispute
from linkstar.settlements.owners import person_behind, records_of
from linkstar.settlements.rules import DisputeState


@dataclass(frozen=True, slots=True)
class Effect:
    """What a dispute is about in money: what was earned, and the part of it that is held."""

    currency: str
    earned_minor: int
    held_minor: int


def disputes_of(creator: Creator) -> QuerySet[Dispute]:
    """Every dispute of a creator, the newest first."""
    return _told(Dispute.objects.filter(creator__in=records_of(creator)))


def disputes_in(workspace: Workspace) -> QuerySet[Dispute]:
    """Every dispute of a company's shops, the newest first."""
    return _told(Dispute.objects.filter(shop__workspace=workspace))


def all_disputes() -> QuerySet[Dispute]:
    """Every dispute of the installation, for whoever decides; the longest waiting first."""
    return _told(Dispute.objects.all()).order_by("opened_at")


def _told(found: QuerySet[Dispute]) -> QuerySet[Dispute]:
    related = ("shop__workspace", "creator__user", "commission__line", "commission__deliverable")
    return found.select_related(*related, "deliverable").order_by("-opened_at", "-pk")


def side_of(user: User, dispute: Dispute) -> Side | None:
    """The side a person belongs to, whatever else they do; None for neither."""
    if Membership.objects.filter(user=user, workspace=dispute.shop.workspace_id).exists():
        return Side.SELLER
    return Side.CREATOR if person_behind(dispute.creator) == user else None


def effect_of(dispute: Dispute) -> Effect | None:
    """What is at stake in the book; None where nothing is earned yet."""
    one = dispute.commission
    if one is None:
        return None
    same = Commission.objects.filter(
        line=one.line_id, deliverable=one.deliverable_id, creator=one.creator_id,
        shop__workspace=dispute.shop.workspace_id,
    )  # fmt: skip
    rows = same.order_by("state").values_list("state").annotate(minor=Sum("amount_minor"))
    by_state: dict[str, int] = dict(rows)
    return Effect(one.currency, sum(by_state.values()), by_state.get(State.HELD, 0))


def living_about(amounts: Iterable[Commission]) -> Dispute | None:
    """The dispute about any of these amounts that is not over; None for none."""
    shown = list(amounts)
    if not shown:
        return None
    one = shown[0]
    about = Q(commission__line=one.line_id, commission__deliverable=one.deliverable_id)
    found = Dispute.objects.filter(about, creator=one.creator_id, shop=one.shop_id)
    return found.exclude(state=DisputeState.FINAL).first()
