"""Which confirmed amounts no longer wait, at a moment that may lie ahead."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linkstar.catalog.models import Shop
from linkstar.commissions import rules
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.orders.rules import ENDED


def released_by(shop: Shop, at: datetime) -> QuerySet[Commission]:
    """Confirmed amounts of a shop whose hold time is over at a moment.

    Where no day of delivery is known the time counts from when the first amount of the line was
    confirmed: what is taken back later is released with it. Amounts of lines that ended, and flat
    fees, do not wait. What the platform holds is not released.
    """
    before = at - timedelta(days=rules.hold_on(shop.market, at.date()).days)
    of_same_line = Commission.objects.filter(line=OuterRef("line"), creator=OuterRef("creator"))
    confirmed_first = of_same_line.exclude(approved_at=None).order_by("approved_at")
    is_over = Q(waits_from__lte=before)
    does_not_wait = Q(line__state__in=ENDED) | Q(line=None)
    confirmed = Commission.objects.filter(shop=shop, state=State.APPROVED).annotate(
        waits_from=Coalesce(
            "line__delivered_at", Subquery(confirmed_first.values("approved_at")[:1])
        )
    )
    return confirmed.filter(is_over | does_not_wait).exclude(line__is_held=True)
