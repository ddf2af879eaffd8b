"""Settlements, one of them, and one statement with each of its lines explained."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.queries import APPROVERS
from linkstar.commissions.deposits import Release, releases_among
from linkstar.commissions.models import Commission
from linkstar.settlements import actions, queries
from linkstar.settlements.models import Payout, Settlement
from linkstar.settlements.rules import (
    MoveRefused,
    SettlementState,
    StatementState,
    minimum_minor,
    two_people_above_minor,
)
from linkstar.web.access import approvers_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.money_words import COMPONENTS, KINDS, STATES, release_words, source_of
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.settlements.words import FEES, fee_terms

SETTLEMENTS_PER_PAGE = 50
LINES_PER_PAGE = 100
FILES = ("csv", "json")
"""What statements and settlements can be downloaded as."""


@require_GET
def settlements(request: WorkspaceRequest) -> HttpResponse:
    """Every settlement of the shops looked at; above them what waits, is held, is carried."""
    found = queries.settlements_of(request.workspace).filter(shop__in=request.shops)
    page = Paginator(found, SETTLEMENTS_PER_PAGE).get_page(request.GET.get("page"))
    moment = now()
    return render(
        request,
        "web/settlements/list.html",
        {
            "page": page,
            "waiting": queries.waiting_sums(request.shops),
            "deposits": queries.deposit_sums(request.shops),
            "held": queries.held_sums(request.shops),
            "carried_sums": queries.carried_sums(request.shops),
            "disputes": _disputes(request),
            "running": [(shop, queries.running_period(shop, moment)) for shop in request.shops],
        },
    )


@require_GET
def settlement(request: WorkspaceRequest, settlement_id: str) -> HttpResponse:
    """One settlement: how far it is, what it costs, the statements and their payments."""
    shown = settlement_named(request, settlement_id)
    approvals = list(shown.approvals.select_related("user").order_by("at"))
    statements = queries.statements_of(request.workspace).filter(settlement=shown)
    page = Paginator(statements, LINES_PER_PAGE).get_page(request.GET.get("page"))
    payouts = list(queries.payouts_of(shown).filter(statement__in=list(page)))
    last: dict[str, Payout] = {}
    for payout in payouts:
        last.setdefault(payout.statement_id, payout)
    costs = queries.costs_of(shown)
    opened = shown.statements.filter(state=StatementState.OPEN)
    limit = two_people_above_minor(shown.currency, shown.closed_at.date())
    return render(
        request,
        "web/settlements/one.html",
        {
            "settlement": shown,
            "approvals": approvals,
            "approvals_left": shown.approvals_needed - len(approvals),
            "limit_minor": limit,
            "minimum_minor": minimum_minor(shown.currency, shown.closed_at.date()),
            "may_approve": _may_approve(request, shown, [each.user_id for each in approvals]),
            "page": page,
            "rows": [(each, last.get(each.pk)) for each in page],
            "open_count": opened.count(),
            "open_minor": opened.aggregate(minor=Sum("total_minor"))["minor"] or 0,
            "payouts": payouts,
            "batches": queries.batches_of(request.workspace)
            .filter(settlement=shown)
            .annotate(count=Count("payouts"), minor=Sum("payouts__amount_minor"))
            .order_by("-made_at"),
            "costs": costs,
            "parts": [(COMPONENTS[part.kind], part) for part in costs.commissions],
            "fees": [(FEES[fee.kind], fee) for fee in costs.fees],
            "fee_terms": fee_terms(costs.fee_terms),
            "states": _steps(shown),
            "files": FILES,
        },
    )


@approvers_only
@require_POST
def approve_settlement(request: WorkspaceRequest, settlement_id: str) -> HttpResponse:
    """Note this person's word that it may be paid."""
    shown = settlement_named(request, settlement_id)
    try:
        approved = actions.approve_settlement(settlement=shown, user=request.user, now=now())
    except actions.AlreadyApproved:
        messages.error(request, _("You approved it before. Another person has to, too."))
    except MoveRefused:
        messages.error(request, _("It does not wait for an approval any more."))
    else:
        log(request, "settlement.approved", shown.pk, payable_minor=shown.payable_minor)
        is_done = approved.state == SettlementState.APPROVED
        told = (
            _("Approved. It may be paid now.") if is_done else _("Noted. One more person has to.")
        )
        messages.success(request, told)
    return redirect("settlement", settlement_id=shown.pk)


@require_GET
def statement(request: WorkspaceRequest, statement_id: str) -> HttpResponse:
    """One creator's statement, every amount with its working."""
    shown = get_object_or_404(queries.statements_of(request.workspace), pk=statement_id)
    page = Paginator(queries.amounts_of(shown), LINES_PER_PAGE).get_page(request.GET.get("page"))
    releases = releases_among(page)
    return render(
        request,
        "web/settlements/statement.html",
        {
            "statement": shown,
            "settlement": shown.settlement,
            "files": FILES,
            "page": page,
            "rows": [told(amount, releases.get(amount.pk)) for amount in page],
            "has_release": bool(releases),
            "earlier": shown.carried_from.select_related("settlement").order_by("pk"),
            "payouts": queries.payments_of(shown),
            "next_close": queries.running_period(shown.settlement.shop, now()).ends_before,
            "minimum_minor": minimum_minor(
                shown.settlement.currency, shown.settlement.closed_at.date()
            ),
        },
    )


def settlement_named(request: WorkspaceRequest, settlement_id: str) -> Settlement:
    """The workspace's settlement of that id.

    Raises:
        Http404: there is none such.
    """
    return get_object_or_404(queries.settlements_of(request.workspace), pk=settlement_id)


def told(amount: Commission, release: Release | None) -> dict[str, Any]:
    """An amount and the words for it."""
    return {
        "row": amount,
        "component": COMPONENTS[amount.component],
        "kind": KINDS[amount.kind],
        "state": STATES[amount.state],
        "source": source_of(amount),
        "release": release_words(release, amount.currency) if release else "",
        "method": amount.attribution.get_method_display() if amount.attribution else "",
    }


def _may_approve(request: WorkspaceRequest, shown: Settlement, before: list[int]) -> bool:
    return (
        request.role in APPROVERS
        and shown.state == SettlementState.CLOSED
        and request.user.pk not in before
    )


def _disputes(request: WorkspaceRequest) -> list[tuple[Any, int]]:
    return [(each, queries.held_by(each)) for each in queries.living_disputes(request.shops)[:50]]


def _steps(shown: Settlement) -> list[tuple[str, bool, bool]]:
    """The way of a settlement: each state's name, whether it is past, whether it is the present."""
    states = list(Settlement.State)
    at = states.index(Settlement.State(shown.state))
    return [(str(state.label), place < at, place == at) for place, state in enumerate(states)]
