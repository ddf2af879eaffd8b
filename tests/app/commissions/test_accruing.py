from datetime import date, timedelta

import pytest

from linkstar.attribution.actions import reattribute_by_hand
from linkstar.commissions.actions import work_through
from linkstar.commissions.models import Commission
from linkstar.creators.models import Creator
from linkstar.ledger.models import Entry
from linkstar.ledger.queries import unsound
from linkstar.orders.actions import StatedRefund, record_refunds
from linkstar.orders.rules import Source, State
from linkstar.plans.models import Incentive, Plan, PlanRate, Promotion


@pytest.fixture
def refund(till):
    def refunded(key: str = "r1", items: int = 1, amount_minor: int = 0):
        till.now += timedelta(minutes=1)
        refund = StatedRefund(
            key=key, order_id="o1", line_id="1", happened_at=till.now, items=items,
            amount_minor=amount_minor,
        )  # fmt: skip
        return record_refunds(shop=till.shop, refunds=[refund], source=Source.API, now=till.now)

    return refunded


class TestASale:
    def test_earns_the_rate_of_the_plan_on_price_times_quantity(self, till) -> None:
        till.state()
        till.work()
        # 3 x 19.99 = 59.97; 15 % of it is 8.9955, half to even 9.00
        assert till.amounts() == [("accrued", 900)]
        assert till.owed("ada") == 900
        earned = Commission.objects.get()
        assert (earned.base_micros, earned.rate_bps, earned.rate_source) == (
            59_970_000, 1_500, "plan",
        )  # fmt: skip

    def test_earns_nothing_on_coupons_tax_in_the_price_and_shipping(self, till) -> None:
        till.state(
            seller_discount_minor=300, platform_discount_minor=200, shipping_minor=499,
            tax_minor=997, is_tax_included=True,
        )  # fmt: skip
        till.work()
        assert Commission.objects.get().base_micros == (5_997 - 500 - 997) * 10_000
        assert till.owed("ada") == 675

    def test_is_booked_once_however_often_it_is_stated_and_worked(self, till) -> None:
        for _ in range(3):
            till.state()
            till.work()
        assert till.amounts() == [("accrued", 900)]
        assert Entry.objects.count() == 1

    def test_earns_the_rate_that_was_in_force_when_it_was_placed(self, till) -> None:
        till.state()
        till.work()
        plan = Plan.objects.get()
        PlanRate.objects.create(
            plan=plan, number=2, rate_bps=500, starts_on=date(2026, 10, 2), announced_at=till.now
        )
        till.state(state=State.SHIPPED)
        till.work()
        assert till.amounts() == [("accrued", 900)]

    def test_earns_the_rate_the_platform_states_where_no_plan_applies(self, till) -> None:
        Plan.objects.all().delete()
        till.state(stated_rate_bps=1_000)
        till.work()
        assert till.owed("ada") == 600
        assert Commission.objects.get().rate_source == "stated"

    def test_earns_a_named_nothing_where_nobody_promised_anything(self, till) -> None:
        Plan.objects.all().delete()
        till.state()
        till.work()
        told = Commission.objects.get()
        assert (told.rate_bps, told.rate_source, told.amount_minor, told.entry) == (
            None, "nobody", 0, None,
        )  # fmt: skip

    def test_through_an_ad_of_the_creator_earns_the_rate_for_ads(self, till) -> None:
        PlanRate.objects.update(ads_rate_bps=500)
        till.state(stated_ads_commission_minor=300)
        till.work()
        assert till.amounts(component="ads") == [("accrued", 300)]
        assert till.amounts(component="standard") == []

    def test_earns_a_bonus_on_top_and_the_platform_bears_its_own(self, till) -> None:
        for funded_by, bonus_bps in (("seller", 200), ("platform", 100)):
            Incentive.objects.create(
                shop=till.shop, kind="boost", funded_by=funded_by, bonus_bps=bonus_bps,
                starts_on=date(2026, 9, 1), ends_before=date(2026, 12, 1), created_at=till.now,
            )  # fmt: skip
        till.state()
        till.work()
        assert till.amounts(component="seller_boost") == [("accrued", 120)]
        assert till.amounts(component="platform_boost") == [("accrued", 60)]
        paths = {posting.debit.path for e in Entry.objects.all() for posting in e.postings.all()}
        assert "asset:platform:US:bonus" in paths
        assert till.owed("ada") == 1_080

    def test_in_a_commission_free_period_earns_the_same_and_the_platform_bears_it(
        self, till
    ) -> None:
        Incentive.objects.create(
            shop=till.shop, kind="commission_free", funded_by="platform",
            starts_on=date(2026, 9, 1), ends_before=date(2026, 12, 1), created_at=till.now,
        )  # fmt: skip
        till.state()
        till.work()
        assert till.owed("ada") == 900
        [posting] = Entry.objects.get().postings.select_related("debit")
        assert posting.debit.path == "asset:platform:US:commission"

    def test_keeps_a_rate_that_was_cut_for_who_promoted_the_product(self, till, serum) -> None:
        till.state(order_id="o0")
        till.work()
        shown = Promotion.objects.filter(creator__handle="ada", product=serum)
        shown.update(starts_on=date(2026, 9, 10))
        PlanRate.objects.create(
            plan=Plan.objects.get(), number=2, rate_bps=500, starts_on=date(2026, 9, 20),
            announced_at=till.now,
        )  # fmt: skip
        till.state(order_id="o1")
        till.state(order_id="o2", creator="bo")
        till.work()
        told = dict(Commission.objects.values_list("line__order_id", "rate_bps"))
        assert told == {"o0": 1_500, "o1": 1_500, "o2": 500}
        assert Commission.objects.get(line__order_id="o1").kept_before == date(2026, 10, 20)


