"""Creators are told in time that a rate they keep after a cut comes to its end."""

from datetime import datetime
from typing import Any

from django.db import transaction

from linkstar.accounts.models import Notification, User
from linkstar.accounts.notifying import notify
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import day_of
from linkstar.creators.models import Creator
from linkstar.plans.models import Promotion
from linkstar.plans.queries import LockEnding, locks_to_tell

CODE = "plan.kept_rate_ends"


@transaction.atomic
def tell_of_kept_rates(*, now: datetime) -> int:
    """Tell each creator whose notice is due today in the shop's zone, once; how many were told.

    Only who signed up can be told here; a seller's own record of a creator has nobody behind it.
    """
    shops = Shop.objects.filter(id__in=Promotion.objects.filter(ends_before=None).values("shop"))
    return sum(_tell(shop, ending, now) for shop in shops for ending in _due(shop, now))


def _due(shop: Shop, now: datetime) -> list[LockEnding]:
    return locks_to_tell(shop=shop, on=day_of(shop, now))


def _tell(shop: Shop, ending: LockEnding, now: datetime) -> bool:
    person = _person(ending.creator)
    if person is None:
        return False
    product = Product.objects.get(shop=shop, external_id=ending.product)
    later = ending.later_rate_bps
    params: dict[str, Any] = {
        "shop": shop.name,
        "product": str(product),
        "rate": f"{ending.rate_bps / 100:g}%",
        "later": "0%" if later is None else f"{later / 100:g}%",
        "until": f"{ending.kept_before:%Y-%m-%d} ({shop.zone})",
    }
    if Notification.objects.filter(user=person, code=CODE, params=params).exists():
        return False
    notify(users=[person], code=CODE, now=now, **params)
    return True


def _person(handle: str) -> User | None:
    found = Creator.objects.filter(handle=handle, workspace=None).select_related("user").first()
    return found.user if found else None
