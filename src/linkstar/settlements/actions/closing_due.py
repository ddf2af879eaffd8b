"""Closing what is due, and telling the people who approve it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.settlements.actions.closing import close_period
from linkstar.settlements.models import Settlement
from linkstar.settlements.rules import last_ended
from linkstar.settlements.telling import tell_closed


@transaction.atomic
def close_last_period(*, shop: Shop, now: datetime) -> Sequence[Settlement]:
    """Close the newest period of the shop that is over; what this call made, if anything.

    Periods passed over meanwhile lie before it, and what was payable in them is taken along. Those
    who approve are told once.
    """
    closed = close_period(shop=shop, period=last_ended(shop.market, day_of(shop, now)), now=now)
    made = closed.settlements if closed.is_new else []
    for settlement in made:
        tell_closed(settlement, now=now)
    return made
