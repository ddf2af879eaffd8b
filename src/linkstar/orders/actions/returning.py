"""Items that came back, where nobody says of which line: matched by a published rule, or listed.

What was matched once stays: the same return stated again is known by its key; stated later with
other items, it is revised. What was not is looked at again whenever lines turn up that nobody had
stated before.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from linkstar.batches import batched
from linkstar.catalog.actions import hold_shop
from linkstar.catalog.models import Shop
from linkstar.orders.actions.refunding import (
    StatedRefund,
    count_refund,
    line_named,
    refusal,
    take_back_refund,
)
from linkstar.orders.matching import Found, Return, Sale, sale_of
from linkstar.orders.models import OrderLine, Refund, UnmatchedRefund
from linkstar.orders.rules import NOT_SOLD, Source, State

NAMES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of the returns: `stated = matched + unmatched + revised + known`.

    Attributes:
        stated: returns given.
        matched: taken off a line.
        tied: of the matched, those that other lines fitted no less.
        unmatched: fit no line; listed until one turns up.
        revised: stated before with other items; they are of that line, if it has so many left.
        known: stated before, or later.
        matched_micros: by currency, what the matched are worth at their stated price.
        unmatched_micros: by currency, what the unmatched are worth.
    """

    stated: int
    matched: int
    tied: int
    unmatched: int
    revised: int
    known: int
    matched_micros: Mapping[str, int]
    unmatched_micros: Mapping[str, int]


@transaction.atomic
def record_returns(
    *,
    shop: Shop,
    returns: Sequence[Return],
    source: Source,
    stated_at: datetime,
    now: datetime,
    import_id: str = "",
) -> Returned:
    """Take each return off the line `matching.sale_of` finds; list those without one.

    One that was stated before with other items is revised, if this statement is the later one: it
    stays with its line where that has so many left, else it is matched anew.

    Args:
        shop: whose orders.
        returns: what came back.
        source: who states it.
        stated_at: when it was stated; of two statements the later counts.
        now: the instant of recording.
        import_id: of the file they stand in; decides between statements of the same instant.
    """
    hold_shop(shop)
    told = _told_before(shop, returns)
    origin = {
        "source": str(source), "import_id": import_id, "stated_at": stated_at, "recorded_at": now,
    }  # fmt: skip
    fresh = [given for given in returns if given.key not in told]
    changed = {
        given.key: given
        for given in returns
        if given.key in told and _is_revised(given, told[given.key], stated_at, import_id)
    }
    _revise(shop, [(given, told[given.key]) for given in changed.values()], origin)
    sales = _Sales(shop, fresh)
    tied = 0
    matched: Counter[str] = Counter()
    unmatched: Counter[str] = Counter()
    lost = 0
    for given in sorted(fresh, key=lambda each: (each.happened_at, each.key)):
        found = sales.take(given)
        worth = given.items * (given.price_micros or 0)
        if found.sale is None:
            _list(shop, given, found, origin)
            unmatched[given.currency] += worth
            lost += 1
        else:
            _count(given, found, origin)
            matched[given.currency] += worth
            tied += found.rivals > 0
    return Returned(
        stated=len(returns),
        matched=len(fresh) - lost,
        tied=tied,
        unmatched=lost,
        revised=len(changed),
        known=len(returns) - len(fresh) - len(changed),
        matched_micros=matched,
        unmatched_micros=unmatched,
    )


@transaction.atomic
def match_waiting(*, shop: Shop, names: Collection[str], now: datetime) -> int:
    """Take off their lines the refunds whose lines have turned up; how many there were.

    Args:
        shop: whose.
        names: of the orders and articles that were stated; refunds of others go on waiting.
        now: the instant of recording.
    """
    hold_shop(shop)
    of_shop = UnmatchedRefund.objects.filter(shop=shop).select_related("shop")
    found_waiting = of_shop.order_by("happened_at", "key")
    waiting = [each for each in found_waiting if (each.article or each.order_id) in names]
    unnamed = {each: _return_of(each) for each in waiting if each.article}
    sales = _Sales(shop, list(unnamed.values()))
    found = 0
    for each in waiting:
        origin = {
            "source": each.source, "import_id": each.import_id, "stated_at": each.stated_at,
            "recorded_at": now,
        }  # fmt: skip
        if each in unnamed:
            given = unnamed[each]
            match = sales.take(given)
            is_found = match.sale is not None
            if is_found:
                _count(given, match, origin)
        else:
            is_found = _count_named(each, origin)
        if is_found:
            each.delete()
            found += 1
    return found


def _return_of(waiting: UnmatchedRefund) -> Return:
    return Return(
        order_id=waiting.order_id,
        line_id=waiting.line_id,
        article=waiting.article,
        price_micros=waiting.price_micros,
        currency=waiting.currency,
        happened_at=waiting.happened_at,
        items=waiting.items,
    )


