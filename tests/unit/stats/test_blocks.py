import numpy as np
import pytest

from linkstar.stats.blocks import ROWS, by_blocks, slices


class TestSlices:
    @pytest.mark.parametrize("size", [0, 1, 5, 10, 11])
    def test_cover_every_row_once(self, size: int) -> None:
        found = [row for part in slices(size, 5) for row in range(part.start, part.stop)]

        assert found == list(range(size))


class TestByBlocks:
    @pytest.mark.parametrize("size", [0, 3, ROWS, 2 * ROWS + 7])
    def test_make_the_columns_that_one_call_makes(self, size: int) -> None:
        values = np.arange(float(size))
        squares, halves = by_blocks(lambda rows: (values[rows] ** 2, values[rows] / 2.0), size)

        assert squares.tolist() == (values**2).tolist()
        assert halves.tolist() == (values / 2.0).tolist()
