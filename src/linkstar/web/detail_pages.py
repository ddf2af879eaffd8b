"""One creator, one content, one product: verdict, trend, contents, segments, evidence."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from linkstar.catalog.models import Product
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.queries import landing_speed
from linkstar.insights.questions import By, Question
from linkstar.web.benchmark_labels import summary_label
from linkstar.web.category_names import CategoryNames
from linkstar.web.facts import lake
from linkstar.web.labels import BY, DEFINITIONS, ONE, SOURCES
from linkstar.web.notes import sentences
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.uplift_columns import COLUMNS
from linkstar.web.uplift_page import asked
from linkstar.web.uplift_table import UpliftTable, Writing, in_order, uplift_table
from linkstar.web.uplift_view import carried_on, question_of
from linkstar.web.verdicts import verdict

CONTENTS_SHOWN = 50
CONTENT_COLUMNS = ("name", "state", "forest", "uplift", "ctr", "benchmark_ctr", "impressions")


@require_GET
def creator(request: WorkspaceRequest, key: str) -> HttpResponse:
    return detail(request, By.CREATOR, key)


@require_GET
def content(request: WorkspaceRequest, key: str) -> HttpResponse:
    return detail(request, By.CONTENT, key)


@require_GET
def product(request: WorkspaceRequest, key: str) -> HttpResponse:
    return detail(request, By.PRODUCT, key)


def detail(request: WorkspaceRequest, by: By, key: str) -> HttpResponse:
    """The page about one thing; what this workspace has no figures of does not exist for it."""
    question = replace(question_of(request, by), segment=None).about(by, key)
    answer = asked(question)
    row = row_named(answer, key)
    if row is None:
        raise Http404
    language = get_language() or "en"
    names = CategoryNames(language)
    names.learn([row["category"], row["benchmark_category"]])
    context = {
        "by": by,
        "by_name": BY[by],
        "one_name": ONE[by],
        "row": row,
        "question": question,
        "verdict": verdict(row, answer.market, language),
        "category": names.full(row["category"]),
        "benchmark_category": names.full(row["benchmark_category"]),
        "benchmark": summary_label(answer.benchmark, language),
        "definition_name": DEFINITIONS[answer.definition],
        "source_name": SOURCES[answer.source] if answer.source else "",
        "answer": answer,
        "notes": sentences(answer.notes, language),
        "contents": contents_table(request, question, language) if by is not By.CONTENT else None,
        "catalogue_product": catalogue_product(request, key) if by is By.PRODUCT else None,
        "landing": landing_speed(lake(), question, key) if by is By.PRODUCT else None,
        "carried_on": carried_on(request),
        "shows_dates": True,
    }
    return render(request, "web/detail.html", context)


def catalogue_product(request: WorkspaceRequest, key: str) -> Product | None:
    """What the catalogue knows of the product the page is about."""
    return Product.objects.filter(shop__in=request.shops, external_id=key).first()


def row_named(answer: UpliftAnswer, key: str) -> dict[str, Any] | None:
    """The one row the page is about; None when there are no figures of it on these days."""
    found: list[dict[str, Any]] = answer.rows.to_pylist()
    return next((row for row in found if row["key"] == key), None)


def contents_table(request: WorkspaceRequest, question: Question, language: str) -> UpliftTable:
    """The contents behind it, those with the highest lower limit first."""
    answer = asked(replace(question, by=By.CONTENT))
    columns = tuple(c for c in COLUMNS if c.name in CONTENT_COLUMNS)
    writing = Writing(By.CONTENT, columns, language, carried=carried_on(request))
    rows = in_order(answer.rows, "low", is_descending=True)
    return uplift_table(rows, answer.total, writing, number=1, size=CONTENTS_SHOWN)
