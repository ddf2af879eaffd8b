"""Long columns worked through in blocks that stay in a processor's cache.

Where one intermediate result after the other is as long as a column, each is fetched anew from the
system, which takes twice as long. Blocks on two threads are no faster: between two calls of NumPy
they wait for each other's interpreter.
"""

from collections.abc import Callable, Iterator

import numpy as np

from linkstar.stats.arrays import Floats

ROWS = 8_192
"""Long enough that calls cost little, short enough that the columns at work fit."""


def slices(size: int, rows: int = ROWS) -> Iterator[slice]:
    """Consecutive slices that cover so many rows; one empty slice where there are none."""
    for start in range(0, max(size, 1), rows):
        yield slice(start, min(start + rows, size))


def by_blocks(work: Callable[[slice], tuple[Floats, ...]], size: int) -> tuple[Floats, ...]:
    """The columns that the work makes, block by block, of the rows of a slice."""
    found = [work(rows) for rows in slices(size)]
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))
