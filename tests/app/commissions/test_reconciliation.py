"""Three files of one shop held against each other: every row matched, explained or open."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.app.facts import income_lines, order_lines

from linkstar.cli import reconcile as reconcile_command
from linkstar.cli.output import Output
from linkstar.commissions.reconciliation import Reconciliation, reconcile
from linkstar.commissions.three_ways import OPEN, Reason, gap_sums
from linkstar.lake.store import Lake

DAY = date(2026, 10, 1)
DELIVERED = datetime(2026, 10, 4, 18, tzinfo=UTC)
LIST = {"layout": "tiktok.order_list", "sku_id": "s", "ordered_on": DAY, "status": "Completed"}
CLAIM = {"sku_id": "s", "ordered_on": DAY, "status": "Completed", "creator": "ada"}
PAID = {"settled_on": date(2026, 10, 20), "ordered_on": DAY}


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def told(cast, lake):
    def tell(orders=(), claims=(), income=(), **asked) -> Reconciliation:
        for rows, usual in ((orders, LIST), (claims, CLAIM)):
            if rows:
                order_lines(lake, cast.shop, [usual | row for row in rows])
        if income:
            income_lines(lake, cast.shop, [PAID | row for row in income])
        return reconcile(
            lake, workspace=cast.workspace.number, shops=[cast.shop], today=DAY, **asked
        )

    return tell


def reasons(answer: Reconciliation) -> dict[tuple[str, str], str]:
    rows = answer.rows.to_pylist()
    return {(row["comparison"], row["order_id"]): row["reason"] for row in rows}


class TestAnOrder:
    def test_of_lists_of_ones_own_is_compared_by_price_times_quantity(self, told) -> None:
        """The list that names creators does not replace the one that names none."""
        own = {"order_id": "a", "layout": "generic.order_lines", "line_id": "s"}
        answer = told(
            [own | {"price_micros": 9_995_000, "items": 2, "currency": "USD"}],
            [own | {"paid_minor": 1_999, "items": 2, "currency": "USD"}],
        )
        assert reasons(answer)["orders_affiliates", "a"] == "matched"

    def test_that_all_three_tell_alike_is_matched_and_its_fees_are_named(self, told) -> None:
        answer = told(
            [{"order_id": "a", "paid_minor": 2_000}],
            [{"order_id": "a", "paid_minor": 2_000, "commission_minor": 300,
              "commission_paid_at": DELIVERED}],
            [{"line_id": "a", "revenue_minor": 2_000, "fees_minor": -420, "settlement_minor": 1_580,
              "affiliate_commission_minor": -300}],
        )  # fmt: skip
        assert reasons(answer) == {
            ("orders_affiliates", "a"): "matched",
            ("orders_income", "a"): "matched",
            ("commission", "a"): "matched",
            ("income_payout", "a"): "fee",
        }
        assert [(t.comparison, t.gap_minor) for t in answer.tallies if t.gap_minor] == [
            ("income_payout", 420)
        ]

    def test_nobody_claims_or_settled_yet_says_so(self, told) -> None:
        answer = told(
            [{"order_id": "a", "paid_minor": 900}, {"order_id": "b", "paid_minor": 100}],
            [{"order_id": "b", "paid_minor": 100, "status": "To settle",
              "commission_estimated_minor": 15}],
        )  # fmt: skip
        assert reasons(answer) == {
            ("orders_affiliates", "a"): "no_claim",
            ("orders_affiliates", "b"): "matched",
            ("orders_income", "a"): "not_settled",
            ("orders_income", "b"): "not_settled",
            ("commission", "b"): "not_settled",
        }

    @pytest.mark.parametrize(
        ("order", "income", "expected"),
        [
            ({"status": "Cancelled"}, None, "refunded"),
            ({"commission_paid_at": DELIVERED}, None, "no_file"),
            ({"commission_paid_at": datetime(2026, 10, 20, 9, tzinfo=UTC)}, None, "line_missing"),
            ({"delivered_at": DELIVERED}, None, "settlement_overdue"),
            ({}, {"revenue_minor": 1_000, "currency": "GBP"}, "currency"),
            ({}, {"revenue_minor": 400, "refunds_minor": -600}, "refunded"),
            ({"platform_discount_minor": -50}, {"revenue_minor": 1_050}, "platform_discount"),
            ({}, {"revenue_minor": 999}, "amount_differs"),
            ({}, {"revenue_minor": None}, "amount_unknown"),
        ],
    )
    def test_that_a_statement_tells_otherwise_has_a_reason(
        self, told, order, income, expected
    ) -> None:
        other = {"line_id": "z", "revenue_minor": 1, "settlement_minor": 1, "fees_minor": 0,
                 "settled_on": date(2026, 10, 20)}  # fmt: skip
        own = [{"line_id": "a", **income}] if income else []
        answer = told([{"order_id": "a", "paid_minor": 1_000, **order}], [], [other, *own])
        assert reasons(answer)["orders_income", "a"] == expected

    def test_without_a_file_for_its_day_says_which_is_missing(self, told) -> None:
        later = date(2026, 10, 9)
        answer = told(
            [{"order_id": "a", "paid_minor": 1}],
            [{"order_id": "b", "paid_minor": 2, "ordered_on": later}],
            [{"line_id": "ads", "kind": "GMV Payment for TikTok Ads", "ordered_on": None,
              "revenue_minor": 0, "fees_minor": 0, "settlement_minor": -500,
              "adjustment_minor": -500}],
        )  # fmt: skip
        found = reasons(answer)
        assert (found["orders_affiliates", "a"], found["orders_affiliates", "b"]) == (
            "no_file", "no_file",
        )  # fmt: skip
        assert (found["orders_income", "ads"], found["income_payout", "ads"]) == ("fee", "fee")

    def test_that_its_statement_charges_nothing_for_is_open(self, told) -> None:
        """Though the claim was paid on a day no statement covers: the order's own is there."""
        answer = told(
            [],
            [{"order_id": one, "paid_minor": 2_500, "commission_minor": 375,
              "commission_paid_at": datetime(2026, 10, 24, 9, tzinfo=UTC)} for one in "ab"],
            [{"line_id": "a", "revenue_minor": 0, "fees_minor": 0, "settlement_minor": 0,
              "affiliate_commission_minor": 0},
             {"line_id": "x", "kind": "Logistics reimbursement", "related_order_id": "b",
              "revenue_minor": 0, "fees_minor": 0, "settlement_minor": 400,
              "adjustment_minor": 400, "affiliate_commission_minor": 0}],
        )  # fmt: skip
        found = reasons(answer)
        assert (found["commission", "a"], found["commission", "b"]) == ("amount_differs", "no_file")

    def test_is_told_to_people_in_words(self, told, capsys) -> None:
        answer = told([{"order_id": "a", "paid_minor": 900}])
        reconcile_command.print_sums(Output(plain=True), answer)
        said = capsys.readouterr().out
        assert "Order list against affiliate orders" in said
        assert "no file of those days" in said
        assert "orders_affiliates" not in said

    def test_of_other_days_is_left_out_when_days_are_asked_for(self, told) -> None:
        answer = told([{"order_id": "a", "paid_minor": 1}], starts_on=date(2026, 10, 2))
        assert answer.rows.num_rows == 0


