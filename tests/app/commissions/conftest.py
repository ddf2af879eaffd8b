from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.books import balance

from linkstar.attribution.actions import attribute_lines
from linkstar.catalog.models import Product
from linkstar.commissions.actions import accrue_commissions, approve_commissions, make_payable
from linkstar.commissions.models import Commission
from linkstar.creators.models import Creator
from linkstar.orders.actions import record_lines
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, State, StatedLine
from linkstar.plans.models import Plan, PlanRate

ORDERED = datetime(2026, 10, 1, 18, tzinfo=UTC)
SOLD = StatedLine(
    order_id="o1", line_id="1", product_id="serum", channel="tiktok", creator="ada",
    content_id="v1", content_type="video", state=State.PAID, ordered_at=ORDERED, items=3,
    currency="USD", price_micros=19_990_000,
)  # fmt: skip


@dataclass
class Till:
    """Lin's shop at work: states lines, and works out what they earn."""

    cast: object
    now: datetime

    @property
    def shop(self):
        return self.cast.shop

    @property
    def book(self) -> str:
        return self.cast.workspace.pk

    def state(self, *lines: StatedLine, **changes: object):
        self.now += timedelta(minutes=1)
        return record_lines(
            shop=self.shop,
            lines=[replace(line, **changes) for line in lines or [SOLD]],
            source=Source.API,
            stated_at=self.now,
            now=self.now,
        )

    def work(self) -> None:
        self.now += timedelta(minutes=1)
        attribute_lines(shop=self.shop, lake=None, now=self.now)
        accrue_commissions(shop=self.shop, now=self.now)

    def confirm(self, *, days: int = 0) -> None:
        self.now += timedelta(days=days)
        approve_commissions(shop=self.shop, now=self.now)
        make_payable(shop=self.shop, now=self.now)

    def line(self, order_id: str = "o1") -> OrderLine:
        return OrderLine.objects.get(shop=self.shop, order_id=order_id)

    def amounts(self, **fields: object) -> list[tuple[str, int]]:
        rows = Commission.objects.filter(shop=self.shop, **fields).order_by("pk")
        return list(rows.values_list("kind", "amount_minor"))

    def owed(self, handle: str, state: str = "accrued") -> int:
        creator = Creator.objects.get(handle=handle)
        return -balance(self.book, f"liability:creator:{creator.pk}:{state}", "USD").minor


@pytest.fixture
def serum(cast, now) -> Product:
    return Product.objects.create(
        shop=cast.shop, external_id="serum", name="Serum", category="Beauty", seen_at=now
    )


@pytest.fixture
def till(cast, serum, now) -> Till:
    plan = Plan.objects.create(
        shop=cast.shop, kind="open", name="open", scope="shop",
        starts_on=date(2026, 9, 1), created_at=now,
    )  # fmt: skip
    PlanRate.objects.create(
        plan=plan, number=1, rate_bps=1_500, starts_on=date(2026, 9, 1), announced_at=now
    )
    return Till(cast, now)
