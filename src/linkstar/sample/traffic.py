"""Turns a marketplace into tracked events, one Arrow table at a time, in bounded memory.

An impression is drawn for every person who saw a product link; a click, an add-to-cart, an order
and a refund follow each other with the true probabilities. Bots look and never click, except for
the ones somebody paid for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from linkstar.sample import labels as written
from linkstar.sample.audience import AGES, CELLS, DEVICES, GENDERS, SOURCES, draw
from linkstar.sample.labels import Labels
from linkstar.sample.market import Bools, Ints, Market

HOUR_MS = 3_600_000
ORDERED_AFTER_CART = 0.38
REFUNDED = 0.09
CRAWLED = 0.008
CRAWLERS = 60
BUYERS_OF_CLICKS = 40

GENDER_OF, AGE_OF, DEVICE_OF, SOURCE_OF = (
    np.array(axis, dtype=np.int8) for axis in zip(*CELLS, strict=True)
)


@dataclass(frozen=True, slots=True, eq=False)
class Happened:
    """Columns of events of one kind: who, what, when (milliseconds since 1970, UTC)."""

    kind: str
    letter: str  # begins its event ids
    number: Ints
    content: Ints
    at_ms: Ints
    cell: Ints
    visitor: Ints

    def keep(self, kept: Bools | Ints) -> "Happened":
        return Happened(
            self.kind,
            self.letter,
            self.number[kept],
            self.content[kept],
            self.at_ms[kept],
            self.cell[kept],
            self.visitor[kept],
        )

    def then(self, kind: str, delay_ms: Ints) -> "Happened":
        """The next step by the same people, later."""
        at_ms = self.at_ms + delay_ms
        return Happened(kind, kind[0], self.number, self.content, at_ms, self.cell, self.visitor)


def hour_starts_ms(day: date, zone: ZoneInfo) -> Ints:
    """The instant each local hour of a day begins; an hour the clocks skip begins with the next."""
    starts = [datetime.combine(day, time(hour), zone) for hour in range(24)]
    return np.array([int(at.timestamp() * 1000) for at in starts], dtype=np.int64)


def _impressions(
    market: Market, rng: np.random.Generator, content: Ints, hours_ms: Ints, number: int
) -> Happened:
    profile = market.contents.profile[content]
    hour = draw(market.audience.hours_upto, profile, rng.random(len(content)))
    within = (rng.random(len(content)) * HOUR_MS).astype(np.int64)
    cell = draw(market.audience.cells_upto, profile, rng.random(len(content)))
    visitor = (rng.random(len(content)) * market.visitors).astype(np.int64)
    crawled = rng.random(len(content)) < CRAWLED
    visitor[crawled] = -1 - (visitor[crawled] % CRAWLERS)
    numbers = np.arange(number, number + len(content))
    at_ms = hours_ms[hour] + within
    return Happened("impression", "i", numbers, content, at_ms, cell, visitor)


def _clicked(
    market: Market, rng: np.random.Generator, seen: Happened, hours_ms: Ints, weekday: int
) -> Bools:
    """Which impressions were followed: the content's true rate x everything about the moment."""
    contents, audience = market.contents, market.audience
    profile = contents.profile[seen.content]
    hour = np.searchsorted(hours_ms, seen.at_ms, side="right") - 1
    typical_day = contents.weekday_mean[seen.content]
    chance = (
        contents.ctr[seen.content]
        / typical_day
        * market.weekday_effect[weekday]
        * audience.hour_effect[profile, hour]
        * audience.cell_effect[profile, seen.cell]
    )
    return np.asarray((rng.random(len(chance)) < chance) & (seen.visitor >= 0), dtype=np.bool_)


def _wait(rng: np.random.Generator, many: int, *, mean_ms: float) -> Ints:
    return 400 + rng.exponential(mean_ms, many).astype(np.int64)


def _bought(market: Market, rng: np.random.Generator, day: int, hours_ms: Ints) -> Happened:
    """Clicks nobody's interest made: forty visitors, from three to five in the morning."""
    many = market.stories.bought_clicks if market.stories.bought_day == day else 0
    content = np.full(many, market.stories.bought_content)
    return Happened(
        "click",
        "b",
        number=np.arange(many) + day * 10**6,
        content=content,
        at_ms=hours_ms[3] + np.sort(rng.integers(0, 2 * HOUR_MS, many)),
        cell=rng.integers(0, len(CELLS), many),
        visitor=-1_000 - rng.integers(0, BUYERS_OF_CLICKS, many),
    )


