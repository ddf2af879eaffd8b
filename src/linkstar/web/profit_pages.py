"""Profit and loss by creator, video, product or campaign, with how sure every figure is."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.accounts.actions import record
from linkstar.commissions.profit import By, Statement, profit_and_loss
from linkstar.commissions.profit_rules import Maturity, Part, Profit
from linkstar.money.currencies import CURRENCIES
from linkstar.orders.models import OrderLine
from linkstar.web.downloads import csv_answer
from linkstar.web.exchange_words import at_rate
from linkstar.web.middleware import now
from linkstar.web.profit_view import SORTS, View, product_names, view_of, viewed
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.uplift_export import csv_of
from linkstar.web.uplift_view import one_of

ROWS_PER_PAGE = 100
TABS = {
    By.CREATOR: gettext_lazy("Creator"),
    By.CONTENT: gettext_lazy("Content"),
    By.PRODUCT: gettext_lazy("Product"),
    By.CAMPAIGN: gettext_lazy("Campaign"),
}
MATURITIES = {
    Maturity.ESTIMATED: gettext_lazy("estimated"),
    Maturity.CONFIRMED: gettext_lazy("confirmed"),
    Maturity.PAYABLE: gettext_lazy("payable"),
    Maturity.PAID: gettext_lazy("paid out"),
}
_MATURING = (Part.KEPT, Part.COMMISSION, Part.FLAT_FEE)


@require_GET
def profit(request: WorkspaceRequest) -> HttpResponse:
    """Accounts of the chosen days; each currency by itself unless one is asked for."""
    by = one_of(By, request.GET.get("by"), By.CREATOR)
    told = _told(request, by)
    lines = OrderLine.objects.filter(shop__workspace=request.workspace)
    view = view_of(request.GET.dict())
    names = product_names(request.shops, by, told.rows)
    rows = viewed(told.rows, view, names)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    hidden = _of_nothing(told.totals)
    return render(
        request,
        "web/orders/profit.html",
        {
            "tabs": [(each.value, label) for each, label in TABS.items()],
            "by": by.value,
            "by_name": TABS[by],
            "told": told,
            "rates": [at_rate(each, get_language() or "en") for each in told.rates],
            "rows": [_row(row, names) for row in page.object_list],
            "page": page,
            "columns": [_column(name, view) for name in SORTS if name not in hidden],
            "hidden": hidden,
            "words": request.GET.get("q", ""),
            "totals": [_row(row, {}) for row in told.totals],
            "leaves_exchange_out": len(request.shops) < len(request.all_shops),
            "currency": _currency(request),
            "currencies": sorted(CURRENCIES),
            "is_empty": not told.rows and not lines.exists(),
            "shows_dates": True,
        },
    )


@require_GET
def profit_export(request: WorkspaceRequest) -> HttpResponse:
    """Every account of the filter, in its order, as CSV in minor units; empty is not known."""
    by = one_of(By, request.GET.get("by"), By.CREATOR)
    found = _told(request, by).rows
    names = product_names(request.shops, by, found)
    rows = viewed(found, view_of(request.GET.dict()), names)
    record(
        workspace=request.workspace,
        user=request.user,
        verb="profit.exported",
        target=by.value,
        now=now(),
        rows=len(rows),
    )
    return profit_file(rows, by)


def profit_file(rows: Sequence[Profit], by: By) -> HttpResponse:
    """Accounts as CSV in minor units; empty is not known."""
    return csv_answer(csv_of(_exported(rows)), f"profit-{by.value}.csv")


def _told(request: WorkspaceRequest, by: By) -> Statement:
    return profit_and_loss(
        shops=request.shops,
        by=by,
        starts_on=request.period.starts_on,
        ends_before=request.period.ends_before,
        currency=_currency(request),
    )


def _currency(request: WorkspaceRequest) -> str:
    """The currency asked for; none where it is unknown."""
    written = request.GET.get("currency", "").upper()
    return written if written in CURRENCIES else ""


def _column(name: str, view: View) -> dict[str, Any]:
    """A column's head: sorted by it from the top, the other way when it is already."""
    is_now = view.column == name
    descends = not view.is_descending if is_now else True
    arrow = "arrow-down" if view.is_descending else "arrow-up"
    return {
        "name": name,
        "label": SORTS[name][0],
        "sort": f"-{name}" if descends else name,
        "arrow": arrow if is_now else "",
        "aria": ("descending" if view.is_descending else "ascending") if is_now else "",
    }


