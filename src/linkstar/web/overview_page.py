"""The first page: am I beating the market, why, who next, and what is still to be done."""

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.benchmarks.queries import BenchmarkNotFound, benchmarks_for
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.overviews import Overview, Totals
from linkstar.insights.queries import overview as figures
from linkstar.insights.questions import By, Question
from linkstar.web.benchmark_labels import summary_label
from linkstar.web.category_names import categories_sold
from linkstar.web.emptiness import emptiness
from linkstar.web.facts import lake
from linkstar.web.labels import DEFINITIONS, SOURCES
from linkstar.web.notes import sentences
from linkstar.web.periods import Compare, Period, compared_with
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.uplift_columns import COLUMNS
from linkstar.web.uplift_table import UpliftTable, Writing, uplift_table
from linkstar.web.uplift_view import market_of, question_of
from linkstar.web.verdicts import verdict
from linkstar.web.waiting import waiting_for

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
    found = overview_of(question)
    answer = found.answer
    total = total_of(answer)
    before, earlier = compared(request, question, found)
    steps = first_steps(request)
    context = {
        "answer": answer,
        "found": found,
        "money": [(c, sums["gmv_minor"]) for c, sums in found.money.items() if "gmv_minor" in sums],
        "empty": emptiness(question, request.period, request.coverage),
        "total": total,
        "earlier": earlier,
        "before": before,
        "verdict": verdict(total, answer.market, language) if total else "",
        "benchmark": summary_label(answer.benchmark, language),
        "definition_name": DEFINITIONS[answer.definition],
        "source_name": SOURCES[answer.source] if answer.source else "",
        "standing_out": people(request, found.stands_out, PEOPLE_COLUMNS, language),
        "needing_attention": people(request, found.needs_a_look, ATTENTION_COLUMNS, language),
        "notes": sentences(answer.notes, language),
        "waiting": waiting_for(request),
        "steps": steps if any(not step.is_done for step in steps) else [],
        "shows_dates": True,
    }
    return render(request, "web/overview.html", context)


def overview_of(question: Question) -> Overview:
    """The page's figures; a benchmark the workspace may not read is not found."""
    try:
        return figures(lake(), question)
    except BenchmarkNotFound as unknown:
        raise Http404 from unknown


def total_of(answer: UpliftAnswer) -> dict[str, Any] | None:
    """Everything together; None when nothing was counted."""
    rows: list[dict[str, Any]] = answer.total.to_pylist()
    return rows[0] if rows else None


def compared(
    request: WorkspaceRequest, question: Question, found: Overview
) -> tuple[Period | None, Totals | None]:
    """The days compared with and their totals; the period before unless a year was asked for."""
    wanted = Compare.YEAR if request.compare is Compare.YEAR else Compare.PREVIOUS
    before = compared_with(request.period, wanted)
    assert before is not None, "both comparisons name days"
    totals = found.before
    if wanted is Compare.YEAR:
        asked_then = replace(question, starts_on=before.starts_on, ends_before=before.ends_before)
        totals = overview_of(asked_then).now
    return (before, totals) if totals.impressions else (None, None)


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
            reverse("imports"),
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
