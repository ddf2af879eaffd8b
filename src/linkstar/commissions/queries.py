"""What was earned for order lines, in sums."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from linkstar.batches import batched
from linkstar.catalog.models import Shop
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State

ORDERS_AT_ONCE = 500
_LEFT_THE_SHOP = frozenset({State.SETTLED, State.PAID})


@dataclass(frozen=True, slots=True)
class Earned:
    """By currency: what lines earned, and what of it is in a settlement or paid already."""

    minor: Mapping[str, int]
    settled_minor: Mapping[str, int]


def earned_by(shop: Shop, lines: Collection[tuple[str, str]]) -> Earned:
    """What these lines (order, line) of a shop earned so far."""
    minor: Counter[str] = Counter()
    settled: Counter[str] = Counter()
    for orders in batched(sorted({order for order, _ in lines}), ORDERS_AT_ONCE):
        rows = (
            Commission.objects.filter(line__shop=shop, line__order_id__in=orders)
            .order_by()
            .values_list("line__order_id", "line__line_id", "currency", "state")
            .annotate(minor=Sum("amount_minor"))
        )
        for order, line, currency, state, earned in rows:
            if (order, line) in lines:
                minor[currency] += earned
                settled[currency] += earned if state in _LEFT_THE_SHOP else 0
    return Earned(minor, settled)
