"""Anybody's order list: from the file through the same doors as other files to the records."""

import json
from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest
from tests.app.connectors.files import bring_in, text_file

from linkstar.connectors.actions import NeedsAnswers
from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import error_file
from linkstar.orders.models import LineRevision, OrderLine, Refund, UnmatchedRefund

HEADER = "Invoice No,Stock Code,Quantity,Unit Price,Invoice Date,Customer ID\n"
GIVEN = {"zone": "Europe/London", "currency": "GBP", "state": "delivered", "channel": "other"}


@pytest.fixture
def order_list(cast, tmp_path):
    """Bring in an order list of these rows: order, SKU, quantity, price, at."""

    def bring(*rows: str, header: str = HEADER, name: str = "orders.csv", **how) -> dict:
        text = header + "".join(f"{row},17850\n" for row in rows)
        return bring_in(cast, text_file(tmp_path, text, name), **GIVEN | how)

    return bring


def lines() -> dict[tuple[str, str], tuple[int, int]]:
    rows = OrderLine.objects.values_list("order_id", "line_id", "items", "price_micros")
    return {(order, line): (items, price) for order, line, items, price in rows}


def told(report: dict) -> dict[str, tuple[int, dict]]:
    return {one["code"]: (one["count"], one["params"]) for one in report["warnings"]}


class TestAnOrderList:
    def test_becomes_order_lines_at_prices_finer_than_a_penny(self, order_list) -> None:
        report = order_list("1,mug,6,2.955,2026-01-05 08:26", "1,cup,3,0.0725,2026-01-05 08:26")
        assert (report["layout"], report["loaded"]) == ("generic.order_lines", 2)
        assert lines() == {("1", "mug"): (6, 2_955_000), ("1", "cup"): (3, 72_500)}
        line = OrderLine.objects.get(line_id="mug")
        assert (line.currency, line.state, line.channel, line.source) == (
            "GBP", "delivered", "other", "import",
        )  # fmt: skip
        assert line.ordered_at == datetime(2026, 1, 5, 8, 26, tzinfo=UTC)

    def test_may_name_the_content_that_sold(self, order_list) -> None:
        header = "order,sku,qty,price,order date,content id,Customer ID\n"
        order_list("1,mug,6,2.95,2026-01-05,7312345678901234567", header=header)
        assert OrderLine.objects.get().content_id == "7312345678901234567"

    def test_leaves_currency_zone_and_state_to_be_asked(self, cast, tmp_path) -> None:
        path = text_file(tmp_path, HEADER + "1,mug,6,2.95,2026-01-05 08:26,17850\n")
        with pytest.raises(NeedsAnswers) as refused:
            bring_in(cast, path)
        assert set(refused.value.needs) == {"currency", "zone", "state"}

    def test_that_says_how_far_each_line_is_is_not_asked(self, cast, tmp_path) -> None:
        text = "order,sku,qty,price,order date,status\n1,a,1,5,2026-01-05,Shipped\n"
        bring_in(cast, text_file(tmp_path, text), zone="UTC", currency="GBP")
        assert OrderLine.objects.get().state == "shipped"

    def test_brought_twice_counts_once(self, order_list) -> None:
        rows = ("1,mug,6,2.95,2026-01-05 08:26", "C2,mug,-6,2.95,2026-01-06 08:26")
        order_list(*rows)
        again = order_list(*rows)
        assert (again["duplicates"], again["loaded"]) == (2, 0)
        assert (OrderLine.objects.get().revision, Refund.objects.count()) == (2, 1)

    def test_that_says_something_else_revises_and_doubles_nothing(self, order_list) -> None:
        order_list("1,mug,6,2.95,2026-01-05 08:26")
        report = order_list("1,mug,8,2.95,2026-01-05 08:26")
        assert told(report)["orders.recorded"] == (1, {"new": 0, "revised": 1, "unchanged": 0})
        assert lines() == {("1", "mug"): (8, 2_950_000)}
        assert LineRevision.objects.get().items == 6

    @pytest.mark.parametrize("ending", ["tsv", "xlsx", "parquet", "ndjson"])
    def test_reads_the_same_from_every_format(self, cast, tmp_path, ending) -> None:
        rows = [("1", "mug", 6, 2.955, "2026-01-05 08:26:00", "Ann"),
                ("C2", "mug", -2, 2.955, "2026-01-06 08:26:00", "Ann")]  # fmt: skip
        path = written(tmp_path, ending, rows)
        bring_in(cast, path, **GIVEN)
        line = OrderLine.objects.get()
        assert (line.items, line.items_returned, line.price_micros) == (6, 2, 2_955_000)
        assert kept_on_disk(b"Ann", tmp_path) == []

    def test_is_read_by_a_mapping_that_is_remembered(
        self, cast, tmp_path, django_capture_on_commit_callbacks
    ) -> None:
        text = "Beleg,Artikel,Menge,Preis,Datum,Kunde\n1,mug,6,2.95,2026-01-05,Ann\n"
        mapping = {
            "Beleg": "order_id", "Artikel": "sku_id", "Menge": "quantity",
            "Preis": "price_micros", "Datum": "ordered_at",
        }  # fmt: skip
        how = GIVEN | {"mapping": mapping, "kind": "order_lines"}
        more = text_file(tmp_path, text.replace("1,mug", "2,mug"), "more.csv")
        with django_capture_on_commit_callbacks(execute=True):
            bring_in(cast, text_file(tmp_path, text), **how)
            report = bring_in(cast, more, **GIVEN)
        assert (report["layout"], len(lines())) == ("generic.order_lines", 2)
        assert kept_on_disk(b"Ann", tmp_path) == []

    def test_keeps_nothing_of_buyers(self, order_list, tmp_path) -> None:
        order_list("1,mug,6,2.95,2026-01-05 08:26")
        order_list("2,mug,6,2.95,2026-01-05 08:26", dry_run_only=True)
        assert kept_on_disk(b"17850", tmp_path) == []


