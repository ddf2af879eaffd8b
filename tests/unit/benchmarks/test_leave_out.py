"""A cell without a workspace equals the cell computed from everybody else."""

import numpy as np
import pytest

from linkstar.benchmarks.leave_out import LeftOut, leave_workspaces_out
from linkstar.stats.benchmark import benchmark_cells

EXACT = (
    "impressions",
    "clicks",
    "shops",
    "creators",
    "contents",
    "p25",
    "median",
    "p75",
    "effective_contents",
    "largest_content_share",
    "largest_share",
    "top_two_share",
)


def pooled(seed: int, *, contents: int, cells: int, shops: int, workspaces: int, creators: int):
    rng = np.random.default_rng(seed)
    cell = rng.integers(0, cells, contents)
    shop = rng.integers(1, shops + 1, contents)
    impressions = rng.lognormal(6, 1.2, contents).astype(np.int64) + 1
    return {
        "cell": cell,
        "shop": shop,
        "workspace": shop % workspaces + 1,
        "creator": rng.integers(0, creators, contents),
        "impressions": impressions,
        "clicks": rng.binomial(impressions, rng.uniform(0.005, 0.05, contents)),
    }


def left_out(pool, cells) -> LeftOut:
    full = benchmark_cells(
        pool["cell"], pool["shop"], pool["creator"], pool["impressions"], pool["clicks"], cells
    )
    return leave_workspaces_out(full, **pool)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "shape",
    [
        {"contents": 600, "cells": 4, "shops": 30, "workspaces": 7, "creators": 80},
        {"contents": 60, "cells": 12, "shops": 6, "workspaces": 3, "creators": 20},
        {"contents": 200, "cells": 1, "shops": 2, "workspaces": 2, "creators": 200},
    ],
)
class TestACellWithoutAWorkspace:
    def test_equals_the_cell_of_everybody_else(self, seed, shape):
        pool = pooled(seed, **shape)
        found = left_out(pool, shape["cells"])
        for workspace in np.unique(pool["workspace"]):
            others = pool["workspace"] != workspace
            expected = benchmark_cells(
                *(pool[n][others] for n in ("cell", "shop", "creator", "impressions", "clicks")),
                shape["cells"],
            )
            mine = found.workspace == workspace
            at = found.cell[mine]
            for name in EXACT:
                there, here = getattr(expected, name)[at], getattr(found, name)[mine]
                there = np.where(expected.impressions[at] > 0, there, np.nan_to_num(there))
                here = np.where(expected.impressions[at] > 0, here, np.nan_to_num(here))
                np.testing.assert_allclose(here, there, rtol=1e-9, err_msg=name)

    def test_names_every_pair_that_contributes_once(self, seed, shape):
        pool = pooled(seed, **shape)
        found = left_out(pool, shape["cells"])
        pairs = set(zip(found.cell.tolist(), found.workspace.tolist(), strict=True))
        assert len(pairs) == len(found.cell)
        assert pairs == set(zip(pool["cell"].tolist(), pool["workspace"].tolist(), strict=True))


class TestTheErrorOfWhatIsLeft:
    def test_is_that_of_everybody_else_where_no_creator_is_large(self):
        pool = pooled(1, contents=2_000, cells=2, shops=30, workspaces=6, creators=1_500)
        found = left_out(pool, 2)
        for workspace in (1, 2, 3):
            others = pool["workspace"] != workspace
            expected = benchmark_cells(
                *(pool[n][others] for n in ("cell", "shop", "creator", "impressions", "clicks")), 2
            )
            mine = found.workspace == workspace
            at = found.cell[mine]
            np.testing.assert_allclose(
                found.relative_error[mine], expected.relative_error[at], rtol=0.02
            )
            np.testing.assert_allclose(found.typical_ctr[mine], expected.typical_ctr[at], rtol=0.02)
