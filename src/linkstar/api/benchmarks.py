"""The benchmark book: editions, and their cells as this company may see them."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, seller_of
from linkstar.api.figures import known
from linkstar.api.paging import AskedPiece, page_of, page_of_things
from linkstar.api.shapes import Page, Text
from linkstar.benchmarks.models import Benchmark
from linkstar.benchmarks.queries import benchmark_named, benchmarks_for, cell_book
from linkstar.benchmarks.showing import shown_cells

router = Router()


class EditionTold(Schema):
    """One edition: its market, days, source, licence and version."""

    id: str
    market: str
    starts_on: date
    ends_before: date
    source: str
    source_name: str
    licence: str
    version: int
    state: str
    shops_min: int
    is_own: bool
    published_at: datetime | None


class CellTold(Schema):
    """One reference figure; where it is withheld, `withheld` says why and figures are null.

    Counts of a computed edition are rounded down, so that no company can be worked out.
    """

    week_starts_on: date | None
    category: str
    content_type: str
    channel: str
    definition: str
    segment: str
    segment_value: str
    ctr: float | None
    p25: float | None
    median: float | None
    p75: float | None
    relative_error: float | None
    impressions: int | None
    shops: int | None
    creators: int | None
    contents: int | None
    unstable: bool
    withheld: str


def told(edition: Benchmark) -> EditionTold:
    return EditionTold(
        id=edition.pk,
        market=edition.market,
        starts_on=edition.starts_on,
        ends_before=edition.ends_before,
        source=edition.source,
        source_name=edition.source_name,
        licence=edition.licence,
        version=edition.version,
        state=edition.state,
        shops_min=edition.shops_min,
        is_own=edition.workspace_id is not None,
        published_at=edition.published_at,
    )


def _cell_told(cell: dict[str, Any]) -> CellTold:
    figures = ("ctr", "p25", "median", "p75", "relative_error")
    return CellTold(**cell | {name: known(cell[name]) for name in figures})


@router.get("benchmarks", response=Page[EditionTold], auth=READS)
def benchmarks(
    request: HttpRequest,
    piece: AskedPiece,
    market: Annotated[Text, Field(min_length=2, max_length=2)] = "US",
) -> Page[EditionTold]:
    """Editions the company may read, the newest days first."""
    found = benchmarks_for(seller_of(request).workspace, market)
    return page_of(found, piece, told, by=("-ends_before", "-version", "pk"))


@router.get("benchmarks/{benchmark_id}", response=EditionTold, auth=READS)
def benchmark(request: HttpRequest, benchmark_id: str) -> EditionTold:
    """One edition."""
    return told(benchmark_named(seller_of(request).workspace, benchmark_id))


@router.get("benchmarks/{benchmark_id}/cells", response=Page[CellTold], auth=READS)
def benchmark_cells(request: HttpRequest, benchmark_id: str, piece: AskedPiece) -> Page[CellTold]:
    """An edition's figures, the company's own shops left out."""
    workspace = seller_of(request).workspace
    edition = benchmark_named(workspace, benchmark_id)
    book = cell_book(edition, workspace)
    rows = shown_cells(book.cells, book.summary.source).to_pylist()
    return page_of_things(rows, piece, _cell_told)
