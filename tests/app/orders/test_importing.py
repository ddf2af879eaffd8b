from datetime import UTC, date, datetime

import pytest
from tests.app.facts import staged

from linkstar.catalog.models import Product, Sku
from linkstar.lake.lines import ORDER_ROWS
from linkstar.lake.statements import load_statements
from linkstar.lake.store import Lake
from linkstar.lake.tables import STAGED_ORDER_LINES
from linkstar.orders.actions import take_in_import
from linkstar.orders.models import LineRevision, OrderLine, Refund

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
ROW = {
    "row": 2, "layout": "tiktok.affiliate_orders", "market": "US", "order_id": "o1",
    "sku_id": "red", "product_id": "serum", "creator": "ada", "content_id": "v1",
    "content_type": "video", "channel": "tiktok", "status": "Processing", "items": 3,
    "refunded_fully": False, "ordered_at": datetime(2026, 10, 1, 18, tzinfo=UTC),
    "ordered_on": date(2026, 10, 1), "currency": "USD", "price_minor": 1_999, "paid_minor": 5_997,
    "commission_bps": 1_500, "commission_estimated_minor": 900,
}  # fmt: skip


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def take_in(cast, lake):
    def taken(import_id: str, *rows: dict, exported_on=date(2026, 10, 10)):
        full = [ROW | {"row": n} | row for n, row in enumerate(rows or [{}], 2)]
        file = staged(lake, STAGED_ORDER_LINES, full)
        load_statements(
            lake, file, kind=ORDER_ROWS, import_id=import_id, workspace=cast.workspace.number,
            shop=cast.shop.number, exported_on=exported_on, now=NOW,
        )  # fmt: skip
        return take_in_import(lake, workspace=cast.workspace, import_id=import_id, now=NOW)

    return taken


class TestAnImport:
    def test_becomes_lines_with_everything_it_states(self, take_in, cast) -> None:
        done = take_in("imp_1")
        assert (done.recorded.new, done.unknown_words) == (1, {})
        line = OrderLine.objects.get()
        assert (line.shop, line.order_id, line.line_id, line.state) == (
            cast.shop, "o1", "red", "paid",
        )  # fmt: skip
        assert (line.price_micros, line.stated_rate_bps, line.stated_commission_minor) == (
            19_990_000, 1_500, 900,
        )  # fmt: skip
        assert (line.import_id, line.creator, line.is_tax_included) == ("imp_1", "ada", False)

    def test_taken_in_twice_changes_nothing(self, take_in, cast, lake) -> None:
        take_in("imp_1")
        again = take_in_import(lake, workspace=cast.workspace, import_id="imp_1", now=NOW)
        assert (again.recorded.new, again.recorded.revised, again.recorded.unchanged) == (0, 0, 1)
        assert OrderLine.objects.get().revision == 1

    def test_that_says_more_revises_the_line_and_keeps_what_it_said(self, take_in) -> None:
        take_in("imp_1")
        done = take_in(
            "imp_2", {"status": "Completed", "items_refunded": 1}, exported_on=date(2026, 10, 20)
        )
        assert done.recorded.revised == 1
        line = OrderLine.objects.get()
        assert (line.state, line.items_returned, line.revision) == ("delivered", 1, 2)
        before = LineRevision.objects.get()
        assert (before.number, before.state, before.items_returned) == (1, "paid", 0)
        assert Refund.objects.get().items == 1

    def test_that_is_older_fills_gaps_and_moves_nothing_back(self, take_in) -> None:
        take_in("imp_2", {"status": "Settled", "content_id": None}, exported_on=date(2026, 10, 20))
        take_in("imp_1", {"status": "Processing", "creator": "bo"}, exported_on=date(2026, 10, 10))
        line = OrderLine.objects.get()
        assert (line.state, line.creator, line.content_id) == ("settled", "ada", "v1")

    def test_ends_the_same_in_whatever_order_its_files_come(self, take_in) -> None:
        said = (
            ("imp_1", {"status": "Processing"}, date(2026, 10, 10)),
            ("imp_2", {"status": "Completed", "items_refunded": 2}, date(2026, 10, 15)),
            ("imp_3", {"status": "Settled", "items_refunded": 1}, date(2026, 10, 20)),
        )
        ends = set()
        for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
            for number in order:
                name, row, day = said[number]
                take_in(f"{name}_{order}", row | {"order_id": str(order)}, exported_on=day)
            line = OrderLine.objects.get(order_id=str(order))
            ends.add((line.state, line.items_returned, line.status))
        assert ends == {("settled", 2, "Settled")}

    def test_names_words_nobody_wrote_down_and_goes_by_the_instants(self, take_in) -> None:
        done = take_in("imp_1", {"status": "Teleported", "delivered_at": NOW})
        assert done.unknown_words == {"Teleported": 1}
        assert OrderLine.objects.get().state == "delivered"

    def test_finds_the_product_of_a_sku(self, take_in, cast) -> None:
        serum = Product.objects.create(shop=cast.shop, external_id="serum", seen_at=NOW)
        Sku.objects.create(product=serum, external_id="red")
        take_in("imp_1", {"product_id": None})
        assert OrderLine.objects.get().product_id == "serum"

    def test_takes_good_lines_and_names_the_bad(self, take_in) -> None:
        done = take_in("imp_1", {}, {"order_id": "o2", "items": None}, {"order_id": "o3"})
        assert done.recorded.new == 2
        [problem] = done.recorded.problems
        assert (problem.order_id, problem.code) == ("o2", "items_missing")

    def test_holds_what_the_platform_freezes(self, take_in) -> None:
        take_in("imp_1", {"status": "Frozen"})
        assert OrderLine.objects.get().is_held
        take_in("imp_2", {"status": "Processing"}, exported_on=date(2026, 10, 20))
        assert not OrderLine.objects.get().is_held

    def test_with_coupons_keeps_them_beside_the_price(self, take_in) -> None:
        take_in(
            "imp_1",
            {"layout": "tiktok.order_list", "channel": None, "seller_discount_minor": -300,
             "platform_discount_minor": 200, "shipped_at": NOW, "status": "Shipped"},
        )  # fmt: skip
        line = OrderLine.objects.get()
        assert (line.seller_discount_minor, line.platform_discount_minor) == (300, 200)
        assert (line.state, line.channel) == ("shipped", "tiktok")

    @pytest.mark.parametrize(
        ("actual", "told"), [(3_998, (1, 0)), (5_000, (0, 997)), (5_997, (0, 0))]
    )
    def test_that_is_settled_on_a_smaller_base_tells_what_came_back(
        self, take_in, actual, told
    ) -> None:
        take_in("imp_1", {"status": "Settled", "commission_base_minor": actual})
        line = OrderLine.objects.get()
        assert (line.items_returned, line.refunded_minor) == told

    def test_that_orders_fewer_items_than_came_back_is_refused_alone(self, take_in) -> None:
        take_in("imp_1", {"items_refunded": 2}, {"order_id": "o2"})
        done = take_in(
            "imp_2", {"items": 1}, {"order_id": "o2", "items": 5}, exported_on=date(2026, 10, 20)
        )
        [problem] = done.recorded.problems
        assert (problem.order_id, problem.code, problem.value) == (
            "o1", "more_returned_than_ordered", "1",
        )  # fmt: skip
        assert (done.recorded.revised, done.recorded.unchanged) == (1, 0)
        told = dict(OrderLine.objects.values_list("order_id", "items"))
        assert told == {"o1": 3, "o2": 5}
