"""Writing the benchmark book: computing and importing editions, publishing, discarding drafts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pyarrow as pa
from django.db import transaction
from django.db.models import Max

from linkstar.accounts.actions import record
from linkstar.accounts.models import User, Workspace
from linkstar.benchmarks.cells import CELLS, stated_cells
from linkstar.benchmarks.collecting import collect
from linkstar.benchmarks.editions import edition
from linkstar.benchmarks.models import (
    Benchmark,
    BenchmarkCell,
    EditionState,
    PoolFacts,
    ShopContribution,
    WorkspaceView,
)
from linkstar.benchmarks.packing import packed, unpacked
from linkstar.benchmarks.pool import POOL, Stretch, for_weeks, for_window, unreleased
from linkstar.benchmarks.queries import earlier, released_editions
from linkstar.benchmarks.rules import SHOPS_MIN, BenchmarkSource, Floors, check_window
from linkstar.benchmarks.tally import Contributions, tally
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import benchmark_shops, shops_of
from linkstar.lake.store import Lake

_CELLS_AT_ONCE = 500


class SourceNotNamed(ValueError):
    """A figure without a named source and licence is hearsay; it does not enter the book."""


class PoolEmpty(LookupError):
    """There is nothing to compute a benchmark from."""

    def __init__(self, market: str, starts_on: date, ends_before: date) -> None:
        super().__init__(market, starts_on, ends_before)
        self.market = market
        self.starts_on = starts_on
        self.ends_before = ends_before


class EditionOutdated(RuntimeError):
    """A draft was overtaken by a published edition of the same weeks; build it again."""

    def __init__(self, benchmark_id: str, published_id: str) -> None:
        super().__init__(benchmark_id, published_id)
        self.benchmark_id = benchmark_id
        self.published_id = published_id


class NothingToPublish(ValueError):
    """Every cell of the edition is withheld, so publishing it would show nothing."""


@transaction.atomic
def import_benchmark(
    stated: pa.Table,
    *,
    workspace: Workspace | None,
    market: str,
    starts_on: date,
    ends_before: date,
    source_name: str,
    licence: str,
    user: User | None,
    now: datetime,
) -> Benchmark:
    """A draft edition from figures somebody else publishes.

    Args:
        stated: columns of `benchmarks.cells.CELLS`, of which category, definition, impressions and
            clicks are needed.
        workspace: who may read it; None for everybody on this installation.
        market: the figures' market.
        starts_on: first day of their period.
        ends_before: the day after its last.
        source_name: whose figures they are.
        licence: the terms they may be used under.
        user: who imports.
        now: the instant of importing.

    Raises:
        SourceNotNamed: the source or the licence is blank.
        ColumnNotStated, CellInvalid: see `stated_cells`.
    """
    if not source_name.strip() or not licence.strip():
        raise SourceNotNamed(source_name, licence)
    draft = new_draft(
        workspace=workspace,
        market=market,
        starts_on=starts_on,
        ends_before=ends_before,
        source=BenchmarkSource.IMPORTED,
        source_name=source_name.strip(),
        licence=licence.strip(),
        user=user,
        now=now,
    )
    store_cells(draft, stated_cells(stated))
    return draft


def new_draft(
    *,
    workspace: Workspace | None,
    market: str,
    starts_on: date,
    ends_before: date,
    source: BenchmarkSource,
    user: User | None,
    now: datetime,
    **fields: object,
) -> Benchmark:
    """An edition without cells, with the next version number of its window and source."""
    same = Benchmark.objects.filter(
        workspace=workspace,
        market=market,
        starts_on=starts_on,
        ends_before=ends_before,
        source=source.value,
    )
    latest = same.aggregate(latest=Max("version"))["latest"] or 0
    return Benchmark.objects.create(
        workspace=workspace,
        market=market,
        starts_on=starts_on,
        ends_before=ends_before,
        source=source.value,
        version=latest + 1,
        state=EditionState.DRAFT,
        created_at=now,
        created_by=user,
        **fields,
    )


def store_cells(draft: Benchmark, table: pa.Table) -> None:
    """Write the cells of a draft, positions in the order of the table."""
    rows = zip(*(table[name].to_pylist() for name in CELLS.names), strict=True)
    BenchmarkCell.objects.bulk_create(
        (
            BenchmarkCell(
                benchmark=draft, position=position, **dict(zip(CELLS.names, row, strict=True))
            )
            for position, row in enumerate(rows)
        ),
        batch_size=_CELLS_AT_ONCE,
    )


def build_benchmark(
    lake: Lake,
    *,
    market: str,
    starts_on: date,
    ends_before: date,
    user: User | None,
    now: datetime,
    shops_min: int = SHOPS_MIN,
) -> Benchmark:
    """A draft edition computed from the shops that agreed to take part.

    Weeks that a published edition covers enter as they were released: the same shops, the same
    counts. Otherwise a shop that joins or sends files late could be told from the difference.

    Args:
        lake: the facts.
        market: whose shops.
        starts_on: a Monday.
        ends_before: a later Monday, at least two days ago.
        user: who builds.
        now: the instant of building.
        shops_min: how many shops a figure needs, five or more.

    Raises:
        NotWholeWeeks, WeekNotOver: the window will not do.
        FloorTooLow: `shops_min` is below five.
        PoolEmpty: no shop that takes part has any counts in the window.
    """
    check_window(starts_on, ends_before, today=now.date())
    floors, window = Floors(shops=shops_min), Stretch(starts_on, ends_before)
    released = released_editions(market, window)
    fresh = collect_stretches(
        lake, list(benchmark_shops(market).select_related("workspace")), market, window, released
    )
    pool = pa.concat_tables([*(unpacked(edition.pool.counts) for edition in released), fresh])
    tallied = tally(for_window(pool, window), for_weeks(pool, window))
    if tallied.cells.num_rows == 0:
        raise PoolEmpty(market, starts_on, ends_before)
    made = edition(tallied, _workspaces_of(pool), floors, [earlier(old) for old in released])
    with transaction.atomic():
        draft = new_draft(
            workspace=None,
            market=market,
            starts_on=starts_on,
            ends_before=ends_before,
            source=BenchmarkSource.COMPUTED,
            user=user,
            now=now,
            shops_min=shops_min,
        )
        store_cells(draft, made.cells)
        store_contributions(draft, made.contributions)
        store_views(draft, made.views)
        PoolFacts.objects.create(benchmark=draft, counts=packed(fresh))
    return draft


def own_history_benchmark(
    lake: Lake,
    *,
    workspace: Workspace,
    market: str,
    starts_on: date,
    ends_before: date,
    user: User | None,
    now: datetime,
) -> Benchmark:
    """A draft edition from a workspace's own past, which only that workspace may read.

    It has no floors: nobody else's figures are in it. Every answer that uses it says so.

    Raises:
        PoolEmpty: the workspace's shops have no counts in the window.
    """
    window = Stretch(starts_on, ends_before)
    shops = shops_of(workspace).filter(market=market).select_related("workspace")
    pool = collect(lake, shops, market=market, stretch=window)
    tallied = tally(for_window(pool, window), for_weeks(pool, window))
    if tallied.cells.num_rows == 0:
        raise PoolEmpty(market, starts_on, ends_before)
    with transaction.atomic():
        draft = new_draft(
            workspace=workspace,
            market=market,
            starts_on=starts_on,
            ends_before=ends_before,
            source=BenchmarkSource.OWN_HISTORY,
            user=user,
            now=now,
        )
        store_cells(draft, tallied.cells)
    return draft


def collect_stretches(
    lake: Lake,
    shops: Sequence[Shop],
    market: str,
    window: Stretch,
    released: Sequence[Benchmark],
) -> pa.Table:
    """The pooled counts of those parts of the window that no edition has released."""
    open_parts = unreleased(window, [Stretch(r.starts_on, r.ends_before) for r in released])
    collected = [collect(lake, shops, market=market, stretch=part) for part in open_parts]
    return pa.concat_tables([POOL.empty_table(), *collected])


def _workspaces_of(pool: pa.Table) -> dict[int, int]:
    """The workspace of each shop in the pool, by number."""
    pairs = pool.group_by(["shop", "workspace"]).aggregate([])
    return dict(zip(pairs["shop"].to_pylist(), pairs["workspace"].to_pylist(), strict=True))


def store_contributions(draft: Benchmark, parts: Contributions) -> None:
    """Keep what each shop gave, one row per shop."""
    table = pa.table({"cell": parts.cell, "impressions": parts.impressions})
    shops = {shop.number: shop for shop in Shop.objects.filter(number__in=set(parts.shop.tolist()))}
    ShopContribution.objects.bulk_create(
        ShopContribution(
            benchmark=draft,
            shop=shop,
            cells=packed(table.filter(pa.array(parts.shop == number))),
        )
        for number, shop in sorted(shops.items())
    )


def store_views(draft: Benchmark, views: Mapping[int, pa.Table]) -> None:
    """Keep what each contributing workspace may see."""
    workspaces = Workspace.objects.filter(number__in=views)
    WorkspaceView.objects.bulk_create(
        WorkspaceView(benchmark=draft, workspace=w, cells=packed(views[w.number]))
        for w in workspaces
    )


@transaction.atomic
def publish(benchmark: Benchmark, *, user: User | None, now: datetime) -> Benchmark:
    """Freeze an edition and show it. Publishing a published edition changes nothing.

    Raises:
        NothingToPublish: every cell is withheld.
        EditionOutdated: another computed edition of overlapping weeks was published meanwhile.
    """
    if benchmark.is_published:
        return benchmark
    if benchmark.source == BenchmarkSource.COMPUTED:
        _refuse_outdated(benchmark)
    if not benchmark.cells.filter(withheld="").exists():
        raise NothingToPublish(benchmark.pk)
    benchmark.state = EditionState.PUBLISHED
    benchmark.published_at = now
    benchmark.published_by = user
    benchmark.save()
    record(
        workspace=benchmark.workspace,
        user=user,
        verb="benchmark.publish",
        target=benchmark.pk,
        now=now,
    )
    return benchmark


def _refuse_outdated(draft: Benchmark) -> None:
    window = Stretch(draft.starts_on, draft.ends_before)
    for other in released_editions(draft.market, window):
        if other.published_at and other.published_at >= draft.created_at:
            raise EditionOutdated(draft.pk, other.pk)


@transaction.atomic
def discard(benchmark: Benchmark) -> None:
    """Delete a draft.

    Raises:
        BenchmarkFrozen: it is published.
    """
    benchmark.delete()
