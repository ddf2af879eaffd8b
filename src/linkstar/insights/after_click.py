"""What people do after the click: products whose buyers stop there, for all that the link does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linkstar.insights.gathering import selection
from linkstar.insights.queries import uplift
from linkstar.insights.questions import By, Question
from linkstar.lake.measures import measures
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.stats.shortfall import falls_short
from linkstar.stats.states import State


@dataclass(frozen=True, slots=True)
class AfterClick:
    """One product's clicks and carts beside those of the same shop's other products.

    Attributes:
        usual_ratio: carts per click of the others together; None where they have no clicks.
        is_suspicious: its clicks do not look like people's, so that nothing follows from them.
    """

    key: str
    name: str
    shop: int
    clicks: int
    carts: int
    usual_ratio: float | None = None
    is_suspicious: bool = False

    @property
    def ratio(self) -> float | None:
        return self.carts / self.clicks if self.clicks else None

    @property
    def expected(self) -> float:
        return (self.usual_ratio or 0.0) * self.clicks

    @property
    def is_short(self) -> bool:
        """Far fewer carts than with the others, by the clicks of people."""
        return not self.is_suspicious and falls_short(self.carts, self.expected)


def after_click(lake: Lake, question: Question) -> list[AfterClick]:
    """Every product that has clicks and whose carts are stated, the most carts missed first.

    Raises:
        BenchmarkNotFound: see `uplift`.
    """
    asked = replace(question, by=By.PRODUCT, segment=None)
    found = uplift(lake, asked)
    if found.source is None:
        return []
    scope = Scope(asked.workspace, asked.shops)
    carts: Counter[str] = Counter()
    shops: dict[str, int] = {}
    for row in measures(lake, scope, selection(asked, found.source)).to_pylist():
        if row["key"] is not None and row["add_to_carts"] is not None:
            carts[row["key"]] += row["add_to_carts"]  # one row per currency
            shops[row["key"]] = row["shop"]
    told = [
        AfterClick(
            key=key,
            name=row["name"] or key,
            shop=shops[key],
            clicks=row["clicks"],
            carts=carts[key],
            is_suspicious=row["state"] == State.SUSPICIOUS,
        )
        for row in found.rows.to_pylist()
        if (key := row["key"]) in shops and row["clicks"]
    ]
    return beside_others(told)


def beside_others(products: Sequence[AfterClick]) -> list[AfterClick]:
    """The same products, each with the share of its shop's others; most carts missed first."""
    clicks: Counter[int] = Counter()
    carts: Counter[int] = Counter()
    for one in products:
        clicks[one.shop] += one.clicks
        carts[one.shop] += one.carts
    told = []
    for one in products:
        others = clicks[one.shop] - one.clicks
        usual = (carts[one.shop] - one.carts) / others if others else None
        told.append(replace(one, usual_ratio=usual))
    return sorted(told, key=lambda one: (one.carts - one.expected, one.key))
