"""Giving a creator a promo code, and ending it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from linkstar.attribution.models import PromoCode
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
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


@transaction.atomic
def end_promo_code(*, promo_code: PromoCode, now: datetime) -> None:
    """From tomorrow the code names nobody; what was earned by it stays.

    One that has not begun is gone, and one that has ended before stays as it is.
    """
    today = day_of(promo_code.shop, now)
    if promo_code.starts_on > today:
        promo_code.delete()
    elif promo_code.ends_before is None or promo_code.ends_before > today:
        promo_code.ends_before = today + timedelta(days=1)
        promo_code.save(update_fields=["ends_before"])