def _of_nothing(totals: Sequence[Profit]) -> frozenset[str]:
    """The columns that say nothing of anybody, of those that most companies never need."""
    rare = {"support": Part.SUPPORT, "exchange": Part.EXCHANGE}
    return frozenset(
        name for name, part in rare.items() if all(row.of(part) == 0 for row in totals)
    )


def _row(row: Profit, names: dict[str, str]) -> dict[str, Any]:
    """An account and how sure its parts are: `part: maturity, minor` where there is anything."""
    sure = {
        part.value: [
            (MATURITIES[maturity], row.matured[part, maturity])
            for maturity in Maturity
            if row.matured.get((part, maturity))
        ]
        for part in _MATURING
    }
    return {
        "account": row,
        "named": names.get(row.key, ""),
        "sure": sure,
        "sales": row.of(Part.SALES),
        "kept": row.of(Part.KEPT),
        "commission": row.of(Part.COMMISSION),
        "flat_fee": row.of(Part.FLAT_FEE),
        "platform_fee": row.of(Part.PLATFORM_FEE),
        "product": row.of(Part.SAMPLE_PRODUCT),
        "shipping": row.of(Part.SAMPLE_SHIPPING),
        "support": row.of(Part.SUPPORT),
        "exchange": row.of(Part.EXCHANGE),
    }


def _exported(rows: Sequence[Profit]) -> pa.Table:
    amounts = {
        _("Sales (minor units)"): Part.SALES,
        _("Kept (minor units)"): Part.KEPT,
        _("Commission (minor units)"): Part.COMMISSION,
        _("Flat fees (minor units)"): Part.FLAT_FEE,
        _("Platform fees (minor units)"): Part.PLATFORM_FEE,
        _("Samples, product (minor units)"): Part.SAMPLE_PRODUCT,
        _("Samples, shipping (minor units)"): Part.SAMPLE_SHIPPING,
        _("Shooting support (minor units)"): Part.SUPPORT,
        _("Exchange (minor units)"): Part.EXCHANGE,
    }
    columns: dict[str, pa.Array] = {
        _("ID"): pa.array([row.key for row in rows], pa.string()),
        _("Currency"): pa.array([row.currency for row in rows], pa.string()),
        _("Orders"): pa.array([row.orders for row in rows], pa.int64()),
        _("Orders kept"): pa.array([row.kept_orders for row in rows], pa.int64()),
    }
    for name, part in amounts.items():
        columns[name] = pa.array([row.of(part) for row in rows], pa.int64())
    for part, name in (
        (Part.COMMISSION, _("Commission")),
        (Part.KEPT, _("Kept")),
        (Part.FLAT_FEE, _("Flat fees")),
    ):
        for maturity, label in MATURITIES.items():
            minors = [row.matured.get((part, maturity), 0) for row in rows]
            columns[f"{name}, {label}"] = pa.array(minors, pa.int64())
    columns[_("Left before cost of goods (minor units)")] = pa.array(
        [row.left_minor for row in rows], pa.int64()
    )
    for name, values in (
        ("ROAS", [row.roas for row in rows]),
        (_("ROAS in full"), [row.roas_in_full for row in rows]),
        ("ROI", [row.roi for row in rows]),
        (_("ROI in full"), [row.roi_in_full for row in rows]),
    ):
        columns[name] = pa.array(values, pa.float64())
    return pa.table(columns)
