"""The first page: am I beating the market, why, who next, and what is still to be done."""

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.benchmarks.queries import benchmarks_for
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.questions import By
from linkstar.stats.states import State
from linkstar.web.benchmark_labels import summary_label
from linkstar.web.category_names import categories_sold
from linkstar.web.labels import DEFINITIONS, SOURCES
from linkstar.web.notes import sentences
from linkstar.web.periods import compared_with
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.uplift_columns import COLUMNS
from linkstar.web.uplift_page import asked
from linkstar.web.uplift_table import UpliftTable, Writing, uplift_table
from linkstar.web.uplift_view import market_of, question_of
from linkstar.web.verdicts import verdict

PEOPLE_SHOWN = 5
PEOPLE_COLUMNS = ("name", "forest", "uplift", "impressions")
ATTENTION_COLUMNS = ("name", "state", "uplift", "impressions")


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first things to do."""

    is_done: bool
    what: str
    why: str
    href: str


@require_GET
def overview(request: WorkspaceRequest) -> HttpResponse:
    language = get_language() or "en"
    question = question_of(request, By.CREATOR)
    answer = asked(question)
    total = total_of(answer)
    before = compared_with(request.period, request.compare)
    earlier = None
    if before:
        earlier = total_of(
            asked(replace(question, starts_on=before.starts_on, ends_before=before.ends_before))
        )
    steps = first_steps(request)
    context = {
        "answer": answer,
        "total": total,
        "earlier": earlier,
        "before": before,
        "verdict": verdict(total, answer.market, language) if total else "",
        "benchmark": summary_label(answer.benchmark, language),
        "definition_name": DEFINITIONS[answer.definition],
        "source_name": SOURCES[answer.source] if answer.source else "",
        "standing_out": people(request, standing_out(answer.rows), PEOPLE_COLUMNS, language),
        "needing_attention": people(
            request, needing_attention(answer.rows), ATTENTION_COLUMNS, language
        ),
        "notes": sentences(answer.notes, language),
        "steps": steps if any(not step.is_done for step in steps) else [],
        "until": max((c.ends_before for c in request.coverage), default=None),
        "shows_dates": True,
    }
    return render(request, "web/overview.html", context)


def total_of(answer: UpliftAnswer) -> dict[str, Any] | None:
    """Everything together; None when nothing was counted."""
    rows: list[dict[str, Any]] = answer.total.to_pylist()
    return rows[0] if rows else None


def standing_out(rows: pa.Table) -> pa.Table:
    """Above the market, by the lower limit times impressions: sure and large before lucky."""
    above = rows.filter(pc.equal(rows["state"], State.ABOVE.value))
    worth = pc.multiply(above["low"], above["impressions"].cast(pa.float64()))
    return above.take(pc.sort_indices(worth, [("", "descending")]))


def needing_attention(rows: pa.Table) -> pa.Table:
    """Below the market or suspicious, those with most impressions first."""
    states = pa.array([State.BELOW.value, State.SUSPICIOUS.value])
    found = rows.filter(pc.is_in(rows["state"], states))
    return found.take(pc.sort_indices(found["impressions"], [("", "descending")]))


def people(
    request: WorkspaceRequest, rows: pa.Table, columns: tuple[str, ...], language: str
) -> UpliftTable:
    shown = tuple(column for column in COLUMNS if column.name in columns)
    writing = Writing(By.CREATOR, shown, language, carried=request.carried)
    return uplift_table(rows, rows.slice(0, 0), writing, number=1, size=PEOPLE_SHOWN)


def first_steps(request: WorkspaceRequest) -> list[Step]:
    """What leads from nothing to the first uplift."""
    shop = request.shops[0] if request.shops else None
    settings = reverse("shop_settings", args=[shop.id]) if shop else reverse("new_shop")
    return [
        Step(
            bool(request.coverage),
            _("Import your first file"),
            _("An export of Data Compass, Video Performance or Affiliate Center, as it came."),
            "/imports/",
        ),
        Step(
            bool(categories_sold(request.shops)),
            _("Name the shop's main category"),
            _("Products are compared with the market of their own category."),
            settings,
        ),
        Step(
            benchmarks_for(request.workspace, market_of(request)).exists(),
            _("Get a benchmark"),
            _("From shops that take part, from a figure with its source, or from your own past."),
            reverse("benchmarks"),
        ),
    ]