def _funnel(
    market: Market, rng: np.random.Generator, seen: Happened, hours_ms: Ints, weekday: int
) -> tuple[Happened, Happened, Happened, Happened, Happened]:
    clicked = seen.keep(_clicked(market, rng, seen, hours_ms, weekday))
    clicks = clicked.then("click", _wait(rng, len(clicked.number), mean_ms=6_000))
    chance = market.products.cart_ratio[market.contents.product[clicks.content]]
    carted = clicks.keep(rng.random(len(chance)) < chance)
    carts = carted.then("add_to_cart", _wait(rng, len(carted.number), mean_ms=40_000))
    ordered = carts.keep(rng.random(len(carts.number)) < ORDERED_AFTER_CART)
    orders = ordered.then("order", _wait(rng, len(ordered.number), mean_ms=300_000))
    returned = orders.keep(rng.random(len(orders.number)) < REFUNDED)
    days_later = rng.integers(2, 12, len(returned.number)) * 24 * HOUR_MS
    return seen, clicks, carts, orders, returned.then("refund", days_later)


def _of_day(market: Market, day: int, zone: ZoneInfo, chunk: int) -> Iterator[list[Happened]]:
    """What a day's audience does, at most about `chunk` impressions at a time."""
    rng = np.random.default_rng([market.seed, 1, day])
    hours_ms = hour_starts_ms(market.starts_on + timedelta(days=day), zone)
    many = rng.poisson(market.contents.daily[:, day])
    upto = np.cumsum(many)
    number = day * 10**9
    first = 0
    while first < len(many):
        done = upto[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(upto, done + chunk, side="right")))
        content = np.repeat(np.arange(first, last), many[first:last])
        seen = _impressions(market, rng, content, hours_ms, number)
        yield list(_funnel(market, rng, seen, hours_ms, market.weekday(day)))
        number += len(content)
        first = last
    bought = _bought(market, rng, day, hours_ms)
    if len(bought.number):
        yield [bought]


def event_tables(
    market: Market, labels: Labels, *, zone: ZoneInfo, now: datetime, chunk: int = 1_000_000
) -> Iterator[tuple[int, pa.Table]]:
    """(day, events made on that day) in order; nothing happens at or after `now`.

    Refunds wait until the day they are made. Memory follows `chunk`, not the size of the market.
    """
    now_ms = int(now.astimezone(UTC).timestamp() * 1000)
    waiting: list[Happened] = []
    for day in range(market.days):
        ends = datetime.combine(market.starts_on + timedelta(days=day + 1), time(), zone)
        ends_ms = min(now_ms, int(ends.timestamp() * 1000))
        due = [refunds.keep(refunds.at_ms < ends_ms) for refunds in waiting]
        waiting = [refunds.keep(refunds.at_ms >= ends_ms) for refunds in waiting]
        waiting = [refunds for refunds in waiting if len(refunds.number)]
        for made in _of_day(market, day, zone, chunk):
            waiting += [one for one in made if one.kind == "refund"]
            in_time = [one.keep(one.at_ms < now_ms) for one in made if one.kind != "refund"]
            yield day, _table(market, labels, in_time)
        if sum(len(refunds.number) for refunds in due):
            yield day, _table(market, labels, due)


def _table(market: Market, labels: Labels, happened: list[Happened]) -> pa.Table:
    return pa.concat_tables([_columns(market, labels, one) for one in happened])


def _columns(market: Market, labels: Labels, one: Happened) -> pa.Table:
    content, many = one.content, len(one.content)
    product = market.contents.product[content]
    people = ~((one.visitor < 0) & (one.visitor >= -CRAWLERS))
    money = one.kind in {"order", "refund"}
    price = market.products.price_minor[product] / 100
    columns = {
        "event_id": written.numbered(one.letter, one.number),
        "event": written.constant(one.kind, many),
        "occurred_at": pa.array(one.at_ms, pa.timestamp("ms", tz="UTC")),
        "shop": labels.shop.take(market.products.shop[product]),
        "creator": labels.creator.take(market.contents.creator[content]),
        "creator_name": labels.creator_name.take(market.contents.creator[content]),
        "content_id": labels.content.take(content),
        "content_title": labels.title.take(content),
        "content_type": labels.content_type.take(market.contents.is_live[content].view(np.int8)),
        "posted_on": labels.posted_on.take(pa.array(content)),
        "channel": written.constant(written.CHANNEL, many),
        "product_id": labels.product.take(product),
        "product_name": labels.product_name.take(product),
        "category": labels.path.take(market.products.path[product]),
        "gender": written.among(GENDERS, GENDER_OF[one.cell], people),
        "age": written.among(AGES, AGE_OF[one.cell], people),
        "device": written.among(DEVICES, DEVICE_OF[one.cell], people),
        "traffic_source": written.among(SOURCES, SOURCE_OF[one.cell], None),
        "visitor": written.visitors(one.visitor),
        "value": pa.array(price, mask=np.full(many, not money)),
        "currency": written.constant("USD" if money else None, many),
        "filtered": written.among(("crawler",), np.zeros(many, dtype=np.int8), ~people),
    }
    return pa.table(columns)
