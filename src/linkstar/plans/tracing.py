"""Why a rate: every candidate for one creator, product and day, with the reason it won or lost."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from linkstar.plans.book import ShopBook
from linkstar.plans.rules import (
    NEVER,
    Funder,
    Grant,
    GrantKind,
    Layer,
    Promise,
    Version,
    grant_precedence,
    kept_before,
    precedence,
)


class Outcome(StrEnum):
    """What became of a candidate."""

    PAID = "paid"
    KEPT = "kept"  # no longer in force, paid all the same
    GAVE_WAY_TO_KEPT = "gave_way_to_kept"  # in force, but a higher rate is kept
    OVERRIDDEN = "overridden"  # another comes before it
    NOT_BEGUN = "not_begun"
    NO_RATE_YET = "no_rate_yet"
    ENDED = "ended"
    STOPPED = "stopped"
    NOT_NAMED = "not_named"
    OTHER_PRODUCT = "other_product"
    OTHER_CATEGORY = "other_category"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan, the version it has that day, and what became of it."""

    promise: Promise
    version: Version | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """A rate that ended while the creator promoted, and until when it is paid on."""

    promise: Promise
    version: Version
    ended_on: date
    kept_before: date
    told_on: date


@dataclass(frozen=True, slots=True)
class Granted:
    """An incentive that counts that day."""

    grant: Grant
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """A creator's handle, a product's id on the platform, a day in the shop's zone."""

    creator: str
    product: str
    on: date


@dataclass(frozen=True, slots=True)
class Trace:
    """The answer and everything that went into it.

    Attributes:
        rate_bps: None when neither a plan nor the shop's default applies.
        ads_rate_bps: for orders that came through the shop's ads; never locked.
        promoting_since: None when the creator did not show the product that day.
        kept: the rate that is kept, if one is.
        candidates: the first in precedence first.
    """

    asked: Question
    category: str
    rate_bps: int | None
    ads_rate_bps: int | None
    paid: Candidate | None
    promoting_since: date | None
    kept: Kept | None
    candidates: tuple[Candidate, ...]
    granted: tuple[Granted, ...]
    seller_bonus_bps: int
    platform_bonus_bps: int
    commission_free: bool
    fee_free: bool


def trace(book: ShopBook, *, creator: str, product: str, on: date) -> Trace:
    """Why the creator has this rate for the product on the day."""
    asked = Question(creator, product, on)
    since = _promoting_since(book, asked)
    named = _paid(book, Layer.NAMED, asked, since)
    everybody = _paid(book, Layer.EVERYBODY, asked, since)
    chosen = named if named.version else everybody
    version = chosen.version
    open_version = everybody.in_force[1] if everybody.in_force else None
    candidates = tuple(_candidate(book, p, asked, chosen) for p in _all(book))
    granted = _grants(book, asked)
    return Trace(
        asked=asked,
        category=book.category_on(product, on),
        rate_bps=version.rate_bps if version else None,
        ads_rate_bps=_ads_rate(chosen, open_version),
        paid=next((c for c in candidates if c.outcome in {Outcome.PAID, Outcome.KEPT}), None),
        promoting_since=since,
        kept=chosen.kept,
        candidates=candidates,
        granted=granted,
        seller_bonus_bps=_bonus(granted, Funder.SELLER),
        platform_bonus_bps=_bonus(granted, Funder.PLATFORM),
        commission_free=_is_free(granted, GrantKind.COMMISSION_FREE),
        fee_free=_is_free(granted, GrantKind.FEE_FREE),
    )


Standing = tuple[Promise, Version]


@dataclass(frozen=True, slots=True)
class _Paid:
    in_force: Standing | None
    kept: Kept | None

    @property
    def version(self) -> Version | None:
        if self.kept:
            return self.kept.version
        return self.in_force[1] if self.in_force else None

    @property
    def promise(self) -> Promise | None:
        if self.kept:
            return self.kept.promise
        return self.in_force[0] if self.in_force else None


def _all(book: ShopBook) -> list[Promise]:
    return sorted(book.promises, key=precedence)


def _standing(book: ShopBook, layer: Layer, asked: Question) -> Standing | None:
    """What is in force on the day, whoever promotes."""
    category = book.category_on(asked.product, asked.on)
    for promise in book.layer(layer):
        version = promise.version_on(asked.on)
        is_meant = promise.is_about(asked.product, category)
        if version and is_meant and promise.names(asked.creator, asked.on):
            return promise, version
    return None