def written(folder, ending: str, rows: list):
    names = ("Invoice No", "SKU", "Quantity", "Unit Price", "Invoice Date", "Customer Name")
    path = folder / f"orders.{ending}"
    if ending == "tsv":
        path.write_text("\n".join("\t".join(map(str, row)) for row in (names, *rows)))
    elif ending == "ndjson":
        path.write_text(
            "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)
        )
    elif ending == "parquet":
        values = ", ".join(f"({', '.join(map(repr, row))})" for row in rows)
        columns = ", ".join(f'"{name}"' for name in names)
        duckdb.execute(f"COPY (FROM (VALUES {values}) AS t({columns})) TO '{path}'")
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for row in (names, *rows):
            book.active.append(row)
        book.save(path)
    return path


def kept_on_disk(secret: bytes, folder) -> list[str]:
    """Files below the data folder that hold the text, as it is or inside a workbook or Parquet."""
    data = folder / "data"
    found = []
    for path in (each for each in data.rglob("*") if each.is_file()):
        body = path.read_bytes()
        if body.startswith(b"PAR1"):
            body = str(pq.read_table(path).to_pylist()).encode()
        if secret in body or body.startswith(b"PK"):
            found.append(path.name)
    return found


class TestLinesOfTheSameItem:
    def test_are_numbered_in_the_order_of_the_file(self, order_list) -> None:
        order_list(
            "1,mug,6,2.95,2026-01-05 08:26", "1,mug,1,3.50,2026-01-05 08:26",
            "1,mug,1,3.50,2026-01-05 08:26",
        )  # fmt: skip
        assert lines() == {
            ("1", "mug"): (6, 2_950_000), ("1", "mug#2"): (1, 3_500_000),
            ("1", "mug#3"): (1, 3_500_000),
        }  # fmt: skip

    def test_wait_for_each_other_and_keep_their_numbers_when_corrected(
        self, order_list, cast, tmp_path
    ) -> None:
        report = order_list(
            "1,mug,6,2.95,2026-01-05 08:26", "1,mug,one,3.50,2026-01-05 08:26",
            "2,mug,2,2.95,2026-01-05 08:26",
        )  # fmt: skip
        assert (report["loaded"], report["rejected"]) == (1, 2)
        codes = [(one["row"], one["code"]) for one in report["problems"]]
        assert codes == [(2, "order.incomplete"), (3, "number.format")]
        errors = error_file(ImportFile.objects.get(pk=report["id"]))
        corrected = errors.read_text("utf-8-sig").replace(",one,", ",1,")
        bring_in(cast, text_file(tmp_path, corrected, "corrected.csv"), **GIVEN)
        assert lines() == {
            ("1", "mug"): (6, 2_950_000), ("1", "mug#2"): (1, 3_500_000),
            ("2", "mug"): (2, 2_950_000),
        }  # fmt: skip

    def test_go_by_the_numbers_of_the_file_where_it_has_them(self, cast, tmp_path) -> None:
        text = (
            "order,line,sku,qty,price,order date,status\n1,10,mug,1,5,2026-01-05,paid\n"
            "1,20,mug,x,5,2026-01-05,paid\n1,30,cup,1,5,2026-01-05,paid\n"
            "2,1,cup,1,5,2026-01-05,paid\n2,1,cup,2,5,2026-01-05,paid\n"
        )
        report = bring_in(cast, text_file(tmp_path, text), zone="UTC", currency="GBP")
        assert set(lines()) == {("1", "10"), ("1", "30")}
        assert [one["code"] for one in report["problems"]] == [
            "number.format", "line.twice", "line.twice",
        ]  # fmt: skip