class TestARefund:
    def test_takes_back_at_the_original_rate_whatever_the_plan_says_now(self, till, refund) -> None:
        till.state()
        till.work()
        PlanRate.objects.update(rate_bps=100)
        refund()
        till.work()
        # 2 x 19.99 = 39.98; 15 % is 5.997, so 6.00 stay
        assert till.amounts() == [("accrued", 900), ("clawed_back", -300)]
        refund("r2", items=2)
        till.work()
        assert till.owed("ada") == 0

    def test_counts_once_by_its_key(self, till, refund) -> None:
        till.state()
        assert refund().counted == 1
        assert refund().known == 1
        till.work()
        assert till.owed("ada") == 600

    def test_is_never_more_than_was_sold(self, till, refund) -> None:
        till.state()
        refund(items=2)
        [problem] = refund("r2", items=2).problems
        assert problem.code == "more_returned_than_ordered"
        [problem] = refund("r3", items=0, amount_minor=2_000).problems
        assert problem.code == "refund_above_sale"
        assert refund("r4", items=0, amount_minor=1_999).counted == 1

    def test_of_a_line_nobody_knows_is_kept_apart(self, till, refund) -> None:
        assert refund().unmatched == 1
        assert till.shop.unmatched_refunds.get().reason == "line_unknown"

    def test_after_it_became_payable_lowers_what_is_payable_below_nothing(
        self, till, refund
    ) -> None:
        till.state(state=State.DELIVERED, delivered_at=till.now)
        till.work()
        till.confirm(days=15)
        assert (till.owed("ada"), till.owed("ada", "payable")) == (0, 900)
        Commission.objects.update(state="paid")  # as a payout leaves it
        refund(items=3)
        till.work()
        assert till.amounts(state="payable") == [("clawed_back", -900)]
        assert list(unsound(till.book)) == []

    def test_in_part_before_release_is_released_with_its_line_whose_delivery_nobody_dated(
        self, till, refund
    ) -> None:
        till.state(state=State.DELIVERED)
        till.work()
        till.confirm()
        refund(items=1)
        till.work()
        till.confirm(days=15)
        assert till.amounts(state="payable") == [("accrued", 900), ("clawed_back", -300)]
        assert till.owed("ada", "payable") == 600

    def test_that_is_cancelled_earns_nothing(self, till) -> None:
        till.state()
        till.work()
        till.state(state=State.CANCELLED)
        till.work()
        assert till.amounts() == [("accrued", 900), ("clawed_back", -900)]


