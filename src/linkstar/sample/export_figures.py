"""The figures an export prints for one video, product or creator, worked out from counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from linkstar.sample.labels import Labels
from linkstar.sample.market import Market

COMMISSION_RATE = 0.15


@dataclass
class Counts:
    """What happened to one thing within a window; money in dollars."""

    impressions: int = 0
    clicks: int = 0
    carts: int = 0
    orders: int = 0
    gmv: float = 0.0
    refunded_items: int = 0
    refunds: float = 0.0

    def add(self, event: str, many: int, value: float) -> None:
        if event == "impression":
            self.impressions += many
        elif event == "click":
            self.clicks += many
        elif event == "add_to_cart":
            self.carts += many
        elif event == "order":
            self.orders += many
            self.gmv += value
        else:
            self.refunded_items += many
            self.refunds += value

    @property
    def commission(self) -> float:
        return self.gmv * COMMISSION_RATE


@dataclass
class Content:
    """One video or LIVE of the demo seller, with figures the platform alone would know."""

    index: int
    content_id: str
    title: str
    posted_on: date
    creator: str
    creator_name: str
    product_id: str
    product_name: str
    category: str
    is_live: bool
    counts: Counts = field(default_factory=Counts)

    def _draw(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.index, purpose])

    @property
    def views(self) -> int:
        """Plays: a product link is not shown at every play, and sometimes more than once."""
        return round(self.counts.impressions / self._draw(1).uniform(0.8, 1.25))

    @property
    def likes(self) -> int:
        return round(self.views * self._draw(2).uniform(0.01, 0.06))

    @property
    def comments(self) -> int:
        return round(self.likes * 0.05)

    @property
    def shares(self) -> int:
        return round(self.likes * 0.08)

    @property
    def completion_ratio(self) -> float:
        return float(self._draw(3).uniform(0.08, 0.42))


def contents_of(market: Market, labels: Labels, counted: pa.Table, shop: str) -> list[Content]:
    """The shop's contents that had at least one event in the window, most impressions first."""
    place = {key: index for index, key in enumerate(labels.content.values.to_pylist())}
    found: dict[str, Content] = {}
    for row in counted.to_pylist():
        if row["shop"] != shop:
            continue
        content = found.get(row["content_id"])
        if content is None:
            content = _content(market, labels, place[row["content_id"]])
            found[row["content_id"]] = content
        content.counts.add(row["event"], row["many"], row["value"] or 0.0)
    return sorted(found.values(), key=lambda one: -one.counts.impressions)


def _content(market: Market, labels: Labels, index: int) -> Content:
    product = int(market.contents.product[index])
    creator = int(market.contents.creator[index])
    return Content(
        index=index,
        content_id=labels.content.values[index].as_py(),
        title=labels.title.values[index].as_py(),
        posted_on=labels.posted_on[index].as_py(),
        creator=labels.handle(creator),
        creator_name=labels.creator_name.values[creator].as_py(),
        product_id=labels.product.values[product].as_py(),
        product_name=labels.product_name.values[product].as_py(),
        category=market.paths[int(market.products.path[product])],
        is_live=bool(market.contents.is_live[index]),
    )


def together(contents: Iterable[Content]) -> Counts:
    """The counts of several contents as one."""
    total = Counts()
    for content in contents:
        one = content.counts
        total.impressions += one.impressions
        total.clicks += one.clicks
        total.carts += one.carts
        total.orders += one.orders
        total.gmv += one.gmv
        total.refunded_items += one.refunded_items
        total.refunds += one.refunds
    return total
