"""Disputes as both sides carry them on: opened, answered, talked over with evidence, appealed.

Deciding is the operator's, on pages: no key reaches across companies.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import Field

from linkstar.accounts.models import Workspace
from linkstar.api.calling import (
    EITHER_READS,
    EITHER_SPEAKS,
    PROMOTER_WRITES,
    Seller,
    caller_of,
    log,
    now,
    promoter_of,
    seen,
)
from linkstar.api.collaborations import own_deliverable
from linkstar.api.files import ANY, file_answers
from linkstar.api.moves import BY_USER, Hands, Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Asked, Code, Number, Page, Written
from linkstar.commissions.models import Commission
from linkstar.settlements import actions
from linkstar.settlements.disputes import disputes_in, disputes_of, effect_of
from linkstar.settlements.evidence import Upload, kept_files
from linkstar.settlements.income import amounts_of
from linkstar.settlements.models import Dispute, DisputeEvidence, DisputeMessage
from linkstar.web.downloads import attached

router = Router()
Said = Annotated[Written, Field(min_length=1)]


class EvidenceTold(Schema):
    """A file that was handed in with a message."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


class SaidTold(Schema):
    """What one side said, or handed in as evidence."""

    kind: str
    side: str
    text: str
    at: datetime
    evidence: list[EvidenceTold]


class DisputeTold(Schema):
    """One side doubts what a creator earned; `held` waits until it is decided.

    Where nothing is earned yet, because content was returned, it names the deliverable instead.
    """

    id: str
    commission_id: int | None
    deliverable_id: str | None
    state: str
    is_from_creator: bool
    outcome: str | None
    held: Amount | None
    opened_at: datetime
    clock_ends_at: datetime | None
    decided_at: datetime | None
    messages: list[SaidTold]


class Claim(Asked):
    """What is wrong with an amount that was earned."""

    commission_id: Number
    text: Said


class Saying(Asked):
    """What one says."""

    text: Said


def told(one: Dispute) -> DisputeTold:
    effect = effect_of(one)
    held = Amount(minor=effect.held_minor, currency=effect.currency) if effect else None
    said = one.messages.prefetch_related("evidence").order_by("at", "pk")
    return DisputeTold(
        id=one.id,
        commission_id=one.commission_id,
        deliverable_id=one.deliverable_id,
        state=one.state,
        is_from_creator=one.is_from_creator,
        outcome=one.outcome or None,
        held=held,
        opened_at=one.opened_at,
        clock_ends_at=one.clock_ends_at,
        decided_at=one.decided_at,
        messages=[_said_told(message) for message in said],
    )


def _said_told(one: DisputeMessage) -> SaidTold:
    names = ("id", "name", "media_type", "size", "sha256")
    return SaidTold(
        kind=one.kind,
        side=one.side,
        text=one.text,
        at=one.at,
        evidence=[
            EvidenceTold(**{name: getattr(file, name) for name in names})
            for file in one.evidence.all()
        ],
    )


def _seen(request: HttpRequest) -> QuerySet[Dispute]:
    return seen(request, by_company=disputes_in, by_creator=disputes_of)


def own_dispute(request: HttpRequest, dispute_id: str) -> Dispute:
    """A dispute the caller is a side of.

    Raises:
        Http404: there is none of this id.
    """
    return get_object_or_404(_seen(request), pk=dispute_id)


def is_creator(request: HttpRequest) -> bool:
    """Whether a creator calls."""
    return not isinstance(caller_of(request), Seller)


def side_in_dispute(request: HttpRequest) -> str:
    return DisputeMessage.Side.CREATOR if is_creator(request) else DisputeMessage.Side.SELLER


@router.get("disputes", response=Page[DisputeTold], auth=EITHER_READS)
def disputes(request: HttpRequest, piece: AskedPiece, state: Code = "") -> Page[DisputeTold]:
    """Disputes of the company, or of the creator; the newest first."""
    found = _seen(request)
    chosen = found.filter(state=state) if state else found
    return page_of(chosen, piece, told, by=("-opened_at", "-pk"))


