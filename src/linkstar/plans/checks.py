"""What is looked at before a promise is written: bounds, days, and other promises in the way."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa

from linkstar.plans.book import UNKNOWN, ShopBook
from linkstar.plans.pricing import ASKED, price
from linkstar.plans.refusals import (
    AdsRateOutOfBounds,
    CreatorNamedTwice,
    EndsBeforeItStarts,
    LowersToday,
    PlanOverlaps,
    RateOutOfBounds,
    StartsInThePast,
)
from linkstar.plans.rules import NEVER, Layer, Named, Promise, Scope, Terms

PROMISED = ("rate_bps", "ads_rate_bps", "seller_bonus_bps", "platform_bonus_bps")
"""Columns of `RATES` that must not become smaller for a day that has begun."""


def check_rate(rate_bps: int, ads_rate_bps: int | None, terms: Terms, ads_terms: Terms) -> None:
    """Both rates are within what the market allows; ads have the bounds of open plans.

    Raises:
        RateOutOfBounds: the ordinary rate is not.
        AdsRateOutOfBounds: the rate for ads is not.
    """
    low, high = terms.rate_bps_min, terms.rate_bps_max
    if not low <= rate_bps <= high:
        raise RateOutOfBounds(rate_bps, rate_bps_min=low, rate_bps_max=high)
    low, high = ads_terms.rate_bps_min, ads_terms.rate_bps_max
    if ads_rate_bps is not None and not low <= ads_rate_bps <= high:
        raise AdsRateOutOfBounds(ads_rate_bps, rate_bps_min=low, rate_bps_max=high)


def check_days(starts_on: date, ends_before: date | None, *, today: date) -> None:
    """It begins today or later and ends after it begins.

    Raises:
        StartsInThePast: it would begin on a day that is over.
        EndsBeforeItStarts: no day would be left.
    """
    if starts_on < today:
        raise StartsInThePast(starts_on, earliest=today)
    if ends_before is not None and ends_before <= starts_on:
        raise EndsBeforeItStarts(starts_on, ends_before)


def check_apart(promise: Promise, others: Iterable[tuple[str, Promise]]) -> None:
    """No other plan of its kind promises the same thing at the same time. Others come with names.

    Raises:
        PlanOverlaps: an open one does.
        CreatorNamedTwice: another names the same creator.
    """
    for name, other in others:
        if not _same_thing(promise, other) or not _overlap(promise, other):
            continue
        if promise.layer is Layer.EVERYBODY:
            raise PlanOverlaps(name)
        for mine in promise.named:
            if any(_named_together(mine, theirs, other) for theirs in other.named):
                raise CreatorNamedTwice(mine.creator, name=name)


def _same_thing(one: Promise, other: Promise) -> bool:
    same = (one.kind, one.scope, one.category, one.product)
    return one.plan != other.plan and same == (
        other.kind, other.scope, other.category, other.product,
    )  # fmt: skip


def _overlap(one: Promise, other: Promise) -> bool:
    return one.starts_on < other.last_before and other.starts_on < one.last_before


def _named_together(mine: Named, theirs: Named, other: Promise) -> bool:
    ends = min(theirs.ends_before or NEVER, other.last_before)
    overlap = mine.starts_on < ends and theirs.starts_on < (mine.ends_before or NEVER)
    return mine.creator == theirs.creator and overlap


def check_takes_nothing(before: ShopBook, after: ShopBook, *, today: date) -> None:
    """Nobody has less today than before: orders placed this morning keep what they were promised.

    Locks are left out: they are there to soften what is found here.

    Raises:
        LowersToday: somebody would.
    """
    asked = _everything_that_differs(before, after, today)
    was = price(replace(before, promotions=()), asked)
    would_be = price(replace(after, promotions=()), asked)
    for column in PROMISED:
        old, new = was[column].fill_null(-1).to_numpy(), would_be[column].fill_null(-1).to_numpy()
        if (new < old).any():
            raise LowersToday(today + timedelta(days=1))


def _everything_that_differs(before: ShopBook, after: ShopBook, on: date) -> pa.Table:
    """One creator and one product of every kind that could be told apart."""
    books = (before, after)
    creators = {"", *(n.creator for book in books for p in book.promises for n in p.named)}
    creators |= {grant.creator for book in books for grant in book.grants}
    products = {"", *_products_told_apart(books)}
    lines = [{"creator": c, "product": p, "day": on} for c in creators for p in products]
    return pa.Table.from_pylist(lines, schema=ASKED)


def _products_told_apart(books: Sequence[ShopBook]) -> set[str]:
    own = {p.product for book in books for p in book.promises if p.scope is Scope.PRODUCT}
    own |= {g.product for book in books for g in book.grants if g.scope is Scope.PRODUCT}
    of_history = {UNKNOWN: ""}
    for product, history in books[-1].categories.items():
        of_history.setdefault(history, product)
    return own | set(of_history.values())


def is_cut(promise: Promise, *, rate_bps: int, on: date) -> bool:
    """Whether a plan would promise less from a day on than it does."""
    version = promise.version_on(on)
    return version is not None and rate_bps < version.rate_bps
