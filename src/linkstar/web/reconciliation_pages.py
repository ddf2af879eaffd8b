"""The three-way reconciliation: sums of the gaps by reason, and every row behind them."""

from datetime import timedelta
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.accounts.actions import record
from linkstar.commissions.reconciliation import Reconciliation, reconcile
from linkstar.commissions.three_ways import Comparison, Reason, Tally, gap_sums, narrowed
from linkstar.web.downloads import csv_answer
from linkstar.web.facts import lake
from linkstar.web.middleware import now
from linkstar.web.periods import Period, PeriodName
from linkstar.web.reconciliation_words import COMPARISONS, REASONS, SIDES
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.uplift_export import csv_of
from linkstar.web.uplift_view import one_of

ROWS_PER_PAGE = 50
OPEN = "open"
_DAYS_ARE_ASKED = ("period", "from", "dates")


@require_GET
def reconciliation(request: WorkspaceRequest) -> HttpResponse:
    """Sums by reason, and the rows of the filter; without one, those that are open."""
    told = _told(request)
    if not _are_days_asked(request):
        _name_all_days(request, told.rows)
    rows = _found(request, told.rows)
    page = Paginator(range(rows.num_rows), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    shown = rows.slice(page.start_index() - 1 if rows.num_rows else 0, ROWS_PER_PAGE)
    parts = [
        (
            comparison.value,
            COMPARISONS[comparison],
            [_said(tally) for tally in tallies],
            [(code, minor) for of, code, minor in gap_sums(told.tallies) if of is comparison],
        )
        for comparison, tallies in groupby(told.tallies, key=lambda tally: tally.comparison)
    ]
    return render(
        request,
        "web/orders/reconciliation.html",
        {
            "parts": parts,
            "page": page,
            "rows": [_row(row) for row in shown.to_pylist()],
            "comparisons": [(each.value, COMPARISONS[each][0]) for each in Comparison],
            "reasons": [(each.value, REASONS[each]) for each in Reason],
            "comparison": request.GET.get("comparison", ""),
            "reason": request.GET.get("reason", OPEN),
            "sides": [(SIDES[side["side"]], side) for side in told.stated.to_pylist()],
            "open_rows": sum(tally.rows for tally in told.tallies if tally.is_open),
            "has_days": _are_days_asked(request),
            "shows_dates": True,
        },
    )


@require_GET
def reconciliation_export(request: WorkspaceRequest) -> HttpResponse:
    """Every row of the filter as CSV; without a filter, every row there is."""
    told = _told(request)
    rows = _found(request, told.rows, otherwise="")
    record(
        workspace=request.workspace,
        user=request.user,
        verb="reconciliation.exported",
        target="csv",
        now=now(),
        rows=rows.num_rows,
    )
    return reconciliation_file(rows)


def reconciliation_file(rows: pa.Table) -> HttpResponse:
    """Rows of the comparison as CSV, in words of the reader's language."""
    return csv_answer(csv_of(_exported(rows)), "reconciliation.csv")


def _told(request: WorkspaceRequest) -> Reconciliation:
    """Of the days the address names; of all there are where it names none."""
    asked = _are_days_asked(request)
    return reconcile(
        lake(),
        workspace=request.workspace.number,
        shops=request.shops,
        today=now().date(),
        starts_on=request.period.starts_on if asked else None,
        ends_before=request.period.ends_before if asked else None,
    )


def _are_days_asked(request: WorkspaceRequest) -> bool:
    """All days are asked for by naming none, or by the choice that is called so."""
    if request.GET.get("period") == PeriodName.ALL:
        return False
    return any(request.GET.get(name) for name in _DAYS_ARE_ASKED)


def _name_all_days(request: WorkspaceRequest, rows: pa.Table) -> None:
    """Let the choice of days say which ones all of them are: the files' own."""
    ends = pc.min_max(rows.column("day")).as_py()
    if ends["min"]:
        after = ends["max"] + timedelta(days=1)
        request.period = Period(PeriodName.ALL, ends["min"], after)


def _found(request: WorkspaceRequest, rows: pa.Table, *, otherwise: str = OPEN) -> pa.Table:
    """The rows an address asks for; what cannot be read filters nothing."""
    asked = request.GET.get("reason", otherwise)
    return narrowed(
        rows,
        comparison=one_of(Comparison, request.GET.get("comparison"), None),
        reason=one_of(Reason, asked, None),
        is_open=asked == OPEN,
    )


def _said(tally: Tally) -> dict[str, Any]:
    is_told = tally.currency and tally.reason is not Reason.AMOUNT_UNKNOWN
    return {
        "tally": tally,
        "reason": REASONS[tally.reason],
        "gap_minor": tally.gap_minor if is_told else None,
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    name, left, right = COMPARISONS[row["comparison"]]
    return row | {
        "name": name,
        "left_name": left,
        "right_name": right,
        "why": REASONS[row["reason"]],
    }


def _exported(rows: pa.Table) -> pa.Table:
    """The columns of the file, with their heads and reasons in the reader's language."""
    heads = {
        "comparison": _("Comparison"),
        "reason": _("Reason"),
        "is_open": _("Open"),
        "day": _("Day"),
        "order_id": _("Order"),
        "line": _("SKU"),
        "product_id": _("Product ID"),
        "creator": _("Creator handle"),
        "left_rows": _("Left rows"),
        "left_currency": _("Left currency"),
        "left_minor": _("Left amount (minor units)"),
        "right_rows": _("Right rows"),
        "right_currency": _("Right currency"),
        "right_minor": _("Right amount (minor units)"),
    }
    table = rows.select(list(heads))
    named = {value: str(words[0]) for value, words in COMPARISONS.items()}
    for place, words in ((0, named), (1, {value: str(word) for value, word in REASONS.items()})):
        said = [words[value] for value in table.column(place).to_pylist()]
        table = table.set_column(place, table.schema.field(place), pa.array(said, pa.string()))
    return table.rename_columns(list(heads.values()))