class TestATieredCommission:
    def test_is_accrued_at_the_highest_rate_and_the_rest_released_when_settled(self, till) -> None:
        till.state(tier_rates_bps="3.0 OR 5.0", stated_rate_bps=300)
        till.work()
        assert (till.owed("ada", "deposit"), till.owed("ada")) == (300, 0)
        till.state(state=State.DELIVERED, delivered_at=till.now)
        till.work()
        till.confirm(days=20)
        assert till.owed("ada", "payable") == 0
        till.state(state=State.SETTLED)
        till.work()
        assert till.amounts() == [("accrued", 300), ("released", -120)]
        assert till.owed("ada", "deposit") == 180
        till.confirm()
        assert till.owed("ada", "payable") == 180

    def test_gives_its_whole_deposit_back_when_the_order_is_cancelled(self, till) -> None:
        till.state(tier_rates_bps="3.0 OR 5.0")
        till.work()
        till.state(state=State.CANCELLED)
        till.work()
        assert till.owed("ada", "deposit") == 0
        till.confirm()
        assert Commission.objects.filter(state="deposit").count() == 0
        assert till.owed("ada", "payable") == 0

    def test_has_no_deposit_for_a_bonus_which_has_no_tiers(self, till) -> None:
        Incentive.objects.create(
            shop=till.shop, kind="boost", funded_by="seller", bonus_bps=100,
            starts_on=date(2026, 9, 1), ends_before=date(2026, 12, 1), created_at=till.now,
        )  # fmt: skip
        till.state(tier_rates_bps="3.0 OR 5.0")
        till.work()
        assert (till.owed("ada", "deposit"), till.owed("ada")) == (300, 60)

    def test_that_is_settled_when_it_is_first_heard_of_is_accrued_at_the_rate_reached(
        self, till
    ) -> None:
        till.state(tier_rates_bps="3.0 OR 5.0", stated_rate_bps=300, state=State.SETTLED)
        till.work()
        assert till.amounts() == [("accrued", 180)]


class TestReattribution:
    def test_takes_back_from_one_and_gives_to_the_other(self, till) -> None:
        till.state()
        till.work()
        bo = Creator.objects.create(workspace=till.cast.workspace, handle="bo", created_at=till.now)
        reattribute_by_hand(
            line=till.line(), creator=bo, reason="posted by Bo", user=till.cast.lin, now=till.now
        )
        for _ in range(2):
            till.work()
        assert (till.owed("ada"), till.owed("bo")) == (0, 900)
        assert till.amounts() == [
            ("accrued", 900), ("reattributed", -900), ("accrued", 900),
        ]  # fmt: skip

    def test_is_told_under_the_moment_of_the_decision_and_a_refund_under_its_own(
        self, till, refund
    ) -> None:
        till.state()
        till.work()
        bo = Creator.objects.create(workspace=till.cast.workspace, handle="bo", created_at=till.now)
        decided = till.now + timedelta(days=20)
        reattribute_by_hand(
            line=till.line(), creator=bo, reason="Bo's video", user=till.cast.lin, now=decided
        )
        till.now = decided + timedelta(hours=1)
        till.work()
        refund()
        till.work()
        assert till.line().changed_at > decided
        told = Commission.objects.filter(entry__isnull=False).order_by("pk")
        assert list(told.values_list("kind", "happened_at", "entry__happened_at")) == [
            ("accrued", till.line().ordered_at, till.line().ordered_at),
            ("reattributed", decided, decided),
            ("accrued", till.line().ordered_at, till.line().ordered_at),
            ("clawed_back", till.line().changed_at, till.line().changed_at),
        ]

    def test_to_nobody_takes_back_and_stays(self, till) -> None:
        till.state()
        till.work()
        reattribute_by_hand(
            line=till.line(), creator=None, reason="own order", user=till.cast.lin, now=till.now
        )
        till.work()
        till.state(state=State.SHIPPED)
        till.work()
        assert till.owed("ada") == 0


class TestConfirming:
    def test_waits_for_delivery_and_the_hold_time(self, till) -> None:
        till.state()
        till.work()
        till.confirm()
        assert till.owed("ada") == 900
        till.state(state=State.DELIVERED, delivered_at=till.now)
        till.work()
        till.confirm(days=14)
        assert till.owed("ada", "approved") == 900
        till.confirm(days=2)
        till.confirm()
        assert till.owed("ada", "payable") == 900
        assert Commission.objects.get().state == "payable"

    def test_waits_while_the_platform_holds_the_line(self, till) -> None:
        till.state(state=State.DELIVERED, delivered_at=till.now, is_held=True)
        till.work()
        till.confirm(days=30)
        assert till.owed("ada") == 900
        till.state(is_held=False)
        till.work()
        till.confirm()
        assert till.owed("ada", "payable") == 900

    def test_names_the_entry_of_the_amounts_it_moved_and_of_no_others(self, till, refund) -> None:
        """What another line gave back became payable in that instant, by an entry of its own."""
        for order_id in ("o1", "o2"):
            till.state(order_id=order_id, state=State.DELIVERED, delivered_at=till.now)
            till.work()
            till.confirm(days=16 if order_id == "o1" else 0)
        refund()
        till.now += timedelta(days=16)
        work_through(shop=till.shop, lake=None, now=till.now)
        told = Commission.objects.order_by("pk").values_list("kind", "payable_by_entry")
        [(_, first), (_, second), (_, of_refund)] = told
        assert (of_refund, first != second) == (None, True)
