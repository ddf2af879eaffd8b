"""One dispute, and lists of them, as whoever looks at them needs them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linkstar.settlements.disputes import effect_of, side_of
from linkstar.settlements.models import Dispute, DisputeEvidence, DisputeMessage
from linkstar.settlements.rules import DisputeState, DisputeVerb, may_decide
from linkstar.web.audit import log
from linkstar.web.disputes.words import STEPS, about
from linkstar.web.downloads import attached
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

PER_PAGE = 50
LIST = "web/disputes/disputes.html"
ONE = "web/disputes/dispute.html"
SCOPES = {
    "open": [state.value for state in DisputeState if state is not DisputeState.FINAL],
    "over": [DisputeState.FINAL.value],
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose pages these are: their side, and the names of their addresses."""

    side: str
    many: str
    one: str
    evidence: str


def shown_list(
    request: WorkspaceRequest, found: QuerySet[Dispute], place: Place, scopes: dict[str, list[str]]
) -> HttpResponse:
    """The disputes of one scope, page by page; the first scope unless another is asked for."""
    asked = request.GET.get("scope", "")
    scope = asked if asked in scopes else next(iter(scopes))
    within = found.filter(state__in=scopes[scope])
    page = Paginator(within, PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"dispute": one, "about": about(one), "effect": effect_of(one)} for one in page]
    counts = [(name, found.filter(state__in=states).count()) for name, states in scopes.items()]
    shown = {"page": page, "rows": rows, "counts": counts, "scope": scope, "place": place}
    return render(request, LIST, shown)


def shown_one(
    request: WorkspaceRequest, dispute: Dispute, place: Place, **more: Any
) -> HttpResponse:
    """Everything said, what is at stake, and what whoever looks can do."""
    said = dispute.messages.select_related("user").prefetch_related("evidence").order_by("at", "pk")
    verbs: list[DisputeVerb] = more.get("verbs", [])
    context = {
        "dispute": dispute,
        "about": about(dispute),
        "effect": effect_of(dispute),
        "said": [(one, _interest(one, dispute)) for one in said],
        "place": place,
        "may_read": True,
        "is_answer_over": may_decide(dispute.state, dispute.clock_ends_at, now()),
        "steps": [(verb.value, STEPS[verb]) for verb in verbs],
    }
    return render(request, ONE, context | more)


def _interest(one: DisputeMessage, dispute: Dispute) -> str | None:
    """The side to which whoever decided belongs; None for neither, and what is no decision."""
    is_decision = one.kind == DisputeMessage.Kind.DECISION
    return side_of(one.user, dispute) if is_decision and one.user else None


def sent(request: HttpRequest, evidence: DisputeEvidence) -> HttpResponse:
    """The file as a download that no browser runs; who took it is written down."""
    dispute = evidence.message.dispute
    log(request, "dispute.evidence_read", evidence.pk, workspace=dispute.shop.workspace)
    path = Path(settings.PLACES.documents) / evidence.stored_as
    return attached(path, evidence.name)
