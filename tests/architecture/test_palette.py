"""The colours can be read and told apart, in light and dark, by everybody.

Contrast: WCAG 2.2, relative luminance. Colour vision: Machado, Oliveira & Fernandes 2009, full
severity. Difference: CIE76 in CIELAB (D65), a stricter reading of "apart" than CIEDE2000 for the
saturated colours used here.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

TOKENS = json.loads((Path(__file__).parents[2] / "frontend" / "src" / "tokens.json").read_text())
THEMES = ("light", "dark")
TEXT_MIN, MARK_MIN = 4.5, 3.0
SIGHTS = {
    "usual": np.eye(3),
    "protan": np.array([
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "deutan": np.array([
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "tritan": np.array([
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
TEXTS = [
    ("text", "page"), ("text", "card"), ("text", "sunk"), ("muted", "page"), ("muted", "card"),
    ("muted", "sunk"), ("primary", "page"), ("primary", "card"), ("on-primary", "primary"),
    ("on-primary", "primary-hover"), ("ok", "ok-tint"), ("warn", "warn-tint"),
    ("danger", "danger-tint"), ("info", "info-tint"), ("danger", "card"), ("own", "card"),
    ("below", "card"),
]  # fmt: skip
MARKS = [
    ("line-strong", "card"), ("own", "card"), ("below", "card"), ("benchmark", "card"),
    *((f"series-{n}", "card") for n in range(6)),
]  # fmt: skip


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, sight: str) -> np.ndarray:
    seen = np.clip(SIGHTS[sight] @ linear(colour), 0, 1)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = (to_xyz @ seen) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
class TestAPalette:
    @pytest.mark.parametrize(("ink", "ground"), TEXTS)
    def test_has_text_that_can_be_read(self, theme, ink, ground):
        assert contrast(TOKENS[theme][ink], TOKENS[theme][ground]) >= TEXT_MIN

    @pytest.mark.parametrize(("mark", "ground"), MARKS)
    def test_has_marks_that_can_be_seen(self, theme, mark, ground):
        assert contrast(TOKENS[theme][mark], TOKENS[theme][ground]) >= MARK_MIN

    @pytest.mark.parametrize("sight", SIGHTS)
    def test_tells_above_from_below_from_benchmark_for_every_sight(self, theme, sight):
        seen = [lab(TOKENS[theme][name], sight) for name in ("own", "below", "benchmark")]
        apart = [np.linalg.norm(seen[a] - seen[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
        assert min(apart) >= 20

    @pytest.mark.parametrize("sight", SIGHTS)
    def test_has_a_heat_scale_that_only_rises(self, theme, sight):
        lightness = [lab(TOKENS[theme][f"heat-{n}"], sight)[0] for n in range(7)]
        steps = [b - a for a, b in pairwise(lightness)]
        assert all(step < -3 for step in steps) or all(step > 3 for step in steps)


def test_both_themes_have_the_same_tokens():
    assert set(TOKENS["light"]) == set(TOKENS["dark"])
