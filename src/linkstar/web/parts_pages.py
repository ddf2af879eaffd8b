"""Parts of pages that are fetched when they are looked at: trend, segments, the method drawer."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from linkstar.benchmarks.queries import BenchmarkNotFound
from linkstar.events.vocabulary import Segment
from linkstar.insights.after_click import after_click
from linkstar.insights.queries import KeyUnknown, evidence, segments, trend
from linkstar.insights.questions import By, Question
from linkstar.web.benchmark_labels import summary_label
from linkstar.web.evidence_drawer import drawer_of
from linkstar.web.facts import lake
from linkstar.web.known_days import segments_of
from linkstar.web.labels import DEFINITIONS, SEGMENTS
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.segment_chart import segment_chart
from linkstar.web.trend_chart import trend_chart
from linkstar.web.uplift_view import one_of, question_of

PRODUCTS_SHOWN = 5


def meant(request: WorkspaceRequest) -> tuple[Question, str | None]:
    """The question of an address and the one row it is about, if any."""
    by = one_of(By, request.GET.get("by"), By.CREATOR)
    return replace(question_of(request, by), segment=None), request.GET.get("key") or None


@require_GET
def trend_part(request: WorkspaceRequest) -> HttpResponse:
    """CTR per week against the benchmark's middle half."""
    question, key = meant(request)
    language = get_language() or "en"
    try:
        points = trend(lake(), question, key)
    except BenchmarkNotFound as unknown:
        raise Http404 from unknown
    context = {
        "chart": trend_chart(points, language),
        "definition_name": DEFINITIONS[question.definition],
    }
    return render(request, "web/parts/trend.html", context)


@require_GET
def segments_part(request: WorkspaceRequest) -> HttpResponse:
    """One thing, or everything, cut along one line."""
    question, key = meant(request)
    language = get_language() or "en"
    offered = segments_of(request.coverage)
    cut = one_of(Segment, request.GET.get("cut"), offered[0] if offered else None)
    if cut is None:
        return render(request, "web/parts/segments.html", {"chart": None, "offered": []})
    try:
        answer = segments(lake(), question, key, cut)
    except BenchmarkNotFound as unknown:
        raise Http404 from unknown
    context = {
        "chart": segment_chart(answer, cut, language),
        "cut": cut,
        "offered": [(segment.value, SEGMENTS[segment]) for segment in offered],
        "definition_name": DEFINITIONS[question.definition],
        "benchmark": summary_label(answer.benchmark, language),
    }
    return render(request, "web/parts/segments.html", context)


@require_GET
def evidence_part(request: WorkspaceRequest) -> HttpResponse:
    """How one figure was worked out, down to the counts and the query."""
    question, key = meant(request)
    if key is None:
        raise Http404
    try:
        found = evidence(lake(), question, key)
    except (BenchmarkNotFound, KeyUnknown) as unknown:
        raise Http404 from unknown
    drawer = drawer_of(found, get_language() or "en")
    return render(request, "web/parts/evidence.html", {"drawer": drawer})


@require_GET
def after_click_part(request: WorkspaceRequest) -> HttpResponse:
    """One product after the click, or those whose buyers stop there."""
    question, key = meant(request)
    try:
        found = after_click(lake(), question)
    except BenchmarkNotFound as unknown:
        raise Http404 from unknown
    context = {
        "products": [] if key else [one for one in found if one.is_short][:PRODUCTS_SHOWN],
        "own": next((one for one in found if one.key == key), None),
    }
    return render(request, "web/parts/after_click.html", context)
