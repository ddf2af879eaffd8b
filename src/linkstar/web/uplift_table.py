"""The rows of an answer as a table: chosen, sorted and cut into pages without leaving Arrow."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
from django.urls import reverse
from django.utils.translation import gettext as _

from linkstar.events.vocabulary import Segment
from linkstar.insights.answers import impressions_missing
from linkstar.insights.questions import By
from linkstar.stats.states import State
from linkstar.web import formats
from linkstar.web.category_names import CategoryNames
from linkstar.web.forest import Axis, Estimate, Mark, axis_of, mark_of
from linkstar.web.labels import (
    content_type_name,
    held_back_words,
    segment_value,
    state_name,
)
from linkstar.web.uplift_columns import Column, Kind

DRAWN_IN_FULL = {State.ABOVE, State.BELOW, State.CANNOT_TELL, State.BENCHMARK_UNSTABLE}
"""The axis holds these; what is suspicious or too little may reach beyond it."""
DETAIL_PAGES = {By.CREATOR: "creator", By.CONTENT: "content", By.PRODUCT: "product"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one field of the table shows."""

    column: Column
    text: str
    note: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    key: str
    href: str
    state: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class UpliftTable:
    """One page of rows on one shared axis."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    pooled: Row | None
    axis: Axis
    count: int
    number: int
    pages: int

    @property
    def ticks(self) -> list[tuple[float, float]]:
        return [(self.axis.at(tick), tick) for tick in self.axis.ticks]

    @property
    def few_ticks(self) -> list[tuple[float, float]]:
        """For a narrow plot: zero, and the last tick on each side that stands apart from it."""
        outer = {self.axis.ticks[0], self.axis.ticks[-1]}
        apart = 30.0
        return [
            (at, tick)
            for at, tick in self.ticks
            if tick == 0 or (tick in outer and abs(at - self.axis.zero) >= apart)
        ]


@dataclass(frozen=True, slots=True)
class Writing:
    """In which words rows are written."""

    by: By
    columns: tuple[Column, ...]
    language: str
    segment: Segment | None = None
    carried: str = ""


def with_states(rows: pa.Table, states: frozenset[State]) -> pa.Table:
    """Only rows with one of those verdicts; all when none is named."""
    if not states:
        return rows
    return rows.filter(pc.is_in(rows["state"], pa.array([state.value for state in states])))


def state_counts(rows: pa.Table) -> list[tuple[State, int]]:
    """How many rows have each verdict, in the order verdicts are listed; none without rows."""
    counted = {c["values"]: c["counts"] for c in pc.value_counts(rows["state"]).to_pylist()}
    return [(state, counted[state.value]) for state in State if state.value in counted]


def in_order(rows: pa.Table, column: str, *, is_descending: bool) -> pa.Table:
    """Sorted by a column, rows that cannot be told last, ties by key."""
    if column not in rows.column_names:
        return rows
    direction = "descending" if is_descending else "ascending"
    keys = [(column, direction, "at_end"), ("key", "ascending", "at_end")]
    return rows.take(pc.sort_indices(rows, keys))


def uplift_table(
    rows: pa.Table, total: pa.Table, writing: Writing, *, number: int, size: int
) -> UpliftTable:
    """The page asked for, or the last one there is."""
    pages = max(1, math.ceil(rows.num_rows / size))
    number = min(number, pages)
    shown = rows.slice((number - 1) * size, size).to_pylist()
    pooled = total.to_pylist()
    axis = axis_of([estimate(row) for row in [*shown, *pooled] if row["state"] in DRAWN_IN_FULL])
    heaviest = max((row["impressions"] for row in shown), default=0)
    names = CategoryNames(writing.language)
    names.learn(row[c] for row in [*shown, *pooled] for c in ("category", "benchmark_category"))
    writer = RowWriter(writing, axis, heaviest, names)
    return UpliftTable(
        columns=writing.columns,
        rows=tuple(writer.row(row) for row in shown),
        pooled=writer.pooled(pooled[0]) if pooled else None,
        axis=axis,
        count=rows.num_rows,
        number=number,
        pages=pages,
    )


def estimate(row: Mapping[str, Any]) -> Estimate:
    """The figures a forest plot draws."""
    uplift, low, high = (
        math.nan if row[name] is None else float(row[name]) for name in ("uplift", "low", "high")
    )
    return Estimate(uplift, low, high, float(row["impressions"] or 0))


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Writes rows of an answer as cells."""

    writing: Writing
    axis: Axis
    impressions_max: float
    names: CategoryNames

    def row(self, row: Mapping[str, Any]) -> Row:
        return Row(
            key=row["key"] or "",
            href=detail_href(self.writing.by, row["key"], self.writing.carried),
            state=row["state"],
            cells=tuple(self._cell(column, row) for column in self.writing.columns),
        )

    def pooled(self, row: Mapping[str, Any]) -> Row:
        """All rows together, as one group."""
        hidden = {"category", "benchmark_category", "content_type", "posted_on", "creator_name",
                  "expected_rank", "shrunken_uplift"}  # fmt: skip
        cells = tuple(
            Cell(column, "") if column.name in hidden else self._cell(column, row)
            for column in self.writing.columns
        )
        named = Cell(cells[0].column, _("All together"))
        return Row(key="", href="", state=row["state"], cells=(named, *cells[1:]))

    def _cell(self, column: Column, row: Mapping[str, Any]) -> Cell:
        language = self.writing.language
        if column.kind is Kind.FOREST:
            mark = mark_of(estimate(row), self.axis, impressions_max=self.impressions_max)
            return Cell(column, limits_of(row, language), mark=mark)
        text, note = self._text_and_note(column, row)
        return Cell(column, text, note)

    def _text_and_note(self, column: Column, row: Mapping[str, Any]) -> tuple[str, str]:
        language = self.writing.language
        value = row[column.name]
        match column.kind:
            case Kind.NAME:
                return self._name(row), self._under_name(row)
            case Kind.STATE:
                return state_name(value), state_note(row, language)
            case Kind.BOTH:
                limits = limits_of(row, language)
                hidden = limits == formats.NOTHING
                return formats.both_spellings(value, language), "" if hidden else limits
            case Kind.CATEGORY:
                return self.names.last(value), self.names.full(value)
        if column.kind is Kind.INTERVAL:
            return limits_of(row, language), ""
        return written(column, value, language), ""

    def _name(self, row: Mapping[str, Any]) -> str:
        if self.writing.by is By.CATEGORY:
            return self.names.full(row["key"])
        return row["name"] or row["key"] or formats.NOTHING

    def _under_name(self, row: Mapping[str, Any]) -> str:
        said = []
        if self.writing.segment:
            said.append(segment_value(self.writing.segment, row["segment"]))
        if self.writing.by is By.CONTENT and row["creator_name"]:
            said.append(row["creator_name"])
        if self.writing.by is By.CREATOR and row["name"] != row["key"] and row["key"]:
            said.append(f"@{row['key']}")
        return " · ".join(said)


