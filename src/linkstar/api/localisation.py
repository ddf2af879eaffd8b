"""The localisation checklist of an agreement, ticked by either side."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import EITHER_READS, EITHER_WRITES, Seller, caller_of, log, now
from linkstar.api.collaborations import own_collaboration
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code
from linkstar.catalog.queries import day_of
from linkstar.collaborations import actions
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.queries import localisation_of
from linkstar.collaborations.rules import localisation_source
from linkstar.web.collaborations.words import LOCALISATION

router = Router()


class ItemTold(Schema):
    """One thing the content has to get right, in the caller's language; who ticked it, and when."""

    item: str
    says: str
    is_ticked: bool
    ticked_by: str | None
    ticked_at: datetime | None


class ChecklistTold(Schema):
    """What content for the shop's market has to get right; empty where nobody wrote it down."""

    market: str
    source: str
    items: list[ItemTold]


class TickAsked(Asked):
    """Which item is right, or is not after all."""

    item: Annotated[Code, Field(min_length=1)]
    is_ticked: bool = True


def told(one: Collaboration) -> ChecklistTold:
    items = [
        ItemTold(
            item=item,
            says=str(LOCALISATION[item]),
            is_ticked=tick is not None,
            ticked_by=("creator" if tick.is_creators else "seller") if tick else None,
            ticked_at=tick.at if tick else None,
        )
        for item, tick in localisation_of(one, now=now())
    ]
    source = localisation_source(one.shop.market, day_of(one.shop, now()))
    return ChecklistTold(market=one.shop.market, source=source, items=items)


@router.get(
    "collaborations/{collaboration_id}/localisation", response=ChecklistTold, auth=EITHER_READS
)
def localisation(request: HttpRequest, collaboration_id: str) -> ChecklistTold:
    """The checklist of the shop's market as it is today, and what was ticked."""
    return told(own_collaboration(request, collaboration_id))


@router.post(
    "collaborations/{collaboration_id}/localisation", response=ChecklistTold, auth=EITHER_WRITES
)
@once
def tick_localisation(
    request: HttpRequest, collaboration_id: str, asked: TickAsked
) -> ChecklistTold:
    """Say that the content gets an item right, or take that back."""
    caller = caller_of(request)
    one = own_collaboration(request, collaboration_id)
    actions.tick_localisation(
        collaboration=one,
        is_creator=not isinstance(caller, Seller),
        now=now(),
        user=caller.user,
        **asked.facts(),
    )
    log(request, "collaboration.localisation", one.id)
    return told(one)
