"""What a drawn marketplace consists of: shops, products, creators, contents, and their truth.

The truth of a content is a product of named effects: category and content type x sub-category x
creator x product x weekday = what the creator's contents do on average
(`ctr_typical`); x the content's own spread (mean one, coefficient of variation 0.5) = what this
very content does (`ctr`).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from linkstar.sample.assortment import Line
from linkstar.sample.audience import Audience

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the marketplace is; `impressions` is the expected number over all days."""

    creators: int = 4_000
    contents: int = 30_000
    impressions: int = 10_000_000
    days: int = 84


SMALL = Size(creators=1_200, contents=8_000, impressions=2_000_000)
"""Large enough for its benchmark to be shown, small enough for a trial or a test."""


@dataclass(frozen=True, slots=True, eq=False)
class Shops:
    """Arrays with one element per shop. Workspace 0 is the demo seller's."""

    line: Ints
    workspace: Ints
    is_demo: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """Arrays with one element per product; `path` indexes `Market.paths`."""

    shop: Ints
    path: Ints
    effect: Floats
    cart_ratio: Floats
    price_minor: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Creators:
    """Arrays with one element per creator; `reach` is relative."""

    line: Ints
    effect: Floats
    reach: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """Arrays with one element per content; `daily` is `[contents, days]` expected impressions."""

    creator: Ints
    product: Ints
    is_live: Bools
    posted_day: Ints
    profile: Ints
    ctr: Floats
    ctr_typical: Floats
    weekday_mean: Floats
    daily: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Stories:
    """What was planted, by index: who to look for in the demo seller's shops."""

    winner: int
    stars: tuple[int, ...]
    bought_content: int
    bought_clicks: int
    bought_day: int
    slow_product: int


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """The whole marketplace. Day 0 is `starts_on`; the last day is the one before `ends_before`."""

    seed: int
    starts_on: date
    ends_before: date
    lines: tuple[Line, ...]
    paths: tuple[str, ...]
    audience: Audience
    weekday_effect: Floats
    shops: Shops
    products: Products
    creators: Creators
    contents: Contents
    stories: Stories
    visitors: int

    @property
    def days(self) -> int:
        return (self.ends_before - self.starts_on).days

    def weekday(self, day: int) -> int:
        """0 = Monday."""
        return (self.starts_on + timedelta(days=day)).weekday()
