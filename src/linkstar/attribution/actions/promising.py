"""Giving a creator a promo code, and ending it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from linkstar.attribution.models import PromoCode
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.creators.models import Creator
from linkstar.plans.refusals import EndsBeforeItStarts


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
        EndsBeforeItStarts: no day would be left.
        PromoCodeTaken: it names somebody on one of these days.
    """
    if ends_before and ends_before <= starts_on:
        raise EndsBeforeItStarts(starts_on, ends_before)
    folded = code.strip().casefold()
    of_shop = PromoCode.objects.filter(shop=shop, code=folded)
    taken = of_shop.filter(Q(ends_before=None) | Q(ends_before__gt=starts_on))
    if ends_before:
        taken = taken.filter(starts_on__lt=ends_before)
    if taken.exists():
        raise PromoCodeTaken(folded)
    of_shop.filter(starts_on=starts_on).delete()  # given for that day before, and never begun
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
    """From tomorrow the code names nobody, and never does where it has not begun.

    What was earned by it stays. Ending it twice changes nothing.
    """
    ends_before = max(promo_code.starts_on, day_of(promo_code.shop, now) + timedelta(days=1))
    if promo_code.ends_before is None or promo_code.ends_before > ends_before:
        promo_code.ends_before = ends_before
        promo_code.save(update_fields=["ends_before"])
