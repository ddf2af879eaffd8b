from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from tests.app.commissions.conftest import Till, serum, till  # noqa: F401  # fixtures
from tests.books import balance

from linkstar.creators.models import Creator
from linkstar.orders.rules import State
from linkstar.settlements.actions import (
    StatedPayout,
    approve_settlement,
    close_period,
    import_payout_status,
    make_payouts,
)
from linkstar.settlements.models import BankAccount, Settlement
from linkstar.settlements.rules import last_ended


@dataclass
class Desk:
    """Finn at work: sells through the till, closes, approves and pays."""

    till: Till

    @property
    def shop(self):
        return self.till.shop

    @property
    def now(self):
        return self.till.now

    def sell(self, *order_ids: str, **fields: object) -> None:
        """Delivered, confirmed and payable."""
        for order_id in order_ids:
            self.till.state(
                order_id=order_id, state=State.DELIVERED, delivered_at=self.now, **fields
            )
        self.till.work()
        self.till.confirm(days=16)

    def wait(self, days: int) -> None:
        self.till.now += timedelta(days=days)

    def close(self, days: int = 8):
        """When the week is over."""
        self.wait(days)
        period = last_ended("US", self.now.date())
        return close_period(shop=self.shop, period=period, now=self.now)

    def approve(self) -> Settlement:
        settlement = Settlement.objects.filter(state="closed").get()
        return approve_settlement(settlement=settlement, user=self.till.cast.finn, now=self.now)

    def pay(self):
        settlement = Settlement.objects.latest("closed_at", "pk")
        return make_payouts(settlement=settlement, user=self.till.cast.finn, now=self.now)

    def bank_says(self, payout: object, state: str):
        return import_payout_status(
            shop=self.shop, stated=[StatedPayout(payout.pk, state, "by the bank")], now=self.now
        )

    def account(self, handle: str = "ada", currency: str = "") -> BankAccount:
        return BankAccount.objects.create(
            creator=Creator.objects.get(handle=handle),
            holder=f"{handle} & Söhne <GmbH>",
            number="DE89370400440532013000",
            bic="COBADEFFXXX",
            country="DE",
            currency=currency,
        )

    def stands(self, path: str) -> int:
        return balance(self.till.book, path, "USD").minor


@pytest.fixture
def desk(till) -> Desk:  # noqa: F811  # the fixture
    return Desk(till)


MONDAY = date(2026, 11, 2)
