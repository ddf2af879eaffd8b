"""The rate of every order line at once: the same answer as `tracing`, for millions of lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.plans.book import (
    NOTHING,
    CategoryHistory,
    Days,
    Ints,
    Piece,
    ShopBook,
    Timelines,
    pieces_of,
)
from linkstar.plans.rules import (
    NEVER,
    Funder,
    Grant,
    GrantKind,
    Layer,
    Named,
    Promise,
    Scope,
    contains,
    grant_precedence,
    precedence,
)

ASKED = pa.schema([("creator", pa.string()), ("product", pa.string()), ("day", pa.date32())])
"""One line per question: a creator's handle, a product's id on the platform, a day."""

RATES = pa.schema(
    [
        ("rate_bps", pa.int32()),  # null: no plan and no default applies
        ("ads_rate_bps", pa.int32()),  # for orders that came through the shop's ads
        ("plan_id", pa.string()),  # whose rate it is; empty for the shop's default
        ("plan_version", pa.int32()),
        ("kind", pa.string()),
        ("kept_before", pa.date32()),  # set when a rate no longer in force is kept, and until when
        ("seller_bonus_bps", pa.int32()),
        ("platform_bonus_bps", pa.int32()),
        ("commission_free", pa.bool_()),  # the platform pays the commission in the seller's place
        ("fee_free", pa.bool_()),
    ]
)
"""One line per question, in its order."""
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Questions:
    """What is asked, by number: unknown creators and products are asked about like others."""

    creators: Sequence[str]
    products: Sequence[str]
    creator: Ints
    product: Ints
    day: Days

    @classmethod
    def of(cls, asked: pa.Table) -> "Questions":
        creators, creator = _numbered(asked["creator"])
        products, product = _numbered(asked["product"])
        days = asked["day"].cast(pa.int32()).to_numpy().astype(np.int64) + EPOCH
        return cls(creators, products, creator, product, days)


def price(book: ShopBook, asked: pa.Table) -> pa.Table:
    """The rate of every line of `ASKED`, as lines of `RATES` in the same order."""
    asking = Questions.of(asked)
    since = promoting_since(book, asking)
    everybody = _settled(book, asking, since, _open_lines(book, asking))
    named = _settled(book, asking, since, _named_lines(book, asking))
    return _told(book, asking, everybody, named)


@dataclass(frozen=True)
class Settled:
    """A layer's answer for every question: the piece in force, and the piece paid."""

    lines: Timelines
    in_force: Ints
    paid: Ints


def _settled(
    book: ShopBook, asking: Questions, since: Days, lines: tuple[Timelines, Ints]
) -> Settled:
    timelines, line = lines
    in_force = timelines.piece_at(line, asking.day)
    lock_days = book.terms.lock_days_max
    return Settled(timelines, in_force, timelines.best_kept(in_force, asking.day, since, lock_days))


def _open_lines(book: ShopBook, asking: Questions) -> tuple[Timelines, Ints]:
    """One timeline per kind of product: those without a plan of their own share theirs."""
    promises = _Promises(book.layer(Layer.EVERYBODY))
    collected = _Collected(book)
    of_product = [collected.line("", product, promises) for product in asking.products]
    return collected.laid_out(), _array(of_product)[asking.product]


