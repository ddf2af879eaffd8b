"""Order lines: who earned each and why, and every amount it earned, explained."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.queries import APPROVERS, SETTLERS
from linkstar.attribution.actions import (
    NothingToRedecide,
    reattribute_by_hand,
    reattribute_by_rule,
)
from linkstar.attribution.naming import Names
from linkstar.catalog.models import Product
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.jobs.money import work_shop_through
from linkstar.orders.models import OrderLine, UnmatchedRefund
from linkstar.orders.rules import tiers
from linkstar.settlements.disputes import living_about
from linkstar.tracking.models import TrackedLink
from linkstar.web import facts
from linkstar.web.access import settlers_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.money_words import COMPONENTS, KINDS, METHODS, STATES, VERDICTS, source_of
from linkstar.web.requests import WorkspaceRequest

LINES_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on a line, in words."""

    method: str
    creator: str
    at: datetime | None
    evidence: str
    content: str
    link: TrackedLink | None
    is_ad: bool
    has_won: bool
    verdict: str


@require_GET
def order_lines(request: WorkspaceRequest) -> HttpResponse:
    """The lines of the shops looked at, the newest first."""
    lines = _found(request)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    earned = _earned(shown)
    products = _products(shown)
    rows = [
        (line, _current(line), earned.get(line.pk), products.get((line.shop_id, line.product_id)))
        for line in shown
    ]
    counted = OrderLine.objects.filter(shop__workspace=request.workspace)
    return render(
        request,
        "web/orders/lines.html",
        {
            "page": page,
            "rows": rows,
            "states": OrderLine.State.choices,
            "state": request.GET.get("state", ""),
            "words": request.GET.get("q", ""),
            "unmatched": _unmatched(request),
            "is_empty": not shown and not counted.exists(),
        },
    )


@require_GET
def order_line(request: WorkspaceRequest, line_id: int) -> HttpResponse:
    """One line: what is stated, who earned it and why, and each amount with its working."""
    line = get_object_or_404(
        OrderLine.objects.filter(shop__workspace=request.workspace).select_related("shop"),
        pk=line_id,
    )
    decisions = line.attributions.select_related("creator", "user").order_by("-number")
    amounts = line.commissions.select_related("creator").order_by("pk")
    told = [_amount(amount) for amount in amounts]
    return render(
        request,
        "web/orders/line.html",
        {
            "line": line,
            "product": _products([line]).get((line.shop_id, line.product_id)),
            "decision": next((d for d in decisions if d.is_current), None),
            "claims": _claims(line, _why(decisions)),
            "earlier": [d for d in decisions if not d.is_current],
            "methods": METHODS,
            "amounts": told,
            "may_settle": request.role in SETTLERS,
            "disputes": _disputes(request, list(amounts)),
            "total": sum(amount.amount_minor for amount in amounts),
            "tiers": tiers(line.tier_rates_bps),
            "has_deposit": any(amount.state == State.DEPOSIT for amount in amounts),
            "refunds": line.refunds.order_by("happened_at"),
            "revisions": line.revisions.order_by("-number"),
            "discounts": (line.seller_discount_minor or 0) + (line.platform_discount_minor or 0),
        },
    )


@settlers_only
@require_POST
def reattribute_line(request: WorkspaceRequest, line_id: int) -> HttpResponse:
    """Decide a line again, by a person's word or by the rule as its claims stand now."""
    lines = OrderLine.objects.select_related("shop")
    line = get_object_or_404(lines, pk=line_id, shop__workspace=request.workspace)
    reason = request.POST.get("reason", "").strip()[:300]
    if not reason:
        messages.error(request, _("Say why: the reason is kept with the decision."))
    elif "by_rule" in request.POST:
        reattribute_by_rule(
            shop=line.shop,
            lines=[line],
            lake=facts.lake(),
            reason=reason,
            user=request.user,
            now=now(),
        )
        _decided(request, line, reason, "by the rule")
    else:
        _by_hand(request, line, reason)
    return redirect("order_line", line_id=line.pk)


