"""What a benchmark figure needs to be shown, and which figure applies to a content.

Floors and dominance: at least ten shops, thirty creators and 10,000 impressions; no shop above a
quarter, no two above a half of the impressions (a share rule of the kind statistical offices use:
Hundepool et al., Statistical Disclosure Control, 2012, section 4.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from linkstar.catalog.rules import ancestry
from linkstar.stats.arrays import Floats, Ints, Names, name_by_code

SHOPS_MIN, SHOPS_MIN_LOWEST = 10, 5
CREATORS_MIN = 30
IMPRESSIONS_MIN = 10_000
LARGEST_SHARE_MAX = 0.25
TOP_TWO_SHARE_MAX = 0.50
DAYS_TO_CLOSE = 2
"""A day is complete this long after it ended; late files reach it until then."""


class BenchmarkSource(StrEnum):
    """Where the figures of an edition come from."""

    COMPUTED = "computed"
    IMPORTED = "imported"
    OWN_HISTORY = "own_history"


class Withheld(StrEnum):
    """Why a cell is not shown; `SHOWN` is the empty string."""

    SHOWN = ""
    NO_IMPRESSIONS = "no_impressions"
    FEW_SHOPS = "few_shops"
    FEW_CREATORS = "few_creators"
    FEW_IMPRESSIONS = "few_impressions"
    LARGEST_SHOP = "largest_shop"
    TOP_TWO_SHOPS = "top_two_shops"
    PROTECTS_ANOTHER = "protects_another"


_REASONS = tuple(Withheld)


class FloorTooLow(ValueError):
    """The floor of shops may be set to five or more, never below."""

    def __init__(self, shops_min: int) -> None:
        super().__init__(shops_min)
        self.shops_min = shops_min


class NotWholeWeeks(ValueError):
    """A computed edition covers whole ISO weeks, Monday to Monday."""

    def __init__(self, starts_on: date, ends_before: date) -> None:
        super().__init__(starts_on, ends_before)
        self.starts_on = starts_on
        self.ends_before = ends_before


class WeekNotOver(ValueError):
    """The window ends too recently: late files may still change its last days."""

    def __init__(self, ends_before: date, complete_until: date) -> None:
        super().__init__(ends_before, complete_until)
        self.ends_before = ends_before
        self.complete_until = complete_until


@dataclass(frozen=True, slots=True)
class Floors:
    """What a cell needs before anybody sees it.

    Raises:
        FloorTooLow: `shops` is below five.
    """

    shops: int = SHOPS_MIN
    creators: int = CREATORS_MIN
    impressions: int = IMPRESSIONS_MIN
    largest_share: float = LARGEST_SHARE_MAX
    top_two_share: float = TOP_TWO_SHARE_MAX

    def __post_init__(self) -> None:
        if self.shops < SHOPS_MIN_LOWEST:
            raise FloorTooLow(self.shops)

    def reasons(
        self,
        *,
        impressions: Floats,
        shops: Ints,
        creators: Ints,
        largest_share: Floats,
        top_two_share: Floats,
    ) -> Names:
        """Why each cell is withheld, the first reason that applies; an array of `Withheld`."""
        return name_by_code(
            np.select(
                [
                    impressions <= 0,
                    shops < self.shops,
                    creators < self.creators,
                    impressions < self.impressions,
                    largest_share > self.largest_share,
                    top_two_share > self.top_two_share,
                ],
                [_REASONS.index(reason) for reason in _REASONS[1:7]],
                default=0,
            ).astype(np.int64),
            _REASONS,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a content stands in the book; empty strings mean all."""

    category: str
    content_type: str
    channel: str


def chain(asked: Place) -> Iterator[Place]:
    """The cells that may answer for a content, best first.

    The category's own cell of this content type and channel, then of the type on all channels, then
    of all types; then the same of the category above, up to all categories.
    """
    for category in ancestry(asked.category):
        steps = (
            Place(category, asked.content_type, asked.channel),
            Place(category, asked.content_type, ""),
            Place(category, "", ""),
        )
        yield from dict.fromkeys(steps)


def check_window(starts_on: date, ends_before: date, *, today: date) -> None:
    """Refuse windows a computed edition cannot cover.

    Raises:
        NotWholeWeeks: it does not run from a Monday to a later Monday.
        WeekNotOver: its last days are not complete yet.
    """
    if starts_on.weekday() or ends_before.weekday() or starts_on >= ends_before:
        raise NotWholeWeeks(starts_on, ends_before)
    complete_until = today - timedelta(days=DAYS_TO_CLOSE)
    if ends_before > complete_until:
        raise WeekNotOver(ends_before, complete_until)


def newest_whole_weeks(today: date, *, count: int) -> tuple[date, date]:
    """The latest window of that many complete ISO weeks."""
    complete = today - timedelta(days=DAYS_TO_CLOSE)
    ends_before = complete - timedelta(days=complete.weekday())
    return ends_before - timedelta(weeks=count), ends_before
