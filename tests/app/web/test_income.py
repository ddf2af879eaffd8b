"""The creator's income: what stands, what is explained, and nothing of anybody else."""

import csv
from datetime import date

import pytest
from tests.app.settlements.conftest import Desk, Till, desk, serum, till  # noqa: F401  # fixtures

from linkstar.commissions.models import Commission
from linkstar.creators.models import Creator
from linkstar.orders.actions import StatedRefund, record_refunds
from linkstar.orders.rules import Source, State
from linkstar.settlements.income import disagreeing, standings, upcoming


@pytest.fixture
def ada(cast, now) -> Creator:
    return Creator.objects.create(
        user=cast.ada, handle="ada", state=Creator.State.VERIFIED, created_at=now
    )


@pytest.fixture
def bo(cast, now) -> Creator:
    return Creator.objects.create(
        user=cast.bo, handle="bo", state=Creator.State.VERIFIED, created_at=now
    )


@pytest.fixture
def shop(ada, bo, desk: Desk) -> Desk:  # noqa: F811  # the fixture
    """Three orders of Ada's: one in a statement, one payable, one estimated; one of Bo's."""
    desk.sell("o1")
    desk.close()
    desk.sell("o2")
    desk.till.state(order_id="o3", state=State.PAID)
    desk.till.state(order_id="o4", state=State.PAID, creator="bo", content_id="v9")
    desk.till.work()
    return desk


def give_back(desk: Desk, order_id: str, items: int) -> None:  # noqa: F811
    refund = StatedRefund(
        key=f"r-{order_id}", order_id=order_id, line_id="1", happened_at=desk.now, items=items
    )
    record_refunds(shop=desk.shop, refunds=[refund], source=Source.API, now=desk.now)
    desk.till.work()


def read(client, user, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class TestWhatStands:
    def test_adds_up_by_how_far_it_is_and_agrees_with_the_book(self, shop, ada) -> None:
        [one] = standings(Commission.objects.filter(creator=ada))
        assert (one.payable_minor, one.settled_minor, one.estimated_minor) == (1800, 900, 900)
        assert disagreeing(ada) == []

    def test_says_so_where_the_book_disagrees(self, shop, ada) -> None:
        Commission.objects.filter(creator=ada, state="accrued").update(state="approved")
        assert disagreeing(ada) == ["USD"]

    def test_comes_next_when_the_running_week_is_over(self, shop, ada) -> None:
        [one] = upcoming(ada, now=shop.now)
        assert one.payable_minor == 900
        assert one.period.ends_before.weekday() == 0
        assert one.is_paid_then

    def test_below_nothing_is_carried_and_not_paid(self, shop, ada) -> None:
        give_back(shop, "o1", 3)
        give_back(shop, "o2", 3)
        [one] = upcoming(ada, now=shop.now)
        assert one.payable_minor == -900
        shop.close()
        [one] = upcoming(ada, now=shop.now)
        assert (one.payable_minor, one.carried_minor, one.is_paid_then) == (-900, -900, False)


class TestThePage:
    def test_shows_sums_earnings_and_statements(self, client, cast, shop) -> None:
        page = read(client, cast.ada, "/creator/income/")
        for words in ("$18.00", "$9.00 of it in statements", "Serum", "order o3", "estimated"):
            assert words in page, words
        assert page.index("Paid next") < page.index("the shop has to approve and pay it")
        assert "o4" not in page

    def test_says_of_an_approved_statement_that_it_is_to_be_paid(self, client, cast, shop) -> None:
        shop.approve()
        page = read(client, cast.ada, "/creator/income/")
        assert "approved; the shop has to pay it" in page
        assert page.index(">Statements<") < page.index(">Earnings<")

    def test_of_a_month_shows_only_what_was_earned_in_it(self, client, cast, shop) -> None:
        assert "order o3" in read(client, cast.ada, "/creator/income/?month=2026-10")
        page = read(client, cast.ada, "/creator/income/?month=2026-09")
        assert "order o3" not in page
        assert "Nothing matches" in page

    def test_by_state_finds_what_is_that_far(self, client, cast, shop) -> None:
        page = read(client, cast.ada, "/creator/income/?state=estimated")
        assert "order o3" in page
        assert "order o2" not in page

    @pytest.mark.parametrize("query", ["month=soon&state=x&page=-4", "month=2026-13"])
    def test_takes_an_address_it_cannot_read_for_no_filter(self, client, cast, shop, query) -> None:
        assert "order o3" in read(client, cast.ada, f"/creator/income/?{query}")

    def test_without_a_profile_says_how_to_begin(self, client, cast) -> None:
        assert "Nothing earned yet" in read(client, cast.ada, "/creator/income/")


class TestAnEarning:
    def test_explains_rate_base_and_what_was_taken_back(self, client, cast, shop, ada) -> None:
        give_back(shop, "o2", 1)
        amount = Commission.objects.filter(creator=ada, line__order_id="o2").first()
        page = read(client, cast.ada, f"/creator/income/{amount.pk}/")
        # 3 x 19.99 = 59.97, 15 % is 9.00; 2 x 19.99 = 39.98, 15 % is 6.00
        for words in ("$59.97", "× 15% = $9.00", "that leaves $6.00", "−$3.00", "version 1", "v1"):
            assert words in page, words

    def test_says_from_when_what_is_confirmed_can_be_paid(self, client, cast, shop, ada) -> None:
        shop.till.state(order_id="o3", state=State.DELIVERED, delivered_at=shop.now)
        shop.till.work()
        shop.till.confirm()
        amount = Commission.objects.get(creator=ada, line__order_id="o3")
        assert amount.state == "approved"
        assert "Payable from" in read(client, cast.ada, f"/creator/income/{amount.pk}/")

    def test_of_somebody_else_is_not_there(self, client, cast, shop, bo) -> None:
        client.force_login(cast.ada)
        amount = Commission.objects.get(creator=bo)
        assert client.get(f"/creator/income/{amount.pk}/").status_code == 404


class TestTheFile:
    def test_has_every_amount_of_the_filter_and_none_of_others(self, client, cast, shop) -> None:
        client.force_login(cast.ada)
        text = client.get("/creator/income/amounts.csv").content.decode("utf-8-sig")
        rows = list(csv.DictReader(text.splitlines()))
        assert [row["Order"] for row in rows] == ["o1", "o2", "o3"]
        assert rows[0]["Amount (minor units)"] == "900"
        assert date.fromisoformat(rows[0]["Earned on"]) == date(2026, 10, 1)
