"""Switching LinkStar on and off for a shop, and what it starts from: a rate and targets."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.market_rules import rules_on
from linkstar.catalog.models import AffiliateService, Qualification, Shop
from linkstar.catalog.queries import day_of, service_of
from linkstar.catalog.terms import Terms, TermsOutdated


class NotQualified(ValueError):
    """The shop's qualification is not approved, so the service stays off."""

    code = "service.not_qualified"


class AlreadyOn(ValueError):
    """The service is on already; nothing was changed."""

    code = "service.already_on"


class NotOn(ValueError):
    """The service is off."""

    code = "service.not_on"


class RateOutOfBounds(ValueError):
    """The market does not allow this commission rate."""

    code = "service.rate_out_of_bounds"

    def __init__(self, found_bps: int, least_bps: int, most_bps: int) -> None:
        super().__init__(found_bps, least_bps, most_bps)
        self.params = {
            "found": f"{found_bps / 100:g}%",
            "least": f"{least_bps / 100:g}%",
            "most": f"{most_bps / 100:g}%",
        }


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """The rate of plans that name none, and what the shop aims at; None is no target."""

    default_rate_bps: int
    ctr_target_ratio: Decimal | None = None
    cvr_target_ratio: Decimal | None = None
    roas_target_ratio: Decimal | None = None
    uplift_target_ratio: Decimal | None = None


@transaction.atomic
def enable_service(
    *,
    shop: Shop,
    user: User,
    terms: Terms,
    accepted_version: str,
    start: StartingPoint,
    now: datetime,
) -> AffiliateService:
    """Switch it on; the terms accepted, by whom and when are kept with it.

    Raises:
        NotQualified: the qualification is not approved.
        AlreadyOn: it is on.
        TermsOutdated: another version was read than the one that holds.
        RateOutOfBounds: the market does not allow the rate.
    """
    held = Qualification.objects.select_for_update().filter(shop=shop).first()
    if held is None or held.state != Qualification.State.APPROVED:
        raise NotQualified
    if service_of(shop) is not None:
        raise AlreadyOn
    if accepted_version != terms.version:
        raise TermsOutdated
    _check_rate(shop, start, now)
    return AffiliateService.objects.create(
        shop=shop,
        enabled_at=now,
        terms_version=terms.version,
        terms_sha256=terms.sha256,
        accepted_by=user,
        accepted_at=now,
        **{field.name: getattr(start, field.name) for field in fields(start)},
    )


@transaction.atomic
def change_service(*, shop: Shop, start: StartingPoint, now: datetime) -> AffiliateService:
    """Set another default rate or other targets; plans that exist keep their own rates.

    Another rate makes another row, so that what was promised before stays on record.

    Raises:
        NotOn: see there.
        RateOutOfBounds: the market does not allow the rate.
    """
    service = _running(shop)
    _check_rate(shop, start, now)
    if service.default_rate_bps != start.default_rate_bps:
        AffiliateService.objects.filter(pk=service.pk).update(disabled_at=now)
        service.pk, service.enabled_at = None, now
    for field in fields(start):
        setattr(service, field.name, getattr(start, field.name))
    service.save()
    return service


@transaction.atomic
def disable_service(*, shop: Shop, now: datetime) -> AffiliateService:
    """Switch it off: plans are shown no more, what was earned stays owed.

    Raises:
        NotOn: see there.
    """
    service = _running(shop)
    service.disabled_at = now
    service.save(update_fields=["disabled_at"])
    return service


def _running(shop: Shop) -> AffiliateService:
    service = AffiliateService.objects.select_for_update().filter(shop=shop, disabled_at=None)
    found = service.first()
    if found is None:
        raise NotOn
    return found


def _check_rate(shop: Shop, start: StartingPoint, now: datetime) -> None:
    rules = rules_on(shop.market, day_of(shop, now))
    least, most = rules.commission_rate_bps_min, rules.commission_rate_bps_max
    if not least <= start.default_rate_bps <= most:
        raise RateOutOfBounds(start.default_rate_bps, least, most)
