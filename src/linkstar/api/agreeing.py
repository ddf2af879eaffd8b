"""Terms as both sides propose them to one another."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from linkstar.api.calling import Seller, caller_of
from linkstar.api.shapes import Amount, Asked, AskedAmount, Bps, Day, Written
from linkstar.catalog.models import Product
from linkstar.collaborations.rules import Terms
from linkstar.money.amounts import Money
from linkstar.recruiting.models import Offer

Few = Annotated[int, Field(ge=0, le=1_000)]


class TermsTold(Schema):
    """Rate, fee, what is due, and the days it runs."""

    rate_bps: int
    ads_rate_bps: int | None
    flat_fee: Amount
    videos: int
    lives: int
    needs_sample: bool
    starts_on: date
    ends_before: date
    text: str

    @classmethod
    def of(cls, terms: Terms) -> "TermsTold":
        return cls(
            rate_bps=terms.rate_bps,
            ads_rate_bps=terms.ads_rate_bps,
            flat_fee=Amount(minor=terms.flat_fee.minor, currency=terms.flat_fee.currency),
            videos=terms.videos,
            lives=terms.lives,
            needs_sample=terms.needs_sample,
            starts_on=terms.starts_on,
            ends_before=terms.ends_before,
            text=terms.text,
        )


class TermsAsked(Asked):
    """Rate, fee, what is due, and the days it runs; without a fee there is none."""

    rate_bps: Bps
    ads_rate_bps: Bps | None = None
    flat_fee: AskedAmount | None = None
    videos: Few = 1
    lives: Few = 0
    needs_sample: bool = False
    starts_on: Day
    ends_before: Day
    text: Written = ""

    def terms(self, currency: str) -> Terms:
        """As the verbs take them; a fee that is not named is nothing in the shop's currency."""
        return Terms(
            flat_fee=self.flat_fee.money() if self.flat_fee else Money(0, currency),
            **self.dict(exclude={"flat_fee"}),
        )


class ProductNamed(Schema):
    """A product by its number here and by what people call it."""

    id: int
    name: str

    @classmethod
    def of(cls, product: Product) -> "ProductNamed":
        return cls(id=product.pk, name=str(product))


def side_of(request: HttpRequest) -> str:
    """Which side of a talk the caller is on."""
    return Offer.Side.SELLER if isinstance(caller_of(request), Seller) else Offer.Side.CREATOR
