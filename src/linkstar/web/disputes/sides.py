"""Disputes as the creator and the company see them: opened, answered, talked over, appealed."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.accounts.queries import APPROVERS
from linkstar.collaborations.models import Deliverable
from linkstar.commissions.models import Commission
from linkstar.settlements import actions
from linkstar.settlements.disputes import disputes_in, disputes_of, living_about
from linkstar.settlements.evidence import Evidence, kept_files
from linkstar.settlements.income import amounts_of
from linkstar.settlements.models import Dispute, DisputeEvidence, DisputeMessage
from linkstar.settlements.rules import DisputeVerb, side_verbs
from linkstar.web.access import approvers_only, creators_only
from linkstar.web.audit import log
from linkstar.web.disputes.forms import SayForm, posted
from linkstar.web.disputes.showing import SCOPES, Place, sent, shown_list, shown_one
from linkstar.web.disputes.words import REFUSED, refusal
from linkstar.web.income.pages import own_creator
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

Made = TypeVar("Made")
Side = DisputeMessage.Side
CREATOR = Place(Side.CREATOR, "own_disputes", "own_dispute", "own_evidence")
SELLER = Place(Side.SELLER, "disputes", "dispute", "dispute_evidence")


@creators_only
@require_GET
def own_disputes(request: WorkspaceRequest) -> HttpResponse:
    return shown_list(request, _own(request), CREATOR, SCOPES)


@creators_only
@require_http_methods(["GET", "POST"])
def own_dispute(request: WorkspaceRequest, dispute_id: str) -> HttpResponse:
    return _one(request, get_object_or_404(_own(request), pk=dispute_id), CREATOR)


@creators_only
@require_GET
def own_evidence(request: WorkspaceRequest, evidence_id: str) -> HttpResponse:
    return sent(request, _evidence(_own(request), evidence_id))


@creators_only
@require_http_methods(["GET", "POST"])
def dispute_own_earning(request: WorkspaceRequest, amount_id: int) -> HttpResponse:
    """Say what is wrong with an earning."""
    creator = own_creator(request)
    amounts = amounts_of(creator) if creator else Commission.objects.none()
    return _open_about(request, amounts, amount_id, CREATOR)


@creators_only
@require_http_methods(["GET", "POST"])
def dispute_own_deliverable(request: WorkspaceRequest, deliverable_id: str) -> HttpResponse:
    """Say why content should not have been returned."""
    deliverable = get_object_or_404(
        Deliverable.objects.select_related("collaboration__shop"),
        collaboration__creator__user=request.user,
        pk=deliverable_id,
    )

    def opened(text: str, evidence: Sequence[Evidence]) -> Dispute:
        return actions.dispute_deliverable(
            deliverable=deliverable, user=request.user, text=text, now=now(), evidence=evidence
        )

    title = _("Content %(number)s") % {"number": deliverable.number}
    return _opening(request, CREATOR, title, deliverable.collaboration.shop.name, opened)


@require_GET
def disputes(request: WorkspaceRequest) -> HttpResponse:
    """Everybody of the company reads them."""
    found = disputes_in(request.workspace).filter(shop__in=request.shops)
    return shown_list(request, found, SELLER, SCOPES)


@require_http_methods(["GET", "POST"])
def dispute(request: WorkspaceRequest, dispute_id: str) -> HttpResponse:
    """Everybody of the company reads it; owners, managers and finance speak for it."""
    if request.method == "POST" and request.role not in APPROVERS:
        raise Http404
    return _one(request, get_object_or_404(disputes_in(request.workspace), pk=dispute_id), SELLER)


@approvers_only
@require_GET
def dispute_evidence(request: WorkspaceRequest, evidence_id: str) -> HttpResponse:
    return sent(request, _evidence(disputes_in(request.workspace), evidence_id))


@approvers_only
@require_http_methods(["GET", "POST"])
def dispute_amount(request: WorkspaceRequest, amount_id: int) -> HttpResponse:
    """Say what is wrong with what a creator earned."""
    amounts = Commission.objects.filter(shop__workspace=request.workspace)
    return _open_about(request, amounts, amount_id, SELLER)


def _own(request: WorkspaceRequest) -> QuerySet[Dispute]:
    creator = own_creator(request)
    return disputes_of(creator) if creator else Dispute.objects.none()


def _evidence(disputes: QuerySet[Dispute], evidence_id: str) -> DisputeEvidence:
    found = DisputeEvidence.objects.select_related("message__dispute__shop__workspace")
    return get_object_or_404(
        found, message__dispute__in=disputes.order_by().values("pk"), pk=evidence_id
    )


def _one(request: WorkspaceRequest, shown: Dispute, place: Place) -> HttpResponse:
    form = SayForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        done = _try(form, lambda text, files: _step(request, shown, place, text, files))
        if done:
            messages.success(request, _("Sent."))
            return redirect(place.one, dispute_id=shown.pk)
        shown.refresh_from_db()
    may_read = place.side == Side.CREATOR or request.role in APPROVERS
    verbs = _verbs(request, shown, place)
    return shown_one(request, shown, place, form=form, verbs=verbs, may_read=may_read)


def _verbs(request: WorkspaceRequest, shown: Dispute, place: Place) -> list[DisputeVerb]:
    if place.side == Side.SELLER and request.role not in APPROVERS:
        return []
    is_creator = place.side == Side.CREATOR
    return side_verbs(
        shown.state, shown.outcome, shown.clock_ends_at, now(),
        is_opener=shown.is_from_creator == is_creator, is_creator=is_creator,
    )  # fmt: skip


def _step(
    request: WorkspaceRequest, shown: Dispute, place: Place, text: str, files: Sequence[Evidence]
) -> Dispute | DisputeMessage:
    """What the button that was pressed stands for; an unknown one is a message."""
    said: dict[str, Any] = {
        "dispute": shown, "user": request.user, "text": text, "now": now(), "evidence": files,
    }  # fmt: skip
    is_creator = place.side == Side.CREATOR
    if request.POST.get("verb") == DisputeVerb.ANSWER:
        return actions.answer_dispute(is_creator=is_creator, **said)
    if request.POST.get("verb") == DisputeVerb.APPEAL:
        return actions.appeal_dispute(is_creator=is_creator, **said)
    return actions.say_in_dispute(side=place.side, **said)


def _open_about(
    request: WorkspaceRequest, amounts: QuerySet[Commission], amount_id: int, place: Place
) -> HttpResponse:
    amount = get_object_or_404(
        amounts.select_related("shop__workspace", "line", "deliverable", "creator__user"),
        pk=amount_id,
    )

    living = living_about([amount])
    if living and request.method != "POST":
        return redirect(place.one, dispute_id=living.pk)

    def opened(text: str, evidence: Sequence[Evidence]) -> Dispute:
        return actions.open_dispute(
            commission=amount, user=request.user, is_from_creator=place.side == Side.CREATOR,
            text=text, now=now(), evidence=evidence,
        )  # fmt: skip

    if amount.line:
        title = _("Order %(order)s") % {"order": amount.line.order_id}
    else:
        assert amount.deliverable
        title = _("Content %(number)s") % {"number": amount.deliverable.number}
    other = amount.shop.name if place.side == Side.CREATOR else str(amount.creator)
    return _opening(request, place, title, other, opened)


def _opening(
    request: WorkspaceRequest,
    place: Place,
    title: str,
    other: str,
    opened: Callable[[str, Sequence[Evidence]], Dispute],
) -> HttpResponse:
    form = SayForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        made = _try(form, opened)
        if made:
            log(request, "dispute.opened", made.pk, workspace=made.shop.workspace)
            messages.success(request, _("The dispute is open; the other side was told."))
            return redirect(place.one, dispute_id=made.pk)
    shown = {"form": form, "title": title, "other": other, "place": place}
    return render(request, "web/disputes/open.html", shown)


def _try(form: SayForm, act: Callable[[str, Sequence[Evidence]], Made]) -> Made | None:
    """Take the files in and act; what is refused is said on the form, and no file is kept."""
    try:
        with kept_files(form.uploads(), settings.PLACES.documents) as evidence:
            return act(form.cleaned_data["text"], evidence)
    except REFUSED as refused:
        form.add_error(None, refusal(refused))
        return None
