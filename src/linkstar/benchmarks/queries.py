"""Which benchmarks a workspace may read, which one applies, and its cells as a reader sees them."""

from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
from django.db.models import Q, QuerySet

from linkstar.accounts.models import User, Workspace
from linkstar.accounts.queries import may_write
from linkstar.benchmarks.book import BenchmarkSummary, CellBook
from linkstar.benchmarks.cells import CELLS
from linkstar.benchmarks.editions import Earlier
from linkstar.benchmarks.models import Benchmark, BenchmarkCell, EditionState, WorkspaceView
from linkstar.benchmarks.packing import unpacked
from linkstar.benchmarks.pool import Stretch
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.benchmarks.tally import Contributions

_PREFERRED = (BenchmarkSource.COMPUTED, BenchmarkSource.IMPORTED, BenchmarkSource.OWN_HISTORY)
_KEPT_IN_MEMORY = 16


class BenchmarkNotFound(LookupError):
    """There is no such benchmark, or this reader may not see it."""

    def __init__(self, benchmark_id: str) -> None:
        super().__init__(benchmark_id)
        self.benchmark_id = benchmark_id


def benchmarks_for(workspace: Workspace, market: str) -> QuerySet[Benchmark]:
    """What the workspace may read, newest window first.

    Published editions for everybody and all of its own. A draft computed from the pool is seen by
    nobody but the operator (`drafts_of_the_pool`).
    """
    for_everybody = Q(workspace__isnull=True, state=EditionState.PUBLISHED)
    readable = for_everybody | Q(workspace=workspace)
    return Benchmark.objects.filter(readable, market=market).order_by("-ends_before", "-version")


def drafts_of_the_pool(market: str) -> QuerySet[Benchmark]:
    """Computed editions not yet published: for the operator only."""
    return Benchmark.objects.filter(
        workspace__isnull=True, market=market, state=EditionState.DRAFT
    ).order_by("-ends_before", "-version")


def may_change(user: User, benchmark: Benchmark) -> bool:
    """Whether the person may publish or discard it: operators everybody's, writers their own."""
    if benchmark.workspace is None:
        return user.is_operator
    return may_write(user, benchmark.workspace)


def benchmark_named(workspace: Workspace, benchmark_id: str) -> Benchmark:
    """One the workspace may read, by id.

    Raises:
        BenchmarkNotFound: there is none such.
    """
    for_everybody = Q(workspace__isnull=True, state=EditionState.PUBLISHED)
    found = Benchmark.objects.filter(
        for_everybody | Q(workspace=workspace), pk=benchmark_id
    ).first()
    if found is None:
        raise BenchmarkNotFound(benchmark_id)
    return found


def default_benchmark(
    workspace: Workspace, market: str, starts_on: date | None, ends_before: date | None
) -> Benchmark | None:
    """The published benchmark to compare with, None when there is none at all.

    Computed from the pool before imported before own history; within each the one that shares most
    days with the period, then the newest, because a benchmark of the same weeks cancels seasons.
    """
    published = benchmarks_for(workspace, market).filter(state=EditionState.PUBLISHED)
    ranked = sorted(
        published,
        key=lambda edition: (
            _PREFERRED.index(BenchmarkSource(edition.source)),
            -_shared_days(edition, starts_on, ends_before),
            -edition.ends_before.toordinal(),
            -edition.version,
        ),
    )
    return ranked[0] if ranked else None


def _shared_days(edition: Benchmark, starts_on: date | None, ends_before: date | None) -> int:
    start = max(edition.starts_on, starts_on or date.min)
    end = min(edition.ends_before, ends_before or date.max)
    return max(0, (end - start).days)


def released_editions(market: str, window: Stretch) -> list[Benchmark]:
    """Published computed editions whose windows overlap this one, oldest first."""
    return list(
        Benchmark.objects.filter(
            workspace__isnull=True,
            market=market,
            source=BenchmarkSource.COMPUTED.value,
            state=EditionState.PUBLISHED,
            starts_on__lt=window.ends_before,
            ends_before__gt=window.starts_on,
        )
        .select_related("pool")
        .order_by("published_at")
    )


def earlier(edition: Benchmark) -> Earlier:
    """A published edition as the next one must take it into account. Never shown to anybody."""
    rows = edition.contributions.select_related("shop").order_by("shop__number")
    tables = [(row.shop.number, unpacked(row.cells)) for row in rows]
    shops = [np.full(table.num_rows, shop, dtype=np.int64) for shop, table in tables]
    cells_of = [np.asarray(table["cell"].to_numpy(), dtype=np.int64) for _, table in tables]
    given = [np.asarray(table["impressions"].to_numpy(), dtype=np.int64) for _, table in tables]
    return Earlier(cells(edition), Contributions(*map(np.concatenate, (cells_of, shops, given))))


def summary(benchmark: Benchmark) -> BenchmarkSummary:
    return BenchmarkSummary(
        id=benchmark.pk,
        market=benchmark.market,
        source=BenchmarkSource(benchmark.source),
        source_name=benchmark.source_name,
        licence=benchmark.licence,
        version=benchmark.version,
        starts_on=benchmark.starts_on,
        ends_before=benchmark.ends_before,
        published=benchmark.is_published,
    )


def cells(benchmark: Benchmark) -> pa.Table:
    """Every cell in the order of its position, in the columns of `benchmarks.cells.CELLS`."""
    rows = BenchmarkCell.objects.filter(benchmark=benchmark).order_by("position")
    columns = list(zip(*rows.values_list(*CELLS.names), strict=True))
    if not columns:
        return CELLS.empty_table()
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(columns, CELLS, strict=True)], schema=CELLS
    )


def cell_book(benchmark: Benchmark, workspace: Workspace) -> CellBook:
    """The benchmark as this workspace may see it: its own shops left out, floors checked again.

    Published editions never change, so their books are kept in memory.
    """
    if benchmark.is_published:
        return _frozen_book(benchmark.pk, workspace.pk)
    return _book(benchmark, workspace.pk)


@lru_cache(maxsize=_KEPT_IN_MEMORY)
def _frozen_book(benchmark_id: str, workspace_id: str) -> CellBook:
    return _book(Benchmark.objects.get(pk=benchmark_id), workspace_id)


def _book(benchmark: Benchmark, workspace_id: str) -> CellBook:
    table = cells(benchmark)
    view = WorkspaceView.objects.filter(benchmark=benchmark, workspace_id=workspace_id).first()
    if view is None:
        return CellBook(summary(benchmark), table)
    return CellBook(summary(benchmark), _overlaid(table, unpacked(view.cells)), True)  # noqa: FBT003


def _overlaid(table: pa.Table, changed: pa.Table) -> pa.Table:
    """The table with the rows at `changed["position"]` replaced."""
    order = list(range(table.num_rows))
    for place, position in enumerate(changed["position"].to_pylist()):
        order[position] = table.num_rows + place
    both = pa.concat_tables([table, changed.drop_columns("position").cast(table.schema)])
    return both.take(pa.array(order, pa.int64()))
