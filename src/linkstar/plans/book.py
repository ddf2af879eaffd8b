"""All promises of one shop laid out along the days, to price millions of order lines at once.

Along the days every product has one row of *pieces*: half-open stretches in which one version of
one promise is first in precedence. What `tracing` says for one creator, product and day, this says
for many; a property test holds the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkstar.plans.rules import (
    NEVER,
    Grant,
    Layer,
    MarketTerms,
    Promise,
    Promotion,
    Version,
    joined,
    kept_before,
    precedence,
)

Days = npt.NDArray[np.int64]
"""Days as `date.toordinal` counts them."""
Ints = npt.NDArray[np.int64]
NOTHING = -1
"""No rate, no piece, no plan."""
BEYOND = np.int64(1 << 22)
"""Above every day there is: timelines are laid end to end this far apart."""


class CategoryFrom(NamedTuple):
    """A product's category from a day on."""

    starts_on: date
    category: str


CategoryHistory = tuple[CategoryFrom, ...]
"""By day; the first begins with `date.min`."""
UNKNOWN: CategoryHistory = (CategoryFrom(date.min, ""),)


class Piece(NamedTuple):
    """A stretch of days in which one version is first in precedence."""

    starts_on: date
    ends_before: date
    promise: Promise | None
    version: Version | None
    kept_before: date


@dataclass(frozen=True)
class ShopBook:
    """Everything that decides the rates of one shop.

    Attributes:
        terms: the market's bounds and change rules.
        promises: plans and the shop's default.
        categories: the history of each product's category, by product id.
        promotions: who shows what.
        grants: incentives.
    """

    terms: MarketTerms
    promises: tuple[Promise, ...] = ()
    categories: Mapping[str, CategoryHistory] = field(default_factory=dict)
    promotions: tuple[Promotion, ...] = ()
    grants: tuple[Grant, ...] = ()

    def history(self, product: str) -> CategoryHistory:
        return self.categories.get(product, UNKNOWN)

    def category_on(self, product: str, on: date) -> str:
        return [c.category for c in self.history(product) if c.starts_on <= on][-1]

    def layer(self, layer: Layer) -> tuple[Promise, ...]:
        """The promises of a layer, the first in precedence first."""
        return tuple(sorted((p for p in self.promises if p.layer is layer), key=precedence))

    @cached_property
    def joined_promotions(self) -> tuple[Promotion, ...]:
        return tuple(joined(self.promotions))


def pieces_of(
    promises: Sequence[Promise],
    *,
    creator: str,
    product: str,
    history: CategoryHistory,
    terms: MarketTerms,
) -> list[Piece]:
    """All days in order, cut where another version becomes first. `promises` come by precedence."""
    cuts = sorted({date.min, *(c.starts_on for c in history), *_cuts(promises, creator)} - {NEVER})
    firsts: list[tuple[date, Promise | None, Version | None]] = []
    for day in cuts:
        category = [c.category for c in history if c.starts_on <= day][-1]
        promise, version = _first(promises, creator, product, category, day)
        if not firsts or firsts[-1][1:] != (promise, version):
            firsts.append((day, promise, version))
    ends = [*(first[0] for first in firsts[1:]), NEVER]
    return [
        Piece(start, end, promise, version, _kept(promise, end, terms))
        for (start, promise, version), end in zip(firsts, ends, strict=True)
    ]


def _cuts(promises: Iterable[Promise], creator: str) -> Iterable[date]:
    for promise in promises:
        yield promise.starts_on
        yield promise.last_before
        yield from (version.starts_on for version in promise.versions)
        for named in promise.named:
            if named.creator == creator:
                yield named.starts_on
                yield named.ends_before or NEVER


def _first(
    promises: Sequence[Promise], creator: str, product: str, category: str, on: date
) -> tuple[Promise | None, Version | None]:
    for promise in promises:
        version = promise.version_on(on)
        if version and promise.names(creator, on) and promise.is_about(product, category):
            return promise, version
    return None, None


def _kept(promise: Promise | None, ends_before: date, terms: MarketTerms) -> date:
    if promise is None:
        return ends_before
    return kept_before(
        ended_on=ends_before,
        lock_days=terms.on(promise.kind, ends_before).lock_days,
        planned_end=promise.ends_before,
        at_planned_end=ends_before == promise.ends_before,
    )


@dataclass(frozen=True)
class Timelines:
    """Pieces of many timelines in one array, found by timeline and day."""

    keys: Ints
    line: Ints
    ends: Days
    kept: Days
    rate: Ints
    ads_rate: Ints
    promise: Ints
    version: Ints
    promises: tuple[Promise, ...]

    @classmethod
    def laid_out(cls, lines: Sequence[Sequence[Piece]]) -> "Timelines":
        flat = [(number, piece) for number, line in enumerate(lines) for piece in line]
        promises = tuple({p.promise: None for _, p in flat if p.promise})
        position = {promise: index for index, promise in enumerate(promises)}
        line = _ints(number for number, _ in flat)
        return cls(
            keys=line * BEYOND + _ints(p.starts_on.toordinal() for _, p in flat),
            line=line,
            ends=_ints(p.ends_before.toordinal() for _, p in flat),
            kept=_ints(p.kept_before.toordinal() for _, p in flat),
            rate=_ints(p.version.rate_bps if p.version else NOTHING for _, p in flat),
            ads_rate=_ints(_ads_rate(p) for _, p in flat),
            promise=_ints(position[p.promise] if p.promise else NOTHING for _, p in flat),
            version=_ints(p.version.number if p.version else NOTHING for _, p in flat),
            promises=promises,
        )

    def piece_at(self, lines: Ints, days: Days) -> Ints:
        """The piece each line is in on each day."""
        return np.searchsorted(self.keys, lines * BEYOND + days, side="right") - 1

    def best_kept(self, pieces: Ints, days: Days, promoting_since: Days, lock_days: int) -> Ints:
        """For each, the piece whose rate is paid.

        That is the highest of the one in force and of those that ended while the creator promoted
        and are still kept.
        """
        best = pieces.copy()
        rows = np.flatnonzero(promoting_since <= days)
        before = pieces[rows] - 1
        while rows.size:
            ends = self.ends[before]
            goes_on = (
                (before >= 0)
                & (self.line[before] == self.line[pieces[rows]])
                & (ends > promoting_since[rows])
                & (ends > days[rows] - lock_days)
            )
            rows, before = rows[goes_on], before[goes_on]
            better = (self.kept[before] > days[rows]) & (self.rate[before] > self.rate[best[rows]])
            best[rows[better]] = before[better]
            before = before - 1
        return best


def _ads_rate(piece: Piece) -> int:
    if piece.version is None or piece.version.ads_rate_bps is None:
        return NOTHING
    return piece.version.ads_rate_bps


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
