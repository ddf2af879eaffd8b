"""Verifying creators who signed up: by an operator's key, for all creators."""

from datetime import datetime
from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from linkstar.accounts.models import User
from linkstar.api.calling import OPERATES, OPERATOR_READS
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.own_profile import OwnProfileTold
from linkstar.api.own_profile import told as profile_told
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.shapes import Asked, Page, Text, choices
from linkstar.creators.actions import verifying
from linkstar.creators.models import Creator
from linkstar.creators.rules import HowVerified

router = Router()
ProfileState = Annotated[Creator.State, choices(Creator.State)]


class ProfileReviewTold(OwnProfileTold):
    """A creator's record as an operator sees it; `rivals` go by the same handle."""

    email: str | None
    submitted_at: datetime | None
    rivals: list[str]


class HowAsked(Asked):
    """How it was seen that the channel is theirs: by the code in its bio, or by hand."""

    how: Annotated[HowVerified, choices(HowVerified)] = HowVerified.BY_HAND


class ReasonAsked(Asked):
    """Why; the creator reads it."""

    reason: Annotated[Text, Field(min_length=1, max_length=2_000)]


def signed_up() -> QuerySet[Creator]:
    """Creators under their own names; companies' own records are no business of the operator."""
    found = Creator.objects.filter(workspace=None).exclude(state=Creator.State.DRAFT)
    return found.select_related("user")


def told(one: Creator) -> ProfileReviewTold:
    named = Creator.objects.filter(workspace=None, handle=one.handle).exclude(handle="")
    return ProfileReviewTold(
        email=one.user.email if one.user else None,
        submitted_at=one.submitted_at,
        rivals=list(named.exclude(pk=one.pk).order_by("pk").values_list("pk", flat=True)),
        **profile_told(one).dict(),
    )


def reviewed(request: HttpRequest, profile_id: str) -> Creator:
    """A profile that was handed in, now or before.

    Raises:
        Http404: there is none of this id.
    """
    del request
    return get_object_or_404(signed_up(), pk=profile_id)


@router.get("profile-reviews", response=Page[ProfileReviewTold], auth=OPERATOR_READS)
def profile_reviews(
    request: HttpRequest, piece: AskedPiece, state: ProfileState = Creator.State.PENDING
) -> Page[ProfileReviewTold]:
    """Profiles in one state; without one those that wait. The first begun first."""
    del request
    return page_of(signed_up().filter(state=state), piece, told, by=("created_at", "pk"))


@router.get("profile-reviews/{profile_id}", response=ProfileReviewTold, auth=OPERATOR_READS)
def profile_review(request: HttpRequest, profile_id: str) -> ProfileReviewTold:
    """One profile with its channels and the code that is looked for in their bios."""
    return told(reviewed(request, profile_id))


def _verify(*, creator: Creator, how: HowVerified, user: User, now: datetime) -> None:
    verifying.verify(creator=creator, how=HowVerified(how), user=user, now=now)


offer_moves(
    router,
    Kind(
        "profile_review", "profile-reviews/{profile_id}", reviewed, lambda _, one: told(one),
        ProfileReviewTold, "creator",
    ),
    (
        Move("verify", "Companies find them from now on.", _verify, OPERATES, HowAsked),
        Move(
            "return", "Give it back with what has to be changed.", verifying.return_creator,
            OPERATES, ReasonAsked,
        ),
        Move(
            "suspend", "No company finds or invites them any more; what was agreed goes on.",
            verifying.suspend, OPERATES, ReasonAsked,
        ),
        Move("reinstate", "End a suspension.", verifying.reinstate, OPERATES),
    ),
)  # fmt: skip
