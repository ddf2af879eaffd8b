"""Orders tell who shows a product, and so who keeps a rate that is cut afterwards."""

from datetime import timedelta

import pytest
from tests.app.commissions.conftest import SOLD, Till, serum, till  # noqa: F401  # fixtures

from linkstar.creators.models import Creator
from linkstar.plans.actions import change_rate
from linkstar.plans.models import Plan, Promotion
from linkstar.plans.offers import end_promotion
from linkstar.plans.queries import why_this_rate

DAY = timedelta(days=1)


@pytest.fixture
def sells(till, now) -> Till:  # noqa: F811  # the fixture
    """Ada sold a serum yesterday."""
    till.state(ordered_at=now - DAY)
    till.work()
    return till


class TestASale:
    def test_tells_from_today_on_that_the_creator_shows_the_product(self, sells, now):
        [shown] = Promotion.objects.all()
        assert (shown.creator.handle, shown.product.external_id) == ("ada", "serum")
        assert (shown.starts_on, shown.ends_before) == (now.date(), None)

    def test_keeps_her_rate_when_it_is_cut_afterwards(self, sells, now):
        tomorrow = now.date() + DAY
        change_rate(plan=Plan.objects.get(), rate_bps=1_000, starts_on=tomorrow, now=now)

        def paid(creator: str) -> int | None:
            about = {"shop": sells.shop, "product": "serum", "on": tomorrow}
            return why_this_rate(creator=creator, **about).rate_bps

        assert (paid("ada"), paid("bo")) == (1_500, 1_000)

    def test_again_tells_nothing_new(self, sells, now):
        sells.state(order_id="o2", ordered_at=now)
        sells.work()
        assert Promotion.objects.count() == 1

    def test_long_ago_tells_nothing(self, till, now):  # noqa: F811  # the fixture
        till.state(ordered_at=now - 40 * DAY)
        till.work()
        assert not Promotion.objects.exists()

    def test_after_the_product_was_taken_down_does_not_put_it_up_again(self, sells, serum, now):  # noqa: F811  # the fixture
        end_promotion(creator=Creator.objects.get(handle="ada"), product=serum, now=now)
        sells.now += 3 * DAY
        sells.state(order_id="o2", ordered_at=sells.now)
        sells.work()
        assert [one.ends_before for one in Promotion.objects.all()] == [now.date() + DAY]

    def test_of_a_product_nobody_listed_tells_nothing(self, till, now):  # noqa: F811  # the fixture
        till.state(ordered_at=now, product_id="unknown")
        till.work()
        assert not Promotion.objects.exists()
