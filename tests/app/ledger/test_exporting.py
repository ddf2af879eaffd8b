import csv
from datetime import UTC, datetime

import pytest

from linkstar.ledger.actions import post_entries
from linkstar.ledger.exporting import account_name, beancount_lines, csv_lines
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)


@pytest.fixture
def book() -> str:
    two = (
        Posting("expense:shop:1:commission", "liability:creator:crt_1:accrued", Money(900, "USD")),
        Posting("expense:shop:1:bonus", "liability:creator:crt_1:accrued", Money(7, "JPY")),
    )
    post_entries(book="wsp", drafts=[Draft("earned", '=a"b', NOW, two)], now=NOW)
    return "wsp"


class TestTheBook:
    def test_as_csv_has_a_row_per_posting_and_no_formula(self, book) -> None:
        rows = list(csv.DictReader(csv_lines(book)))
        assert [(r["line"], r["amount"], r["currency"]) for r in rows] == [
            ("1", "9.00", "USD"), ("2", "7", "JPY"),
        ]  # fmt: skip
        assert rows[0]["key"] == "'=a\"b"

    def test_as_beancount_balances_in_every_currency(self, book) -> None:
        text = "".join(beancount_lines(book))
        assert '2026-10-22 * "earned" "=a\\"b"' in text
        assert "  Expenses:Shop:1:Xcommission" not in text
        legs = [line.split() for line in text.splitlines() if line.startswith("  ") and ":" in line]
        sums: dict[str, float] = {}
        for leg in legs:
            if len(leg) == 3:
                sums[leg[2]] = sums.get(leg[2], 0) + float(leg[1])
        assert sums == {"USD": 0, "JPY": 0}

    def test_spells_no_two_accounts_alike(self) -> None:
        paths = [
            "asset:a_b",
            "asset:a-b",
            "asset:a.b",
            "asset:A-b",
            "clearing:a",
            "asset:Clearing:a",
            "asset:0-Clearing:a",
            "asset:Xa",
            "asset:a",
            "asset:a-2e-b",
        ]
        assert len({account_name(path) for path in paths}) == len(paths)
