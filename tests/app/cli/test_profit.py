"""`linkstar profit` says what the page says, as tables, JSON and CSV."""

import csv

import pytest
from tests.app.cli.conftest import lins


@pytest.fixture(scope="module")
def linkstar(tmp_path_factory):
    """An installation with one shop and no orders."""
    return lins(tmp_path_factory.mktemp("profit"))


class TestWithoutOrders:
    def test_says_so(self, linkstar) -> None:
        days = ("--from", "2026-10-01", "--to", "2026-10-28")
        assert linkstar("profit", *days, "--json").document == {
            "version": 1, "by": "creator", "starts_on": "2026-10-01", "ends_before": "2026-10-29",
            "accounts": [], "totals": [], "rates": [], "missing_rates": [],
        }  # fmt: skip
        assert "No orders" in linkstar("profit", *days, "--lang", "en").err

    @pytest.mark.parametrize(
        ("asked", "name"),
        [
            (("--from", "soon"), "day_not_understood"),
            (("--from", "2026-10-02", "--to", "2026-10-01"), "period_not_understood"),
            (("--currency", "XYZ"), "currency_unknown"),
            (("--shop", "nobody's"), "shop_unknown"),
        ],
    )
    def test_refuses_what_it_cannot_understand_by_name(self, linkstar, asked, name) -> None:
        ended = linkstar("profit", *asked)
        assert ended.code in {2, 3}
        assert f"[{name}]" in ended.err


class TestTheRows:
    def test_carry_what_is_known_and_nothing_for_what_is_not(self, capsys) -> None:
        from linkstar.cli.output import Output
        from linkstar.cli.profit import COLUMNS, _row
        from linkstar.commissions.profit_rules import Amount, Part, profits

        told = profits(
            [
                Amount("ada", "USD", Part.KEPT, 4_000, order_id="o1"),
                Amount("ada", "USD", Part.COMMISSION, 600),
                Amount("ada", "USD", Part.PLATFORM_FEE, None),
            ]
        )
        Output(form="csv").comma_separated(COLUMNS, [_row(row) for row in told])
        [row] = csv.DictReader(capsys.readouterr().out.splitlines())
        assert (row["key"], row["kept_minor"], row["commission_minor"]) == ("ada", "4000", "600")
        assert (row["platform_fee_minor"], row["left_minor"], row["roi"]) == ("", "", "")
        assert float(row["roas"]) == pytest.approx(4_000 / 600)
