"""The benchmark book: every edition with where it comes from, and one edition with its figures."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.accounts.queries import WRITERS
from linkstar.accounts.row_security import everything_in_sight
from linkstar.benchmarks import actions
from linkstar.benchmarks.models import Benchmark
from linkstar.benchmarks.queries import (
    BenchmarkNotFound,
    benchmark_named,
    benchmarks_for,
    cell_book,
    default_benchmark,
    drafts_of_the_pool,
    may_change,
)
from linkstar.benchmarks.rules import SHOPS_MIN
from linkstar.catalog.queries import benchmark_shops
from linkstar.jobs.benchmarks import Build, builds
from linkstar.web.benchmark_cells import Choice, cells_page
from linkstar.web.middleware import now
from linkstar.web.problems import sentence_of
from linkstar.web.requests import WorkspaceRequest

WHOLE_WINDOW = Q(cells__week_starts_on=None, cells__segment="")


@dataclass(frozen=True, slots=True)
class Pool:
    """Who takes part in the computed benchmark of a market; only their number is ever told."""

    shops: int
    shops_needed: int
    takes_part: bool


@require_GET
def book(request: WorkspaceRequest) -> HttpResponse:
    """Every edition the workspace may read, and the three ways to another one."""
    market = market_of(request)
    editions = with_counts(benchmarks_for(request.workspace, market))
    drafts = with_counts(drafts_of_the_pool(market)) if request.user.is_operator else []
    used = default_benchmark(
        request.workspace, market, request.period.starts_on, request.period.ends_before
    )
    context = {
        "market": market,
        "markets": markets_of(request),
        "editions": [*drafts, *editions],
        "used": used,
        "pool": pool_of(request, market),
        "builds": known_builds(request, market),
        "is_operator": request.user.is_operator,
    }
    template = "web/benchmarks/_builds.html" if request.htmx else "web/benchmarks/book.html"
    return render(request, template, context)


@require_GET
def edition(request: WorkspaceRequest, benchmark_id: str) -> HttpResponse:
    """One edition: its provenance, and its figures as this workspace may see them."""
    benchmark = readable(request, benchmark_id)
    seen = cell_book(benchmark, request.workspace)
    page = cells_page(seen, Choice.of(request.GET))
    context = {
        "benchmark": benchmark,
        "book": seen,
        "page": page,
        "may_change": may_change(request.user, benchmark),
    }
    template = "web/benchmarks/_cells.html" if request.htmx else "web/benchmarks/edition.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def publish(request: WorkspaceRequest, benchmark_id: str) -> HttpResponse:
    """Ask, then freeze a draft for good."""
    benchmark = changeable(request, benchmark_id)
    if request.method == "GET":
        shown = benchmark.cells.filter(week_starts_on=None, segment="", withheld="").count()
        return render(
            request, "web/benchmarks/publish.html", {"benchmark": benchmark, "shown": shown}
        )
    try:
        actions.publish(benchmark, user=request.user, now=now())
    except (actions.NothingToPublish, actions.EditionOutdated) as refused:
        messages.error(request, sentence_of(refused))
    else:
        messages.success(request, _("The benchmark is published and can no longer be changed."))
    return redirect("benchmark", benchmark_id=benchmark.pk)


@require_http_methods(["GET", "POST"])
def discard(request: WorkspaceRequest, benchmark_id: str) -> HttpResponse:
    """Ask, then delete a draft."""
    benchmark = changeable(request, benchmark_id)
    if benchmark.is_published:
        raise Http404
    if request.method == "GET":
        return render(request, "web/benchmarks/discard.html", {"benchmark": benchmark})
    actions.discard(benchmark)
    messages.success(request, _("The draft was discarded."))
    return redirect("benchmarks")


def readable(request: WorkspaceRequest, benchmark_id: str) -> Benchmark:
    """The edition, if this person may see it; drafts of the pool are the operator's."""
    if request.user.is_operator:
        draft = Benchmark.objects.filter(workspace=None, pk=benchmark_id).first()
        if draft:
            return draft
    try:
        return benchmark_named(request.workspace, benchmark_id)
    except BenchmarkNotFound as missing:
        raise Http404 from missing


def changeable(request: WorkspaceRequest, benchmark_id: str) -> Benchmark:
    benchmark = readable(request, benchmark_id)
    if not may_change(request.user, benchmark):
        raise Http404
    return benchmark


def with_counts(editions: QuerySet[Benchmark]) -> QuerySet[Benchmark]:
    """Each edition with how many of its figures for the whole window are shown and withheld."""
    return editions.select_related("created_by", "published_by").annotate(
        shown=Count("cells", filter=WHOLE_WINDOW & Q(cells__withheld="")),
        hidden=Count("cells", filter=WHOLE_WINDOW & ~Q(cells__withheld="")),
    )


def market_of(request: WorkspaceRequest) -> str:
    """The market asked for, else the first shop's."""
    asked = request.GET.get("market", "").upper()
    known = markets_of(request)
    return asked if asked in known else known[0]


def markets_of(request: WorkspaceRequest) -> list[str]:
    """Markets of the workspace's shops and of its benchmarks; the US when there are none."""
    own = [shop.market for shop in request.shops]
    readable_by_all = Q(workspace=None) | Q(workspace=request.workspace)
    known = Benchmark.objects.filter(readable_by_all).values_list("market", flat=True).distinct()
    return list(dict.fromkeys([*own, *sorted(known)])) or ["US"]


@everything_in_sight()
def pool_of(request: WorkspaceRequest, market: str) -> Pool:
    own = [shop for shop in request.all_shops if shop.market == market]
    return Pool(
        shops=benchmark_shops(market).count(),
        shops_needed=SHOPS_MIN,
        takes_part=any(shop.shares_with_benchmark for shop in own),
    )


def known_builds(request: WorkspaceRequest, market: str) -> list[Build]:
    """What is being built, or was built last, that this person may know of."""
    own = builds(workspace=request.workspace.pk, market=market) if is_writer(request) else []
    pool = builds(workspace="", market=market) if request.user.is_operator else []
    return [*pool, *own]


def is_writer(request: WorkspaceRequest) -> bool:
    return request.role in WRITERS