def _paid(book: ShopBook, layer: Layer, asked: Question, since: date | None) -> _Paid:
    in_force = _standing(book, layer, asked)
    best: Kept | None = None
    rate = in_force[1].rate_bps if in_force else -1
    for ended in _ended(book, layer, asked, since) if since else []:
        if ended.kept_before > asked.on and ended.version.rate_bps > rate:
            best, rate = ended, ended.version.rate_bps
    return _Paid(in_force, best)


def _ended(book: ShopBook, layer: Layer, asked: Question, since: date) -> list[Kept]:
    """Rates that ended while the creator promoted, the latest first."""
    days = min((asked.on - since).days, book.terms.lock_days_max)
    later = _standing(book, layer, asked)
    ended: list[Kept] = []
    for back in range(1, days + 1):
        day = asked.on - timedelta(days=back)
        then = _standing(book, layer, replace(asked, on=day))
        if then is not None and then != later:
            ended.append(_kept(book, then, day + timedelta(days=1)))
        later = then
    return ended


def _kept(book: ShopBook, standing: Standing, ended_on: date) -> Kept:
    promise, version = standing
    terms = book.terms.on(promise.kind, ended_on)
    until = kept_before(
        ended_on=ended_on,
        lock_days=terms.lock_days,
        planned_end=promise.ends_before,
        at_planned_end=ended_on == promise.ends_before,
    )
    return Kept(promise, version, ended_on, until, until - timedelta(days=terms.notice_days))


def _promoting_since(book: ShopBook, asked: Question) -> date | None:
    for shown in book.joined_promotions:
        is_it = (shown.creator, shown.product) == (asked.creator, asked.product)
        if is_it and shown.starts_on <= asked.on < (shown.ends_before or NEVER):
            return shown.starts_on
    return None


def _candidate(book: ShopBook, promise: Promise, asked: Question, chosen: _Paid) -> Candidate:
    version = promise.version_on(asked.on)
    if chosen.kept and chosen.kept.promise is promise:
        return Candidate(promise, chosen.kept.version, Outcome.KEPT)
    reason = _why_not(book, promise, version, asked)
    if reason is None and chosen.in_force and chosen.in_force[0] is promise:
        reason = Outcome.GAVE_WAY_TO_KEPT if chosen.kept else Outcome.PAID
    return Candidate(promise, version, reason or Outcome.OVERRIDDEN)


def _why_not(
    book: ShopBook, promise: Promise, version: Version | None, asked: Question
) -> Outcome | None:
    """Why a plan does not apply at all; None when it does."""
    category = book.category_on(asked.product, asked.on)
    if not promise.is_about(asked.product, category):
        return Outcome.OTHER_PRODUCT if promise.product else Outcome.OTHER_CATEGORY
    if asked.on < promise.starts_on:
        return Outcome.NOT_BEGUN
    if asked.on >= promise.last_before:
        is_stopped = promise.last_before == promise.stops_before
        return Outcome.STOPPED if is_stopped else Outcome.ENDED
    if version is None:
        return Outcome.NO_RATE_YET
    return None if promise.names(asked.creator, asked.on) else Outcome.NOT_NAMED


def _ads_rate(chosen: _Paid, open_version: Version | None) -> int | None:
    """The ads rate in force; else that of the open plan; else the ordinary rate."""
    if chosen.version is None:
        return None
    own = chosen.in_force[1].ads_rate_bps if chosen.in_force else None
    of_open = open_version.ads_rate_bps if open_version else None
    return next((r for r in (own, of_open) if r is not None), chosen.version.rate_bps)


def _grants(book: ShopBook, asked: Question) -> tuple[Granted, ...]:
    """Those that apply; of several boosts of one funder only the first counts."""
    category = book.category_on(asked.product, asked.on)
    seen: set[Funder] = set()
    granted = []
    for grant in sorted(book.grants, key=grant_precedence):
        if not grant.applies(
            creator=asked.creator, product=asked.product, category=category, on=asked.on
        ):
            continue
        is_second = grant.kind is GrantKind.BOOST and grant.funded_by in seen
        granted.append(Granted(grant, Outcome.OVERRIDDEN if is_second else Outcome.PAID))
        seen |= {grant.funded_by} if grant.kind is GrantKind.BOOST else set()
    return tuple(granted)


def _bonus(granted: tuple[Granted, ...], funder: Funder) -> int:
    return sum(
        g.grant.bonus_bps
        for g in granted
        if g.grant.kind is GrantKind.BOOST
        and g.grant.funded_by is funder
        and g.outcome is Outcome.PAID
    )


def _is_free(granted: tuple[Granted, ...], kind: GrantKind) -> bool:
    return any(g.grant.kind is kind for g in granted)