class TestTheJsonDocument:
    def test_has_the_fields_that_are_documented_and_no_other(self, told) -> None:
        income = {"line_id": "a", "revenue_minor": 1, "settlement_minor": 1, "fees_minor": 0}
        answer = told([{"order_id": "a", "paid_minor": 1}], [], [income])
        text = (Path(__file__).parents[3] / "docs" / "json.md").read_text()
        part = text.partition("## reconcile\n")[2].partition("\n## ")[0]
        document = reconcile_command.document(answer, None, None)
        fields = set(document)
        for name in ("sides", "reasons", "gaps"):
            fields |= {f"{name}[].{field}" for row in document[name] for field in row}
        assert set(re.findall(r"^\| `([^`]+)` \|", part, flags=re.MULTILINE)) == fields


MINOR = st.one_of(st.none(), st.integers(-500, 5_000))
ORDER = st.fixed_dictionaries(
    {
        "order_id": st.sampled_from("abcd"),
        "sku_id": st.sampled_from(["s", "t", None]),
        "product_id": st.sampled_from(["p", None]),
        "paid_minor": MINOR,
        "currency": st.sampled_from(["USD", "GBP", None]),
        "status": st.sampled_from(["Completed", "Cancelled", "odd", None]),
        "ordered_on": st.sampled_from([DAY, date(2026, 10, 9), None]),
        "commission_minor": MINOR,
    }
)
INCOME = st.fixed_dictionaries(
    {
        "line_id": st.sampled_from("abcdx"),
        "kind": st.sampled_from(["Order", "Logistics reimbursement"]),
        "related_order_id": st.sampled_from(["a", None]),
        "revenue_minor": MINOR,
        "settlement_minor": MINOR,
        "fees_minor": MINOR,
        "currency": st.sampled_from(["USD", "GBP", None]),
        "affiliate_commission_minor": MINOR,
    }
)


