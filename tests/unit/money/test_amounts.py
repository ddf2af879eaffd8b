from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.money.amounts import Money
from linkstar.money.currencies import (
    CURRENCIES,
    CurrencyUnknown,
    currency,
    currency_of_mark,
    is_mark,
)


class TestMoney:
    def test_counts_whole_minor_units_of_its_currency(self) -> None:
        assert Money.of(Decimal("1234.56"), "USD") == Money(123456, "USD")
        assert Money.of(Decimal(70036), "JPY") == Money(70036, "JPY")

    @pytest.mark.parametrize(
        ("amount", "minor"), [("1.005", 100), ("1.015", 102), ("-1.005", -100), ("2.675", 268)]
    )
    def test_rounds_half_to_even(self, amount: str, minor: int) -> None:
        assert Money.of(Decimal(amount), "USD").minor == minor

    @given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(CURRENCIES)))
    def test_comes_back_from_its_amount(self, minor: int, code: str) -> None:
        money = Money(minor, code)
        assert Money.of(money.amount, code) == money

    def test_is_written_with_its_currency(self) -> None:
        assert str(Money(123456, "USD")) == "1,234.56 USD"

    def test_refuses_a_currency_nobody_knows(self) -> None:
        with pytest.raises(CurrencyUnknown):
            Money.of(Decimal(1), "XXX")


class TestAMark:
    @pytest.mark.parametrize(
        ("mark", "code"),
        [("£", "GBP"), ("Rp", "IDR"), ("RM", "MYR"), ("₫", "VND"), ("S$", "SGD"), ("円", "JPY")],
    )
    def test_stands_for_its_currency(self, mark: str, code: str) -> None:
        assert currency_of_mark(mark) == code

    def test_of_several_currencies_is_the_us_dollar_unless_another_is_expected(self) -> None:
        assert currency_of_mark("$") == "USD"
        assert currency_of_mark("$", expected="MXN") == "MXN"
        assert currency_of_mark("¥") == "CNY"
        assert currency_of_mark("¥", expected="JPY") == "JPY"

    def test_nobody_writes_is_refused(self) -> None:
        assert not is_mark("%")
        with pytest.raises(CurrencyUnknown):
            currency_of_mark("%")

    def test_every_currency_knows_its_own_code(self) -> None:
        assert all(c.code.casefold() in c.marks for c in CURRENCIES.values())
        assert currency("usd").exponent == 2
