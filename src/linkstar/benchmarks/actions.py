"""Writing the benchmark book: importing figures, publishing, discarding drafts."""

from datetime import date, datetime

import pyarrow as pa
from django.db import transaction
from django.db.models import Max

from linkstar.accounts.actions import record
from linkstar.accounts.models import User, Workspace
from linkstar.benchmarks.cells import CELLS, stated_cells
from linkstar.benchmarks.models import (
    Benchmark,
    BenchmarkCell,
    EditionState,
)
from linkstar.benchmarks.rules import BenchmarkSource

_CELLS_AT_ONCE = 500


class SourceNotNamed(ValueError):
    """A figure without a named source and licence is hearsay; it does not enter the book."""


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


@transaction.atomic
def publish(benchmark: Benchmark, *, user: User | None, now: datetime) -> Benchmark:
    """Freeze an edition and show it. Publishing a published edition changes nothing.

    Raises:
        NothingToPublish: every cell is withheld.
    """
    if benchmark.is_published:
        return benchmark
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


@transaction.atomic
def discard(benchmark: Benchmark) -> None:
    """Delete a draft.

    Raises:
        BenchmarkFrozen: it is published.
    """
    benchmark.delete()
