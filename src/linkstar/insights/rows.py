"""Counts and a benchmark become uplift rows: matched, judged, named, in one pass over arrays."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.book import MISSING, CellBook, Match
from linkstar.catalog.rules import SEPARATOR
from linkstar.insights.answers import ROWS, HeldBack
from linkstar.insights.counts import Grouped
from linkstar.insights.questions import By
from linkstar.insights.suspicion import suspicious_elements, suspicious_groups
from linkstar.stats.arrays import Bools, Floats, Ints
from linkstar.stats.assess import UpliftColumns, assess_uplift
from linkstar.stats.ctr import Definition
from linkstar.stats.design_effect import Question
from linkstar.stats.grouped import count_by, sum_by
from linkstar.stats.judgement import UPLIFT_MATTERS, is_enough
from linkstar.stats.like_for_like import BenchmarkCells, ContentCounts
from linkstar.stats.states import State

_NAMES = {
    By.CREATOR: ("creator_name", "creator"),
    By.CONTENT: ("content_title", "content_id"),
    By.PRODUCT: ("product_name",),
    By.CATEGORY: ("category",),
    By.SHOP: (),
}
_COUNTED = ("contents", "impressions", "clicks", "covered_impressions", "impressions_needed")
_MEASURED = (
    "ctr",
    "benchmark_ctr",
    "uplift",
    "ctr_ratio",
    "low",
    "high",
    "probability_above",
    "shrunken_uplift",
    "shrunken_low",
    "shrunken_high",
    "expected_rank",
    "design_effect",
    "benchmark_relative_error",
)
_SHRUNKEN = (
    "probability_above",
    "shrunken_uplift",
    "shrunken_low",
    "shrunken_high",
    "expected_rank",
)
_VERDICTS = (State.ABOVE, State.BELOW, State.CANNOT_TELL)
_FROM_HEAVIEST = (
    "category",
    "content_type",
    "channel",
    "shop",
    "creator",
    "creator_name",
    "content_url",
    "posted_on",
)
_NO_CELLS = BenchmarkCells(
    np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, bool), np.zeros(0, bool)
)


@dataclass(frozen=True, slots=True, eq=False)
class Judging:
    """How counts are to be judged."""

    definition: Definition
    by: By
    impressions_min: int
    confidence: float
    segment: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Rows in the columns of `ROWS`, unsorted, and how each element was matched and doubted."""

    rows: pa.Table
    match: Match
    suspicious: Bools


def judged_rows(grouped: Grouped, book: CellBook | None, judging: Judging) -> Judged:
    """One row per group of the counts.

    Contents are judged for what they themselves did (`realised`); everything else for what its next
    content will do (`typical`).
    """
    impressions, clicks = grouped.column("impressions"), grouped.column("clicks")
    contents = grouped.column("contents")
    match = matched(grouped.table, book, judging)
    suspicious = suspicious_elements(book, match.cell, impressions, clicks, contents)
    question: Question = "realised" if judging.by is By.CONTENT else "typical"
    columns = assess_uplift(
        ContentCounts(
            group=grouped.group,
            stratum=match.cell,
            category=_main_category_codes(grouped.table["category"]),
            impressions=impressions.astype(np.int64),
            clicks=clicks.astype(np.int64),
            groups=grouped.groups,
            contents=contents,
        ),
        _strata(book, judging),
        confidence=judging.confidence,
        impressions_min=judging.impressions_min,
        question=question,
        suspicious=suspicious_groups(suspicious, grouped.group, clicks, groups=grouped.groups),
    )
    named = {
        **_attributes(grouped, judging.by),
        **_benchmark_columns(grouped, book, match),
        **_figures(columns, grouped, contents),
        "held_back": _held_back(columns, question),
    }
    rows = pa.table([named[field.name].cast(field.type) for field in ROWS], schema=ROWS)
    return Judged(rows, match, suspicious)


def best_first(rows: pa.Table) -> pa.Array:
    """Places of rows with a verdict by shrunken uplift, then of all others; ties by key."""
    judged = pc.is_in(rows["state"], pa.array([state.value for state in _VERDICTS]))
    return pc.sort_indices(
        rows.select(["shrunken_uplift", "key"]).append_column("judged", judged),
        [("judged", "descending"), ("shrunken_uplift", "descending"), ("key", "ascending")],
    )


def matched(table: pa.Table, book: CellBook | None, judging: Judging) -> Match:
    """The benchmark cell of every element of the counts; none without a book."""
    if book is None:
        nowhere = np.full(table.num_rows, MISSING, dtype=np.int64)
        return Match(nowhere, np.zeros(table.num_rows, dtype=np.bool_))
    return book.match(table, judging.definition, segment=judging.segment)


