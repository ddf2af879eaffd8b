"""The figures of one edition as a table: chosen, sorted and cut into pages within Arrow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linkstar.benchmarks.rules import BenchmarkSource, Withheld
from linkstar.benchmarks.showing import shown_cells
from linkstar.catalog.rules import SEPARATOR
from linkstar.stats.ctr import Definition
from linkstar.web.category_names import CategoryNames
from linkstar.web.labels import SEGMENTS, Label, segment_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkstar.benchmarks.book import CellBook
    from linkstar.events.vocabulary import Segment

ROWS_PER_PAGE = 50
_FIGURES = (
    *("ctr", "p25", "median", "p75"),
    *("impressions", "shops", "creators", "contents", "unstable"),
)
_KEPT = ("definition", "content_type", "channel", "week", "segment", "search")

REASONS = {
    Withheld.NO_IMPRESSIONS: _("nothing was shown"),
    Withheld.FEW_SHOPS: _("too few shops"),
    Withheld.FEW_CREATORS: _("too few creators"),
    Withheld.FEW_IMPRESSIONS: _("too few impressions"),
    Withheld.LARGEST_SHOP: _("one shop is too large a part of it"),
    Withheld.TOP_TWO_SHOPS: _("two shops are too large a part of it"),
    Withheld.PROTECTS_ANOTHER: _("it would give another withheld figure away"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which figures a person wants to see. Empty strings mean all of them together."""

    definition: str = ""
    content_type: str = ""
    channel: str = ""
    week: str = ""
    segment: str = ""
    search: str = ""
    page: int = 1

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Choice:
        number = params.get("page", "1")
        page = max(1, int(number)) if number.isascii() and number.isdigit() else 1
        return cls(**{name: params.get(name, "") for name in _KEPT}, page=page)

    def address(self, **changed: object) -> str:
        """The query string of this choice with something changed."""
        kept = {name: getattr(self, name) for name in (*_KEPT, "page")} | changed
        return "?" + urlencode({name: value for name, value in kept.items() if value})


@dataclass(frozen=True)
class CellsPage:
    """One page of an edition's figures, and what else could be chosen."""

    book: CellBook
    choice: Choice

    @cached_property
    def definition(self) -> Definition:
        """The one chosen, else the default one, else the first there is."""
        known = self.definitions
        if self.choice.definition in known:
            return Definition(self.choice.definition)
        return known[0] if known else Definition.PRODUCT_IMPRESSIONS

    @cached_property
    def definitions(self) -> list[Definition]:
        return [one for one in Definition if one in self.book.definitions]

    @cached_property
    def segments(self) -> list[tuple[Segment, Label]]:
        """The lines along which the edition is cut."""
        cut = set(pc.unique(self.book.cells["segment"]).to_pylist())
        return [(one, label) for one, label in SEGMENTS.items() if one.value in cut]

    @cached_property
    def segment(self) -> Segment | None:
        """The one chosen; None for everybody together."""
        return next((one for one, _name in self.segments if one == self.choice.segment), None)

    @property
    def segment_name(self) -> str:
        return str(dict(self.segments)[self.segment]) if self.segment else ""

    @cached_property
    def content_types(self) -> list[str]:
        return self._values("content_type")

    @cached_property
    def channels(self) -> list[str]:
        return self._values("channel")

    @cached_property
    def weeks(self) -> list[str]:
        known = pc.unique(self._of_definition["week_starts_on"]).drop_null()
        return sorted(day.isoformat() for day in known.to_pylist())

    @cached_property
    def shown(self) -> int:
        told = pc.sum(pc.equal(self._chosen["withheld"], "")).as_py()
        return int(told or 0)

    @cached_property
    def withheld(self) -> int:
        return int(self._chosen.num_rows) - self.shown

    @cached_property
    def pages(self) -> int:
        return max(1, ceil(int(self._chosen.num_rows) / ROWS_PER_PAGE))

    @property
    def number(self) -> int:
        return min(self.choice.page, self.pages)

    @property
    def earlier(self) -> str:
        """The address of the page before; empty on the first."""
        return self.choice.address(page=self.number - 1) if self.number > 1 else ""

    @property
    def later(self) -> str:
        """The address of the page after; empty on the last."""
        return self.choice.address(page=self.number + 1) if self.number < self.pages else ""

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        start = (self.number - 1) * ROWS_PER_PAGE
        cells = self._chosen.slice(start, ROWS_PER_PAGE).to_pylist()
        return [_row(cell, self.segment, self._names) for cell in cells]

    @property
    def is_pooled(self) -> bool:
        """Counts are those of other shops, and therefore rounded down."""
        return self.book.summary.source == BenchmarkSource.COMPUTED

    @cached_property
    def _of_definition(self) -> pa.Table:
        shown = shown_cells(self.book.cells, self.book.summary.source)
        cells = shown.filter(pc.equal(shown["segment"], self.segment or ""))
        return cells.filter(pc.equal(cells["definition"], self.definition.value))

    @cached_property
    def _chosen(self) -> pa.Table:
        cells = self._of_definition
        week = pc.cast(cells["week_starts_on"], pa.string())
        wanted = pc.equal(pc.fill_null(week, ""), self.choice.week)
        if self.choice.content_type != "every":
            wanted = pc.and_(wanted, pc.equal(cells["content_type"], self.choice.content_type))
        wanted = pc.and_(wanted, pc.equal(cells["channel"], self.choice.channel))
        if self.choice.search:
            wanted = pc.and_(wanted, pc.is_in(cells["category"], self._called(self.choice.search)))
        found = cells.filter(wanted)
        # Hours are numbers: as texts of two places they sort as such.
        place = pc.utf8_lpad(found["segment_value"], 2, "0")
        order = ("category", "content_type", "place")
        in_order = pc.sort_indices(
            found.append_column("place", place), [(name, "ascending") for name in order]
        )
        return found.take(in_order)

    @cached_property
    def _names(self) -> CategoryNames:
        names = CategoryNames(get_language() or "en")
        names.learn(pc.unique(self._of_definition["category"]).to_pylist())
        return names

    def _called(self, text: str) -> pa.Array:
        """The categories with this in their path or in their name in the reader's language."""
        paths = pc.unique(self._of_definition["category"]).to_pylist()
        wanted = text.casefold()
        named = [p for p in paths if wanted in f"{p} {self._names.full(p)}".casefold()]
        return pa.array(named, pa.string())

    def _values(self, column: str) -> list[str]:
        return sorted(
            value for value in pc.unique(self._of_definition[column]).to_pylist() if value
        )


def cells_page(book: CellBook, choice: Choice) -> CellsPage:
    return CellsPage(book, choice)


def _row(cell: dict[str, Any], segment: Segment | None, names: CategoryNames) -> dict[str, Any]:
    """What a page shows of a cell; of a withheld one the reason and nothing else."""
    path = cell["category"]
    above = path.rpartition(SEPARATOR)[0]
    row = {
        "category": names.last(path) if path else "",
        "above": names.full(above) if above else "",
        "content_type": cell["content_type"],
    }
    if segment is not None:
        row["segment"] = segment_value(segment, cell["segment_value"])
    if cell["withheld"]:
        return row | {"reason": REASONS[Withheld(cell["withheld"])]}
    return row | {figure: cell[figure] for figure in _FIGURES}
