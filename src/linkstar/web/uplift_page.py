"""CTR uplift by creator, content, product or category: the forest plot, the table, the export."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.actions import record
from linkstar.accounts.models import SavedView
from linkstar.benchmarks.queries import BenchmarkNotFound, benchmarks_for
from linkstar.events.vocabulary import Channel, ContentType, Segment
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.queries import uplift
from linkstar.insights.questions import IMPRESSIONS_MIN, TABS, By, Question, Source
from linkstar.stats.ctr import Definition
from linkstar.web.benchmark_labels import edition_label, summary_label
from linkstar.web.category_names import CategoryNames, categories_sold
from linkstar.web.emptiness import emptiness
from linkstar.web.facts import lake
from linkstar.web.labels import (
    BY,
    DEFINITIONS,
    SEGMENTS,
    SOURCES,
    STATES,
)
from linkstar.web.middleware import CARRIED, now
from linkstar.web.names import CHANNELS, CONTENT_TYPES
from linkstar.web.notes import sentences
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.saved_views import saved_views
from linkstar.web.uplift_columns import Column, chosen_columns, columns_for, save_columns
from linkstar.web.uplift_file import Asked, filter_words, uplift_file
from linkstar.web.uplift_table import (
    Writing,
    in_order,
    pages_around,
    state_counts,
    uplift_table,
    with_states,
)
from linkstar.web.uplift_view import (
    PAGE_SIZES,
    SORTED_BY,
    UpliftView,
    carried_on,
    market_of,
    one_of,
    view_of,
)
from linkstar.web.verdicts import verdict

VIEW_PARTS = ("by", "q", "category", "content_type", "channel", "segment", "benchmark",
              "definition", "source", "min", "state", "sort", "size", *CARRIED)  # fmt: skip
"""The parts of an address that a saved view keeps; the page of the list is not among them."""
USUAL = {
    "by": [By.CREATOR],
    "definition": [Definition.PRODUCT_IMPRESSIONS],
    "min": [str(IMPRESSIONS_MIN)],
    "sort": [f"-{SORTED_BY}"],
    "size": [str(PAGE_SIZES[0])],
}
"""What an address means that leaves these parts out."""


@require_GET
def uplift_page(request: WorkspaceRequest) -> HttpResponse:
    view = view_of(request)
    answer = asked(view.question)
    language = get_language() or "en"
    rows = sorted_rows(answer, view)
    columns = chosen_columns(request.user, view.question.by, request.GET.get("columns", ""))
    writing = Writing(
        by=view.question.by,
        columns=columns,
        language=language,
        segment=view.question.segment,
        carried=carried_on(request),
    )
    table = uplift_table(rows, answer.total, writing, number=view.number, size=view.size)
    total = answer.total.to_pylist()[0] if answer.total.num_rows else None
    context = {
        "view": view,
        "answer": answer,
        "table": table,
        "total": total,
        "verdict": verdict(total, answer.market, language) if total else "",
        "benchmark": summary_label(answer.benchmark, language),
        "definition_name": DEFINITIONS[view.question.definition],
        "source_name": SOURCES[answer.source] if answer.source else "",
        "notes": sentences(answer.notes, language),
        "empty": emptiness(view.question, request.period, request.coverage),
        "state_chips": state_chips(answer, view),
        "pages": pages_around(table.number, table.pages),
        "saved": saved_views(request, SavedView.Page.UPLIFT, view_parts(request.GET, columns)),
        "shows_dates": True,
        "offered_columns": [(c.name, c.label, c in columns) for c in columns_for(view.question.by)],
        **choices(request, view, language),
    }
    return render(request, "web/uplift.html", context)


def view_parts(params: QueryDict, columns: Sequence[Column]) -> dict[str, list[str]]:
    """The parts of the address that make the page what it is, and its columns."""
    parts = {name: values for name in VIEW_PARTS if (values := params.getlist(name))}
    chosen = {name: sorted(filter(None, values)) for name, values in parts.items()}
    kept = {name: values for name, values in chosen.items() if values and values != USUAL.get(name)}
    return {**kept, "columns": [",".join(column.name for column in columns)]}


def asked(question: Question) -> UpliftAnswer:
    """The answer; a benchmark the workspace may not read is not found."""
    try:
        return uplift(lake(), question)
    except BenchmarkNotFound as unknown:
        raise Http404 from unknown


def sorted_rows(answer: UpliftAnswer, view: UpliftView) -> pa.Table:
    rows = with_states(answer.rows, view.states)
    return in_order(rows, view.sort, is_descending=view.is_descending)


def state_chips(answer: UpliftAnswer, view: UpliftView) -> list[dict[str, Any]]:
    """One chip per verdict that occurs, with how often."""
    return [
        {"value": state.value, "label": STATES[state], "count": count, "on": state in view.states}
        for state, count in state_counts(answer.rows)
    ]


def choices(request: WorkspaceRequest, view: UpliftView, language: str) -> dict[str, Any]:
    """What can be chosen on the page."""
    categories = categories_sold(request.shops)
    names = CategoryNames(language)
    names.learn(categories)
    editions = benchmarks_for(request.workspace, market_of(request))
    return {
        "tabs": [(by.value, BY[by]) for by in TABS],
        "definitions": [(d.value, DEFINITIONS[d]) for d in Definition],
        "sources": [(s.value, SOURCES[s]) for s in Source],
        "segments": [(s.value, SEGMENTS[s]) for s in Segment],
        "content_types": [(t.value, CONTENT_TYPES[t]) for t in ContentType],
        "channels": [(c.value, CHANNELS[c]) for c in Channel],
        "categories": [(path, names.full(path)) for path in categories],
        "benchmarks": [(e.id, edition_label(e, language)) for e in editions],
        "page_sizes": PAGE_SIZES,
        "chips": [each for each in filter_words(view.question.filters, names).items() if each[1]],
    }


@require_GET
def export(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Every row of the filtered answer, not only the page shown."""
    view = view_of(request)
    answer = asked(view.question)
    rows = sorted_rows(answer, view)
    record(
        workspace=request.workspace,
        user=request.user,
        verb="uplift.exported",
        target=kind,
        now=now(),
        rows=rows.num_rows,
    )
    asked_for = Asked(view.question, request.workspace.name, request.shops, view.states)
    return uplift_file(kind, rows, asked_for, answer, now=now())


@require_POST
def choose_columns(request: WorkspaceRequest) -> HttpResponse:
    """Remember which columns the person wants on one tab."""
    by = one_of(By, request.POST.get("by"), By.CREATOR)
    wanted = [] if "reset" in request.POST else request.POST.getlist("column")
    save_columns(request.user, by, wanted)
    back = QueryDict(request.POST.get("back", ""), mutable=True)
    back.pop("columns", None)
    return redirect(f"{reverse('uplift')}?{back.urlencode()}")
