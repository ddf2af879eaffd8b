"""Audience effects change who clicks, never how much a content is clicked on the whole."""

import numpy as np
import pytest

from linkstar.catalog.tree import category_names
from linkstar.sample.assortment import lines
from linkstar.sample.audience import (
    DEVICES,
    WEEKDAY_SHARES,
    audience_of,
    centred,
    draw,
    weekday_effects,
)
from linkstar.tracking.agents import device_of


class TestEffects:
    def test_have_mean_one_over_their_shares(self) -> None:
        audience = audience_of(lines())
        hours = np.diff(audience.hours_upto, axis=1, prepend=0)
        cells = np.diff(audience.cells_upto, axis=1, prepend=0)
        assert (audience.hour_effect * hours).sum(axis=1) == pytest.approx(1)
        assert (audience.cell_effect * cells).sum(axis=1) == pytest.approx(1)

    def test_of_the_week_have_mean_one(self) -> None:
        shares = WEEKDAY_SHARES / WEEKDAY_SHARES.sum()
        assert (weekday_effects() * shares).sum() == pytest.approx(1)

    def test_keep_their_proportions_when_centred(self) -> None:
        effects = centred(np.array([1.0, 3.0]), np.array([0.5, 0.5]))
        assert effects.tolist() == [0.5, 1.5]


class TestDevices:
    def test_are_called_as_those_of_tracked_clicks(self) -> None:
        phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148 Safari/604.1"
        computer = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36"
        assert (device_of(phone), device_of(computer)) == DEVICES


class TestDrawing:
    def test_follows_the_shares_of_each_elements_own_profile(self) -> None:
        upto = np.array([[0.25, 1.0], [0.75, 1.0]])
        profile = np.repeat([0, 1], 40_000)
        uniform = np.random.default_rng(3).random(80_000)
        drawn = draw(upto, profile, uniform)
        assert drawn[:40_000].mean() == pytest.approx(0.75, abs=0.02)
        assert drawn[40_000:].mean() == pytest.approx(0.25, abs=0.02)

    def test_never_leaves_the_profile_at_its_edges(self) -> None:
        upto = np.array([[0.5, 1.0], [0.5, 1.0]])
        edges = np.array([0.0, np.nextafter(1.0, 0.0)])
        assert draw(upto, np.array([0, 0]), edges).tolist() == [0, 1]
        assert draw(upto, np.array([1, 1]), edges).tolist() == [0, 1]


class TestCategories:
    def test_of_the_assortment_are_all_named_in_both_languages(self) -> None:
        named = {name.path: name for name in category_names()}
        for line in lines():
            for path in (line.category, *line.paths):
                assert named[path].name_zh
                assert named[path].name_en == path.rpartition(" > ")[2]