def _named_lines(book: ShopBook, asking: Questions) -> tuple[Timelines, Ints]:
    """One timeline per creator that is named, and one empty one for all others."""
    collected = _Collected(book)
    nobody = collected.line("", "", _Promises(()))
    naming = _by_handle(book.layer(Layer.NAMED))
    lines = np.full(len(asking.day), nobody, dtype=np.int64)
    is_named = np.array([handle in naming for handle in asking.creators], dtype=bool)
    rows = np.flatnonzero(is_named[asking.creator]) if is_named.size else np.array([], np.int64)
    pairs, of_row = np.unique(
        asking.creator[rows] * len(asking.products) + asking.product[rows], return_inverse=True
    )
    of_pair = [
        collected.line(handle, asking.products[int(pair) % len(asking.products)], naming[handle])
        for pair in pairs
        for handle in (asking.creators[int(pair) // len(asking.products)],)
    ]
    if rows.size:
        lines[rows] = _array(of_pair)[of_row]
    return collected.laid_out(), lines


def _by_handle(promises: Sequence[Promise]) -> dict[str, "_Promises"]:
    """The plans that name each creator, with only that creator left in them."""
    naming: dict[str, list[Promise]] = {}
    for promise in promises:
        named: dict[str, list[Named]] = {}
        for one in promise.named:
            named.setdefault(one.creator, []).append(one)
        for handle, own in named.items():
            naming.setdefault(handle, []).append(replace(promise, named=tuple(own)))
    return {handle: _Promises(plans) for handle, plans in naming.items()}


class _Collected:
    """Timelines as they are needed, each made once."""

    def __init__(self, book: ShopBook) -> None:
        self._book = book
        self._numbers: dict[tuple[str, str, CategoryHistory], int] = {}
        self._lines: list[list[Piece]] = []

    def line(self, creator: str, product: str, promises: "_Promises") -> int:
        history = self._book.history(product)
        own = product if product in promises.by_product else ""
        key = (creator, own, history)
        if key not in self._numbers:
            self._numbers[key] = len(self._lines)
            self._lines.append(
                pieces_of(
                    promises.about(own),
                    creator=creator,
                    product=own,
                    history=history,
                    terms=self._book.terms,
                )
            )
        return self._numbers[key]

    def laid_out(self) -> Timelines:
        return Timelines.laid_out(self._lines)


class _Promises:
    """Promises by precedence, those for single products apart."""

    def __init__(self, promises: Sequence[Promise]) -> None:
        self.wider = [p for p in promises if p.scope is not Scope.PRODUCT]
        self.by_product: dict[str, list[Promise]] = {}
        for promise in promises:
            if promise.scope is Scope.PRODUCT:
                self.by_product.setdefault(promise.product, []).append(promise)

    def about(self, product: str) -> list[Promise]:
        """Those that can be about a product at all."""
        return sorted([*self.wider, *self.by_product.get(product, ())], key=precedence)


def promoting_since(book: ShopBook, asking: Questions) -> Days:
    """Since when each creator shows the product on that day; `NEVER` when not."""
    creators = {handle: number for number, handle in enumerate(asking.creators)}
    products = {product: number for number, product in enumerate(asking.products)}
    shown = (
        sorted(
            (creators[p.creator] * len(products) + products[p.product], p.starts_on, p.ends_before)
            for p in book.joined_promotions
            if p.creator in creators and p.product in products
        )
        if creators and products
        else []
    )
    since = np.full(len(asking.day), NEVER.toordinal(), dtype=np.int64)
    if not shown:
        return since
    pair = _array([number for number, _, _ in shown])
    starts = _array([start.toordinal() for _, start, _ in shown])
    ends = _array([(end or NEVER).toordinal() for _, _, end in shown])
    asked_pair = asking.creator * len(products) + asking.product
    reach = np.int64(1 << 22)
    found = np.searchsorted(pair * reach + starts, asked_pair * reach + asking.day, "right") - 1
    is_shown = (found >= 0) & (pair[found] == asked_pair) & (asking.day < ends[found])
    since[is_shown] = starts[found[is_shown]]
    return since


def _told(book: ShopBook, asking: Questions, everybody: Settled, named: Settled) -> pa.Table:
    by_name = named.lines.rate[named.paid] != NOTHING

    def chosen(column: Callable[[Timelines], Ints], pieces: str = "paid") -> Ints:
        mine, theirs = getattr(named, pieces), getattr(everybody, pieces)
        both: Ints = np.where(by_name, column(named.lines)[mine], column(everybody.lines)[theirs])
        return both

    rate = chosen(lambda t: t.rate)
    open_ads = everybody.lines.ads_rate[everybody.in_force]
    own_ads = chosen(lambda t: t.ads_rate, "in_force")
    ads = np.where(own_ads != NOTHING, own_ads, np.where(open_ads != NOTHING, open_ads, rate))
    is_kept = np.where(by_name, named.paid != named.in_force, everybody.paid != everybody.in_force)
    plans = {
        "plan_id": _plan_column(by_name, named, everybody, lambda p: p.plan),
        "kind": _plan_column(by_name, named, everybody, lambda p: p.kind.value),
    }
    granted = _granted(book, asking)
    columns: dict[str, Any] = {
        "rate_bps": _nullable(rate),
        "ads_rate_bps": _nullable(np.where(rate == NOTHING, NOTHING, ads)),
        **plans,
        "plan_version": _nullable(chosen(lambda t: t.version)),
        "kept_before": _days(chosen(lambda t: t.kept), is_kept),
        **granted,
    }
    return pa.table([columns[name] for name in RATES.names], schema=RATES)


def _plan_column(
    by_name: npt.NDArray[np.bool_],
    named: Settled,
    everybody: Settled,
    told: Callable[[Promise], str],
) -> pa.Array:
    words = [*map(told, named.lines.promises), *map(told, everybody.lines.promises)]
    shift = len(named.lines.promises)
    theirs = everybody.lines.promise[everybody.paid]
    codes = np.where(
        by_name,
        named.lines.promise[named.paid],
        np.where(theirs == NOTHING, NOTHING, theirs + shift),
    )
    taken = pa.array(codes, mask=codes == NOTHING)
    return pc.take(pa.array(words, pa.string()), taken)


def _granted(book: ShopBook, asking: Questions) -> dict[str, pa.Array]:
    """Boosts and freedoms; the narrower is written over the wider."""
    size = len(asking.day)
    bonus = {funder: np.zeros(size, dtype=np.int32) for funder in Funder}
    free = {
        kind: np.zeros(size, dtype=bool) for kind in (GrantKind.COMMISSION_FREE, GrantKind.FEE_FREE)
    }
    for grant in sorted(book.grants, key=grant_precedence, reverse=True):
        meant = _meant(book, asking, grant)
        if grant.kind is GrantKind.BOOST:
            bonus[grant.funded_by][meant] = grant.bonus_bps
        elif grant.kind in free:
            free[grant.kind] |= meant
    return {
        "seller_bonus_bps": pa.array(bonus[Funder.SELLER]),
        "platform_bonus_bps": pa.array(bonus[Funder.PLATFORM]),
        "commission_free": pa.array(free[GrantKind.COMMISSION_FREE]),
        "fee_free": pa.array(free[GrantKind.FEE_FREE]),
    }


def _meant(book: ShopBook, asking: Questions, grant: Grant) -> npt.NDArray[np.bool_]:
    day = asking.day
    meant = (day >= grant.starts_on.toordinal()) & (day < grant.last_before.toordinal())
    if grant.creator:
        meant &= np.array([c == grant.creator for c in asking.creators], bool)[asking.creator]
    if grant.scope is Scope.PRODUCT:
        meant &= np.array([p == grant.product for p in asking.products], bool)[asking.product]
    if grant.scope is Scope.CATEGORY:
        meant &= _in_category(book, asking, grant.category)
    return meant


def _in_category(book: ShopBook, asking: Questions, category: str) -> npt.NDArray[np.bool_]:
    """Whether each product was in the category, or below it, on its day."""
    inside = np.zeros(len(asking.day), dtype=bool)
    histories = [book.history(product) for product in asking.products]
    for step in range(max(map(len, histories), default=0)):
        starts = _array([_start(h, step) for h in histories])[asking.product]
        is_in = np.array(
            [step < len(h) and contains(category, h[step].category) for h in histories], bool
        )[asking.product]
        inside = np.where(asking.day >= starts, is_in, inside)
    return inside


def _start(history: CategoryHistory, step: int) -> int:
    return history[step].starts_on.toordinal() if step < len(history) else NEVER.toordinal()


def _numbered(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    coded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _array(values: Sequence[int]) -> Ints:
    return np.asarray(values, dtype=np.int64)


def _nullable(values: Ints) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=values == NOTHING)


def _days(values: Days, is_set: npt.NDArray[np.bool_]) -> pa.Array:
    since_epoch = (values - EPOCH).astype(np.int32)
    return pa.array(since_epoch, mask=~is_set).cast(pa.date32())