def limits_of(row: Mapping[str, Any], language: str) -> str:
    return formats.interval(row["low"], row["high"], language)


def written(column: Column, value: Any, language: str) -> str:
    """A plain value as text."""
    if column.kind is Kind.TEXT:
        return str(value or formats.NOTHING)
    if column.kind is Kind.CONTENT_TYPE:
        return content_type_name(value)
    writers: dict[Kind, Callable[..., str]] = {
        Kind.UPLIFT: formats.uplift,
        Kind.CTR: formats.ctr,
        Kind.COUNT: formats.whole,
        Kind.PROBABILITY: formats.probability,
        Kind.NUMBER: formats.whole,
        Kind.DAY: formats.day,
    }
    return writers[column.kind](value, language)


def state_note(row: Mapping[str, Any], language: str) -> str:
    """What is missing for a verdict, or why none follows from the interval beside it."""
    if row["held_back"]:
        return held_back_words(row["held_back"])
    if row["state"] != State.NOT_ENOUGH_DATA:
        return ""
    missing = impressions_missing(row)
    if missing is None:
        return _("benchmark too uncertain, more would not settle it")
    return _("needs %(n)s more impressions") % {"n": formats.short(missing, language)}


def detail_href(by: By, key: str | None, carried: str) -> str:
    """The page about one row; categories lead to their creators instead."""
    if not key:
        return ""
    if by is By.CATEGORY:
        joint = "&" if carried else "?"
        return f"{reverse('uplift')}{carried}{joint}category={quote(key)}"
    return reverse(DETAIL_PAGES[by], args=[key]) + carried if by in DETAIL_PAGES else ""


def pages_around(number: int, pages: int) -> Sequence[int]:
    """The first page, those around this one, the last; 0 stands for a gap."""
    near = {1, pages, *range(max(1, number - 1), min(pages, number + 1) + 1)}
    listed: list[int] = []
    for page in sorted(near):
        if listed and page - listed[-1] > 1:
            listed.append(0)
        listed.append(page)
    return listed
