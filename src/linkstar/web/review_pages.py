"""Reviewers look at what companies handed in, and decide."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.accounts.queries import may_review
from linkstar.catalog import qualifying
from linkstar.catalog.market_rules import MarketRules, rules_on
from linkstar.catalog.models import Qualification, QualificationDocument
from linkstar.catalog.qualification import (
    COMPANY_VERBS,
    REASONED_VERBS,
    State,
    StepRefused,
    Verb,
    documents_needed,
    meets,
    verbs_from,
)
from linkstar.catalog.queries import application_of, day_of
from linkstar.web.access import reviewers_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.qualification_pages import seen_steps, sent, told_steps
from linkstar.web.qualification_words import (
    DECISIONS,
    FIGURES,
    STEPS,
    figure_words,
    meanwhile_sentence,
    refusal_sentence,
)
from linkstar.web.requests import WorkspaceRequest

PER_PAGE = 50
OFFERED = (State.SUBMITTED, State.RETURNED, State.APPROVED, State.SUSPENDED)
REFUSED = (StepRefused, qualifying.ReasonMissing, qualifying.OwnCompany)


@reviewers_only
@require_GET
def queue(request: WorkspaceRequest) -> HttpResponse:
    """What waits for review, the longest waiting first; other states by choice."""
    asked = request.GET.get("state", "")
    state = State(asked) if asked in set(OFFERED) else State.SUBMITTED
    found = Qualification.objects.filter(state=state).select_related("shop__workspace")
    page = Paginator(found.order_by("submitted_at"), PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "rows": [(one, _due(one)) for one in page],
        "states": [(one.value, Qualification.State(one).label, _count(one)) for one in OFFERED],
        "state": state.value,
        "now": now(),
    }
    return render(request, "web/review/queue.html", shown)


@reviewers_only
@require_http_methods(["GET", "POST"])
def review(request: WorkspaceRequest, qualification_id: str) -> HttpResponse:
    """One company's qualification with its papers; posting decides."""
    found = get_object_or_404(
        Qualification.objects.select_related("shop__workspace"), id=qualification_id
    )
    if request.method == "POST" and _decided(request, found):
        return redirect("review_queue")
    found.refresh_from_db()
    return render(request, "web/review/one.html", _shown(request, found))


def _decided(request: WorkspaceRequest, found: Qualification) -> bool:
    """Take the step that was posted; what stands in the way is said on the page."""
    wanted = request.POST.get("verb", "")
    if wanted not in DECISIONS:
        return False
    verb = Verb(wanted)
    reasons = {
        name.removeprefix("why-"): text
        for name, text in request.POST.items()
        if name.startswith("why-") and isinstance(text, str)
    }
    try:
        qualifying.decide(
            shop=found.shop, verb=verb, user=request.user, seen=seen_steps(request), now=now(),
            reason=request.POST.get("reason", ""),
            document_reasons=reasons if verb in REASONED_VERBS else {},
        )  # fmt: skip
    except qualifying.ActedMeanwhile as late:
        messages.error(request, meanwhile_sentence(late.step))
        return False
    except REFUSED as refused:
        messages.error(request, refusal_sentence(refused))
        return False
    log(request, f"qualification.{verb}", found.id, workspace=found.shop.workspace)
    messages.success(
        request, _("%(shop)s: %(what)s.") % {"shop": found.shop.name, "what": STEPS[verb]}
    )
    return True


@reviewers_only
@require_GET
def document(request: WorkspaceRequest, document_id: str) -> HttpResponse:
    """The file itself, also one of an earlier round; only of what was handed in."""
    papers = QualificationDocument.objects.filter(was_handed_in=True, erased_at=None)
    paper = get_object_or_404(
        papers.select_related("qualification__shop__workspace"), id=document_id
    )
    return sent(request, paper)


def _shown(request: WorkspaceRequest, found: Qualification) -> dict[str, Any]:
    shop = found.shop
    rules = rules_on(shop.market, day_of(shop, now()))
    handed_in = found.documents.filter(was_handed_in=True).order_by("kind", "uploaded_at")
    present = {paper.kind for paper in handed_in if paper.removed_at is None}
    kinds = dict(QualificationDocument.Kind.choices)
    needed = documents_needed(rules, sells_branded_goods=found.sells_branded_goods)
    offered = [verb for verb in verbs_from(State(found.state)) if verb not in COMPANY_VERBS]
    posted = request.POST
    return {
        "qualification": found,
        "shop": shop,
        "papers": [
            (paper, posted.get(f"why-{paper.id}", ""))
            for paper in handed_in
            if not paper.removed_at
        ],
        "absent": [
            (kind.value, kinds[kind], posted.get(f"why-{kind}", ""))
            for kind in needed
            if kind not in present
        ],
        "earlier": [paper for paper in handed_in if paper.removed_at],
        "figures": _figures(found, rules),
        "rules": rules,
        "source": rules.source.get(translation.get_language() or "", rules.source["en"]),
        "verbs": [(verb.value, DECISIONS[verb], verb in REASONED_VERBS) for verb in offered],
        "needs_reason": any(verb in REASONED_VERBS for verb in offered),
        "reason": posted.get("reason", ""),
        "may_decide": may_review(request.user, shop.workspace),
        "steps": told_steps(found),
    }


def _figures(found: Qualification, rules: MarketRules) -> list[dict[str, Any]]:
    """Each figure the market has a bound on: what the shop states, the bound, whether it is met."""
    stated = application_of(found).figures
    return [
        {
            "name": FIGURES[bound.figure],
            "found": figure_words(bound.figure, stated[bound.figure]),
            "side": bound.side,
            "bound": figure_words(bound.figure, bound.bound),
            "is_stated": (value := stated[bound.figure]) is not None,
            "is_met": value is not None and meets(value, bound),
        }
        for bound in rules.thresholds
    ]


def _count(state: State) -> int:
    return Qualification.objects.filter(state=state).count()


def _due(found: Qualification) -> Any:
    """Until when it should be decided; nothing for what does not wait."""
    if found.submitted_at is None or found.state != Qualification.State.SUBMITTED:
        return None
    rules = rules_on(found.shop.market, found.submitted_at.date())
    return found.submitted_at + timedelta(days=rules.review_days)
