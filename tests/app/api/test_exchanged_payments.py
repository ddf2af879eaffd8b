"""Payments in another currency by program: both sums and the rate, and what the bank took."""

from decimal import Decimal

import pytest
from tests.app.api.conftest import caller
from tests.app.commissions.conftest import serum, till  # noqa: F401  # fixtures
from tests.app.settlements.conftest import desk  # noqa: F401  # fixture

from linkstar.exchange.actions import state_rate
from linkstar.settlements.models import Settlement


@pytest.fixture
def paid(desk):  # noqa: F811  # the fixture
    """Ada earned 9.00 dollars and is paid 63.00 yuan; the bank has the payment."""
    desk.sell("o1")
    desk.account("ada", "CNY")
    desk.close()
    desk.approve()
    state_rate(base="USD", quote="CNY", on=desk.now.date(), rate=Decimal(7), now=desk.now)
    return desk.pay().payouts[0]


class TestAnExchangedPayment:
    def test_is_told_with_its_rate_and_settled_by_what_the_bank_took(self, cast, paid) -> None:
        finns = caller(cast.finn, cast.workspace)
        at = f"settlements/{Settlement.objects.get().pk}/payments"
        [told] = finns.get(at).json()["items"]
        assert (told["amount"], told["paid"]) == (
            {"minor": 900, "currency": "USD"}, {"minor": 6_300, "currency": "CNY"},
        )  # fmt: skip
        assert (told["rate"]["base"], told["rate"]["quote"]) == ("USD", "CNY")
        assert Decimal(told["rate"]["rate"]) == 7
        assert told["taken"] is None
        said = {"id": paid.pk, "state": "paid", "amount": {"minor": 920, "currency": "USD"}}
        news = f"shops/{cast.shop.pk}/payments"
        assert finns.post(news, {"payments": [said]}).json()["changed"] == 1
        [told] = finns.get(at).json()["items"]
        assert told["taken"] == {"minor": 920, "currency": "USD"}
        other = said | {"amount": {"minor": 930, "currency": "USD"}}
        [problem] = finns.post(news, {"payments": [other]}).json()["problems"]
        assert problem["code"] == "amount_stated_before"

    @pytest.mark.parametrize("amount", [{"minor": 0, "currency": "USD"}, {"minor": 5}, 5])
    def test_is_not_settled_by_what_is_no_amount(self, cast, paid, amount) -> None:
        finns = caller(cast.finn, cast.workspace)
        said = {"id": paid.pk, "state": "paid", "amount": amount}
        assert finns.post(f"shops/{cast.shop.pk}/payments", {"payments": [said]}).status_code == 422
