"""Payments in another currency on pages and by API: both sums, the rate, and what the bank took."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.app.commissions.conftest import serum, till  # noqa: F401  # fixtures
from tests.app.settlements.conftest import desk  # noqa: F401  # fixture
from tests.conftest import PASSWORD

from linkstar.creators.models import Creator
from linkstar.exchange.actions import state_rate
from linkstar.settlements.actions import StatedPayout, import_payout_status
from linkstar.settlements.models import BankAccount, Payout, Settlement
from linkstar.web import formats
from linkstar.web.settlements.printed import _exchanged

RATE = "1 USD = 7 CNY (stated by the operator"


@pytest.fixture
def abroad(desk):  # noqa: F811  # the fixture
    """Ada earned 9.00 dollars and is paid in yuan; approved."""
    desk.sell("o1")
    desk.account("ada", "CNY")
    desk.close()
    desk.approve()
    return desk


@pytest.fixture
def paid(abroad) -> Payout:
    """The bank paid her 63.00 yuan; what it took is not said yet."""
    rate(abroad.now)
    [payout] = abroad.pay().payouts
    stated = [StatedPayout(payout.pk, "paid")]
    import_payout_status(shop=abroad.shop, stated=stated, now=abroad.now)
    return payout


def rate(at: datetime) -> None:
    state_rate(base="USD", quote="CNY", on=at.date(), rate=Decimal(7), now=at)


def shown(client, user, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


class TestThePayPage:
    @pytest.fixture
    def finn(self, client, cast):
        client.force_login(cast.finn)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    def address(self) -> str:
        return f"/settlements/{Settlement.objects.get().pk}/pay/"

    def test_shows_both_sums_and_the_rate_before_anything_is_paid(self, finn, abroad) -> None:
        rate(datetime.now(UTC))
        page = finn.get(self.address()).content.decode()
        assert "exchanged into CN¥63.00" in page
        assert RATE in page

    def test_names_whoever_waits_and_why(self, finn, abroad) -> None:
        page = finn.get(self.address()).content.decode()
        assert "@ada $9.00 → CNY: no exchange rate of the last days is known" in page
        told = finn.post(self.address(), follow=True).content.decode()
        assert "no account or rate known" in told
        assert not Payout.objects.exists()


class TestTheStatement:
    def test_names_the_rate_and_asks_what_the_bank_took(self, client, cast, paid) -> None:
        page = shown(client, cast.finn, f"/statements/{paid.statement_id}/")
        assert "exchanged into CN¥63.00" in page
        assert RATE in page
        assert "What the bank took (USD)" in page
        assert "to be settled" in shown(
            client, cast.finn, f"/settlements/{paid.statement.settlement_id}/"
        )

    def test_of_a_viewer_asks_nothing(self, client, cast, paid) -> None:
        page = shown(client, cast.vera, f"/statements/{paid.statement_id}/")
        assert "What the bank took is not stated yet" in page
        assert "<form" not in page.partition('id="total-title"')[2].partition("</section>")[0]

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("9.20", "booked as gain or loss"),
            ("9.205", "“9.205” is no amount of USD."),
            ("much", "“much” is no amount of USD."),
            ("", "“” is no amount of USD."),
            ("0", "the amount is nothing or less"),
            ("-1", "the amount is nothing or less"),
        ],
    )
    def test_takes_in_what_it_took(self, client, cast, paid, written, said) -> None:
        client.force_login(cast.finn)
        address = f"/settlements/payouts/{paid.pk}/amount/"
        page = client.post(address, {"state": "paid", "amount": written}, follow=True)
        assert said in page.content.decode()
        taken = Payout.objects.get(pk=paid.pk).exchange.taken_minor
        assert taken == (920 if written == "9.20" else None)

    def test_takes_it_in_once(self, client, cast, paid) -> None:
        client.force_login(cast.finn)
        address = f"/settlements/payouts/{paid.pk}/amount/"
        for written in ("9.20", "9.20", "9.30"):
            page = client.post(address, {"state": "paid", "amount": written}, follow=True)
        assert "another amount was stated before" in page.content.decode()
        page = shown(client, cast.finn, f"/statements/{paid.statement_id}/")
        assert "The bank took $9.20." in page

    def test_on_paper_names_the_rate(self, paid) -> None:
        day = formats.day(paid.exchanged.stamped.on, "en")
        assert list(_exchanged(paid)) == ["CN¥63.00", f"{RATE}, {day})"]
        assert list(_exchanged(Payout())) == []


class TestTheCreator:
    def test_says_in_which_currency_to_be_paid(self, client, cast, now) -> None:
        Creator.objects.create(user=cast.ada, handle="ada", created_at=now)
        client.force_login(cast.ada)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        told = {"holder": "Ada", "country": "DE", "number": "DE89370400440532013000"}
        address = "/creator/income/account/"
        assert client.post(address, told | {"currency": "XXX"}).status_code == 422
        assert client.post(address, told | {"currency": "EUR"}).status_code == 302
        assert BankAccount.objects.get().currency == "EUR"
        assert "EUR" in client.get(address).content.decode()

    def test_sees_what_was_paid_and_at_which_rate(self, client, cast, paid) -> None:
        ada = paid.statement.creator
        ada.user = cast.ada
        ada.save()
        page = shown(client, cast.ada, "/creator/income/")
        assert f"exchanged into CN¥63.00 · {RATE}" in page


class TestAShop:
    def test_is_not_asked_for_a_currency(self, client, cast) -> None:
        client.force_login(cast.finn)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        page = client.get(f"/settings/shops/{cast.shop.pk}/account/").content.decode()
        assert 'name="currency"' not in page