def _strata(book: CellBook | None, judging: Judging) -> BenchmarkCells:
    if book is None:
        return _NO_CELLS
    return book.strata if judging.segment else book.strata_with_typical


def _main_category_codes(category: pa.ChunkedArray) -> Ints:
    """The top category of each element as a number: priors and ICCs are pooled within it."""
    encoded = pc.fill_null(category, "").combine_chunks().dictionary_encode()
    tops = [path.split(SEPARATOR)[0] for path in encoded.dictionary.to_pylist()]
    _, code = np.unique(np.asarray(tops, dtype=object), return_inverse=True)
    indices = np.asarray(encoded.indices.to_numpy(), dtype=np.int64)
    codes: Ints = code.astype(np.int64)[indices] if tops else indices
    return codes


def _figures(columns: UpliftColumns, grouped: Grouped, contents: Floats) -> dict[str, pa.Array]:
    """What the statistics say of each row; nan becomes null.

    A row without a headline has no shrunken one either: that is a guess, not an answer.
    """
    measured = {name: getattr(columns, name) for name in (*_MEASURED, *_COUNTED)}
    measured["contents"] = sum_by(grouped.group, contents, grouped.groups)
    for name in _SHRUNKEN:
        measured[name] = np.where(np.isnan(columns.uplift), np.nan, measured[name])
    figures = {name: pa.array(values, from_pandas=True) for name, values in measured.items()}
    return {**figures, "state": pa.array([str(state) for state in columns.state], pa.string())}


def _held_back(columns: UpliftColumns, question: Question) -> pa.Array:
    """Of rows that cannot be told, though their interval leaves out the benchmark; else null."""
    is_above, is_below = columns.low > 0, columns.high < 0
    expected = columns.covered_impressions * columns.benchmark_ctr
    clicks = np.where(is_above, columns.clicks, expected)
    is_few = ~is_enough(columns.contents, clicks, question)
    is_small = np.abs(columns.shrunken_uplift) < UPLIFT_MATTERS
    is_held = (columns.state == State.CANNOT_TELL) & (is_above | is_below)
    reasons = np.select(
        [~is_held, is_few, is_small], ["", HeldBack.FEW, HeldBack.SMALL], HeldBack.CHANCE
    )
    return pa.array(reasons, pa.string(), mask=~is_held)


def _attributes(grouped: Grouped, by: By) -> dict[str, pa.Array]:
    """What each row is called, and what its heaviest element says it is."""
    named = grouped.table.select(list(dict.fromkeys((*_FROM_HEAVIEST, *_NAMES[by]))))
    if not np.array_equal(grouped.heaviest, np.arange(named.num_rows)):  # each row its own element
        named = named.take(pa.array(grouped.heaviest))
    heaviest = {name: named[name].combine_chunks() for name in named.column_names}
    key = grouped.keys.cast(pa.string())
    derived = pc.fill_null(grouped.table["clicks_derived"], fill_value=False).to_numpy()
    attributes = {name: heaviest[name] for name in _FROM_HEAVIEST}
    return attributes | {
        "key": key,
        "name": pc.coalesce(*(heaviest[name] for name in _NAMES[by]), key),
        "segment": _segments(grouped),
        "clicks_derived": pa.array(count_by(grouped.group[derived], grouped.groups) > 0),
    }


def _segments(grouped: Grouped) -> pa.Array:
    return pa.nulls(grouped.groups, pa.string()) if grouped.segments is None else grouped.segments


def _benchmark_columns(
    grouped: Grouped, book: CellBook | None, match: Match
) -> dict[str, pa.Array]:
    """Which cell most of each row was compared with, and whether any was wider than asked."""
    cell = match.cell[grouped.heaviest]
    rolled_up = count_by(grouped.group[match.rolled_up], grouped.groups) > 0
    return {
        "benchmark_category": _cell_column(book, cell, "category"),
        "benchmark_content_type": _cell_column(book, cell, "content_type"),
        "rolled_up": pa.array(rolled_up),
    }


def _cell_column(book: CellBook | None, cell: Ints, name: str) -> pa.Array:
    if book is None or book.cells.num_rows == 0:
        return pa.nulls(len(cell), pa.string())
    at = pa.array(np.where(cell == MISSING, 0, cell), mask=cell == MISSING)
    return book.cells[name].take(at).combine_chunks()
