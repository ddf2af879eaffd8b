"""Everything behind one figure, from its definition down to the counts and the query."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.book import MISSING, BenchmarkSummary, CellBook
from linkstar.benchmarks.rules import Floors
from linkstar.benchmarks.showing import shown_cells
from linkstar.events.vocabulary import DEFINITION_COLUMNS
from linkstar.insights.answering import Gathered, judging
from linkstar.insights.counts import key_of
from linkstar.insights.questions import Question, Source
from linkstar.insights.rows import matched
from linkstar.lake.measures import ViewCounts
from linkstar.stats.arrays import Ints, ratio
from linkstar.stats.ctr import Definition

ELEMENTS = pa.schema(
    [
        ("content_id", pa.string()),
        ("content_title", pa.string()),
        ("level", pa.string()),
        ("category", pa.string()),
        ("content_type", pa.string()),
        ("contents", pa.int64()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("ctr", pa.float64()),
        ("clicks_derived", pa.bool_()),
        ("benchmark_ctr", pa.float64()),  # of the cell it is compared with
        ("expected_clicks", pa.float64()),  # impressions x benchmark_ctr
        ("cell", pa.int64()),  # row of `cells`; null when nothing covers it
    ]
)


@dataclass(frozen=True, slots=True)
class Filtered:
    """Tracked impressions and clicks that an invalid-traffic rule flagged, beside those counted."""

    impressions: int
    clicks: int


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the method drawer shows of one row.

    Attributes:
        row: the row itself, as in the answer.
        elements: what was counted, in the columns of `ELEMENTS`, most impressions first.
        cells: the benchmark cells compared with (`benchmarks.showing.SHOWN`) and, as
            `impressions_compared`, how many impressions with each.
        clicks_column: the column of the lake that was summed as clicks.
        impressions_column: likewise impressions.
        floors: what a computed benchmark cell needs.
        imports: ids of the imports that fed the figure; empty for tracked events.
        sql: a query that tells the counts; see `lake.selection.Counts`.
        parameters: what was bound to it, file lists left out.
        filtered: what was not counted; None where exports or filters of the question do not tell.
        viewed: the way from views to clicks; None where no row states views and both counts.
    """

    row: dict[str, object]
    elements: pa.Table
    cells: pa.Table
    definition: Definition
    clicks_column: str
    impressions_column: str
    source: Source
    benchmark: BenchmarkSummary | None
    floors: Floors
    imports: tuple[str, ...]
    sql: str
    parameters: tuple[tuple[str, object], ...]
    filtered: Filtered | None = None
    viewed: ViewCounts | None = None


def evidence_of(
    question: Question,
    key: str,
    gathered: Gathered,
    book: CellBook | None,
    row: dict[str, object],
) -> Evidence:
    """Lay out what stands behind the row with that key."""
    table = gathered.counts.table
    table = table.filter(pc.fill_null(pc.equal(key_of(table, question.by), key), fill_value=False))
    cell = matched(table, book, judging(question)).cell
    numbers = np.unique(cell[cell != MISSING])
    place = np.searchsorted(numbers, cell)
    elements = _elements(table, book, cell, place)
    clicks_column, impressions_column = DEFINITION_COLUMNS[question.definition]
    shops = set(pc.unique(table["shop"]).to_pylist())
    windows = [window for window in gathered.counts.windows if window.shop in shops]
    return Evidence(
        row=row,
        elements=elements.sort_by([("impressions", "descending")]),
        cells=_cells(table, book, numbers, place, cell),
        definition=question.definition,
        clicks_column=clicks_column,
        impressions_column=impressions_column,
        source=gathered.source,
        benchmark=book.summary if book else None,
        floors=Floors(),
        imports=tuple(dict.fromkeys(window.import_id for window in windows)),
        sql=gathered.counts.sql,
        parameters=tuple(
            (name, value)
            for name, value in gathered.counts.parameters.items()
            if not _is_file_list(value)
        ),
    )


def _is_file_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and "/" in one for one in value)


def _elements(
    table: pa.Table,
    book: CellBook | None,
    cell: Ints,
    place: Ints,
) -> pa.Table:
    impressions, clicks = table["impressions"].to_numpy(), table["clicks"].to_numpy()
    rates = ratio(book.strata.clicks, book.strata.impressions) if book else np.zeros(0)
    rate = np.append(rates, np.nan)[cell]
    given = {
        "ctr": pa.array(ratio(clicks, impressions), from_pandas=True),
        "benchmark_ctr": pa.array(rate, from_pandas=True),
        "expected_clicks": pa.array(rate * impressions, from_pandas=True),
        "cell": pa.array(place, mask=cell == MISSING),
    }
    columns = [given[name] if name in given else table[name] for name in ELEMENTS.names]
    return pa.table(columns, names=ELEMENTS.names).cast(ELEMENTS)


def with_titles(elements: pa.Table, titled: pa.Table) -> pa.Table:
    """The elements called as the same contents are in `titled`, where they have no title."""
    at = pc.index_in(elements["content_id"], value_set=titled["content_id"].combine_chunks())
    titles = pc.coalesce(elements["content_title"], titled["content_title"].take(at))
    place = elements.schema.get_field_index("content_title")
    return elements.set_column(place, "content_title", titles)


def _cells(
    table: pa.Table,
    book: CellBook | None,
    numbers: Ints,
    place: Ints,
    cell: Ints,
) -> pa.Table:
    if book is None:
        return shown_cells(pa.table({}), None)
    covered = cell != MISSING
    compared = np.bincount(
        place[covered], table["impressions"].to_numpy()[covered], len(numbers)
    ).astype(np.int64)
    cells = shown_cells(book.cells.take(pa.array(numbers)), book.summary.source)
    return cells.append_column("impressions_compared", pa.array(compared))
