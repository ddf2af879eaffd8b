"""Shops and products, always within one workspace."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import AffiliateService, Product, Qualification, Shop
from linkstar.catalog.qualification import (
    ANSWERS_NEEDED,
    Application,
    DocumentKind,
    ShopHeld,
    Standing,
    State,
    standing,
)

FIGURES = ("shop_rating", "negative_review_bps", "return_bps", "counterfeit_points")
"""What a shop states of itself for the thresholds of its market."""


def shops_of(workspace: Workspace) -> QuerySet[Shop]:
    return Shop.objects.filter(workspace=workspace).order_by("number")


def products_of(workspace: Workspace) -> QuerySet[Product]:
    return Product.objects.filter(shop__workspace=workspace).select_related("shop")


def benchmark_shops(market: str) -> QuerySet[Shop]:
    """Shops of every workspace that agreed to take part in the market's benchmark."""
    return Shop.objects.filter(market=market, shares_with_benchmark=True).order_by("number")


def day_of(shop: Shop, now: datetime) -> date:
    """The shop's own day at an instant."""
    return now.astimezone(ZoneInfo(shop.zone)).date()


def qualification_of(shop: Shop) -> Qualification:
    """The shop's qualification; a blank one, not yet written down, where none was begun."""
    return Qualification.objects.filter(shop=shop).first() or Qualification(shop=shop)


def application_of(qualification: Qualification) -> Application:
    """What was handed in, as the rules see it."""
    kinds = qualification.documents.filter(removed_at=None).values_list("kind", flat=True)
    return Application(
        stated=frozenset(name for name in ANSWERS_NEEDED if getattr(qualification, name)),
        kinds=frozenset(DocumentKind(kind) for kind in kinds),
        sells_branded_goods=qualification.sells_branded_goods,
        licence_valid_until=qualification.licence_valid_until,
        figures={name: _decimal(getattr(qualification, name)) for name in FIGURES},
    )


def service_of(shop: Shop) -> AffiliateService | None:
    """The shop's running affiliate service; None while it is switched off."""
    return AffiliateService.objects.filter(shop=shop, disabled_at=None).first()


def standing_of(shop: Shop, on: date) -> Standing:
    """Whether the shop's plans may be shown to creators on a day, past or future, and if not, why.

    What holds at the end of that day in the shop's zone counts; of days to come, what holds now.
    """
    ends_at = datetime.combine(on + timedelta(days=1), time.min, ZoneInfo(shop.zone))
    qualification = qualification_of(shop)
    last = qualification.steps.filter(at__lt=ends_at).order_by("-number").first()
    running = Q(disabled_at=None) | Q(disabled_at__gte=ends_at)
    return standing(
        state=State(last.state) if last else State.DRAFT,
        licence_valid_until=qualification.licence_valid_until,
        service_is_on=shop.services.filter(running, enabled_at__lt=ends_at).exists(),
        on=on,
    )


def check_may_promote(shop: Shop, *, now: datetime) -> None:
    """Let a shop offer and agree something new: it is qualified, and LinkStar is switched on.

    Raises:
        ShopHeld: it may not.
    """
    found = standing_of(shop, day_of(shop, now))
    if found is not Standing.MAY_PROMOTE:
        raise ShopHeld(found)


def promoting_among(shops: QuerySet[Shop], *, now: datetime) -> list[Shop]:
    """Those of the shops that may offer and agree something new."""
    switched_on = AffiliateService.objects.filter(disabled_at=None)
    hopeful = shops.filter(
        qualification__state=State.APPROVED, pk__in=switched_on.values("shop")
    ).select_related("qualification")
    return [shop for shop in hopeful if _stands(shop, day_of(shop, now)) is Standing.MAY_PROMOTE]


def _stands(shop: Shop, on: date) -> Standing:
    """The standing today of a shop that is approved, and on which the service is on."""
    return standing(
        state=State.APPROVED,
        licence_valid_until=shop.qualification.licence_valid_until,
        service_is_on=True,
        on=on,
    )


def _decimal(figure: Decimal | int | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)
