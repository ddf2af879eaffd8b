"""The localisation checklist of an agreement, ticked by either side."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from linkstar.collaborations import actions
from linkstar.collaborations.models import Collaboration
from linkstar.web.access import creators_only, writers_only
from linkstar.web.collaborations.sides import Side, attempt, own_agreement, shop_agreement
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest


@creators_only
@require_POST
def tick_own_localisation(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = own_agreement(request, collaboration_id)
    return attempt(request, Side.CREATOR, shown, lambda: _tick(request, shown, is_creator=True))


@writers_only
@require_POST
def tick_localisation(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = shop_agreement(request, collaboration_id)
    return attempt(
        request,
        Side.SHOP,
        shown,
        lambda: _tick(request, shown, is_creator=False),
        logged=("collaboration.localisation", shown.id),
    )


def _tick(request: WorkspaceRequest, shown: Collaboration, *, is_creator: bool) -> None:
    actions.tick_localisation(
        collaboration=shown,
        item=request.POST.get("item", ""),
        is_ticked=request.POST.get("is_ticked") == "1",
        is_creator=is_creator,
        now=now(),
        user=request.user,
    )
