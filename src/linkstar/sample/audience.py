"""Who watches and when: shares of the audience and how each group clicks.

Every effect has mean one over the impressions of its profile, so that a content's true CTR is the
mean over its own audience and needs no correction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkstar.sample.assortment import LIVE, VIDEO, Line

Floats = NDArray[np.float64]

GENDERS = ("female", "male")
AGES = ("18-24", "25-34", "35-44", "45-54", "55+")
DEVICES = ("phone", "desktop")
"""As clicks on links are tracked, so that these have a benchmark of the same value."""
SOURCES = ("organic", "ads")

AGE_SHARES = np.array([0.31, 0.33, 0.19, 0.11, 0.06])
AGE_EFFECTS = np.array([0.86, 1.06, 1.12, 1.05, 0.92])
DEVICE_SHARES = np.array([0.61, 0.39])
DEVICE_EFFECTS = np.array([1.10, 0.84])
SOURCE_SHARES = np.array([0.86, 0.14])
SOURCE_EFFECTS = np.array([1.06, 0.63])
WEEKDAY_SHARES = np.array([0.96, 0.95, 0.96, 0.98, 1.01, 1.08, 1.06])
WEEKDAY_EFFECTS = np.array([0.95, 0.96, 0.97, 0.99, 1.02, 1.06, 1.05])

CELLS = [
    (gender, age, device, source)
    for gender in range(len(GENDERS))
    for age in range(len(AGES))
    for device in range(len(DEVICES))
    for source in range(len(SOURCES))
]


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """Cumulative shares and click effects per profile (one per category and content type).

    `hours_upto` and `hour_effect` are `[profiles, 24]`; `cells_upto` and `cell_effect` are
    `[profiles, len(CELLS)]`, a cell being one gender, age, device and traffic source.
    """

    hours_upto: Floats
    hour_effect: Floats
    cells_upto: Floats
    cell_effect: Floats


def centred(effects: Floats, shares: Floats) -> Floats:
    """Effects scaled so that their mean over the shares is one (last axis)."""
    mean = (effects * shares).sum(axis=-1, keepdims=True)
    return np.asarray(effects / mean, dtype=np.float64)


def weekday_effects() -> Floats:
    """Click effect of Monday to Sunday, mean one over the week's impressions."""
    return centred(WEEKDAY_EFFECTS, WEEKDAY_SHARES / WEEKDAY_SHARES.sum())


def _around(peak: int, *, width: float, floor: float) -> Floats:
    """A day's shares: a bell around the peak hour over a floor, wrapped at midnight."""
    distance = np.abs(np.arange(24) - peak)
    distance = np.minimum(distance, 24 - distance)
    shares = floor + np.exp(-0.5 * (distance / width) ** 2)
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _hours(line: Line, content_type: str) -> tuple[Floats, Floats]:
    live = content_type == LIVE
    shares = _around(line.peak_hour, width=2.2 if live else 4.5, floor=0.0 if live else 0.18)
    # People click most a little before they watch most, and least in the small hours.
    effects = 0.85 + 7.2 * _around((line.peak_hour - 2) % 24, width=5.0, floor=0.05)
    return shares, centred(effects, shares)


def _cells(line: Line) -> tuple[Floats, Floats]:
    gender_shares = np.array([line.female_share, 1 - line.female_share])
    # The gender a category is made for clicks more, in proportion to how lopsided it is.
    tilt = 0.5 * (line.female_share - 0.5)
    gender_effects = np.array([1 + tilt, 1 - tilt])
    gender, age, device, source = (np.array(axis) for axis in zip(*CELLS, strict=True))
    shares = gender_shares[gender] * AGE_SHARES[age] * DEVICE_SHARES[device] * SOURCE_SHARES[source]
    effects = (
        gender_effects[gender] * AGE_EFFECTS[age] * DEVICE_EFFECTS[device] * SOURCE_EFFECTS[source]
    )
    return shares, centred(effects, shares)


def audience_of(market_lines: Sequence[Line]) -> Audience:
    """Profiles in the order line 0 video, line 0 LIVE, line 1 video, ..."""
    hours = [_hours(line, kind) for line in market_lines for kind in (VIDEO, LIVE)]
    cells = [_cells(line) for line in market_lines for _ in (VIDEO, LIVE)]
    return Audience(
        hours_upto=np.cumsum([shares for shares, _ in hours], axis=1),
        hour_effect=np.array([effects for _, effects in hours]),
        cells_upto=np.cumsum([shares for shares, _ in cells], axis=1),
        cell_effect=np.array([effects for _, effects in cells]),
    )


def draw(upto: Floats, profile: NDArray[np.int64], uniform: Floats) -> NDArray[np.int64]:
    """One category per element, by the cumulative shares of the element's profile."""
    width = upto.shape[1]
    ladder = (upto / upto[:, -1:] + np.arange(len(upto))[:, None]).ravel()
    found = np.searchsorted(ladder, uniform + profile, side="right") - profile * width
    return np.asarray(np.minimum(found, width - 1), dtype=np.int64)
