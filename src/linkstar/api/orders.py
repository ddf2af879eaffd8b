"""Orders and refunds: told to LinkStar line by line, and read back with who earned what and why.

Nothing of a buyer is taken: a name nobody knows is refused.
"""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linkstar.api.calling import READS, WRITES, log, now, seller_of
from linkstar.api.commissions import CommissionTold, commission_told
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import (
    Amount,
    Asked,
    Bps,
    Code,
    Currency,
    Minor,
    Number,
    Page,
    Text,
    choices,
)
from linkstar.api.shops import chosen_shops, own_shop
from linkstar.events.vocabulary import Channel, ContentType
from linkstar.orders.actions import StatedRefund, record_lines, record_refunds
from linkstar.orders.actions.problems import Problem
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, State, StatedLine

router = Router()
LINES_AT_ONCE_MAX = 1_000
Id = Annotated[Code, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Micros = Annotated[int, Field(ge=0, le=10**16)]
LineState = Annotated[State, choices(State)]
Short = Annotated[Text, Field(max_length=60)]


class LineStated(Asked):
    """One order line; what is left out is not stated, and what was stated before stays.

    `price_micros` is of one item, in millionths of the major unit: 19.99 dollars are 19990000.
    """

    order_id: Id
    line_id: Code = ""
    sku_id: Code = ""
    product_id: Code = ""
    channel: Channel | None = None
    creator: Annotated[Text, Field(max_length=120)] = ""
    content_id: Code = ""
    content_type: ContentType | None = None
    promo_code: Short = ""
    status: Short = ""
    state: LineState = State.PLACED
    is_held: bool | None = None
    ordered_at: AwareDatetime
    paid_at: AwareDatetime | None = None
    shipped_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    settled_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    items: Annotated[int, Field(ge=1, le=1_000_000)]
    items_returned: Count = 0
    currency: Currency | None = None
    price_micros: Micros | None = None
    seller_discount_minor: Minor | None = None
    platform_discount_minor: Minor | None = None
    tax_minor: Minor | None = None
    is_tax_included: bool | None = None
    shipping_minor: Minor | None = None
    paid_minor: Minor | None = None
    refunded_minor: Minor = 0
    stated_rate_bps: Bps | None = None
    stated_ads_rate_bps: Bps | None = None

    def line(self) -> StatedLine:
        said = self.dict() | {"creator": self.creator.lstrip("@").casefold()}
        emptied = {name: said[name] or "" for name in ("channel", "content_type", "currency")}
        return StatedLine(**said | emptied)


class LinesStated(Asked):
    """What one shop states of its order lines; of two statements the later one counts."""

    shop_id: Text
    stated_at: AwareDatetime | None = None
    lines: Annotated[list[LineStated], Field(min_length=1, max_length=LINES_AT_ONCE_MAX)]


class RefundStated(Asked):
    """Items that came back, or money that was given back without any; counted once by its key."""

    key: Annotated[Text, Field(min_length=1, max_length=100)]
    order_id: Id
    line_id: Code = ""
    happened_at: AwareDatetime
    items: Count = 0
    amount_minor: Minor = 0
    currency: Currency | None = None


class RefundsStated(Asked):
    """What one shop states of its refunds."""

    shop_id: Text
    refunds: Annotated[list[RefundStated], Field(min_length=1, max_length=LINES_AT_ONCE_MAX)]


class ProblemTold(Schema):
    """A line or refund that was not taken in, and why; the others were."""

    order_id: str
    line_id: str
    code: str
    found: str

    @classmethod
    def of(cls, problem: Problem) -> "ProblemTold":
        return cls(
            order_id=problem.order_id,
            line_id=problem.line_id,
            code=problem.code,
            found=problem.value,
        )


class LinesRecorded(Schema):
    """`stated = new + revised + unchanged + repeated + the problems`."""

    stated: int
    new: int
    revised: int
    unchanged: int
    repeated: int
    problems: list[ProblemTold]


class RefundsRecorded(Schema):
    """`stated = counted + known + unmatched + the problems`.

    A refund of a line nobody knows is unmatched: kept apart until its line turns up.
    """

    stated: int
    counted: int
    known: int
    unmatched: int
    problems: list[ProblemTold]


class LineTold(Schema):
    """One order line, as the statements about it add up to."""

    id: int
    shop_id: str
    order_id: str
    line_id: str
    sku_id: str
    product_id: str
    channel: str
    creator: str
    content_id: str
    promo_code: str
    state: str
    is_held: bool
    ordered_at: datetime
    ordered_on: date
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    settled_at: datetime | None
    cancelled_at: datetime | None
    items: int
    items_returned: int
    price_micros: int
    currency: str
    seller_discount: Amount | None
    platform_discount: Amount | None
    tax: Amount | None
    paid: Amount | None
    refunded: Amount
    source: str
    revision: int
    changed_at: datetime


class ClaimTold(Schema):
    """One claim on the line and what became of it; `link` is the token of a tracked link."""

    claim: str
    verdict: str
    creator: str
    content: str = ""
    product: str = ""
    link: str = ""
    at: datetime | None = None
    evidence: str = ""
    ad: bool = False

    @classmethod
    def of(cls, heard: dict[str, Any]) -> "ClaimTold":
        return cls(**heard | {"at": heard.get("at") or None})


class DecisionTold(Schema):
    """Who earned the line, by which claim; null where nobody did. `why` has every claim heard."""

    number: int
    creator_id: str | None
    method: str
    is_current: bool
    decided_at: datetime
    why: list[ClaimTold]


class LineInFull(LineTold):
    """One line with who earned it and every amount."""

    decisions: list[DecisionTold]
    commissions: list[CommissionTold]


def told(line: OrderLine) -> LineTold:
    names = (
        "shop_id", "order_id", "line_id", "sku_id", "product_id", "channel", "creator",
        "content_id", "promo_code", "state", "is_held", "ordered_at", "ordered_on", "paid_at",
        "shipped_at", "delivered_at", "settled_at", "cancelled_at", "items", "items_returned",
        "price_micros", "currency", "source", "revision", "changed_at",
    )  # fmt: skip
    amounts: dict[str, Any] = {
        name: Amount.stated(getattr(line, f"{name}_minor"), line.currency)
        for name in ("seller_discount", "platform_discount", "tax", "paid", "refunded")
    }
    return LineTold(id=line.pk, **amounts, **{name: getattr(line, name) for name in names})


@router.get("order-lines", response=Page[LineTold], auth=READS)
def order_lines(
    request: HttpRequest,
    piece: AskedPiece,
    shop_id: Code = "",
    order_id: Code = "",
    state: LineState | None = None,
) -> Page[LineTold]:
    """Order lines, the newest first."""
    found = OrderLine.objects.filter(shop__in=chosen_shops(seller_of(request), shop_id))
    asked = {"order_id": order_id, "state": state}
    chosen = found.filter(**{name: value for name, value in asked.items() if value})
    return page_of(chosen, piece, told, by=("-ordered_at", "-pk"))


@router.get("order-lines/{line_id}", response=LineInFull, auth=READS)
def order_line(request: HttpRequest, line_id: Number) -> LineInFull:
    """One line: what is stated, who earned it and why, and each amount with its working."""
    own = OrderLine.objects.filter(shop__workspace=seller_of(request).workspace)
    return line_in_full(get_object_or_404(own, pk=line_id))


def line_in_full(line: OrderLine) -> LineInFull:
    return LineInFull(
        **told(line).dict(),
        decisions=[
            DecisionTold(
                number=one.number,
                creator_id=one.creator_id,
                method=one.method,
                is_current=one.is_current,
                decided_at=one.decided_at,
                why=[ClaimTold.of(heard) for heard in one.why],
            )
            for one in line.attributions.order_by("-number")
        ],
        commissions=[commission_told(one) for one in line.commissions.order_by("pk")],
    )


@router.post("order-lines", response={200: LinesRecorded}, auth=WRITES)
@once
def state_order_lines(request: HttpRequest, asked: LinesStated) -> LinesRecorded:
    """Tell LinkStar of order lines, up to 1,000 at once; stating the same again changes nothing.

    A line that cannot be taken in harms no other: it is named among the problems.
    """
    seller = seller_of(request)
    shop = own_shop(seller, asked.shop_id)
    at = now()
    recorded = record_lines(
        shop=shop,
        lines=[one.line() for one in asked.lines],
        source=Source.API,
        stated_at=min(asked.stated_at or at, at),
        now=at,
    )
    log(request, "orders.stated", shop.id, stated=recorded.stated, new=recorded.new)
    return LinesRecorded(
        stated=recorded.stated,
        new=recorded.new,
        revised=recorded.revised,
        unchanged=recorded.unchanged,
        repeated=recorded.repeated,
        problems=[ProblemTold.of(one) for one in recorded.problems],
    )


@router.post("refunds", response={200: RefundsRecorded}, auth=WRITES)
@once
def state_refunds(request: HttpRequest, asked: RefundsStated) -> RefundsRecorded:
    """Tell LinkStar of refunds, up to 1,000 at once; each counts once, by its key.

    One that gives back more than is left of its line is refused by name; the others stand.
    """
    shop = own_shop(seller_of(request), asked.shop_id)
    recorded = record_refunds(
        shop=shop,
        refunds=[
            StatedRefund(**one.dict() | {"currency": one.currency or shop.currency})
            for one in asked.refunds
        ],
        source=Source.API,
        now=now(),
    )
    log(request, "refunds.stated", shop.id, stated=recorded.stated, counted=recorded.counted)
    return RefundsRecorded(
        stated=recorded.stated,
        counted=recorded.counted,
        known=recorded.known,
        unmatched=recorded.unmatched,
        problems=[ProblemTold.of(one) for one in recorded.problems],
    )
