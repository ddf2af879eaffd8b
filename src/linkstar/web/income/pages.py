"""The creator's income, on a phone first: what stands, what comes next, and every earning."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.attribution.models import Attribution
from linkstar.catalog.models import Product, Shop
from linkstar.collaborations.models import Deliverable
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.creators.models import Creator
from linkstar.creators.queries import creator_behind
from linkstar.orders.models import OrderLine
from linkstar.plans.models import PlanRate
from linkstar.settlements import income
from linkstar.settlements.disputes import living_about
from linkstar.settlements.models import BankAccount, Statement
from linkstar.settlements.owners import records_of
from linkstar.settlements.queries import payments_of, statements_for
from linkstar.settlements.rules import StatementState, period_of
from linkstar.web.access import creators_only
from linkstar.web.audit import log
from linkstar.web.downloads import csv_answer
from linkstar.web.income.words import STATEMENTS, STATES, how_far, why_the_rate, working
from linkstar.web.middleware import now
from linkstar.web.money_words import COMPONENTS, KINDS, METHODS
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.uplift_export import csv_of

EARNINGS_PER_PAGE = 50
STATEMENTS_SHOWN = 24
FILTERS = {
    "deposit": (State.DEPOSIT,),
    "estimated": (State.ACCRUED,),
    "confirmed": (State.APPROVED,),
    "payable": (State.PAYABLE, State.SETTLED),
    "held": (State.HELD,),
    "paid": (State.PAID,),
}
UNPAID = (StatementState.OPEN, StatementState.PAYING)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Row:
    """An earning with the names of what it was earned with."""

    earning: income.Earning
    shop: Shop
    title: str
    order: str
    content: str
    how: str
    states: list[str]


@creators_only
@require_GET
def own_income(request: WorkspaceRequest) -> HttpResponse:
    """What stands, by currency; what comes next; every earning of the filter; statements."""
    creator = own_creator(request)
    if creator is None:
        return render(request, "web/income/income.html", {"creator": None})
    amounts, found = income.amounts_of(creator), _found(request, creator)
    page = Paginator(income.earnings(found), EARNINGS_PER_PAGE).get_page(request.GET.get("page"))
    month = _month(request)
    statements = [_statement(one) for one in statements_for(creator)[:STATEMENTS_SHOWN]]
    shown = {
        "creator": creator,
        "standings": income.standings(_of_month(amounts, month)),
        "disagreeing": income.disagreeing(creator),
        "account": BankAccount.objects.filter(creator=creator).first(),
        "upcoming": income.upcoming(creator, now=now()),
        "page": page,
        "rows": _rows(income.told(page.object_list, creator), creator),
        "sums": income.standings(found),
        "months": income.months(amounts),
        "month": month,
        "filters": [(name, STATES[states[0]]) for name, states in FILTERS.items()],
        "state": request.GET.get("state", ""),
        "statements": statements,
        "waiting": [one for one in statements if one["row"].state in UNPAID],
    }
    return render(request, "web/income/income.html", shown)


@creators_only
@require_GET
def own_earning(request: WorkspaceRequest, amount_id: int) -> HttpResponse:
    """One earning: what earned it, every amount with its working, and when it is paid."""
    creator = own_creator(request)
    if creator is None:
        raise Http404
    own = income.amounts_of(creator).select_related("shop", "line", "deliverable__collaboration")
    amount = get_object_or_404(own, pk=amount_id)
    amounts = list(income.together(amount).select_related("line", "statement_line__statement"))
    shop, line, deliverable = amount.shop, amount.line, amount.deliverable
    waits_until = income.payable_from(amounts, shop)
    decision = _decision(line, creator) if line else None
    shown = {
        "amount": amount,
        "shop": shop,
        "line": line,
        "deliverable": deliverable,
        "title": _title(line, deliverable),
        "decision": decision,
        "method": METHODS[decision.method] if decision else "",
        "decided_by": _winning(decision) if decision else None,
        "content_url": _content_url(decision, creator) if decision else "",
        "amounts": [_amount(each) for each in amounts],
        "total": sum(each.amount_minor for each in amounts),
        "states": how_far(frozenset(State(each.state) for each in amounts)),
        "dispute": living_about(amounts),
        "is_held": any(each.state == State.HELD for each in amounts),
        "refunds": line.refunds.order_by("happened_at") if line else [],
        "waits_until": waits_until,
        "paid_from": period_of(shop.market, waits_until).ends_before if waits_until else None,
        "statements": _statements(amounts),
    }
    return render(request, "web/income/earning.html", shown)


@creators_only
@require_GET
def own_income_export(request: WorkspaceRequest) -> HttpResponse:
    """Every amount of the filter as CSV, one row each, amounts in minor units."""
    creator = own_creator(request)
    if creator is None:
        raise Http404
    found = _found(request, creator)
    log(request, "income.exported", creator.pk, rows=found.count())
    return income_file(found)


def income_file(amounts: QuerySet[Commission]) -> HttpResponse:
    """Amounts a creator earned as CSV, one row each, in minor units."""
    rows = amounts.select_related("shop", "line", "deliverable").order_by("pk")
    return csv_answer(csv_of(_exported(rows)), "income.csv")


def own_creator(request: WorkspaceRequest) -> Creator | None:
    """The person's own profile; None before there is one."""
    return creator_behind(request.user)


def _found(request: WorkspaceRequest, creator: Creator) -> QuerySet[Commission]:
    """The amounts an address asks for; what cannot be read filters nothing."""
    amounts = _of_month(income.amounts_of(creator), _month(request))
    states = FILTERS.get(request.GET.get("state", ""))
    return amounts.filter(state__in=states) if states else amounts