class TestABadRow:
    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("1,mug,0,2.95,2026-01-05 08:26", "quantity.nothing"),
            ("1,mug,1.5,2.95,2026-01-05 08:26", "number.format"),
            ("1,mug,,2.95,2026-01-05 08:26", "required.empty"),
            ("1,mug,1,-2.95,2026-01-05 08:26", "price.negative"),
            ("1,mug,1,,2026-01-05 08:26", "required.empty"),
            ("1,mug,1,$2.95,2026-01-05 08:26", "money.currency"),
            ('1,mug,1,"0,085",2026-01-05 08:26', "money.format"),
            ("1,,1,2.95,2026-01-05 08:26", "required.empty"),
            (",mug,1,2.95,2026-01-05 08:26", "required.empty"),
            ("1,mug,1,2.95,yesterday", "date.format"),
            (f"{'1' * 65},mug,1,2.95,2026-01-05 08:26", "text.too_long"),
        ],
    )
    def test_is_named_and_harms_no_other_order(self, order_list, row, code) -> None:
        report = order_list(row, "2,cup,1,2.95,2026-01-05 08:26")
        assert [one["code"] for one in report["problems"]] == [code]
        assert list(lines()) == [("2", "cup")]


class TestWhatCameBack:
    def test_is_taken_off_its_line_or_listed_with_its_sum(self, order_list) -> None:
        report = order_list(
            "1,mug,6,2.95,2026-01-05 08:26", "2,mug,6,2.95,2026-01-05 09:26",
            "3,cup,4,1.00,2026-01-05 10:26", "C4,mug,-6,2.95,2026-01-06 08:26",
            "C5,cup,-1,1.00,2026-01-06 09:26", "C6,fee,-1,49.995,2026-01-06 10:26",
        )  # fmt: skip
        found = told(report)
        assert found["returns.recorded"][0] == 3
        assert found["returns.matched"] == (2, {"sums": ["18.70 GBP"]})
        assert found["returns.tied"][0] == 1
        assert found["returns.unmatched"] == (1, {"sums": ["49.995 GBP"]})
        left = dict(OrderLine.objects.values_list("order_id", "items_returned"))
        assert left == {"1": 6, "2": 0, "3": 1}
        tied = Refund.objects.get(line__order_id="1")
        assert (tied.order_id, tied.rivals, tied.line.state) == ("C4", 1, "refunded")
        lost = UnmatchedRefund.objects.get()
        assert (lost.order_id, lost.article, lost.reason) == ("C6", "fee", "item_unknown")

    def test_waits_for_a_sale_that_is_imported_later(self, order_list) -> None:
        order_list("C4,mug,-6,2.95,2026-01-06 08:26")
        assert UnmatchedRefund.objects.count() == 1
        order_list("1,mug,6,2.95,2026-01-05 08:26", name="more.csv")
        assert not UnmatchedRefund.objects.exists()
        assert OrderLine.objects.get().items_returned == 6

    def test_under_the_number_of_its_sale_is_of_that_sale(self, order_list) -> None:
        order_list(
            "1,mug,3,2.95,2026-01-05 08:26", "2,mug,3,2.95,2026-01-05 08:26",
            "2,mug,-1,2.95,2026-01-06 08:26",
        )  # fmt: skip
        left = dict(OrderLine.objects.values_list("order_id", "items_returned"))
        assert left == {"1": 0, "2": 1}

    @pytest.mark.parametrize(("stated", "left"), [(-1, 5), (-4, 2), (-6, 0)])
    def test_stated_later_with_another_quantity_is_revised(self, order_list, stated, left) -> None:
        order_list("1,mug,6,2.95,2026-01-05 08:26", "C4,mug,-2,2.95,2026-01-06 08:26")
        report = order_list(f"C4,mug,{stated},2.95,2026-01-06 08:26")
        assert told(report)["returns.revised"] == (1, {})
        line = OrderLine.objects.get()
        assert line.items - line.items_returned == left
        assert line.state == ("delivered" if left else "refunded")
        assert Refund.objects.get(withdrawn_at=None).items == -stated

    def test_of_a_whole_line_stated_later_as_less_lets_the_line_go_on(self, order_list) -> None:
        order_list("1,mug,6,2.95,2026-01-05 08:26", "C4,mug,-6,2.95,2026-01-06 08:26")
        assert OrderLine.objects.get().state == "refunded"
        order_list("C4,mug,-2,2.95,2026-01-06 08:26")
        line = OrderLine.objects.get()
        assert (line.state, line.items_returned) == ("delivered", 2)

    def test_that_fits_its_line_no_more_is_of_another_or_waits(self, order_list) -> None:
        order_list("1,mug,2,2.95,2026-01-05 08:26", "C4,mug,-2,2.95,2026-01-06 08:26")
        order_list("C4,mug,-5,2.95,2026-01-06 08:26")
        assert (OrderLine.objects.get().items_returned, UnmatchedRefund.objects.get().items) == (
            0,
            5,
        )
        order_list("2,mug,5,2.95,2026-01-05 09:26")
        assert dict(OrderLine.objects.values_list("order_id", "items_returned")) == {"1": 0, "2": 5}
