"""Samples from request to content: creators ask and receive, sellers decide and ship."""

from datetime import datetime
from typing import Annotated

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
    caller_of,
    log,
    now,
    promoter_of,
    seen,
    seller_of,
)
from linkstar.api.collaborations import Because, own_collaboration
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


@router.post("samples/{sample_id}/approve", response=SampleTold, auth=WRITES)
@once
def approve_sample(request: HttpRequest, sample_id: str) -> SampleTold:
    """Say yes; the shipping clock starts."""
    own, user = own_sample(request, sample_id), caller_of(request).user
    log(request, "sample.approve", own.id)
    return told(actions.approve_sample(sample=own, now=now(), user=user))


@router.post("samples/{sample_id}/reject", response=SampleTold, auth=WRITES)
@once
def reject_sample(request: HttpRequest, sample_id: str, asked: Because) -> SampleTold:
    """Say no, and why."""
    own, user = own_sample(request, sample_id), caller_of(request).user
    log(request, "sample.reject", own.id)
    return told(actions.reject_sample(sample=own, reason=asked.reason, now=now(), user=user))


@router.post("samples/{sample_id}/ship", response=SampleTold, auth=WRITES)
@once
def ship_sample(request: HttpRequest, sample_id: str, asked: Parcel) -> SampleTold:
    """It is on its way, with what it cost."""
    own, user = own_sample(request, sample_id), caller_of(request).user
    log(request, "sample.shipped", own.id)
    shipped = actions.ship_sample(
        sample=own,
        carrier=asked.carrier,
        tracking_number=asked.tracking_number,
        cost=asked.cost.money(),
        shipping=asked.shipping.money(),
        now=now(),
        user=user,
    )
    return told(shipped)


@router.post("samples/{sample_id}/extend", response=SampleTold, auth=EITHER_WRITES)
@once
def extend_sample(request: HttpRequest, sample_id: str) -> SampleTold:
    """More time for the content of a sample, once."""
    own, user = own_sample(request, sample_id), caller_of(request).user
    return told(actions.extend_sample(sample=own, now=now(), user=user))


@router.post("samples/{sample_id}/receive", response=SampleTold, auth=PROMOTER_WRITES)
@once
def receive_sample(request: HttpRequest, sample_id: str) -> SampleTold:
    """It arrived; content is due some days from now."""
    own, user = own_sample(request, sample_id), promoter_of(request).user
    return told(actions.receive_sample(sample=own, now=now(), user=user))


@router.post("samples/{sample_id}/withdraw", response=SampleTold, auth=PROMOTER_WRITES)
@once
def withdraw_sample(request: HttpRequest, sample_id: str) -> SampleTold:
    """No longer want it."""
    own, user = own_sample(request, sample_id), promoter_of(request).user
    return told(actions.withdraw_sample(sample=own, now=now(), user=user))