def _month(request: WorkspaceRequest) -> date | None:
    written = _MONTH.fullmatch(request.GET.get("month", ""))
    return date(int(written[1]), int(written[2]), 1) if written else None


def _of_month(amounts: QuerySet[Commission], month: date | None) -> QuerySet[Commission]:
    if month is None:
        return amounts
    return amounts.filter(earned_on__year=month.year, earned_on__month=month.month)


def _rows(earnings: Iterable[income.Earning], creator: Creator) -> list[Row]:
    """Earnings with their names, each kind of name looked up once."""
    shown = list(earnings)
    shops = {shop.pk: shop for shop in Shop.objects.filter(pk__in={each.shop for each in shown})}
    lines = OrderLine.objects.in_bulk({each.line for each in shown if each.line})
    deliverables = Deliverable.objects.in_bulk({e.deliverable for e in shown if e.deliverable})
    products = _product_names(lines.values())
    decisions = {
        each.line_id: each
        for each in Attribution.objects.filter(
            line__in=lines, creator__in=records_of(creator), is_current=True
        )
    }
    rows = []
    for each in shown:
        line = lines.get(each.line) if each.line else None
        deliverable = deliverables.get(each.deliverable) if each.deliverable else None
        decision = decisions.get(each.line) if each.line else None
        product = products.get((line.shop_id, line.product_id), line.product_id) if line else ""
        rows.append(
            Row(
                earning=each,
                shop=shops[each.shop],
                title=product or _title(line, deliverable),
                order=line.order_id if line else "",
                content=decision.content_id if decision else "",
                how=str(METHODS[decision.method]) if decision else "",
                states=how_far(each.states),
            )
        )
    return rows


def _product_names(lines: Iterable[OrderLine]) -> dict[tuple[str, str], str]:
    shown = list(lines)
    found = Product.objects.filter(
        shop__in={line.shop_id for line in shown},
        external_id__in={line.product_id for line in shown},
    )
    return {(each.shop_id, each.external_id): str(each) for each in found}


def _title(line: OrderLine | None, deliverable: Deliverable | None) -> str:
    if line:
        names = _product_names([line])
        return names.get((line.shop_id, line.product_id)) or line.product_id or line.sku_id
    assert deliverable
    return _("Content %(number)s") % {"number": deliverable.number}


def _decision(line: OrderLine, creator: Creator) -> Attribution | None:
    """The decision in force, if the line is the creator's."""
    return line.attributions.filter(is_current=True, creator__in=records_of(creator)).first()


def _winning(decision: Attribution) -> dict[str, Any] | None:
    """The claim that won. The claims of others are none of the creator's business."""
    return next((claim for claim in decision.why if claim.get("verdict") == "won"), None)


def _content_url(decision: Attribution, creator: Creator) -> str:
    if not decision.content_id:
        return ""
    handed_in = Deliverable.objects.filter(
        collaboration__creator__in=records_of(creator), content_id=decision.content_id
    )
    return handed_in.values_list("url", flat=True).first() or ""


def _amount(amount: Commission) -> dict[str, Any]:
    version = None
    if amount.plan_id and amount.plan_version:
        version = PlanRate.objects.filter(plan=amount.plan_id, number=amount.plan_version).first()
    return {
        "row": amount,
        "component": COMPONENTS[amount.component],
        "kind": KINDS[amount.kind],
        "state": STATES[amount.state],
        "why": why_the_rate(amount),
        "version": version,
        "working": working(amount),
    }


def _statements(amounts: Iterable[Commission]) -> list[dict[str, Any]]:
    """The statements these amounts are in, each once."""
    found = {
        each.statement_line.statement_id: each.statement_line.statement
        for each in amounts
        if hasattr(each, "statement_line")
    }
    return [_statement(one) for one in found.values()]


def _statement(statement: Statement) -> dict[str, Any]:
    payout = payments_of(statement).first()
    return {"row": statement, "state": STATEMENTS[statement.state], "payout": payout}


def _exported(amounts: QuerySet[Commission]) -> pa.Table:
    rows = list(amounts)
    columns: dict[str, pa.Array] = {
        _("Shop"): pa.array([each.shop.name for each in rows], pa.string()),
        _("Order"): pa.array([each.line.order_id if each.line else "" for each in rows]),
        _("Product ID"): pa.array([each.line.product_id if each.line else "" for each in rows]),
        _("Content"): pa.array(
            [each.deliverable.content_id if each.deliverable else "" for each in rows]
        ),
        _("Earned on"): pa.array([each.earned_on for each in rows], pa.date32()),
        _("Amount for"): pa.array([str(COMPONENTS[each.component]) for each in rows], pa.string()),
        _("What happened"): pa.array([str(KINDS[each.kind]) for each in rows], pa.string()),
        _("State"): pa.array([str(STATES[each.state]) for each in rows], pa.string()),
        _("Items kept"): pa.array([each.items for each in rows], pa.int64()),
        _("Base (millionths)"): pa.array([each.base_micros for each in rows], pa.int64()),
        _("Rate (basis points)"): pa.array([each.rate_bps for each in rows], pa.int64()),
        _("Why this rate"): pa.array([why_the_rate(each) for each in rows], pa.string()),
        _("Amount (minor units)"): pa.array([each.amount_minor for each in rows], pa.int64()),
        _("Currency"): pa.array([each.currency for each in rows], pa.string()),
    }
    return pa.table(columns)
