"""The order lines whose commission is not what it should be, with all that decides it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from django.db.models import Exists, FilteredRelation, OuterRef, Q

from linkstar.batches import batched
from linkstar.catalog.models import Shop
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import Component, State
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Kept, kept, tiers
from linkstar.orders.rules import State as LineState

LINES_AT_ONCE = 10_000
"""So many that what is written of them, two kilobytes each, fits into the kept pages."""
_ROWS_AT_ONCE = 10_000


class Line(msgspec.Struct, frozen=True, gc=False):
    """An order line, who earned it, and whether anything was booked for it before."""

    id: int
    order_id: str
    product_id: str
    state: str
    items: int
    items_returned: int
    price_micros: int
    seller_discount_minor: int | None
    platform_discount_minor: int | None
    tax_minor: int | None
    is_tax_included: bool | None
    refunded_minor: int
    currency: str
    stated_rate_bps: int | None
    stated_ads_rate_bps: int | None
    tier_rates_bps: str
    ordered_at: datetime
    changed_at: datetime
    revision: int
    attribution: int
    decided_at: datetime
    creator: str | None
    handle: str | None
    collaboration: str | None
    earned_on: date
    is_ad: bool
    is_booked: bool

    @property
    def kept(self) -> Kept:
        """What of the line commission is worked out from."""
        return kept(
            state=LineState(self.state),
            items=self.items,
            items_returned=self.items_returned,
            price_micros=self.price_micros,
            discounts_minor=(self.seller_discount_minor or 0) + (self.platform_discount_minor or 0),
            tax_minor=(self.tax_minor or 0) if self.is_tax_included else 0,
            refunded_minor=self.refunded_minor,
            currency=self.currency,
        )

    @property
    def due_since(self) -> datetime:
        """When the last was said that decides what is due: by a statement or by a decision."""
        return max(self.changed_at, self.decided_at)

    @property
    def tiers(self) -> tuple[int, ...]:
        return tiers(self.tier_rates_bps)

    @property
    def is_settled(self) -> bool:
        return self.state == LineState.SETTLED


_OF_DECISION = (
    "pk", "decided_at", "creator", "creator__handle", "collaboration", "earned_on", "is_ad",
)  # fmt: skip
_FIELDS = (
    *Line.__struct_fields__[:19],
    *(f"decided__{name}" for name in _OF_DECISION),
    "is_booked",
)


def pending_lines(shop: Shop, *, after: int) -> list[Line]:
    """The next lines that changed, or were given to another creator, since they were looked at."""
    current = FilteredRelation("attributions", condition=Q(attributions__is_current=True))
    booked = Commission.objects.filter(line=OuterRef("pk"))
    seen = booked.filter(
        seen_revision=OuterRef("revision"), seen_attribution=OuterRef("decided__pk")
    )
    rows = (
        OrderLine.objects.filter(shop=shop, pk__gt=after)
        .annotate(decided=current, is_booked=Exists(booked))
        .filter(
            ~Exists(seen),
            Q(decided__creator__isnull=False) | Q(is_booked=True),
            decided__isnull=False,
        )
        .order_by("pk")
        .values_list(*_FIELDS)[:LINES_AT_ONCE]
    )
    return [Line(*row) for row in rows]


class Booked(NamedTuple):
    """What one creator has earned for one component of one line so far."""

    creator: str
    component: Component
    amount_minor: int
    rate_bps: int | None
    rate_source: str
    plan_id: str
    plan_version: int | None
    kept_before: date | None
    is_paid_by_platform: bool
    number: int
    states: frozenset[State]
    earned_on: date


_OF_BOOKED = (
    "line", "creator", "component", "amount_minor", "rate_bps", "rate_source", "plan_id",
    "plan_version", "kept_before", "is_paid_by_platform", "number", "state", "earned_on",
)  # fmt: skip


def booked_on(lines: Sequence[Line]) -> dict[int, list[Booked]]:
    """What was booked for each line, summed by creator and component; the last rate stands."""
    grouped: dict[tuple[int, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for some in batched((line.id for line in lines if line.is_booked), _ROWS_AT_ONCE):
        rows = Commission.objects.filter(line__in=some)
        ordered = rows.order_by("line", "creator", "component", "number")
        for line, creator, component, *rest in ordered.values_list(*_OF_BOOKED):
            grouped[line, creator, component].append(tuple(rest))
    by_line: dict[int, list[Booked]] = defaultdict(list)
    for (line, creator, component), parts in grouped.items():
        by_line[line].append(_summed(creator, component, parts))
    return by_line


def _summed(creator: str, component: str, rows: Sequence[tuple[Any, ...]]) -> Booked:
    """The sum of the rows of one creator and component; what else they say, the last says."""
    amount_minor = sum(row[0] for row in rows)
    _, rate_bps, source, plan, version, kept_before, is_platforms, number, _, earned_on = rows[-1]
    states = frozenset(State(row[-2]) for row in rows)
    return Booked(
        creator,
        Component(component),
        amount_minor,
        rate_bps,
        source,
        plan,
        version,
        kept_before,
        is_platforms,
        number,
        states,
        earned_on,
    )