def loaded(lake: Lake, shop, files) -> dict[str, int]:
    """Load the files of all sides; how many rows of each are stored."""
    stored = {"orders": 0, "affiliates": 0, "income": 0}
    for orders, claims, income in files:
        for side, load, usual, rows in (
            ("orders", order_lines, LIST, orders),
            ("affiliates", order_lines, CLAIM, claims),
            ("income", income_lines, PAID, income),
        ):
            if rows:
                done = load(lake, shop, [usual | row for row in rows])
                stored[side] += done.loaded + done.superseded
    return stored


def stood_for(rows: list[dict], comparison: str, column: str) -> int:
    return sum(row[column] for row in rows if row["comparison"] == comparison)


class TestEveryRow:
    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        files=st.lists(
            st.tuples(*(st.lists(each, max_size=4) for each in (ORDER, ORDER, INCOME))),
            min_size=1, max_size=2,
        )
    )  # fmt: skip
    def test_is_compared_or_replaced_and_the_gaps_add_up(self, tmp_path_factory, cast, files):
        lake = Lake(tmp_path_factory.mktemp("sides") / "lake")
        stated = loaded(lake, cast.shop, files)
        answer = reconcile(lake, workspace=cast.workspace.number, shops=[cast.shop], today=DAY)
        rows = answer.rows.to_pylist()
        seen = {
            "orders": stood_for(rows, "orders_affiliates", "left_rows"),
            "affiliates": stood_for(rows, "orders_affiliates", "right_rows"),
            "income": stood_for(rows, "income_payout", "left_rows"),
        }
        for side in answer.stated.to_pylist():
            told = side["replaced"] + side["repeated"] + side["counted"]
            assert (side["stated"], told) == (stated[side["side"]],) * 2
            assert seen[side["side"]] == side["counted"]
        assert sum(side["stated"] for side in answer.stated.to_pylist()) == sum(stated.values())
        assert all((row["reason"] in OPEN) == row["is_open"] for row in rows)
        assert sum(tally.rows for tally in answer.tallies) == len(rows)
        gaps = sum((row["left_minor"] or 0) - (row["right_minor"] or 0) for row in rows)
        assert sum(tally.gap_minor for tally in answer.tallies) == gaps
        told = sum(t.gap_minor for t in answer.tallies if t.currency)
        assert sum(minor for _, _, minor in gap_sums(answer.tallies)) == told
        for row in rows:
            if row["reason"] == Reason.MATCHED:
                assert row["left_minor"] == row["right_minor"]
                assert row["left_currency"] == row["right_currency"]
