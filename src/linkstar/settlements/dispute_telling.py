"""Who is told what happened in a dispute: the sides, and whoever decides."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from linkstar.accounts.models import Notification, User
from linkstar.accounts.notifying import notify
from linkstar.accounts.queries import APPROVERS
from linkstar.settlements.models import Dispute, DisputeMessage
from linkstar.settlements.owners import person_behind

Side = DisputeMessage.Side
PAGES = {
    Side.CREATOR: "/creator/disputes/{}/",
    Side.SELLER: "/disputes/{}/",
    Side.OPERATOR: "/operator/disputes/{}/",
}


def tell(dispute: Dispute, code: str, sides: Iterable[str], *, now: datetime, **params: str) -> int:
    """Tell these sides once each, how many people were; sentences name what it is about."""
    facts = facts_of(dispute) | params
    told = 0
    for side in sides:
        people = people_of(dispute, side)
        told += len(people)
        notify(
            users=people,
            code=code,
            now=now,
            address=PAGES[Side(side)].format(dispute.pk),
            workspace=dispute.shop.workspace if side == Side.SELLER else None,
            **facts,
        )
    return told


def tell_once(
    dispute: Dispute, code: str, sides: Iterable[str], *, now: datetime, **params: str
) -> int:
    """The same, but nobody is told again who was told exactly this before."""
    facts = facts_of(dispute) | params
    told = Notification.objects.filter(code=code, params=facts)
    addresses = set(told.values_list("address", flat=True))
    new = [each for each in sides if PAGES[Side(each)].format(dispute.pk) not in addresses]
    return tell(dispute, code, new, now=now, **params)


def facts_of(dispute: Dispute) -> dict[str, str]:
    """What every sentence may name: the dispute, the shop, the creator, the order or content."""
    return {
        "dispute": dispute.pk,
        "shop": dispute.shop.name,
        "creator": str(dispute.creator),
        "about": about(dispute),
    }


def about(dispute: Dispute) -> str:
    """The order's id, or the number of the content, the same in every language."""
    if dispute.commission and dispute.commission.line:
        return dispute.commission.line.order_id
    found = dispute.commission.deliverable if dispute.commission else dispute.deliverable
    return f"#{found.number}" if found else ""


def people_of(dispute: Dispute, side: str) -> list[User]:
    """The people of a side; nobody for a creator who has not signed up."""
    if side == Side.CREATOR:
        user = person_behind(dispute.creator)
        return [user] if user else []
    everybody = User.objects.filter(is_active=True)
    if side == Side.SELLER:
        members = everybody.filter(memberships__workspace=dispute.shop.workspace)
        return list(members.filter(memberships__role__in=APPROVERS).distinct())
    return list(everybody.filter(is_operator=True))


def until(at: datetime, dispute: Dispute) -> str:
    """An instant as a day and time in the shop's zone, the same in every language."""
    zone = dispute.shop.zone
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
