"""The demo seller's files say what the events say, in the platform's layouts."""

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from openpyxl import load_workbook

from linkstar.sample.drawing import draw_market
from linkstar.sample.labels import labels_of
from linkstar.sample.market import Size
from linkstar.sample.plan import ZONE
from linkstar.sample.sales import Sales
from linkstar.sample.seller_files import write_seller_files
from linkstar.sample.tally import Tally
from linkstar.sample.traffic import event_tables

NOW = datetime(2026, 10, 22, 20, tzinfo=UTC)
SIZE = Size(creators=400, contents=4_000, impressions=500_000, days=60)
SHOPS = ("USLS00001", "USLS00097")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pa.Table]:
    """The folder of files, and all events of the two shops."""
    folder = tmp_path_factory.mktemp("files")
    market = draw_market(seed=3, size=SIZE, ends_before=date(2026, 10, 23))
    labels = labels_of(market)
    tally, sales = Tally(pa.array(SHOPS), ZONE), Sales(pa.array(SHOPS))
    ours = []
    for _, table in event_tables(market, labels, zone=ZoneInfo(ZONE), now=NOW):
        tally.add(table)
        sales.add(table)
        mine = pc.is_in(table["shop"].cast(pa.string()), pa.array(SHOPS))
        ours.append(table.filter(mine))
    sold = sales.of(SHOPS[0])
    write_seller_files(market, labels, tally, folder, demo_shops=SHOPS, sold=sold, told_at=[NOW])
    return folder, pa.concat_tables(ours)


def counted(events: pa.Table, shop: str, kind: str, starts: pa.Scalar, ends: pa.Scalar) -> Counter:
    """Honest events of a kind per video, between two instants."""
    mask = pc.and_(
        pc.and_(pc.equal(events["shop"], shop), pc.equal(events["event"], kind)),
        pc.and_(
            pc.is_null(events["filtered"]),
            pc.and_(
                pc.equal(events["content_type"], "video"),
                pc.and_(
                    pc.greater_equal(events["occurred_at"], starts),
                    pc.less(events["occurred_at"], ends),
                ),
            ),
        ),
    )
    return Counter(events.filter(mask)["content_id"].to_pylist())


def local(month: int, day: int) -> pa.Scalar:
    instant = datetime(2026, month, day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return pa.scalar(instant, pa.timestamp("ms", tz="UTC"))


def rows_of(path: Path, header_row: int) -> list[dict[str, str]]:
    page = load_workbook(path).active
    rows = [[cell or "" for cell in row] for row in page.iter_rows(values_only=True)]
    header = rows[header_row]
    return [dict(zip(header, row, strict=True)) for row in rows[header_row + 1 :]]


class TestTheChineseCompassFile:
    def test_names_its_window_in_the_banner(self, told: tuple[Path, pa.Table]) -> None:
        page = load_workbook(told[0] / "罗盘视频_20261022.xlsx").active
        assert page["A1"].value == "[日期范围]: 2026-09-24 ~ 2026-10-21"

    def test_counts_what_was_tracked(self, told: tuple[Path, pa.Table]) -> None:
        folder, events = told
        rows = rows_of(folder / "罗盘视频_20261022.xlsx", 2)
        window = (local(9, 24), local(10, 22))
        seen = counted(events, SHOPS[0], "impression", *window)
        clicked = counted(events, SHOPS[0], "click", *window)
        assert len(rows) > 20
        assert {
            r["视频ID"]: int(r["商品曝光次数"]) for r in rows if r["商品曝光次数"] != "0"
        } == seen
        assert {
            r["视频ID"]: int(r["商品点击次数"]) for r in rows if r["商品点击次数"] != "0"
        } == clicked


class TestTheEnglishVideoFile:
    def test_has_a_description_row_and_25_columns(self, told: tuple[Path, pa.Table]) -> None:
        with (told[0] / "Nestora_Video_Data_20260924.csv").open(encoding="utf-8-sig") as file:
            header, described, first, *_ = csv.reader(file)
        assert len(header) == len(described) == len(first) == 25
        assert first[header.index("Video ID")].isdigit()
        assert not described[header.index("Video ID")].isdigit()

    def test_covers_the_28_days_before_the_workbook(self, told: tuple[Path, pa.Table]) -> None:
        folder, events = told
        with (folder / "Nestora_Video_Data_20260924.csv").open(encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))[1:]
        seen = counted(events, SHOPS[1], "impression", local(8, 27), local(9, 24))
        total = sum(int(row["Video product impressions"]) for row in rows)
        assert total == seen.total() > 0


class TestTheTransactionAnalysis:
    def test_carries_the_category_and_both_counts(self, told: tuple[Path, pa.Table]) -> None:
        rows = rows_of(told[0] / "Starlane_Transaction_Analysis_20261022.xlsx", 0)[1:]
        assert {row["Product category"].partition("/ ")[0] for row in rows} == {
            "Beauty & Personal Care"
        }
        assert all(int(row["Product impressions"]) >= 0 for row in rows)


class TestTheCreatorFile:
    def test_states_a_rate_but_no_clicks(self, told: tuple[Path, pa.Table]) -> None:
        rows = rows_of(told[0] / "Starlane_Creator_Data_20261022.xlsx", 0)[1:]
        winner = next(row for row in rows if row["Creator name"] == "juno.tries")
        assert winner["CTR"].endswith("%")
        assert not any("click" in header.lower() for header in winner)


class TestTheOrdersFile:
    @pytest.fixture
    def rows(self, told: tuple[Path, pa.Table]) -> list[dict[str, str]]:
        path = told[0] / "Starlane_Affiliate_Orders_20261022.csv"
        with path.open(encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    def test_has_a_row_for_every_order_that_was_tracked(
        self, told: tuple[Path, pa.Table], rows: list[dict[str, str]]
    ) -> None:
        events = told[1].filter(pc.equal(told[1]["shop"], SHOPS[0]))
        ordered = events.filter(pc.equal(events["event"], "order"))
        returned = events.filter(pc.equal(events["event"], "refund"))
        assert ordered.num_rows > 0
        assert returned.num_rows > 0
        assert len({row["Order ID"] for row in rows}) == len(rows) == ordered.num_rows
        assert Counter(row["Content ID"].strip() for row in rows) == Counter(
            ordered["content_id"].to_pylist()
        )
        back = [row["Fully returned or refunded"] for row in rows]
        assert back.count("Yes") == returned.num_rows

    def test_knows_of_nothing_that_happens_later(self, rows: list[dict[str, str]]) -> None:
        told = {status: [r for r in rows if r["Order Status"] == status] for status in (
            "Processing", "Completed", "Settled",
        )}  # fmt: skip
        assert all(told.values())
        assert {row["Order Delivery Time"] for row in told["Processing"]} == {"--"}
        assert {row["Actual Commission Payment"] for row in told["Completed"]} == {"--"}
        assert "--" not in {row["Time Commission Paid"] for row in told["Settled"]}


class TestTheNote:
    def test_says_which_days_each_file_covers(self, told: tuple[Path, pa.Table]) -> None:
        note = (told[0] / "README.txt").read_text()
        for file in told[0].iterdir():
            assert file.name == "README.txt" or file.name in note
        assert "2026-09-24..2026-10-21" in note
