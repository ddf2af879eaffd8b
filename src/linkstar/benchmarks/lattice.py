"""How the cells of an edition add up, shop by shop, along five lines.

A category is the sum of those below it, all content types of each, all channels of each, the window
of its weeks, everybody of an audience's segments. A cell's *parts* are what each shop gave to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from linkstar.benchmarks.tally import KEY, Contributions
from linkstar.catalog.rules import SEPARATOR, parent
from linkstar.stats.arrays import Bools, Floats, Ints

LINES = ("category", "content_type", "channel", "week_starts_on", "segment")
_Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The cells of one degree of fineness and their parts.

    Attributes:
        cells: numbers of the cells, ascending.
        parts: numbers of their parts, ordered by cell; every cell has one at least.
        starts: where each cell's parts begin within `parts`.
        beneath: per line, the parts one step finer and which of `parts` each belongs to.
    """

    cells: Ints
    parts: Ints
    starts: Ints
    beneath: Mapping[str, tuple[Ints, Ints]]

    @property
    def cell(self) -> Ints:
        """Which of `cells` each part belongs to."""
        return np.repeat(np.arange(len(self.cells)), np.diff([*self.starts, len(self.parts)]))


@dataclass(frozen=True, eq=False)
class Lattice:
    """How cells add up.

    Attributes:
        above: per line, the cell each cell is a part of; -1 where there is none.
        fineness: how many steps a cell is from the widest one; a part is one step finer.
        parts: who gave how much to which cell, sorted by cell and shop.
    """

    above: Mapping[str, Ints]
    fineness: Ints
    parts: Contributions

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """From the finest cells to the widest."""
        of_part = self.fineness[self.parts.cell]
        part_above = self._part_above()
        local = np.zeros(len(of_part), dtype=np.int64)
        levels: list[Level] = []
        for fineness in range(int(self.fineness.max(initial=-1)), -1, -1):
            parts = np.flatnonzero(of_part == fineness)
            local[parts] = np.arange(len(parts))
            cells, starts = np.unique(self.parts.cell[parts], return_index=True)
            finer = np.flatnonzero(of_part == fineness + 1)
            beneath = {}
            for line, above in part_above.items():
                there = finer[above[finer] >= 0]
                beneath[line] = (there, local[above[there]])
            levels.append(Level(cells, parts, starts, beneath))
        return tuple(levels)

    def _part_above(self) -> dict[str, Ints]:
        """Per line, for each part the part of the same shop in the cell above; -1 for none."""
        span = int(self.parts.shop.max(initial=0)) + 1
        codes = self.parts.cell * span + self.parts.shop
        found = {}
        for line, above in self.above.items():
            cell = above[self.parts.cell]
            wanted = np.where(cell >= 0, cell * span + self.parts.shop, -1)
            at = np.minimum(np.searchsorted(codes, wanted), max(0, len(codes) - 1))
            found[line] = np.where(codes[at] == wanted, at, -1) if len(codes) else at
        return found


def lattice(cells: pa.Table, parts: Contributions) -> Lattice:
    """How these cells add up.

    Args:
        cells: columns of `benchmarks.cells.CELLS`.
        parts: of each shop.
    """
    keys = list(zip(*(cells[name].to_pylist() for name in KEY), strict=True))
    number = {key: at for at, key in enumerate(keys)}
    above = {
        line: np.array([_number_above(number, key, line) for key in keys], dtype=np.int64)
        for line in LINES
    }
    order = np.lexsort((parts.shop, parts.cell))
    return Lattice(
        above,
        np.array([_fineness(key) for key in keys], dtype=np.int64),
        Contributions(parts.cell[order], parts.shop[order], parts.impressions[order]),
    )


def _number_above(number: Mapping[_Key, int], key: _Key, line: str) -> int:
    """The number of the cell one step wider along the line; -1 when there is none."""
    at = KEY.index(line)
    if not key[at]:
        return -1
    wider = list(key)
    if line == "category":
        wider[at] = parent(str(key[at]))
    elif line == "week_starts_on":
        wider[at] = None
    else:
        wider[at] = ""
    if line == "segment":
        wider[KEY.index("segment_value")] = ""
    return number.get(tuple(wider), -1)


def _fineness(key: _Key) -> int:
    category = str(key[KEY.index("category")])
    depth = category.count(SEPARATOR) + 1 if category else 0
    return depth + sum(bool(key[KEY.index(line)]) for line in LINES if line != "category")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One line at one level: what is known beneath its cells.

    Attributes:
        line: the line.
        level: the level.
        finer: per part of the level, what is known of the parts beneath it.
        total: per cell of the level, the sum of that.
    """

    line: str
    level: Level
    finer: Floats
    total: Floats


NOWHERE = -1


def steps(cells: Lattice, amounts: Floats, unknown: Bools, told_along: Ints) -> Iterator[Step]:
    """From the finest cells to the widest, along every line, in every way there is to add up.

    Of a cell that is not seen, as much is known as finer cells reveal, along one line or another:
    each is a way of its own. What is known of a cell only because the one above it tells it does
    not count beneath that one.

    Args:
        cells: how they add up.
        amounts: per part, what is asked about.
        unknown: per cell, whether it is neither seen nor told by others.
        told_along: per cell, the number of the line along which the cell above tells it; any
            other number for the rest.
    """
    told, unseen = told_along[cells.parts.cell], unknown[cells.parts.cell]
    beneath = {line: np.zeros(len(amounts)) for line in LINES}
    for level in cells.levels:
        for line, (parts, of) in level.beneath.items():
            hidden = unseen[parts] | (told[parts] == LINES.index(line))
            seen = np.where(hidden, 0.0, amounts[parts])
            ways = [beneath[other][parts] * hidden for other in LINES] if hidden.any() else []
            most = np.zeros(len(level.cells))
            for way in [way for way in ways if way.any()] or [np.zeros(len(parts))]:
                finer = np.bincount(of, seen + way, len(level.parts)).astype(np.float64)
                total = np.add.reduceat(finer, level.starts) if len(level.cells) else most
                yield Step(line, level, finer, total)
                better = (total > most)[level.cell]
                beneath[line][level.parts] = np.where(better, finer, beneath[line][level.parts])
                most = np.maximum(most, total)
