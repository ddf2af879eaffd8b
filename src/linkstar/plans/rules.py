"""What a commission plan promises: its scope, precedence, bounds and changes.

The day in the shop's zone is the unit. Within one plan the version that started last counts.
Between plans the order is fixed: targeted, campaign, open, the shop's default; within a kind
product before category before shop, and the deeper category first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from linkstar.catalog.rules import SEPARATOR

NEVER = date.max
"""The day before which something without an end ends."""


class Kind(StrEnum):
    """Who a plan is for, and the default that stands in when there is none."""

    TARGETED = "targeted"
    CAMPAIGN = "campaign"
    OPEN = "open"
    DEFAULT = "default"


class Scope(StrEnum):
    """What a plan is about."""

    PRODUCT = "product"
    CATEGORY = "category"
    SHOP = "shop"


class Layer(IntEnum):
    """A rate for creators who are named overrides the rate for everybody."""

    EVERYBODY = 0
    NAMED = 1


KINDS_BY_PRECEDENCE = (Kind.TARGETED, Kind.CAMPAIGN, Kind.OPEN, Kind.DEFAULT)
SCOPES_BY_PRECEDENCE = (Scope.PRODUCT, Scope.CATEGORY, Scope.SHOP)


@dataclass(frozen=True, slots=True)
class Version:
    """A rate from a day on; of two from the same day the higher number counts."""

    number: int
    starts_on: date
    rate_bps: int
    ads_rate_bps: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A creator, by handle, whom a plan is for from one day until another."""

    creator: str
    starts_on: date
    ends_before: date | None = None

    def covers(self, on: date) -> bool:
        return self.starts_on <= on < (self.ends_before or NEVER)


@dataclass(frozen=True, slots=True)
class Promise:
    """A plan as the rules see it.

    Attributes:
        plan: its id; empty for the shop's default.
        category: the path it is about, when `scope` is a category.
        product: the product's id on the platform, when `scope` is a product.
        ends_before: the end told when it was made.
        stops_before: the end decided later, when it was stopped.
    """

    plan: str
    kind: Kind
    scope: Scope
    starts_on: date
    versions: tuple[Version, ...]
    category: str = ""
    product: str = ""
    ends_before: date | None = None
    stops_before: date | None = None
    named: tuple[Named, ...] = ()

    @property
    def layer(self) -> Layer:
        named = self.kind in {Kind.TARGETED, Kind.CAMPAIGN}
        return Layer.NAMED if named else Layer.EVERYBODY

    @property
    def last_before(self) -> date:
        """The day on which it no longer applies."""
        return min(self.ends_before or NEVER, self.stops_before or NEVER)

    def version_on(self, on: date) -> Version | None:
        """The version that counts on a day; None outside its time."""
        if not self.starts_on <= on < self.last_before:
            return None
        begun = [version for version in self.versions if version.starts_on <= on]
        return max(begun, key=lambda v: (v.starts_on, v.number), default=None)

    def is_about(self, product: str, category: str) -> bool:
        """Whether the product, being in that category, is meant."""
        if self.scope is Scope.SHOP:
            return True
        if self.scope is Scope.CATEGORY:
            return contains(self.category, category)
        return product == self.product

    def names(self, creator: str, on: date) -> bool:
        """Whether the creator may have it on that day; everybody may have an open plan."""
        if self.layer is Layer.EVERYBODY:
            return True
        return any(named.creator == creator and named.covers(on) for named in self.named)


def precedence(promise: Promise) -> tuple[int, int, int, int, str]:
    """Smaller wins. Start and id only decide between plans that the checks below do not let in."""
    return (
        KINDS_BY_PRECEDENCE.index(promise.kind),
        SCOPES_BY_PRECEDENCE.index(promise.scope),
        -promise.category.count(SEPARATOR),
        -promise.starts_on.toordinal(),
        promise.plan,
    )


