"""Which confirmed amounts no longer wait, at a moment that may lie ahead."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from linkstar.catalog.models import Shop
from linkstar.commissions import rules
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.orders.rules import ENDED


def released_by(shop: Shop, at: datetime) -> QuerySet[Commission]:
    """Confirmed amounts of a shop whose hold time is over at a moment.

    Where no day of delivery is known the time counts from the confirmation. Amounts of lines that
    ended, and flat fees, do not wait. What the platform holds is not released.
    """
    before = at - timedelta(days=rules.hold_on(shop.market, at.date()).days)
    is_over = Q(line__delivered_at__lte=before) | Q(
        line__delivered_at=None, approved_at__lte=before
    )
    does_not_wait = Q(line__state__in=ENDED) | Q(line=None)
    confirmed = Commission.objects.filter(shop=shop, state=State.APPROVED)
    return confirmed.filter(is_over | does_not_wait).exclude(line__is_held=True)
