"""The localisation checklist: what the content gets right for its market, ticked by either side."""

from datetime import datetime

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.collaborations.actions.noting import note, today_of
from linkstar.collaborations.models import Collaboration, LocalisationTick
from linkstar.collaborations.rules import NotNow, TermsRefused, localisation_items


@transaction.atomic
def tick_localisation(
    *,
    collaboration: Collaboration,
    item: str,
    is_ticked: bool,
    is_creator: bool,
    now: datetime,
    user: User | None = None,
) -> None:
    """Say that the content gets it right, or take that back; said twice, the first stays.

    Raises:
        NotNow: the collaboration ended.
        TermsRefused: the list of the market has no such item.
    """
    if collaboration.ended_at is not None:
        raise NotNow("collaboration", "tick", collaboration.state)
    items = localisation_items(collaboration.shop.market, today_of(collaboration, now))
    if item not in items:
        raise TermsRefused("no_such_item")
    ticks = LocalisationTick.objects.filter(collaboration=collaboration, item__in=items)
    if not is_ticked:
        ticks.filter(item=item).delete()
        return
    _, is_new = LocalisationTick.objects.get_or_create(
        collaboration=collaboration,
        item=item,
        defaults={"user": user, "is_creators": is_creator, "at": now},
    )
    if is_new and ticks.count() == len(items):
        note(collaboration, "localised", user=user, now=now)
