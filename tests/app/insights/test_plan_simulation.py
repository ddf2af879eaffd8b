"""What a change of commission would cost, told by orders that were really placed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.app.facts import ENDS_BEFORE, order_lines

from linkstar.insights.plan_simulation import DAYS, NoOrders, simulate
from linkstar.lake.affiliate_sales import affiliate_sales
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.plans.book import ShopBook
from linkstar.plans.rules import Kind, Promise, Version
from linkstar.plans.rules import Scope as About
from linkstar.plans.terms import terms_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)
STARTS = TODAY + timedelta(days=1)
LAST = ENDS_BEFORE - timedelta(days=1)
OPEN = Promise("p", Kind.OPEN, About.SHOP, date(2026, 1, 1), (Version(1, date(2026, 1, 1), 1_800),))
BEFORE = ShopBook(terms_of("US"), (OPEN,))
CUT = replace(OPEN, versions=(*OPEN.versions, Version(2, STARTS, 1_200)))
RAISED = replace(OPEN, versions=(*OPEN.versions, Version(2, STARTS, 2_000)))


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path / "lake")


def sale(**fields):
    return {
        "creator": "ada", "product_id": "serum", "ordered_on": LAST,
        "commission_base_estimated_minor": 2_500, **fields,
    }  # fmt: skip


def run(lake, shop, after, before=BEFORE):
    changed = replace(before, promises=(after,))
    return simulate(lake, shop=shop, before=before, after=changed, starts_on=STARTS, today=TODAY)


class TestSimulating:
    def test_a_cut_costs_nothing_less_until_the_locks_are_over(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale(), sale(creator="bo")])
        told = run(lake, cast.shop, CUT)
        [cost] = told.costs
        assert (cost.base_minor, cost.lines, cost.lines_changed) == (5_000, 2, 2)
        assert (cost.now_minor, cost.at_first_minor, cost.later_minor) == (900, 900, 600)
        assert (told.creators_changed, told.kept_days) == (2, 30)
        assert (told.played_before - told.played_from).days == DAYS

    def test_a_raise_costs_more_at_once(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale()])
        [cost] = run(lake, cast.shop, RAISED).costs
        assert (cost.now_minor, cost.at_first_minor, cost.later_minor) == (450, 500, 500)

    def test_takes_the_difference_from_what_earlier_changes_would_come_to(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale()])
        before = replace(BEFORE, promises=(CUT,))
        further = replace(CUT, versions=(*CUT.versions, Version(3, STARTS, 1_000)))
        [cost] = run(lake, cast.shop, further, before).costs
        assert (cost.now_minor, cost.unchanged_later_minor, cost.later_minor) == (450, 300, 250)
        assert cost.difference_minor == -50

    def test_keeps_currencies_apart(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale(), sale(currency="GBP")])
        assert {c.currency: c.later_minor for c in run(lake, cast.shop, CUT).costs} == {
            "USD": 300, "GBP": 300,
        }  # fmt: skip

    def test_says_how_many_lines_no_plan_covers(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale(), sale(product_id="mop")])
        only_serum = replace(CUT, scope=About.PRODUCT, product="serum")
        before = replace(BEFORE, promises=(replace(OPEN, scope=About.PRODUCT, product="serum"),))
        [cost] = run(lake, cast.shop, only_serum, before).costs
        assert (cost.lines, cost.lines_without_rate, cost.now_minor) == (2, 1, 450)

    def test_without_orders_says_so(self, cast, lake) -> None:
        assert run(lake, cast.shop, CUT) == NoOrders(None)

    def test_with_old_orders_only_says_how_old(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale(ordered_on=date(2025, 1, 1))])
        assert run(lake, cast.shop, CUT) == NoOrders(date(2025, 1, 1))

    def test_knows_no_other_shops_orders(self, cast, lake) -> None:
        order_lines(lake, cast.other_shop, [sale()])
        assert run(lake, cast.shop, CUT) == NoOrders(None)


class TestSales:
    def asked(self, lake, shop):
        scope = Scope(shop.workspace.number, (shop.number,))
        return affiliate_sales(lake, scope, starts_on=LAST, ends_before=ENDS_BEFORE).to_pylist()

    def test_count_an_order_line_once_whatever_files_state_it(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale()])
        order_lines(lake, cast.shop, [sale(layout="tiktok.creator_orders", paid_minor=1)])
        [row] = self.asked(lake, cast.shop)
        assert (row["lines"], row["base_minor"]) == (1, 2_500)

    def test_take_the_newest_statement_of_a_line(self, cast, lake) -> None:
        order_lines(lake, cast.shop, [sale()], exported_on=date(2026, 10, 19))
        later = sale(commission_base_estimated_minor=2_000)
        order_lines(lake, cast.shop, [later], exported_on=date(2026, 10, 20))
        assert self.asked(lake, cast.shop)[0]["base_minor"] == 2_000

    def test_work_the_base_out_where_the_file_has_none(self, cast, lake) -> None:
        bare = sale(commission_base_estimated_minor=None, price_minor=900, items=2)
        order_lines(lake, cast.shop, [bare])
        assert self.asked(lake, cast.shop)[0]["base_minor"] == 1_800
