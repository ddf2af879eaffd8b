"""Giving a creator a promo code."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from linkstar.attribution.models import PromoCode
from linkstar.catalog.models import Shop
from linkstar.creators.models import Creator


class PromoCodeTaken(ValueError):
    """The code names somebody already on some of these days."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def give_promo_code(
    *,
    shop: Shop,
    creator: Creator,
    code: str,
    starts_on: date,
    now: datetime,
    ends_before: date | None = None,
) -> PromoCode:
    """A code that names the creator from one day until another.

    Raises:
        PromoCodeTaken: it names somebody on one of these days.
    """
    folded = code.strip().casefold()
    taken = PromoCode.objects.filter(shop=shop, code=folded).filter(
        Q(ends_before=None) | Q(ends_before__gt=starts_on)
    )
    if ends_before:
        taken = taken.filter(starts_on__lt=ends_before)
    if taken.exists():
        raise PromoCodeTaken(folded)
    return PromoCode.objects.create(
        shop=shop,
        creator=creator,
        code=folded,
        starts_on=starts_on,
        ends_before=ends_before,
        created_at=now,
    )
