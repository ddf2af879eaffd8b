from datetime import date

import pytest
from tests.app.facts import income_lines, order_lines

from linkstar.web.facts import lake

DAY = date(2026, 10, 1)


@pytest.fixture
def files(cast) -> None:
    row = {"order_id": "o1", "ordered_on": DAY, "paid_minor": 2_000, "status": "Completed"}
    order_lines(lake(), cast.shop, [row | {"layout": "tiktok.order_list"}])
    order_lines(
        lake(),
        cast.shop,
        [row | {"creator": "=ada", "paid_minor": 1_500, "commission_estimated_minor": 225}],
    )
    income_lines(
        lake(), cast.shop,
        [{"line_id": "o1", "revenue_minor": 2_000, "fees_minor": -420, "settlement_minor": 1_580,
          "settled_on": date(2026, 10, 20)}],
    )  # fmt: skip


class TestThePage:
    def test_names_every_gap_and_lists_what_is_open_first(self, client, cast, files) -> None:
        client.force_login(cast.vera)
        page = client.get("/reconciliation/").content.decode()
        for words in (
            "1 row is open",
            "$5.00",
            "$4.20",
            "fees and adjustments",
            "amounts differ",
            "Sum of the gaps",
        ):
            assert words in page, words
        page = client.get("/reconciliation/?reason=fee").content.decode()
        assert '<td class="first"><a href="/orders/?q=o1">o1</a>' in page

    def test_of_a_workspace_without_files_says_what_to_import(self, client, cast, files) -> None:
        client.force_login(cast.otto)
        page = client.get("/reconciliation/").content.decode()
        assert "Nothing to compare yet" in page
        assert "o1" not in page


class TestTheFile:
    def test_has_every_row_and_nothing_a_spreadsheet_runs(self, client, cast, files) -> None:
        client.force_login(cast.vera)
        lines = client.get("/reconciliation/rows.csv").content.decode("utf-8-sig").splitlines()
        # two sides of the line, the order and its statement, its commission, the payout
        assert len(lines) == 1 + 4
        assert "'=ada" in "".join(lines)
        assert cast.workspace.auditevent_set.filter(verb="reconciliation.exported").exists()
