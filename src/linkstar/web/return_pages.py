"""Cancellations and returns: what came back of which lines, by which rule, and what fits none."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linkstar.money.dividing import micros_per_minor
from linkstar.orders.models import Refund, UnmatchedRefund
from linkstar.web.money_words import UNMATCHED
from linkstar.web.requests import WorkspaceRequest

ROWS_PER_PAGE = 50
LISTS = {"unmatched": _("Of no line"), "tied": _("Of one line of several"), "all": _("Of lines")}


@require_GET
def order_returns(request: WorkspaceRequest) -> HttpResponse:
    """Three lists: what fits no line, what the rule chose one line of several for, what has one."""
    shown = request.GET.get("show", "")
    shown = shown if shown in LISTS else "unmatched"
    lists: dict[str, QuerySet[Any]] = {
        "unmatched": UnmatchedRefund.objects.filter(
            shop__workspace=request.workspace, shop__in=request.shops
        ),
        "all": Refund.objects.filter(
            line__shop__workspace=request.workspace,
            line__shop__in=request.shops,
            withdrawn_at=None,
        ).select_related("line"),
    }
    lists["tied"] = lists["all"].filter(rivals__gt=0)
    found = lists[shown].order_by("-happened_at", "-pk")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    told = _unmatched if shown == "unmatched" else _matched
    return render(
        request,
        "web/orders/returns.html",
        {
            "page": page,
            "rows": [told(one) for one in page],
            "shown": shown,
            "tabs": [(name, words, lists[name].count()) for name, words in LISTS.items()],
            "sums": _sums(found, "" if shown == "unmatched" else "line__"),
        },
    )


def _unmatched(one: UnmatchedRefund) -> dict[str, Any]:
    article = one.article or one.line_id
    price = one.price_micros or 0
    why = UNMATCHED.get(one.reason, one.reason)
    return {"one": one, "article": article, "worth": _worth(one, price, one.currency), "why": why}


def _matched(one: Refund) -> dict[str, Any]:
    line = one.line
    article = line.sku_id or line.product_id
    worth = _worth(one, line.price_micros, line.currency)
    return {"one": one, "article": article, "worth": worth, "line": line}


def _worth(one: Refund | UnmatchedRefund, price_micros: int, currency: str) -> tuple[int, str]:
    """Items at their price and money given back beside them, in millionths."""
    return one.items * price_micros + one.amount_minor * micros_per_minor(currency), currency


def _sums(found: QuerySet[Any], line: str) -> list[tuple[int, str]]:
    """What a whole list is worth, by currency."""
    rows = (
        found.order_by()
        .values_list(f"{line}currency")
        .annotate(items=Sum(F("items") * F(f"{line}price_micros")), given=Sum("amount_minor"))
        .order_by(f"{line}currency")
    )
    return [
        ((items or 0) + given * micros_per_minor(currency), currency)
        for currency, items, given in rows
    ]
