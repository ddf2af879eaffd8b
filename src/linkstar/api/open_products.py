"""Open plans as creators find them: what anybody may promote, a link for it, and giving it up."""

from datetime import date
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linkstar.api.calling import PROMOTER_READS, PROMOTER_WRITES, log, now, promoter_of
from linkstar.api.offers import PackageTold, package_told
from linkstar.api.paging import AskedPiece, page_of, page_of_things
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Asked, Named, Number, Page, Text
from linkstar.api.tracking import LinkTold, tell_collector_after
from linkstar.api.tracking import told as link_told
from linkstar.catalog.listing import Wanted
from linkstar.catalog.models import Product
from linkstar.collaborations import actions
from linkstar.collaborations.queries import (
    open_links_about,
    openly_promoted,
    product_to_promote,
)
from linkstar.creators.models import Creator
from linkstar.plans.models import Package
from linkstar.plans.open_offers import (
    OnOffer,
    product_on_offer,
    products_on_offer,
    shops_on_offer,
    what_comes,
)
from linkstar.web.tracking import registry

router = Router()


class Wished(Schema):
    """What to look for: words of the name, a category with everything below it."""

    q: Annotated[Text, Field(max_length=200)] = ""
    category: Annotated[Text, Field(max_length=300)] = ""


class OpenProductTold(Schema):
    """A product of a shop that may promote. `id` is what its addresses name."""

    id: int
    shop: Named
    external_id: str
    name: str
    category: str
    brand: str
    price: Amount | None
    image_url: str
    landing_page: str


class RateOffered(Schema):
    """What the caller earns with it today; `kept_before`: until when an ended rate is kept."""

    rate_bps: int
    ads_rate_bps: int | None
    bonus_bps: int
    kept_before: date | None


class OpenOfferTold(Schema):
    """A product anybody may promote, and what it brings the caller today."""

    product: OpenProductTold
    rate: RateOffered


class RateComing(Schema):
    """A rate that was announced."""

    starts_on: date
    rate_bps: int
    ads_rate_bps: int | None


class DaysToCome(Schema):
    """What is known of the days to come; whoever shows it keeps a cut rate for `lock_days`."""

    coming: list[RateComing]
    ends_before: date | None
    lock_days: int


class OpenProductInFull(Schema):
    """One product; `rate` and `days_to_come` are null once it is no longer open to everybody."""

    product: OpenProductTold
    rate: RateOffered | None
    days_to_come: DaysToCome | None
    packages: list[PackageTold]
    links: list[LinkTold]


class OpenLinkAsked(Asked):
    """A link for one's own use; by default to the product's landing page."""

    destination: Annotated[Text, Field(max_length=2_000)] = ""
    variant: Annotated[Text, Field(max_length=60)] = ""


def product_told(one: Product) -> OpenProductTold:
    names = ("external_id", "name", "category", "brand", "image_url", "landing_page")
    return OpenProductTold(
        id=one.pk,
        shop=Named(id=one.shop.pk, name=one.shop.name),
        price=Amount.stated(one.price_minor, one.currency),
        **{name: getattr(one, name) for name in names},
    )


def told_in_full(one: Product, creator: Creator) -> OpenProductInFull:
    offer = product_on_offer(one, creator=creator, now=now())
    packages = Package.objects.filter(shop=one.shop, stopped_at=None).order_by("videos")
    return OpenProductInFull(
        product=product_told(one),
        rate=_rate_told(offer) if offer else None,
        days_to_come=_days_told(offer) if offer else None,
        packages=[package_told(each) for each in packages],
        links=[link_told(each) for each in open_links_about(one, creator=creator)],
    )


def _rate_told(offer: OnOffer) -> RateOffered:
    names = ("rate_bps", "ads_rate_bps", "bonus_bps", "kept_before")
    return RateOffered(**{name: getattr(offer, name) for name in names})


def _days_told(offer: OnOffer) -> DaysToCome:
    comes = what_comes(offer, now=now())
    return DaysToCome(
        coming=[
            RateComing(
                starts_on=each.starts_on, rate_bps=each.rate_bps, ads_rate_bps=each.ads_rate_bps
            )
            for each in comes.coming
        ],
        ends_before=comes.ends_before,
        lock_days=comes.lock_days,
    )


def _asked_product(creator: Creator, product_id: int) -> Product:
    """A product that is on offer today, or that the creator has links for.

    Raises:
        Http404: neither.
    """
    product = product_to_promote(product_id, creator=creator, now=now())
    if product is None:
        raise Http404
    return product


@router.get("open-products", response=Page[OpenOfferTold], auth=PROMOTER_READS)
def open_products(
    request: HttpRequest, piece: AskedPiece, wished: Query[Wished]
) -> Page[OpenOfferTold]:
    """Every product anybody may promote today, what brings most first."""
    at = now()
    found = products_on_offer(
        shops_on_offer(now=at),
        creator=promoter_of(request).creator,
        wanted=Wanted(text=wished.q, category=wished.category),
        now=at,
    )
    return page_of_things(
        found,
        piece,
        lambda each: OpenOfferTold(product=product_told(each.product), rate=_rate_told(each)),
    )


@router.get("open-products/promoted", response=Page[OpenProductTold], auth=PROMOTER_READS)
def promoted_products(request: HttpRequest, piece: AskedPiece) -> Page[OpenProductTold]:
    """The products the caller has open links for, also those no longer open to everybody."""
    rows = openly_promoted(promoter_of(request).creator)
    return page_of(rows, piece, product_told, by=("name", "pk"))


@router.get("open-products/{open_product_id}", response=OpenProductInFull, auth=PROMOTER_READS)
def open_product(request: HttpRequest, open_product_id: Number) -> OpenProductInFull:
    """One product: what it brings, until when, and the caller's links for it."""
    creator = promoter_of(request).creator
    return told_in_full(_asked_product(creator, open_product_id), creator)


@router.post(
    "open-products/{open_product_id}/links", response={201: LinkTold}, auth=PROMOTER_WRITES
)
@once
def make_open_link(request: HttpRequest, open_product_id: Number, asked: OpenLinkAsked) -> LinkTold:
    """A link, with nothing agreed and nothing due; for the same thing, the same link."""
    creator = promoter_of(request).creator
    product = _asked_product(creator, open_product_id)
    made = actions.make_open_link(
        creator=creator,
        product=product,
        destination=asked.destination or product.landing_page,
        variant=asked.variant,
        registry=registry(),
        now=now(),
    )
    tell_collector_after()
    log(request, "link.made", made.id, destination=made.destination)
    return link_told(made)


@router.post(
    "open-products/{open_product_id}/stop", response=OpenProductInFull, auth=PROMOTER_WRITES
)
@once
def stop_open_promotion(request: HttpRequest, open_product_id: Number) -> OpenProductInFull:
    """No longer show it: its open links lead nowhere from now on, and a kept rate ends."""
    creator = promoter_of(request).creator
    product = _asked_product(creator, open_product_id)
    actions.stop_open_promotion(creator=creator, product=product, registry=registry(), now=now())
    tell_collector_after()
    log(request, "promotion.stopped", str(product.pk))
    return told_in_full(product, creator)
