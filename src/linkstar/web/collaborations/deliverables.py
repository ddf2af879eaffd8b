"""Content that is due, on both sides: handed in, confirmed, returned, given more time, let go."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.collaborations import actions
from linkstar.collaborations.models import Deliverable
from linkstar.web.access import creators_only, writers_only
from linkstar.web.collaborations.forms import ReasonForm, SubmitForm
from linkstar.web.collaborations.sides import Side, attempt, own_agreements
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

_ACTS: Mapping[str, Callable[..., object]] = {
    "confirm": actions.confirm_deliverable,
    "return": actions.return_deliverable,
    "extend": actions.extend_deliverable,
    "cancel": actions.cancel_deliverable,
}
"""What a shop does with content that is due."""


@writers_only
@require_POST
def act_on_deliverable(request: WorkspaceRequest, deliverable_id: str, verb: str) -> HttpResponse:
    """Confirm, return, extend or cancel one deliverable."""
    deliverable = get_object_or_404(
        Deliverable.objects.select_related("collaboration__shop"),
        collaboration__shop__workspace=request.workspace,
        id=deliverable_id,
    )
    shown = deliverable.collaboration
    said = {"deliverable": deliverable, "now": now(), "user": request.user}
    if verb in {"return", "cancel"}:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why, so that the creator knows what to do."))
            return redirect("collaboration", collaboration_id=shown.id)
        said["reason"] = form.cleaned_data["reason"]
    logged = f"deliverable.{verb}", shown.id
    return attempt(request, Side.SHOP, shown, lambda: _ACTS[verb](**said), logged=logged)


def _own_deliverable(request: WorkspaceRequest, deliverable_id: str) -> Deliverable:
    return get_object_or_404(
        Deliverable.objects.select_related("collaboration__shop"),
        collaboration__in=own_agreements(request),
        id=deliverable_id,
    )


@creators_only
@require_POST
def take_down_own_content(request: WorkspaceRequest, deliverable_id: str) -> HttpResponse:
    """Say that content is no longer up; the page told what that means."""
    deliverable = _own_deliverable(request, deliverable_id)
    return attempt(
        request,
        Side.CREATOR,
        deliverable.collaboration,
        lambda: actions.take_down_content(deliverable=deliverable, now=now(), user=request.user),
    )


@creators_only
@require_http_methods(["GET", "POST"])
def submit_own_deliverable(request: WorkspaceRequest, deliverable_id: str) -> HttpResponse:
    """The content is out: where."""
    deliverable = _own_deliverable(request, deliverable_id)
    form = SubmitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.submit_deliverable(
                deliverable=deliverable,
                url=said["url"],
                content_id=said["content_id"],
                now=now(),
                user=request.user,
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            messages.success(request, _("Handed in. The seller is asked to confirm it."))
            return redirect("own_collaboration", collaboration_id=deliverable.collaboration_id)
    shown = {"form": form, "deliverable": deliverable}
    return render(request, "web/collaborations/submit.html", shown)
