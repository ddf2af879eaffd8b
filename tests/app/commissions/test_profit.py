"""The worked example of docs/methods/profit-and-loss.md, worked out from booked amounts."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from linkstar.catalog.actions import open_shop
from linkstar.collaborations.models import Collaboration, Deliverable, Sample, Support
from linkstar.commissions.actions import charge_platform_fees
from linkstar.commissions.actions.flat_fees import accrue_flat_fees
from linkstar.commissions.profit import By, profit_and_loss
from linkstar.commissions.profit_rules import Maturity, Part
from linkstar.creators.models import Creator
from linkstar.exchange.booking import exchange_at, exchanged, settled
from linkstar.exchange.models import ExchangeRate
from linkstar.exchange.rules import Stamped
from linkstar.ledger.actions import write_entries
from linkstar.money.amounts import Money
from linkstar.orders.rules import State

DAYS = {"starts_on": date(2026, 10, 1), "ends_before": date(2027, 1, 1)}


@pytest.fixture
def sold(till):
    """Three at 20.00 through Ada's video, one given back; 30.00 for the video, a sample sent."""
    till.state(price_micros=20_000_000, paid_minor=6_000, state=State.DELIVERED)
    till.work()
    till.state(price_micros=20_000_000, items_returned=1)
    till.work()
    charge_platform_fees(shop=till.shop, now=till.now)
    return till


@pytest.fixture
def agreed(sold, serum):
    ada = Creator.objects.get(handle="ada")
    agreement = Collaboration.objects.create(
        shop=sold.shop, creator=ada, campaign_id="cmp_1", rate_bps=1_500, flat_fee_minor=3_000,
        starts_on=date(2026, 9, 1), ends_before=date(2027, 1, 1), agreed_at=sold.now,
    )  # fmt: skip
    agreement.products.add(serum)
    Deliverable.objects.create(
        collaboration=agreement, number=1, kind="video", state="confirmed", due_at=sold.now,
        content_id="v1", confirmed_at=sold.now,
    )  # fmt: skip
    accrue_flat_fees(shop=sold.shop, now=sold.now)
    return agreement


def send(agreement, serum, at: datetime, **cost: int | None) -> Sample:
    return Sample.objects.create(
        collaboration=agreement, product=serum, state="shipped", requested_at=at, shipped_at=at,
        **cost,
    )  # fmt: skip


def told(till, by: By = By.CREATOR, **asked: object):
    return profit_and_loss(shops=[till.shop], by=by, **DAYS | asked)


class TestTheWorkedExample:
    def test_comes_out_as_by_hand(self, sold, agreed, serum) -> None:
        send(agreed, serum, sold.now, cost_minor=1_200, shipping_minor=500)
        [row] = told(sold).rows
        assert (row.key, row.currency, row.orders, row.kept_orders) == ("ada", "USD", 1, 1)
        assert {part.value: row.of(part) for part in Part} == {
            "sales": 6_000, "kept": 4_000, "commission": 600, "flat_fee": 3_000,
            "platform_fee": 264, "sample_product": 1_200, "sample_shipping": 500, "support": 0,
            "exchange": 0,
        }  # fmt: skip
        assert row.left_minor == 4_000 - 264 - 600 - 3_000 - 1_700
        assert row.roas == pytest.approx(4_000 / 3_600)
        assert row.roas_in_full == pytest.approx(4_000 / 5_300)
        assert row.roi == pytest.approx((4_000 - 264 - 3_600) / 3_600)
        assert row.roi_in_full == pytest.approx(-1_564 / 5_300)

    def test_says_how_sure_commission_and_fees_are(self, sold, agreed) -> None:
        [row] = told(sold).rows
        assert row.matured[Part.COMMISSION, Maturity.ESTIMATED] == 600
        assert row.matured[Part.FLAT_FEE, Maturity.CONFIRMED] == 3_000
        sold.confirm()
        [row] = told(sold).rows
        assert row.matured[Part.COMMISSION, Maturity.CONFIRMED] == 600

    def test_has_the_same_total_however_one_looks(self, sold, agreed, serum) -> None:
        send(agreed, serum, sold.now, cost_minor=1_200, shipping_minor=500)
        sums = [[(t.currency, t.sums) for t in told(sold, by).totals] for by in By]
        assert sums == sums[:1] * len(By)
        assert [row.key for row in told(sold, By.CONTENT).rows] == ["v1"]
        assert [row.key for row in told(sold, By.PRODUCT).rows] == ["serum"]


