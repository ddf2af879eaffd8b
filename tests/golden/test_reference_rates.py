"""Exchange against the European Central Bank's published reference rates, 2022 to 2026."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from pathlib import Path

import pytest

from linkstar.exchange.actions import import_ecb_rates
from linkstar.exchange.queries import rate_on
from linkstar.exchange.rules import convert
from linkstar.money.amounts import Money
from linkstar.money.currencies import CURRENCIES

FILE = Path(__file__).parents[3] / "shared" / "data" / "eurofxref_2022-2026_core.csv"


@pytest.mark.django_db
class TestThePublishedRates:
    def test_are_what_amounts_are_converted_at(self) -> None:
        import_ecb_rates(content=FILE.read_bytes(), now=datetime(2026, 11, 1, tzinfo=UTC))
        with FILE.open(newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows[::25]:
            day = date.fromisoformat(row["Date"])
            for code in ("CNY", "JPY", "IDR", "GBP"):
                stamped = rate_on("USD", code, day)
                assert (stamped.on, stamped.source) == (day, "ECB")
                with localcontext(prec=50):
                    exact = Decimal(row[code]) / Decimal(row["USD"]) * Decimal("12345.67")
                unit = Decimal(1).scaleb(-CURRENCIES[code].exponent)
                assert abs(convert(Money(1_234_567, "USD"), stamped).amount - exact) <= unit / 2

    def test_hold_over_a_weekend(self) -> None:
        import_ecb_rates(content=FILE.read_bytes(), now=datetime(2026, 11, 1, tzinfo=UTC))
        friday = date(2026, 10, 30)
        sunday = friday + timedelta(days=2)
        assert rate_on("USD", "CNY", sunday).on == friday
