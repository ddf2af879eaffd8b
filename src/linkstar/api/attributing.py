"""Who earned what: promo codes that name creators, and order lines that are decided again."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, SETTLES, WRITES, log, now, seller_of
from linkstar.api.orders import LineInFull, line_in_full
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.plans import Handle, creators_by_handle
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Day, Number, Page, Text
from linkstar.api.shops import chosen_shops, own_shop
from linkstar.attribution.actions import (
    end_promo_code,
    give_promo_code,
    reattribute_by_hand,
    reattribute_by_rule,
)
from linkstar.attribution.models import PromoCode
from linkstar.jobs.money import work_shop_through
from linkstar.orders.models import OrderLine
from linkstar.web.facts import lake

router = Router()


class PromoCodeTold(Schema):
    """A code buyers type in that names a creator for a time."""

    id: int
    shop_id: str
    code: str
    creator_id: str
    starts_on: date
    ends_before: date | None
    created_at: datetime


class NewPromoCode(Asked):
    """A code to give; without an end it holds until it is ended."""

    shop_id: Text
    code: Annotated[Text, Field(min_length=1, max_length=60)]
    creator: Handle
    starts_on: Day
    ends_before: Day | None = None


class DecidedAgain(Asked):
    """Who earned the line by a person's word; nobody did where no creator is named."""

    reason: Annotated[Text, Field(min_length=1, max_length=300)]
    creator: Handle | None = None


class HeardAgain(Asked):
    """Why the claims on a line are heard again."""

    reason: Annotated[Text, Field(min_length=1, max_length=300)]


def code_told(one: PromoCode) -> PromoCodeTold:
    names = ("id", "shop_id", "code", "creator_id", "starts_on", "ends_before", "created_at")
    return PromoCodeTold(**{name: getattr(one, name) for name in names})


@router.get("promo-codes", response=Page[PromoCodeTold], auth=READS)
def promo_codes(request: HttpRequest, piece: AskedPiece, shop_id: Code = "") -> Page[PromoCodeTold]:
    """Promo codes, the newest first."""
    found = PromoCode.objects.filter(shop__in=chosen_shops(seller_of(request), shop_id))
    return page_of(found, piece, code_told, by=("-created_at", "-pk"))


@router.post("promo-codes", response={201: PromoCodeTold}, auth=WRITES)
@once
def give_code(request: HttpRequest, asked: NewPromoCode) -> PromoCodeTold:
    """Let a code name a creator in orders from a day on."""
    seller = seller_of(request)
    [creator] = creators_by_handle(seller.workspace, (asked.creator,))
    given = give_promo_code(
        shop=own_shop(seller, asked.shop_id),
        creator=creator,
        code=asked.code,
        starts_on=asked.starts_on,
        ends_before=asked.ends_before,
        now=now(),
    )
    log(request, "promo_code.given", given.code, creator=creator.handle)
    return code_told(given)


@router.post("promo-codes/{code_id}/end", response=PromoCodeTold, auth=WRITES)
@once
def end_code(request: HttpRequest, code_id: Number) -> PromoCodeTold:
    """It names nobody from tomorrow; one that has not begun names nobody ever."""
    own = PromoCode.objects.filter(shop__workspace=seller_of(request).workspace)
    found = get_object_or_404(own.select_related("shop"), pk=code_id)
    end_promo_code(promo_code=found, now=now())
    log(request, "promo_code.ended", found.code)
    return code_told(found)


@router.post("order-lines/{line_id}/decide", response=LineInFull, auth=SETTLES)
@once
def decide_line(request: HttpRequest, line_id: Number, asked: DecidedAgain) -> LineInFull:
    """Give a line to another creator, or to nobody; both decisions stay on the record."""
    seller, line = seller_of(request), _own(request, line_id)
    named = creators_by_handle(seller.workspace, (asked.creator,)) if asked.creator else [None]
    reattribute_by_hand(
        line=line, creator=named[0], reason=asked.reason, user=seller.user, now=now()
    )
    return _decided(request, line, asked.reason, asked.creator or "")


@router.post("order-lines/{line_id}/hear-again", response=LineInFull, auth=SETTLES)
@once
def hear_line_again(request: HttpRequest, line_id: Number, asked: HeardAgain) -> LineInFull:
    """Decide a line by the rule as its claims stand now, such as a code given since."""
    seller, line = seller_of(request), _own(request, line_id)
    reattribute_by_rule(
        shop=line.shop,
        lines=[line],
        lake=lake(),
        reason=asked.reason,
        user=seller.user,
        now=now(),
    )
    return _decided(request, line, asked.reason, "by the rule")


def _own(request: HttpRequest, line_id: int) -> OrderLine:
    lines = OrderLine.objects.filter(shop__workspace=seller_of(request).workspace)
    return get_object_or_404(lines.select_related("shop"), pk=line_id)


def _decided(request: HttpRequest, line: OrderLine, reason: str, creator: str) -> LineInFull:
    """The line as decided; commission follows in the background."""
    log(request, "line.reattributed", str(line.pk), reason=reason, creator=creator)
    work_shop_through(line.shop_id)
    return line_in_full(line)