@router.get("disputes/{dispute_id}", response=DisputeTold, auth=EITHER_READS)
def dispute(request: HttpRequest, dispute_id: str) -> DisputeTold:
    """One dispute with everything that was said."""
    return told(own_dispute(request, dispute_id))


def _company_amounts(workspace: Workspace) -> QuerySet[Commission]:
    return Commission.objects.filter(shop__workspace=workspace)


@router.post("disputes", response={201: DisputeTold}, auth=EITHER_SPEAKS)
@once
def open_dispute(request: HttpRequest, asked: Claim) -> DisputeTold:
    """Say what is wrong with an earning: what of it is not settled is held. The other side is told.

    Whoever opened it adds evidence with `POST /disputes/{dispute_id}/evidence`.
    """
    amounts = seen(request, by_company=_company_amounts, by_creator=amounts_of)
    related = ("shop__workspace", "line", "deliverable", "creator__user")
    opened = actions.open_dispute(
        commission=get_object_or_404(amounts.select_related(*related), pk=asked.commission_id),
        user=caller_of(request).user,
        is_from_creator=is_creator(request),
        text=asked.text,
        now=now(),
    )
    log(request, "dispute.opened", opened.pk)
    return told(opened)


@router.post(
    "deliverables/{deliverable_id}/dispute", response={201: DisputeTold}, auth=PROMOTER_WRITES
)
@once
def dispute_deliverable(request: HttpRequest, deliverable_id: str, asked: Saying) -> DisputeTold:
    """Say as a creator why content should not have been returned."""
    opened = actions.dispute_deliverable(
        deliverable=own_deliverable(request, deliverable_id),
        user=promoter_of(request).user,
        text=asked.text,
        now=now(),
    )
    log(request, "dispute.opened", opened.pk)
    return told(opened)


_BY_ROLE: Hands = {"is_creator": is_creator, **BY_USER}
_BY_SIDE: Hands = {"side": side_in_dispute, **BY_USER}

offer_moves(
    router,
    Kind(
        "dispute", "disputes/{dispute_id}", own_dispute, lambda _, one: told(one), DisputeTold
    ),
    (
        Move(
            "answer", "Answer what the other side claims; the operator decides then.",
            actions.answer_dispute, EITHER_SPEAKS, Saying, hands=_BY_ROLE, logs="dispute.answer",
        ),
        Move(
            "say", "Add to what was said; both sides and the operator read it.",
            actions.say_in_dispute, EITHER_SPEAKS, Saying, hands=_BY_SIDE, logs="dispute.say",
        ),
        Move(
            "appeal", "Appeal once against a decision that went the other way.",
            actions.appeal_dispute, EITHER_SPEAKS, Saying, hands=_BY_ROLE, logs="dispute.appeal",
        ),
    ),
)  # fmt: skip


@router.post("disputes/{dispute_id}/evidence", response=DisputeTold, auth=EITHER_SPEAKS)
@once
def add_evidence(
    request: HttpRequest,
    dispute_id: str,
    files: File[list[UploadedFile]],
    text: Form[Said],
) -> DisputeTold:
    """Hand files in with a message, as `multipart/form-data`: PDF, JPEG or PNG of up to 10 MB.

    Where one is refused, none is kept and nothing is said.
    """
    own = own_dispute(request, dispute_id)
    uploads = [Upload(str(each.name), each.chunks()) for each in files]
    with kept_files(uploads, settings.PLACES.documents) as evidence:
        actions.say_in_dispute(
            dispute=own,
            user=caller_of(request).user,
            side=side_in_dispute(request),
            text=text,
            now=now(),
            evidence=evidence,
        )
    log(request, "dispute.evidence", own.pk)
    return told(own)


@router.get("evidence/{evidence_id}", auth=EITHER_SPEAKS, openapi_extra=file_answers(ANY))
def evidence_file(request: HttpRequest, evidence_id: str) -> HttpResponse:
    """A file of evidence. Who took it is written down."""
    found = DisputeEvidence.objects.filter(
        message__dispute__in=_seen(request).order_by().values("pk")
    )
    own = get_object_or_404(found, pk=evidence_id)
    log(request, "dispute.evidence_read", own.pk)
    return attached(Path(settings.PLACES.documents) / own.stored_as, own.name)
