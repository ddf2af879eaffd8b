"""A company's own benchmarks: from its history or a file; the draft is published or discarded.

The market's own benchmark is built from every company's figures, by the operator on pages.
"""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import Field

from linkstar.api.benchmarks import EditionTold, told
from linkstar.api.calling import READS, WRITES, log, now, seller_of
from linkstar.api.figures import Days
from linkstar.api.files import path_of
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Day, Text, choices
from linkstar.benchmarks import actions
from linkstar.benchmarks.models import Benchmark
from linkstar.benchmarks.queries import benchmark_named, may_change
from linkstar.connectors.reading.refusals import AnswerMissing
from linkstar.insights.benchmark_files import BenchmarkFileHasProblems, read_benchmark_file
from linkstar.jobs.benchmarks import Build, BuildState, ask_for, builds
from linkstar.web.problems import why

router = Router()
Market = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class BuildTold(Schema):
    """One building that was asked for; done, it names the draft, failed, it says why."""

    market: str
    starts_on: date
    ends_before: date
    state: Annotated[BuildState, choices(BuildState)]
    asked_at: datetime
    benchmark_id: str | None
    failure: str | None
    message: str | None


class BuildsTold(Schema):
    """The last building of the market's book; none where nobody ever asked."""

    items: list[BuildTold]


class BuildAsked(Days, Asked):
    """Which market and which days of the company's own history."""

    market: Market = "US"
    starts_on: Day
    ends_before: Day


class FiguresAsked(Days, Asked):
    """Which figures of a file, and what it may leave unsaid; what it says itself counts."""

    market: Market = "US"
    source_name: Annotated[Text, Field(max_length=200)] = ""
    licence: Annotated[Text, Field(max_length=200)] = ""


class RowsUnreadable(ValueError):
    """Rows of a file of figures cannot be read, so nothing of it was kept; `problems` has each."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(len(problems))
        self.problems = problems


class Discarded(Schema):
    """Which draft is no more."""

    id: str


def _build_told(one: Build) -> BuildTold:
    return BuildTold(
        market=one.market,
        starts_on=one.starts_on,
        ends_before=one.ends_before,
        state=one.state,
        asked_at=one.asked_at,
        benchmark_id=one.benchmark or None,
        failure=one.failure or None,
        message=why(one.failure) if one.failure else None,
    )


@router.get("benchmark-builds", response=BuildsTold, auth=READS)
def benchmark_builds(request: HttpRequest, market: Market = "US") -> BuildsTold:
    """How far the building of the company's own benchmark is."""
    found = builds(workspace=seller_of(request).workspace.pk, market=market)
    return BuildsTold(items=[_build_told(one) for one in found])


@router.post("benchmark-builds", response={201: BuildTold}, auth=WRITES)
@once
def build_benchmark(request: HttpRequest, asked: BuildAsked) -> BuildTold:
    """Build a draft from the company's own history, in the background."""
    seller = seller_of(request)
    build = Build(
        market=asked.market,
        workspace=seller.workspace.pk,
        starts_on=asked.starts_on,
        ends_before=asked.ends_before,
        user=seller.user.pk,
        asked_at=now(),
    )
    ask_for(build)
    log(request, "benchmark.build", build.book)
    return _build_told(build)


@router.post("benchmark-files", response={201: EditionTold}, auth=WRITES)
@once
def import_benchmark_file(
    request: HttpRequest, file: File[UploadedFile], asked: Form[FiguresAsked]
) -> EditionTold:
    """A draft from figures somebody publishes, CSV or XLSX, as `multipart/form-data`.

    Only the company reads it. Whose figures they are and under which licence has to be said, by
    the file or here.
    """
    try:
        stated = read_benchmark_file(path_of(file), market=asked.market)
    except BenchmarkFileHasProblems as refused:
        raise RowsUnreadable(refused.problems.to_pylist()) from refused
    starts_on = stated.starts_on or asked.starts_on
    ends_before = stated.ends_before or asked.ends_before
    if starts_on is None or ends_before is None:
        raise AnswerMissing(("period",))
    seller = seller_of(request)
    draft = actions.import_benchmark(
        stated.cells,
        workspace=seller.workspace,
        market=asked.market,
        starts_on=starts_on,
        ends_before=ends_before,
        source_name=stated.source_name or asked.source_name,
        licence=stated.licence or asked.licence,
        user=seller.user,
        now=now(),
    )
    log(request, "benchmark.imported", draft.pk, name=file.name)
    return told(draft)


def own_edition(request: HttpRequest, benchmark_id: str) -> Benchmark:
    """An edition of the company's own.

    Raises:
        Http404: there is none of this id, or it is everybody's.
    """
    seller = seller_of(request)
    found = benchmark_named(seller.workspace, benchmark_id)
    if found.workspace is None or not may_change(seller.user, found):
        raise Http404
    return found


offer_moves(
    router,
    Kind(
        "benchmark", "benchmarks/{benchmark_id}", own_edition, lambda _, one: told(one),
        EditionTold,
    ),
    (Move("publish", "Freeze an own draft for good, and show it.", actions.publish, WRITES),),
)  # fmt: skip


@router.post("benchmarks/{benchmark_id}/discard", response=Discarded, auth=WRITES)
@once
def discard_benchmark(request: HttpRequest, benchmark_id: str) -> Discarded:
    """Delete an own draft; what was published stays."""
    own = own_edition(request, benchmark_id)
    actions.discard(own)
    log(request, "benchmark.discard", benchmark_id)
    return Discarded(id=benchmark_id)