def _by_hand(request: WorkspaceRequest, line: OrderLine, reason: str) -> None:
    """Give the line to the creator named, or to nobody."""
    handle = request.POST.get("creator", "").strip().lstrip("@").casefold()
    creator = Names(line.shop, now()).known(handle) if handle else None
    if handle and creator is None:
        messages.error(request, _("No creator has the handle @{handle}.").format(handle=handle))
        return
    try:
        reattribute_by_hand(line=line, creator=creator, reason=reason, user=request.user, now=now())
    except NothingToRedecide:
        messages.error(request, _("Nothing changes: the line is undecided, or theirs already."))
    else:
        _decided(request, line, reason, creator.pk if creator else "")


def _decided(request: WorkspaceRequest, line: OrderLine, reason: str, creator: str) -> None:
    log(request, "line.reattributed", str(line.pk), reason=reason, creator=creator)
    work_shop_through(line.shop_id)
    messages.success(request, _("Decided. Commission follows within a minute."))


def _found(request: WorkspaceRequest) -> QuerySet[OrderLine]:
    lines = OrderLine.objects.filter(
        shop__workspace=request.workspace, shop__in=request.shops
    ).select_related("shop")
    words = request.GET.get("q", "").strip()
    if words:
        handle = words.lstrip("@").casefold()
        is_meant = Q(order_id=words) | Q(product_id=words) | Q(sku_id=words)
        is_now = Q(attributions__is_current=True)
        is_through = Q(attributions__creator__handle=handle) | Q(attributions__content_id=words)
        lines = lines.filter(is_meant | is_now & is_through).distinct()
    state = request.GET.get("state", "")
    if state in OrderLine.State.values:
        lines = lines.filter(state=state)
    return lines.prefetch_related("attributions__creator").order_by("-ordered_at", "-pk")


def _current(line: OrderLine) -> Any:
    """The decision in force, with what its kind of claim is called."""
    current = next((each for each in line.attributions.all() if each.is_current), None)
    return (current, METHODS[current.method]) if current else None


def _products(lines: list[OrderLine]) -> dict[tuple[str, str], Product]:
    """What the catalogue has of the products of these lines."""
    found = Product.objects.filter(
        shop__in={line.shop_id for line in lines},
        external_id__in={line.product_id for line in lines},
    )
    return {(each.shop_id, each.external_id): each for each in found}


def _earned(lines: list[OrderLine]) -> dict[int, int]:
    rows = (
        Commission.objects.filter(line__in=[line.pk for line in lines])
        .order_by("line")
        .values_list("line")
        .annotate(minor=Sum("amount_minor"))
    )
    return {line: minor for line, minor in rows if line is not None}


def _unmatched(request: WorkspaceRequest) -> int:
    return UnmatchedRefund.objects.filter(
        shop__workspace=request.workspace, shop__in=request.shops
    ).count()


def _why(decisions: QuerySet[Any]) -> list[dict[str, Any]]:
    return next((each.why for each in decisions if each.is_current), [])


def _claims(line: OrderLine, heard: list[dict[str, Any]]) -> list[Claim]:
    tokens = [said["link"] for said in heard if "link" in said]
    links = {
        link.token: link
        for link in TrackedLink.objects.filter(
            shop__workspace=line.shop.workspace_id, token__in=tokens
        )
    }
    return [_claim(said, links.get(said.get("link", ""))) for said in heard]


def _claim(said: dict[str, Any], link: TrackedLink | None) -> Claim:
    return Claim(
        method=str(METHODS[said["claim"]]),
        creator=said["creator"],
        at=datetime.fromisoformat(said["at"]) if said.get("at") else None,
        evidence=said.get("evidence", ""),
        content=said.get("content", ""),
        link=link,
        is_ad=said.get("ad", False),
        has_won=said["verdict"] == "won",
        verdict=str(VERDICTS[said["verdict"]]),
    )


def _disputes(request: WorkspaceRequest, amounts: list[Commission]) -> list[dict[str, Any]]:
    """For each creator who earned something: the dispute about it, or whether one may be opened."""
    by_creator = {amount.creator_id: amount for amount in reversed(amounts)}
    return [
        {
            "amount": amount,
            "dispute": living_about([amount]),
            "may_open": request.role in APPROVERS,
        }
        for amount in by_creator.values()
    ]


def _amount(amount: Commission) -> dict[str, Any]:
    """An amount and the words for it."""
    return {
        "row": amount,
        "component": COMPONENTS[amount.component],
        "kind": KINDS[amount.kind],
        "state": STATES[amount.state],
        "source": source_of(amount),
    }
