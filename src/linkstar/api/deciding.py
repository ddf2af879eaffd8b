"""Deciding disputes: by an operator's key that reaches money, for all companies."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.api.calling import JUDGES, OPERATOR_READS
from linkstar.api.disputes import DisputeTold
from linkstar.api.disputes import told as dispute_told
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.shapes import Asked, Code, Named, Page, Written, choices
from linkstar.settlements.actions import decide_dispute
from linkstar.settlements.disputes import all_disputes
from linkstar.settlements.models import Dispute
from linkstar.settlements.rules import Outcome

router = Router()


class CaseTold(DisputeTold):
    """A dispute as whoever decides it sees it, with both sides."""

    shop: Named
    creator: Named


class Verdict(Asked):
    """Whose the amount is, and why; both sides read it."""

    outcome: Annotated[Outcome, choices(Outcome)]
    text: Annotated[Written, Field(min_length=1)]


def told(one: Dispute) -> CaseTold:
    return CaseTold(
        shop=Named(id=one.shop_id, name=one.shop.name),
        creator=Named(id=one.creator_id, name=str(one.creator)),
        **dispute_told(one).dict(),
    )


def case(request: HttpRequest, case_id: str) -> Dispute:
    """A dispute between anybody.

    Raises:
        Http404: there is none of this id.
    """
    del request
    return get_object_or_404(all_disputes(), pk=case_id)


@router.get("dispute-cases", response=Page[CaseTold], auth=OPERATOR_READS)
def dispute_cases(request: HttpRequest, piece: AskedPiece, state: Code = "") -> Page[CaseTold]:
    """Everybody's disputes, the longest waiting first."""
    del request
    found = all_disputes()
    chosen = found.filter(state=state) if state else found
    return page_of(chosen, piece, told, by=("opened_at", "pk"))


@router.get("dispute-cases/{case_id}", response=CaseTold, auth=OPERATOR_READS)
def dispute_case(request: HttpRequest, case_id: str) -> CaseTold:
    """One dispute with everything that was said; files of evidence are opened on pages."""
    return told(case(request, case_id))


def _decide(*, dispute: Dispute, outcome: str, user: User, text: str, now: datetime) -> None:
    decide_dispute(dispute=dispute, outcome=Outcome(outcome), user=user, text=text, now=now)
    record(
        workspace=dispute.shop.workspace, user=user, verb="dispute.decided", target=dispute.pk,
        now=now, outcome=outcome,
    )  # fmt: skip


offer_moves(
    router,
    Kind(
        "dispute_case", "dispute-cases/{case_id}", case, lambda _, one: told(one), CaseTold,
        "dispute",
    ),
    (
        Move(
            "decide", "Once both sides were heard; the other side may appeal once.", _decide,
            JUDGES, Verdict,
        ),
    ),
)  # fmt: skip
