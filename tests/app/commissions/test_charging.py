from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.books import balance

from linkstar.catalog.market_rules import markets
from linkstar.commissions.actions import charge_platform_fees
from linkstar.commissions.fee_rules import (
    FeePolicy,
    FeesUnknown,
    policy_on,
    referral_minor,
    refund_administration_minor,
)
from linkstar.commissions.models import PlatformFee
from linkstar.orders.rules import State
from linkstar.plans.models import Incentive


@pytest.fixture
def charged(till):
    def charge(**said: object) -> dict[str, int]:
        till.state(**said)
        for _ in range(2):
            charge_platform_fees(shop=till.shop, now=till.now)
        sums: dict[str, int] = {}
        for kind, minor in PlatformFee.objects.values_list("kind", "amount_minor"):
            sums[kind] = sums.get(kind, 0) + minor
        total = balance(till.book, f"expense:shop:{till.shop.number}:platform_fee", "USD").minor
        assert total == sum(sums.values())
        return sums

    return charge


class TestThePolicy:
    def test_is_that_of_the_day_of_the_order(self) -> None:
        days = (date(2024, 3, 31), date(2024, 4, 1), date(2025, 5, 15))
        told = [referral_minor(10_000, policy_on("US", "tiktok", day)) for day in days]
        assert told == [230, 600, 600]

    def test_of_each_market_holds_from_its_own_day(self) -> None:
        for market, first, later in (
            ("GB", date(2024, 9, 1), date(2024, 9, 2)), ("DE", date(2026, 1, 7), date(2026, 1, 8)),
        ):  # fmt: skip
            told = [referral_minor(10_000, policy_on(market, "tiktok", d)) for d in (first, later)]
            assert told == [500, 900]

    def test_is_stated_with_its_source_or_named_unknown_with_the_reason_for_every_market(
        self,
    ) -> None:
        known = set()
        for market in markets():
            policy = policy_on(market, "tiktok", date(2026, 11, 29))
            told = policy.why if isinstance(policy, FeesUnknown) else policy.source
            assert told.keys() == {"en", "zh-hans"}
            if isinstance(policy, FeePolicy):
                known.add(market)
                assert policy.currency == markets()[market].currency
        assert known == {"US", "GB", "DE", "FR", "ES", "IT", "IE", "JP"}

    def test_that_nobody_states_is_unknown_before_the_first_day_too(self) -> None:
        assert isinstance(policy_on("DE", "tiktok", date(2025, 1, 1)), FeesUnknown)

    def test_limits_what_is_kept_of_a_refund_only_since_its_day(self) -> None:
        days = (date(2024, 4, 1), date(2025, 5, 15))
        told = [refund_administration_minor(5_000, policy_on("US", "tiktok", d)) for d in days]
        assert told == [1_000, 500]


class TestALine:
    def test_is_charged_on_payment_and_platform_discount_once(self, charged) -> None:
        # 59.97 - 3.00 paid, and 2.00 by the platform: 6 % of 58.97 - 2.00 + 2.00
        assert charged(
            paid_minor=5_497, platform_discount_minor=200, seller_discount_minor=300
        ) == {"referral": 342}

    def test_that_comes_back_gets_its_fee_back_less_a_fifth(self, charged) -> None:
        assert charged(paid_minor=6_000) == {"referral": 360}
        assert charged(items_returned=1) == {"referral": 240, "refund_administration": 24}
        assert charged(items_returned=3) == {"referral": 0, "refund_administration": 72}

    def test_that_was_cancelled_gets_its_fee_back_whole(self, charged) -> None:
        charged(paid_minor=6_000)
        assert charged(state=State.CANCELLED) == {"referral": 0}

    def test_of_an_earlier_day_keeps_its_policy(self, charged) -> None:
        day = datetime(2024, 3, 31, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
        assert charged(paid_minor=6_000, ordered_at=day) == {"referral": 150}

    def test_in_a_fee_free_period_costs_nothing(self, charged, till) -> None:
        Incentive.objects.create(
            shop=till.shop, kind="fee_free", funded_by="platform", starts_on=date(2026, 9, 1),
            ends_before=date(2026, 12, 1), created_at=till.now - timedelta(days=60),
        )  # fmt: skip
        assert charged(paid_minor=6_000) == {"referral": 0}

    def test_sold_elsewhere_is_not_charged(self, charged) -> None:
        assert charged(channel="instagram") == {}