class TestShootingSupport:
    @pytest.fixture
    def supported(self, sold, agreed):
        """A room for 10.00 that was given, and lights that were only promised."""
        about = {"collaboration": agreed, "requested_at": sold.now}
        Support.objects.create(
            kind="studio", text="A room", state="provided", cost_minor=1_000, ended_at=sold.now,
            **about,
        )  # fmt: skip
        Support.objects.create(kind="crew", text="Lights", state="approved", cost_minor=9, **about)
        return sold

    def test_costs_once_it_was_given(self, supported, agreed, serum) -> None:
        send(agreed, serum, supported.now, cost_minor=1_200, shipping_minor=500)
        [row] = told(supported).rows
        assert (row.of(Part.SUPPORT), row.matured[Part.SUPPORT, Maturity.CONFIRMED]) == (1_000,) * 2
        assert (row.spend_minor, row.spend_in_full_minor) == (3_600, 6_300)
        assert row.left_minor == 4_000 - 264 - 6_300
        assert row.roas == pytest.approx(4_000 / 3_600)
        assert row.roas_in_full == pytest.approx(4_000 / 6_300)
        assert row.roi_in_full == pytest.approx(-2_564 / 6_300)

    def test_stands_by_its_content_product_and_campaign(self, supported) -> None:
        keys = {
            by: [row.key for row in told(supported, by).rows if row.of(Part.SUPPORT)] for by in By
        }
        assert keys == {
            By.CREATOR: ["ada"], By.CONTENT: ["v1"], By.PRODUCT: ["serum"],
            By.CAMPAIGN: ["cmp_1"],
        }  # fmt: skip

    def test_of_other_days_is_left_out(self, supported) -> None:
        later = {"starts_on": date(2027, 1, 1), "ends_before": date(2027, 2, 1)}
        assert told(supported, **later).rows == []


class TestWhatIsNotKnown:
    def test_is_none_and_so_is_all_that_is_made_of_it(self, sold, agreed, serum) -> None:
        send(agreed, serum, sold.now, cost_minor=None, shipping_minor=500)
        [row] = told(sold).rows
        assert (row.of(Part.SAMPLE_PRODUCT), row.of(Part.SAMPLE_SHIPPING)) == (None, 500)
        assert (row.left_minor, row.roas_in_full, row.roi_in_full) == (None, None, None)
        assert row.roi == pytest.approx((4_000 - 264 - 3_600) / 3_600)

    def test_leaves_platform_fees_open_where_none_was_worked_out(self, till) -> None:
        till.state(price_micros=20_000_000)
        till.work()
        [row] = told(till).rows
        assert (row.of(Part.PLATFORM_FEE), row.left_minor, row.roi) == (None, None, None)
        assert row.roas == pytest.approx(6_000 / 900)

    def test_of_a_line_without_a_creator_stands_under_no_key(self, till) -> None:
        till.state(creator="", content_id="")
        till.work()
        assert [(row.key, row.roas) for row in told(till).rows] == [("", None)]


class TestExchange:
    def test_is_at_the_dated_rate_or_not_at_all(self, sold, now) -> None:
        assert told(sold, currency="CNY").missing == ["USD"]
        ExchangeRate.objects.create(
            base="USD", quote="CNY", on=date(2026, 12, 30), rate=Decimal("7.1"), source="operator",
            recorded_at=now,
        )  # fmt: skip
        answer = told(sold, currency="CNY")
        assert [(row.currency, row.of(Part.KEPT)) for row in answer.rows] == [("CNY", 28_400)]
        assert [(r.rate, r.on, r.source) for r in answer.rates] == [
            (Decimal("7.1"), date(2026, 12, 30), "operator")
        ]


class TestGainAndLossOfExchange:
    @pytest.fixture
    def sold(self, till):
        """100.00 dollars were sold twice; the bank took 90.00 for it, then 107.00."""
        stamped = Stamped("USD", "CNY", Decimal(7), date(2026, 10, 22), "operator")
        for key, taken in (("a", 9_000), ("b", 10_700)):
            one = exchange_at(stamped, Money(10_000, "USD"), key=key)
            owed, bank = "liability:creator:x:payable", "asset:shop:1:bank"
            drafts = [
                exchanged(one, stamped, account=owed, now=till.now),
                settled(one, bank=bank, taken=Money(taken, "USD"), now=till.now),
            ]
            write_entries(book=till.book, drafts=drafts, now=till.now)
        return till

    def test_brings_what_the_bank_took_less_and_costs_what_it_took_more(self, sold) -> None:
        for by in By:
            [row] = told(sold, by).rows
            assert (row.key, row.currency, row.of(Part.EXCHANGE)) == ("", "USD", 300)
            assert (row.left_minor, row.roi) == (300, None)

    def test_of_other_days_or_of_one_of_several_shops_is_left_out(self, sold) -> None:
        later = {"starts_on": date(2026, 11, 1)}
        assert told(sold, **later).rows == []
        cast = sold.cast
        open_shop(workspace=cast.workspace, name="Lin Home US", now=sold.now)
        assert told(sold).rows == []
