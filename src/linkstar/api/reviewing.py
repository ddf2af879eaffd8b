"""Reviewing what companies handed in: by a reviewer's key, for all companies.

The papers themselves are shown on pages only: they are people's identity papers, and a page asks
for a second factor, which a key cannot give.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.api.calling import REVIEWER_READS, REVIEWS
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.qualification import QualificationTold, StepsSeen
from linkstar.api.qualification import told as qualification_told
from linkstar.api.shapes import Code, Named, Page, Text, choices
from linkstar.catalog import qualifying
from linkstar.catalog.models import Qualification
from linkstar.catalog.qualification import State, Verb

router = Router()
ReviewState = Annotated[State, choices(State)]
Reason = Annotated[Text, Field(max_length=2_000)]
BEGUN = (State.SUBMITTED, State.RETURNED, State.APPROVED, State.SUSPENDED)


class ReviewTold(QualificationTold):
    """One shop's qualification as a reviewer sees it; `lacks` holds it against the market's rules.

    `papers` names what was uploaded; papers are opened on pages only.
    """

    id: str
    company: Named
    market: str
    submitted_at: datetime | None


class Decided(StepsSeen):
    """How far it was when you looked, and why.

    The company reads the reasons: one for all of it, and one for each paper by its id, or by its
    kind where it is missing. Returning and suspending need one at least.
    """

    reason: Reason = ""
    paper_reasons: dict[Code, Reason] = Field(default={}, max_length=50)

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        return said | {"reason": self.reason, "document_reasons": self.paper_reasons}


def told(one: Qualification) -> ReviewTold:
    company = one.shop.workspace
    return ReviewTold(
        id=one.id,
        company=Named(id=company.id, name=company.name),
        market=one.shop.market,
        submitted_at=one.submitted_at,
        **qualification_told(one).dict(),
    )


def handed_in(request: HttpRequest, review_id: str) -> Qualification:
    """What a company handed in, now or before.

    Raises:
        Http404: there is none of this id.
    """
    del request
    found = Qualification.objects.filter(state__in=BEGUN).select_related("shop__workspace")
    return get_object_or_404(found, pk=review_id)


@router.get("reviews", response=Page[ReviewTold], auth=REVIEWER_READS)
def reviews(
    request: HttpRequest, piece: AskedPiece, state: ReviewState = State.SUBMITTED
) -> Page[ReviewTold]:
    """Qualifications in one state; without one those that wait. The first begun first."""
    del request
    found = Qualification.objects.filter(state=state, state__in=BEGUN)
    return page_of(found.select_related("shop__workspace"), piece, told, by=("created_at", "pk"))


@router.get("reviews/{review_id}", response=ReviewTold, auth=REVIEWER_READS)
def review(request: HttpRequest, review_id: str) -> ReviewTold:
    """One qualification: what is stated, what it lacks, and every step with its reasons."""
    return told(handed_in(request, review_id))


def _take(verb: Verb) -> Callable[..., None]:
    def take(*, review: Qualification, user: User, now: datetime, **said: Any) -> None:
        qualifying.decide(shop=review.shop, verb=verb, user=user, now=now, **said)
        company = review.shop.workspace
        record(
            workspace=company, user=user, verb=f"qualification.{verb}", target=review.id, now=now
        )

    return take


DECISIONS = {
    Verb.APPROVE: "The shop may promote.",
    Verb.SEND_BACK: "Give it back with what has to be changed.",
    Verb.SUSPEND: "The shop may no longer promote; what was agreed stays.",
    Verb.LIFT: "End a suspension.",
}
offer_moves(
    router,
    Kind("review", "reviews/{review_id}", handed_in, lambda _, one: told(one), ReviewTold),
    [
        Move(verb.replace("_", "-"), does, _take(verb), REVIEWS, Decided)
        for verb, does in DECISIONS.items()
    ],
)
