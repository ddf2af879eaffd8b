"""`linkstar undo` says what it would do, asks, and does it once."""

from pathlib import Path

import pytest
from tests.app.cli.conftest import Linkstar, lins

ORDERS = "order,sku,qty,price,order date,creator,commission rate\n1,mug,6,2.95,2026-01-05,ada,15%\n"
HOW = ("--currency", "GBP", "--tz", "UTC", "--state", "delivered", "--json")


@pytest.fixture(scope="module")
def linkstar(tmp_path_factory: pytest.TempPathFactory) -> Linkstar:
    return lins(tmp_path_factory.mktemp("undo"))


def earned(linkstar: Linkstar) -> int:
    """What the book says was earned, in minor units."""
    told = linkstar("ledger", "balances", "expense:shop:1:commission", "--json").document
    return sum(account["balance_minor"] for account in told["accounts"])


class TestLinkstarUndo:
    def test_takes_a_file_of_orders_back(self, linkstar: Linkstar, tmp_path: Path) -> None:
        file = tmp_path / "orders.csv"
        file.write_text(ORDERS)
        assert linkstar("import", file, *HOW).code == 0
        assert earned(linkstar) == 266  # 17.70 at 15 %
        [listed] = linkstar("undo", "--json").document["imports"]
        assert listed["name"] == "orders.csv"
        refused = linkstar("undo", listed["id"], "--no-input")
        assert (refused.code, "1 order lines are withdrawn" in refused.err) == (2, True)
        undone = linkstar("undo", listed["id"], "--json", "--yes").document
        assert (undone["state"], undone["withdrawn"]) == ("undone", 1)
        assert earned(linkstar) == 0
        again = linkstar("undo", listed["id"], "--yes")
        assert (again.code, "cannot_be_undone" in again.err) == (5, True)
        assert linkstar("undo", "imp_none").code == 3
