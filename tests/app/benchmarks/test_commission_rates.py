"""Mean and quartiles of what other shops promise in a category, or the reason there are none."""

from datetime import date

import pytest

from linkstar.accounts.actions import open_workspace
from linkstar.benchmarks.commission_rates import (
    CategoryRates,
    CategoryRatesAbsent,
    category_rates,
)
from linkstar.catalog.actions import ProductSeen, learn_products, open_shop
from linkstar.plans.actions import make_plan
from linkstar.plans.rules import Kind, Scope

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)
BEAUTY = "Beauty & Personal Care"


def promise(workspace, now, *rates, shares=True, category=f"{BEAUTY} > Skincare"):
    for number, rate_bps in enumerate(rates):
        shop = open_shop(
            workspace=workspace, name=f"shop {number}", now=now, shares_with_benchmark=shares
        )
        learn_products(shop=shop, seen=[ProductSeen("p", "Serum", category)], now=now)
        make_plan(
            shop=shop, kind=Kind.OPEN, name="open", scope=Scope.SHOP, rate_bps=rate_bps,
            starts_on=TODAY, now=now,
        )  # fmt: skip


@pytest.fixture
def others(now):
    return open_workspace(name="Others", now=now)


def told(cast, category=BEAUTY):
    return category_rates("US", category, on=TODAY, reader=cast.workspace)


class TestCategoryRates:
    def test_are_mean_and_quartiles_of_one_figure_per_shop(self, cast, others, now) -> None:
        promise(others, now, 1_000, 1_000, 1_000, 1_200, 1_200, 1_500, 1_500, 1_500, 2_000, 2_600)
        assert told(cast) == CategoryRates(BEAUTY, TODAY, 10, 1_450, 1_050, 1_350, 1_500)

    def test_leave_the_readers_own_shops_out(self, cast, others, now) -> None:
        promise(others, now, *[1_000] * 9)
        promise(cast.workspace, now, 1_000, 1_000)
        assert told(cast) == CategoryRatesAbsent(BEAUTY, 10)

    def test_leave_out_shops_that_take_no_part_or_sell_something_else(
        self, cast, others, now
    ) -> None:
        promise(others, now, *[1_000] * 9)
        promise(others, now, 1_000, shares=False)
        promise(others, now, 1_000, category="Home")
        assert isinstance(told(cast), CategoryRatesAbsent)
