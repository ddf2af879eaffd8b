"""Samples from request to content: creators ask and receive, sellers decide and ship."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.agreeing import ProductNamed
from linkstar.api.calling import (
    EITHER_READS,
    EITHER_WRITES,
    PROMOTER_WRITES,
    READS,
    WRITES,
    now,
    promoter_of,
    seen,
    seller_of,
)
from linkstar.api.collaborations import Because, own_collaboration
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Asked, AskedAmount, Code, Number, Page, Text
from linkstar.collaborations import actions
from linkstar.collaborations.models import Sample
from linkstar.collaborations.queries import collaborations_with, sample_result, samples_of

router = Router()
Short = Annotated[Text, Field(max_length=60)]


class SampleTold(Schema):
    """A sample, with the clock of its state."""

    id: str
    collaboration_id: str
    product: ProductNamed
    quantity: int
    state: str
    clock_ends_at: datetime | None
    address: str
    carrier: str
    tracking_number: str
    cost: Amount | None
    shipping: Amount | None
    was_extended: bool
    requested_at: datetime
    approved_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    reason: str


class SampleResultTold(Schema):
    """What sending samples brought; null while nothing could be fulfilled yet."""

    sent: int
    completed: int
    overdue: int
    fulfilment_bps: int | None
    cost: list[Amount]


class SampleAsked(Asked):
    """A sample a creator asks for."""

    product_id: Number
    address: Annotated[Text, Field(min_length=1, max_length=1_000)]
    quantity: Annotated[int, Field(ge=1, le=100)] = 1


class Parcel(Asked):
    """The parcel, and what product and shipping cost, in one currency."""

    carrier: Short
    tracking_number: Short
    cost: AskedAmount
    shipping: AskedAmount

    def facts(self) -> dict[str, Any]:
        return self.dict() | {"cost": self.cost.money(), "shipping": self.shipping.money()}


def told(one: Sample) -> SampleTold:
    names = (
        "id", "collaboration_id", "quantity", "state", "clock_ends_at", "address", "carrier",
        "tracking_number", "was_extended", "requested_at", "approved_at", "shipped_at",
        "received_at", "ended_at", "reason",
    )  # fmt: skip
    return SampleTold(
        product=ProductNamed.of(one.product),
        cost=Amount.stated(one.cost_minor, one.currency),
        shipping=Amount.stated(one.shipping_minor, one.currency),
        **{name: getattr(one, name) for name in names},
    )


def own_sample(request: HttpRequest, sample_id: str) -> Sample:
    """A sample of an agreement the caller is a side of.

    Raises:
        Http404: there is none of this id.
    """
    return get_object_or_404(_seen(request), id=sample_id)


def _seen(request: HttpRequest) -> QuerySet[Sample]:
    """The samples of agreements the caller is a side of."""
    found = Sample.objects.select_related("collaboration__shop", "product")
    return seen(
        request,
        by_company=samples_of,
        by_creator=lambda creator: found.filter(collaboration__in=collaborations_with(creator)),
    )


@router.get("samples", response=Page[SampleTold], auth=EITHER_READS)
def samples(request: HttpRequest, piece: AskedPiece, state: Code = "") -> Page[SampleTold]:
    """The caller's samples, the latest asked for first."""
    found = _seen(request)
    chosen = found.filter(state=state) if state else found
    rows = chosen.select_related("product")
    return page_of(rows, piece, told, by=("-requested_at", "-pk"))


@router.get("samples/result", response=SampleResultTold, auth=READS)
def samples_result(request: HttpRequest) -> SampleResultTold:
    """What sending samples brought and cost."""
    result = sample_result(samples_of(seller_of(request).workspace))
    return SampleResultTold(
        sent=result.sent,
        completed=result.completed,
        overdue=result.overdue,
        fulfilment_bps=result.fulfilment_bps,
        cost=[Amount(minor=one.minor, currency=one.currency) for one in result.cost],
    )


@router.get("samples/{sample_id}", response=SampleTold, auth=EITHER_READS)
def sample(request: HttpRequest, sample_id: str) -> SampleTold:
    """One sample."""
    return told(own_sample(request, sample_id))


@router.post(
    "collaborations/{collaboration_id}/samples", response={201: SampleTold}, auth=PROMOTER_WRITES
)
@once
def request_sample(request: HttpRequest, collaboration_id: str, asked: SampleAsked) -> SampleTold:
    """Ask for a sample of an agreed product."""
    one = own_collaboration(request, collaboration_id)
    product = one.products.filter(pk=asked.product_id).first()
    if product is None:
        raise Http404
    made = actions.request_sample(
        collaboration=one,
        product=product,
        address=asked.address,
        quantity=asked.quantity,
        now=now(),
        user=promoter_of(request).user,
    )
    return told(made)


offer_moves(
    router,
    Kind("sample", "samples/{sample_id}", own_sample, lambda _, one: told(one), SampleTold),
    (
        Move(
            "approve", "Say yes; the shipping clock starts.", actions.approve_sample, WRITES,
            logs="sample.approve",
        ),
        Move(
            "reject", "Say no, and why.", actions.reject_sample, WRITES, Because,
            logs="sample.reject",
        ),
        Move(
            "ship", "It is on its way, with what it cost.", actions.ship_sample, WRITES, Parcel,
            logs="sample.shipped",
        ),
        Move(
            "extend", "More time for the content of a sample, once.", actions.extend_sample,
            EITHER_WRITES, logs="sample.extend",
        ),
        Move(
            "receive", "It arrived; content is due some days from now.", actions.receive_sample,
            PROMOTER_WRITES, logs="sample.receive",
        ),
        Move(
            "withdraw", "No longer want it.", actions.withdraw_sample, PROMOTER_WRITES,
            logs="sample.withdraw",
        ),
    ),
)  # fmt: skip