def _count_named(waiting: UnmatchedRefund, origin: Mapping[str, object]) -> bool:
    """Count a refund that names its line, if it is there by now and has so much left."""
    line = line_named(waiting.shop, waiting.order_id, waiting.line_id)
    refund = StatedRefund(
        key=waiting.key,
        order_id=waiting.order_id,
        line_id=waiting.line_id,
        happened_at=waiting.happened_at,
        items=waiting.items,
        amount_minor=waiting.amount_minor,
    )
    if line is None or refusal(line, refund):
        return False
    count_refund(line, refund, origin)
    return True


def _told_before(shop: Shop, returns: Iterable[Return]) -> dict[str, Refund | UnmatchedRefund]:
    """The returns that were taken off a line, or are listed, by key."""
    told: dict[str, Refund | UnmatchedRefund] = {}
    for keys in batched((given.key for given in returns), NAMES_AT_ONCE):
        counted = Refund.objects.filter(line__shop=shop, key__in=keys, withdrawn_at=None)
        told |= {each.key: each for each in counted.select_related("line")}
        told |= {each.key: each for each in UnmatchedRefund.objects.filter(shop=shop, key__in=keys)}
    return told


def _is_revised(
    given: Return, told: Refund | UnmatchedRefund, stated_at: datetime, import_id: str
) -> bool:
    """Whether it says other items than were told, and later."""
    before = (told.stated_at or told.recorded_at, told.import_id)
    return given.items != told.items and (stated_at, import_id) > before


def _revise(
    shop: Shop,
    changed: Sequence[tuple[Return, Refund | UnmatchedRefund]],
    origin: Mapping[str, Any],
) -> None:
    """Take back what was told; count what is told now, off the same line where that has enough."""
    for _, told in changed:
        if isinstance(told, Refund):
            take_back_refund(told, now=origin["recorded_at"])
        else:
            told.delete()
    sales = _Sales(shop, [given for given, _ in changed])
    for given, told in changed:
        line = told.line_id if isinstance(told, Refund) else None
        found = sales.take(given, first=line)
        if found.sale is None:
            _list(shop, given, found, origin)
        else:
            _count(given, found, origin)


class _Sales:
    """The lines returns may be of, with what is left of each as returns are taken off."""

    def __init__(self, shop: Shop, returns: Sequence[Return]) -> None:
        self._by_article: dict[str, dict[int, Sale]] = defaultdict(dict)
        self._by_line: dict[tuple[str, str], Sale] = {}
        articles = sorted({given.article for given in returns} - {""})
        orders = sorted({given.order_id for given in returns if not given.article})
        of_shop = OrderLine.objects.filter(shop=shop).exclude(state=State.WITHDRAWN)
        for names in batched(articles, NAMES_AT_ONCE):
            has_article = Q(sku_id__in=names) | Q(sku_id="", product_id__in=names)
            self._keep(of_shop.filter(has_article))
        for names in batched(orders, NAMES_AT_ONCE):
            self._keep(of_shop.filter(order_id__in=names))

    def _keep(self, lines: Iterable[OrderLine]) -> None:
        for line in lines:
            ended = line.state in NOT_SOLD
            sale = Sale(
                id=line.pk,
                order_id=line.order_id,
                line_id=line.line_id,
                article=line.sku_id or line.product_id,
                price_micros=line.price_micros,
                currency=line.currency,
                ordered_at=line.ordered_at,
                items=line.items,
                left=0 if ended else line.items - line.items_returned,
            )
            self._set(sale)

    def _set(self, sale: Sale) -> None:
        self._by_article[sale.article][sale.id] = sale
        self._by_line[sale.order_id, sale.line_id] = sale

    def take(self, given: Return, *, first: int | None = None) -> Found:
        """The line a return is of: `first`, if it has enough left. The next finds so much less."""
        named = self._by_line.get((given.order_id, given.line_id))
        alike = self._by_article.get(given.article, {}) if given.article else {}
        sales = {named.id: named, **alike} if named else alike
        stays = sales.get(first) if first else None
        fits = [stays] if stays and stays.left >= given.items else list(sales.values())
        found = sale_of(given, fits)
        if found.sale:
            self._set(replace(found.sale, left=found.sale.left - given.items))
        return found


def _list(shop: Shop, given: Return, found: Found, origin: Mapping[str, object]) -> None:
    UnmatchedRefund.objects.create(
        shop=shop,
        key=given.key,
        order_id=given.order_id,
        line_id=given.line_id,
        article=given.article,
        reason=str(found.why),
        items=given.items,
        price_micros=given.price_micros,
        currency=given.currency,
        happened_at=given.happened_at,
        **origin,
    )


def _count(given: Return, found: Found, origin: Mapping[str, object]) -> None:
    assert found.sale is not None
    line = OrderLine.objects.get(pk=found.sale.id)
    refund = StatedRefund(
        key=given.key,
        order_id=given.order_id,
        line_id=given.line_id,
        happened_at=given.happened_at,
        items=given.items,
    )
    count_refund(line, refund, origin, rivals=found.rivals)
