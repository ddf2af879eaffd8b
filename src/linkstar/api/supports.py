"""Shooting support: creators ask for what they need to shoot, sellers promise and give it."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import (
    EITHER_READS,
    PROMOTER_WRITES,
    WRITES,
    Seller,
    caller_of,
    log,
    now,
    promoter_of,
    seen,
)
from linkstar.api.collaborations import Because, own_collaboration
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Asked, AskedAmount, Code, Day, Page, Text, choices
from linkstar.collaborations import actions
from linkstar.collaborations.models import Support
from linkstar.collaborations.queries import collaborations_with

router = Router()
SupportKind = Annotated[Support.Kind, choices(Support.Kind)]


class SupportTold(Schema):
    """What a creator needs to shoot, with the clock of its state; creators are told no `cost`."""

    id: str
    collaboration_id: str
    kind: str
    text: str
    wanted_on: date | None
    state: str
    clock_ends_at: datetime | None
    cost: Amount | None
    requested_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
    reason: str


class SupportAsked(Asked):
    """What a creator needs to shoot, and by when."""

    kind: SupportKind
    text: Annotated[Text, Field(min_length=1, max_length=500)]
    wanted_on: Day | None = None


class Promised(Asked):
    """What it costs the shop, in the shop's currency; 0 if nothing."""

    cost: AskedAmount

    def facts(self) -> dict[str, Any]:
        return {"cost": self.cost.money()}


def told(request: HttpRequest, one: Support) -> SupportTold:
    names = (
        "id", "collaboration_id", "kind", "text", "wanted_on", "state", "clock_ends_at",
        "requested_at", "decided_at", "ended_at", "reason",
    )  # fmt: skip
    is_shops = isinstance(caller_of(request), Seller)
    return SupportTold(
        cost=Amount.stated(one.cost_minor, one.currency) if is_shops else None,
        **{name: getattr(one, name) for name in names},
    )


def own_support(request: HttpRequest, support_id: str) -> Support:
    """A request for support in an agreement the caller is a side of.

    Raises:
        Http404: there is none of this id.
    """
    return get_object_or_404(_seen(request), id=support_id)


def _seen(request: HttpRequest) -> QuerySet[Support]:
    """The requests in agreements the caller is a side of."""
    found = Support.objects.select_related("collaboration__shop")
    return seen(
        request,
        by_company=lambda company: found.filter(collaboration__shop__workspace=company),
        by_creator=lambda creator: found.filter(collaboration__in=collaborations_with(creator)),
    )


@router.get("supports", response=Page[SupportTold], auth=EITHER_READS)
def supports(request: HttpRequest, piece: AskedPiece, state: Code = "") -> Page[SupportTold]:
    """The caller's requests for shooting support, the latest first."""
    found = _seen(request)
    chosen = found.filter(state=state) if state else found
    return page_of(chosen, piece, partial(told, request), by=("-requested_at", "-pk"))


@router.get("supports/{support_id}", response=SupportTold, auth=EITHER_READS)
def support(request: HttpRequest, support_id: str) -> SupportTold:
    """One request for shooting support."""
    return told(request, own_support(request, support_id))


@router.post(
    "collaborations/{collaboration_id}/supports", response={201: SupportTold}, auth=PROMOTER_WRITES
)
@once
def request_support(
    request: HttpRequest, collaboration_id: str, asked: SupportAsked
) -> SupportTold:
    """Ask for what is needed to shoot; the shop has some days to answer."""
    made = actions.request_support(
        collaboration=own_collaboration(request, collaboration_id),
        now=now(),
        user=promoter_of(request).user,
        **asked.facts(),
    )
    log(request, "support.request", made.id)
    return told(request, made)


offer_moves(
    router,
    Kind("support", "supports/{support_id}", own_support, told, SupportTold),
    (
        Move(
            "approve", "Promise it, with what it is going to cost.", actions.approve_support,
            WRITES, Promised, logs="support.approve",
        ),
        Move(
            "reject", "Say no, and why.", actions.reject_support, WRITES, Because,
            logs="support.reject",
        ),
        Move(
            "provide", "It was given; its cost counts from now on.", actions.provide_support,
            WRITES, logs="support.provide",
        ),
        Move(
            "withdraw", "No longer need it.", actions.withdraw_support, PROMOTER_WRITES,
            logs="support.withdraw",
        ),
    ),
)  # fmt: skip
