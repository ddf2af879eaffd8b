"""An amount of money: whole minor units and a currency, never a float."""

from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from linkstar.money.currencies import currency


class Money(msgspec.Struct, frozen=True, order=True, gc=False):
    """So many minor units of a currency: `Money(123456, "USD")` is 1,234.56 US dollars."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal, code: str) -> "Money":
        """An amount in major units, rounded half to even to whole minor units.

        Raises:
            CurrencyUnknown: no such currency is known.
        """
        unit = Decimal(1).scaleb(-currency(code).exponent)
        rounded = amount.quantize(unit, rounding=ROUND_HALF_EVEN)
        return cls(int(rounded / unit), code.upper())

    @property
    def amount(self) -> Decimal:
        """In major units, exactly."""
        return Decimal(self.minor).scaleb(-currency(self.currency).exponent)

    def __str__(self) -> str:
        return f"{self.amount:,f} {self.currency}"
