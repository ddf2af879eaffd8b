"""Disputes as the operator sees them: what waits, what both sides say, the decision."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.settlements.actions import decide_dispute, is_partial
from linkstar.settlements.disputes import all_disputes, side_of
from linkstar.settlements.models import Dispute, DisputeEvidence, DisputeMessage
from linkstar.settlements.rules import DisputeState, Outcome, may_decide
from linkstar.web.access import operators_only
from linkstar.web.audit import log
from linkstar.web.disputes.forms import DecideForm, posted
from linkstar.web.disputes.showing import Place, sent, shown_list, shown_one
from linkstar.web.disputes.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

OPERATOR = Place(
    DisputeMessage.Side.OPERATOR, "operator_disputes", "operator_dispute", "operator_evidence"
)
SCOPES = {
    "waiting": [DisputeState.OPEN.value, DisputeState.ANSWERED.value, DisputeState.APPEALED.value],
    "decided": [DisputeState.DECIDED.value],
    "over": [DisputeState.FINAL.value],
}


@operators_only
@require_GET
def operator_disputes(request: WorkspaceRequest) -> HttpResponse:
    """What waits, the longest first."""
    return shown_list(request, all_disputes(), OPERATOR, SCOPES)


@operators_only
@require_http_methods(["GET", "POST"])
def operator_dispute(request: WorkspaceRequest, dispute_id: str) -> HttpResponse:
    """Both sides, what is at stake, and the decision once it is time."""
    shown = get_object_or_404(all_disputes(), pk=dispute_id)
    form = DecideForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        if _decided(request, shown, form):
            return redirect("operator_dispute", dispute_id=shown.pk)
        shown.refresh_from_db()
    return shown_one(
        request,
        shown,
        OPERATOR,
        decide_form=form,
        may_decide=may_decide(shown.state, shown.clock_ends_at, now()),
        is_partial=is_partial(request.user, shown),
        interested=side_of(request.user, shown),
    )


@operators_only
@require_GET
def operator_evidence(request: WorkspaceRequest, evidence_id: str) -> HttpResponse:
    found = DisputeEvidence.objects.select_related("message__dispute__shop__workspace")
    return sent(request, get_object_or_404(found, pk=evidence_id))


def _decided(request: WorkspaceRequest, shown: Dispute, form: DecideForm) -> bool:
    outcome = Outcome(form.cleaned_data["outcome"])
    try:
        decide_dispute(
            dispute=shown, outcome=outcome, user=request.user, text=form.cleaned_data["text"],
            now=now(),
        )  # fmt: skip
    except REFUSED as refused:
        form.add_error(None, refusal(refused))
        return False
    log(request, "dispute.decided", shown.pk, workspace=shown.shop.workspace, outcome=outcome)
    messages.success(request, _("Decided; both sides were told."))
    return True
