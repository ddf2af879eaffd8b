"""Reminders: whoever has to act is told once before each clock ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from linkstar.accounts.models import Notification
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.collaborations.models import Deliverable, Sample, Support
from linkstar.collaborations.rules import DeliverableState, SampleState, SupportState, clocks_of
from linkstar.collaborations.telling import tell_creator, tell_seller, until


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock somebody is reminded of.

    Attributes:
        code: what they are told.
        of: what it belongs to.
        states: in which it runs.
        ends: the field that says when it ends.
        names: the field the sentence names it by.
        is_creators: whether the creator has to act; else the shop.
    """

    code: str
    of: type[Deliverable | Sample | Support]
    states: frozenset[str]
    ends: str
    names: str
    is_creators: bool = False


CLOCKS = (
    Clock(
        "content.due_soon",
        Deliverable,
        frozenset({DeliverableState.DUE, DeliverableState.RETURNED}),
        "due_at",
        "number",
        is_creators=True,
    ),
    Clock(
        "content.answer_due",
        Deliverable,
        frozenset({DeliverableState.SUBMITTED}),
        "confirm_by",
        "number",
    ),
    Clock(
        "sample.answer_due", Sample, frozenset({SampleState.REQUESTED}), "clock_ends_at", "product"
    ),
    Clock("sample.to_ship", Sample, frozenset({SampleState.APPROVED}), "clock_ends_at", "product"),
    Clock(
        "support.answer_due", Support, frozenset({SupportState.REQUESTED}), "clock_ends_at", "text"
    ),
    Clock("support.due_soon", Support, frozenset({SupportState.APPROVED}), "clock_ends_at", "text"),
)


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Remind whoever has to act before a clock ends; how many reminders were new.

    Each end is told once; one that was moved is told again when the new one comes near.
    """
    shops = Shop.objects.filter(collaborations__ended_at=None, collaborations__isnull=False)
    return sum(
        _remind(clock, one, now)
        for shop in shops.distinct()
        for clock in CLOCKS
        for one in _ending(clock, shop, now)
    )


def _ending(clock: Clock, shop: Shop, now: datetime) -> Iterator[Any]:
    within = timedelta(days=clocks_of(shop.market, day_of(shop, now)).reminder_days)
    running = clock.of.objects.filter(
        collaboration__shop=shop,
        collaboration__ended_at=None,
        state__in=clock.states,
        **{f"{clock.ends}__gt": now, f"{clock.ends}__lte": now + within},
    )
    yield from running.select_related("collaboration__shop", "collaboration__creator__user")


def _remind(clock: Clock, one: Any, now: datetime) -> bool:
    collaboration = one.collaboration
    facts = {
        "about": str(one.pk),
        clock.names: str(getattr(one, clock.names)),
        "until": until(getattr(one, clock.ends), collaboration.shop),
    }
    told = Notification.objects.filter(
        code=clock.code, params__about=facts["about"], params__until=facts["until"]
    )
    if told.exists():
        return False
    tell = tell_creator if clock.is_creators else tell_seller
    tell(collaboration, clock.code, now=now, **facts)
    return told.exists()
