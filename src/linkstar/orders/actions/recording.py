"""Recording order lines: checked one by one, written all at once; a bad line harms no other."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from linkstar.batches import batched
from linkstar.catalog.actions import hold_shop
from linkstar.catalog.models import Shop, Sku
from linkstar.money.currencies import CURRENCIES
from linkstar.money.dividing import half_even, micros_per_minor
from linkstar.orders.actions.merging import STAGED, merge
from linkstar.orders.actions.problems import Problem
from linkstar.orders.actions.returning import match_waiting
from linkstar.orders.actions.wording import keep_words, line_id_of
from linkstar.orders.rules import LineRefused, Source, State, StatedLine

LINES_AT_ONCE = 100_000
_SAID = STAGED[1:-3]
_INSTANTS = ("ordered_at", "paid_at", "shipped_at", "delivered_at", "settled_at", "cancelled_at")
_said = attrgetter(*_SAID)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the lines: `stated = new + revised + unchanged + refused + repeated`.

    Attributes:
        stated: lines given.
        new: lines nobody had stated before.
        revised: lines that say something else now; what they said before is kept.
        problems: lines that were refused, and why.
        repeated: lines of which a later one of the same call said all.
        restored: of the revised, lines that were withdrawn and are stated again.
    """

    stated: int = 0
    new: int = 0
    revised: int = 0
    problems: tuple[Problem, ...] = ()
    repeated: int = 0
    restored: int = 0

    @property
    def unchanged(self) -> int:
        """Lines that said nothing new."""
        return self.stated - self.new - self.revised - len(self.problems) - self.repeated

    def __add__(self, other: "Recorded") -> "Recorded":
        return Recorded(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def record_lines(
    *,
    shop: Shop,
    lines: Iterable[StatedLine],
    source: Source,
    stated_at: datetime,
    now: datetime,
    import_id: str = "",
) -> Recorded:
    """Take in what is stated about order lines; stating the same again changes nothing.

    Refunds that waited for one of these lines are counted.

    Args:
        shop: whose orders.
        lines: of one order and line id, the last counts.
        source: who states them.
        stated_at: when it was stated; of two statements the later counts.
        now: the instant of recording.
        import_id: of the file they stand in; decides between statements of the same instant.
    """
    writer = _Writer(shop, source, import_id, stated_at)
    done = Recorded()
    names: set[str] = set()
    for part in batched(lines, LINES_AT_ONCE):
        names.update(
            name for each in part for name in (each.order_id, each.sku_id, each.product_id)
        )
        with transaction.atomic():
            hold_shop(shop)
            done += writer.write(part, now)
    if done.new or done.restored:
        match_waiting(shop=shop, names=names, now=now)
    return done


class _Writer:
    """Checks lines and brings them into the form in which they are staged."""

    def __init__(self, shop: Shop, source: Source, import_id: str, stated_at: datetime) -> None:
        self._shop, self._source, self._at = shop, source, stated_at
        self._zone = ZoneInfo(shop.zone)
        self._instant = connection.ops.adapt_datetimefield_value
        self._day = connection.ops.adapt_datefield_value
        self._stated = (str(source), import_id, self._instant(stated_at))
        skus = Sku.objects.filter(product__shop=shop)
        self._products = dict(skus.values_list("external_id", "product__external_id"))

    def write(self, lines: list[StatedLine], now: datetime) -> Recorded:
        rows: dict[tuple[object, ...], tuple[object, ...]] = {}
        problems = []
        for line in lines:
            try:
                row = self._row(line)
            except LineRefused as refused:
                value = str(refused.value)
                problems.append(Problem(line.order_id, line.line_id, refused.code, value))
            else:
                rows[row[:3]] = row
        repeated = len(lines) - len(problems) - len(rows)
        if self._source is Source.API:
            good = rows.keys()
            keep_words(self._shop, [line for line in lines if self._key(line) in good], self._at)
        merged = merge(rows.values(), now=now)
        problems += [
            Problem(order, line, "more_returned_than_ordered", str(items))
            for order, line, items in merged.contradicted
        ]
        return Recorded(
            len(lines), merged.new, merged.revised, tuple(problems), repeated, merged.restored
        )

    def _key(self, line: StatedLine) -> tuple[object, ...]:
        return (self._shop.pk, line.order_id, line_id_of(line))

    def _row(self, line: StatedLine) -> tuple[object, ...]:
        """The line's values in the order of `STAGED`.

        Raises:
            LineRefused: it lacks what no line can lack, or contradicts itself.
        """
        _check(line)
        _check_amounts(line)
        assert line.ordered_at is not None
        currency = line.currency or self._shop.currency
        said: dict[str, Any] = dict(zip(_SAID, _said(line), strict=True))
        said["line_id"] = line_id_of(line)
        said["product_id"] = line.product_id or self._products.get(line.sku_id, "")
        said["currency"] = currency
        said["price_micros"] = _price(line, currency)
        said["state"] = str(line.state)
        said["ordered_on"] = self._day(
            line.ordered_on or line.ordered_at.astimezone(self._zone).date()
        )
        for name in _INSTANTS:
            if at := said[name]:
                said[name] = self._instant(at)
        return (self._shop.pk, *said.values(), *self._stated)


def _check(line: StatedLine) -> None:
    if not line.order_id:
        raise LineRefused("order_missing")
    if not (line.line_id or line.sku_id or line.product_id):
        raise LineRefused("line_missing")
    if line.ordered_at is None:
        raise LineRefused("time_missing")
    if not line.items or line.items < 1:
        raise LineRefused("items_missing", line.items)
    if not 0 <= line.items_returned <= line.items:
        raise LineRefused("more_returned_than_ordered", line.items_returned)
    if line.state is State.WITHDRAWN:
        raise LineRefused("state_not_stated", line.state)


def _check_amounts(line: StatedLine) -> None:
    if line.currency and line.currency not in CURRENCIES:
        raise LineRefused("currency_unknown", line.currency)
    if line.price_micros is None and line.paid_minor is None:
        raise LineRefused("price_missing")
    if (line.price_micros or 0) < 0 or (line.paid_minor or 0) < 0:
        raise LineRefused("price_negative", line.price_micros)
    if line.refunded_minor < 0:
        raise LineRefused("refund_negative", line.refunded_minor)


def _price(line: StatedLine, currency: str) -> int:
    """As stated; else what was paid for one item."""
    if line.price_micros is not None:
        return line.price_micros
    assert line.paid_minor is not None
    assert line.items
    return half_even(line.paid_minor * micros_per_minor(currency), line.items)
