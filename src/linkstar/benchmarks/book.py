"""A benchmark as the arrays a question is answered with, wherever it came from."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.rules import BenchmarkSource, Place, chain
from linkstar.stats.arrays import Bools, Floats, Ints
from linkstar.stats.ctr import Definition
from linkstar.stats.like_for_like import BenchmarkCells

MISSING = -1


@dataclass(frozen=True, slots=True)
class BenchmarkSummary:
    """What an answer says of the benchmark it used; a loose file may not say its period."""

    id: str
    market: str
    source: BenchmarkSource
    source_name: str
    licence: str
    version: int
    starts_on: date | None
    ends_before: date | None
    published: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Which cell answers for each element, shape (m,).

    Attributes:
        cell: its number in the book; where a whole chain is withheld, the first withheld cell of
            the chain; -1 where the book has none.
        rolled_up: the cell is of a wider category than was asked for.
    """

    cell: Ints
    rolled_up: Bools


@dataclass(frozen=True, eq=False)
class CellBook:
    """The cells of one edition, as one reader may see them.

    `cells` has the columns of `benchmarks.cells.CELLS`. A withheld cell has no figures any reader
    of this book may use: its counts are there for the floors only.
    """

    summary: BenchmarkSummary
    cells: pa.Table
    own_shops_left_out: bool = field(default=False)

    @cached_property
    def strata(self) -> BenchmarkCells:
        """The cells as the statistics take them, withheld ones without their counts."""
        withheld = self.withheld
        return BenchmarkCells(
            impressions=np.where(withheld, 0.0, self.floats("impressions")),
            clicks=np.where(withheld, 0.0, self.floats("clicks")),
            relative_error=self.floats("relative_error"),
            icc=self.floats("icc"),
            withheld=withheld,
            unstable=np.asarray(self.cells["unstable"].to_numpy(), dtype=np.bool_),
        )

    @cached_property
    def strata_with_typical(self) -> BenchmarkCells:
        """The same with the CTR of a typical content, if every shown cell of everybody has one.

        Creators ranked against different kinds of benchmark could not be compared.
        """
        typical = self.floats("typical_ctr")
        everybody = np.asarray(pc.equal(self.cells["segment"], "").to_numpy(), dtype=np.bool_)
        shown = everybody & ~self.withheld
        if not shown.any() or np.isnan(typical[shown]).any():
            return self.strata
        error = self.floats("typical_relative_error")
        return replace(self.strata, typical_ctr=typical, typical_relative_error=error)

    @cached_property
    def withheld(self) -> Bools:
        return np.asarray(pc.not_equal(self.cells["withheld"], "").to_numpy(), dtype=np.bool_)

    @cached_property
    def definitions(self) -> frozenset[Definition]:
        """The definitions this benchmark has any figure for."""
        return frozenset(Definition(d) for d in pc.unique(self.cells["definition"]).to_pylist())

    @cached_property
    def _index(self) -> dict[tuple[str, date | None, str, str], dict[Place, int]]:
        names = ("definition", "week_starts_on", "segment", "segment_value")
        places = ("category", "content_type", "channel")
        keys = zip(*(self.cells[name].to_pylist() for name in names), strict=True)
        found: dict[tuple[str, date | None, str, str], dict[Place, int]] = {}
        for number, (key, *place) in enumerate(
            zip(keys, *(self.cells[name].to_pylist() for name in places), strict=True)
        ):
            found.setdefault(key, {})[Place(*place)] = number
        return found

    def floats(self, name: str) -> Floats:
        """A column as float64, nan for null."""
        column = self.cells[name].cast(pa.float64())
        return np.asarray(pc.fill_null(column, np.nan).to_numpy(), dtype=np.float64)

    def has_weeks(self, definition: Definition) -> bool:
        return any(key[0] == definition and key[1] is not None for key in self._index)

    def find(
        self,
        asked: Place,
        definition: Definition,
        *,
        week_starts_on: date | None = None,
        segment: str = "",
        segment_value: str = "",
    ) -> int:
        """The number of the cell that answers; a withheld one, or -1, as `Match.cell` says."""
        cells = self._index.get((definition.value, week_starts_on, segment, segment_value), {})
        first_withheld = MISSING
        for place in chain(asked):
            number = cells.get(place, MISSING)
            if number == MISSING:
                continue
            if not self.withheld[number]:
                return number
            first_withheld = number if first_withheld == MISSING else first_withheld
        return first_withheld

    def match(self, elements: pa.Table, definition: Definition, *, segment: str = "") -> Match:
        """The cell of every element, looked up once per distinct place.

        Args:
            elements: with the columns category, content_type and channel (null or empty: unknown,
                answered by the wider cell), and optionally week_starts_on, and segment when
                `segment` names a dimension.
            definition: of the figures to be compared; cells of another are never found.
            segment: the dimension the elements are split by, if any.
        """
        names = ["category", "content_type", "channel"]
        names += ["week_starts_on"] if "week_starts_on" in elements.column_names else []
        names += ["segment"] if segment else []
        number, distinct = _distinct(elements, names)
        cell = np.full(distinct.num_rows, MISSING, dtype=np.int64)
        rolled_up = np.zeros(distinct.num_rows, dtype=np.bool_)
        categories = self.cells["category"].to_pylist()
        for row, asked in enumerate(distinct.to_pylist()):
            place = Place(*((asked[name] or "") for name in names[:3]))
            cell[row] = self.find(
                place,
                definition,
                week_starts_on=asked.get("week_starts_on"),
                segment=segment,
                segment_value=str(asked["segment"] or "") if segment else "",
            )
            rolled_up[row] = cell[row] != MISSING and categories[cell[row]] != place.category
        return Match(cell[number], rolled_up[number])


def _dense(code: Ints, span: int) -> tuple[Ints, int]:
    """The codes numbered without gaps, in their order, and how many there are."""
    if span > 2 * code.size:
        found, number = np.unique(code, return_inverse=True)
        return number, len(found)
    occurs = np.zeros(span, dtype=np.bool_)
    occurs[code] = True
    return (np.cumsum(occurs) - 1)[code], int(occurs.sum())


def _distinct(elements: pa.Table, names: list[str]) -> tuple[Ints, pa.Table]:
    """The number of each row's combination of those columns, and the combinations."""
    code, count = np.zeros(elements.num_rows, dtype=np.int64), 1
    for name in names:
        encoded = elements[name].combine_chunks().dictionary_encode()
        part = np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(), dtype=np.int64) + 1
        span = len(encoded.dictionary) + 1
        code, count = _dense(code * span + part, count * span)
    first = np.zeros(count, dtype=np.int64)
    first[code[::-1]] = np.arange(code.size)[::-1]
    return code, elements.select(names).take(first)