def contains(category: str, inner: str) -> bool:
    """Whether a category is the other one or above it."""
    return inner == category or inner.startswith(category + SEPARATOR)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a market lets a kind of plan be, from one day on, and who says so.

    Attributes:
        lock_days: for so long a rate that ends stays in force for who already promotes.
        notice_days: the creator is told so many days before that time is over.
        cuts_allowed: whether a running plan may be lowered at all.
        is_verified: false where the terms of another market stand in.
    """

    kind: Kind
    starts_on: date
    rate_bps_min: int
    rate_bps_max: int
    creators_max: int
    lock_days: int
    notice_days: int
    source: str
    seen_on: date
    cuts_allowed: bool = True
    is_verified: bool = True


@dataclass(frozen=True)
class MarketTerms:
    """All terms of a market."""

    market: str
    terms: tuple[Terms, ...]

    def on(self, kind: Kind, on: date) -> Terms:
        """Those of a kind in force on a day; before the first known ones, the first."""
        asked = Kind.OPEN if kind is Kind.DEFAULT else kind
        known = sorted((t for t in self.terms if t.kind is asked), key=lambda t: t.starts_on)
        begun = [terms for terms in known if terms.starts_on <= on]
        return begun[-1] if begun else known[0]

    @property
    def lock_days_max(self) -> int:
        return max(terms.lock_days for terms in self.terms)


@dataclass(frozen=True, slots=True)
class Promotion:
    """A creator shows a product from one day until another."""

    creator: str
    product: str
    starts_on: date
    ends_before: date | None = None


def joined(promotions: Sequence[Promotion]) -> list[Promotion]:
    """Overlapping ones of the same creator and product made one.

    One that starts on the day another ends is a new one: taking the product down ends a lock.
    """
    result: list[Promotion] = []
    for one in sorted(promotions, key=lambda p: (p.creator, p.product, p.starts_on)):
        last = result[-1] if result else None
        same = last is not None and (last.creator, last.product) == (one.creator, one.product)
        if last is None or not same or one.starts_on >= (last.ends_before or NEVER):
            result.append(one)
            continue
        ends = max(last.ends_before or NEVER, one.ends_before or NEVER)
        result[-1] = Promotion(
            one.creator, one.product, last.starts_on, None if ends == NEVER else ends
        )
    return result


class GrantKind(StrEnum):
    """What is granted on top."""

    COMMISSION_FREE = "commission_free"
    FEE_FREE = "fee_free"
    BOOST = "boost"
    TRAFFIC = "traffic"


class Funder(StrEnum):
    SELLER = "seller"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Grant:
    """An incentive as the rules see it; without a creator it is everybody's."""

    incentive: str
    kind: GrantKind
    scope: Scope
    starts_on: date
    ends_before: date
    category: str = ""
    product: str = ""
    creator: str = ""
    bonus_bps: int = 0
    funded_by: Funder = Funder.SELLER
    stops_before: date | None = None

    @property
    def last_before(self) -> date:
        return min(self.ends_before, self.stops_before or NEVER)

    def applies(self, *, creator: str, product: str, category: str, on: date) -> bool:
        if not self.starts_on <= on < self.last_before or self.creator not in {"", creator}:
            return False
        if self.scope is Scope.CATEGORY:
            return contains(self.category, category)
        return self.scope is Scope.SHOP or product == self.product


def grant_precedence(grant: Grant) -> tuple[bool, int, int, int, str]:
    """Of several boosts of one funder the smallest counts alone: boosts are never added up."""
    return (
        not grant.creator,
        SCOPES_BY_PRECEDENCE.index(grant.scope),
        -grant.category.count(SEPARATOR),
        -grant.starts_on.toordinal(),
        grant.incentive,
    )


def kept_before(
    *, ended_on: date, lock_days: int, planned_end: date | None, at_planned_end: bool
) -> date:
    """Until when a rate that is no longer in force is kept for who already promoted.

    An end that was told from the start is no cut, so nothing is kept beyond it.
    """
    if at_planned_end or ended_on == NEVER:
        return ended_on
    return min(ended_on + timedelta(days=lock_days), planned_end or NEVER)
