"""What the database holds of a bank account says nothing without the installation's key."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from linkstar.settlements.models import BankAccount, Payout
from linkstar.settlements.sealing import SealBroken, opened, seal


def stored(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [row[0] for row in cursor.fetchall()]


class TestANumber:
    def test_is_sealed_in_accounts_and_in_payouts_and_read_back(self, desk) -> None:
        desk.sell("o1")
        number = desk.account("ada").number
        desk.close()
        desk.approve()
        desk.pay()
        for table, column in (
            ("settlements_bankaccount", "number"), ("settlements_payout", "account_number"),
        ):  # fmt: skip
            [kept] = stored(table, column)
            assert number not in kept
        assert Payout.objects.get().account_number == number
        assert list(BankAccount.objects.values_list("number", flat=True)) == [number]

    def test_is_sealed_differently_each_time_and_never_searched(self, db) -> None:
        assert seal("1234") != seal("1234")
        with pytest.raises(FieldError):
            BankAccount.objects.filter(number="1234").exists()

    def test_opens_under_an_earlier_key_and_under_no_other(self, settings) -> None:
        sealed = seal("1234")
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        assert opened(sealed) == "1234"
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(SealBroken):
            opened(sealed)
