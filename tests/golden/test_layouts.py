"""Every export layout, from the file to the lake's columns."""

import csv
import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook
from tests.golden.exports import ADA_VIDEO, BO_VIDEO, BRUSH, EXPORTS, FOLDER, SERUM, SKU, Export

from linkstar.connectors.reading.detected import Answers, Detected, Window
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.parsing import Parsed, parse
from linkstar.connectors.registry import LAYOUTS

JULY = Window(dt.date(2026, 7, 1), dt.date(2026, 7, 29))


@dataclass(frozen=True)
class Expected:
    """What a golden file is and what its first row becomes."""

    layout: str
    language: str = "en"
    header_row: int = 1
    first_row: int = 2
    needs: tuple[str, ...] = ("period",)
    rows: int = 1
    currency: str = "USD"
    window: Window | None = None
    first: dict[str, object] = field(default_factory=dict)


AS_VIDEO = {
    "level": "content",
    "content_type": "video",
    "content_id": ADA_VIDEO,
    "creator": "ada",
    "clicks_derived": False,
    "contents": 1,
}
AS_CREATOR = {
    "level": "creator",
    "creator": "ada",
    "product_impressions": 10_000,
    "product_clicks": 593,
    "clicks_derived": True,
    "contents": 8,
    "gmv_minor": 200_000,
}
AS_ORDER = {
    "order_id": "577012345678901234",
    "sku_id": SKU,
    "product_id": SERUM,
    "creator": "ada",
    "content_id": ADA_VIDEO,
    "content_type": "video",
    "ordered_on": dt.date(2026, 8, 3),
    "ordered_at": dt.datetime(2026, 8, 3, 17, 11, 12, tzinfo=dt.UTC),
    "items": 2,
    "paid_minor": 3_998,
    "commission_bps": 1_500,
    "commission_estimated_minor": 600,
    "commission_minor": 300,
    "refunded_fully": False,
}
EXPECTED = {
    "Acme_Video_Data_20260822.csv": Expected(
        "tiktok.video_performance",
        first_row=3,
        rows=2,
        first=AS_VIDEO
        | {
            "row": 3,
            "posted_on": dt.date(2026, 8, 3),
            "product_ids": [SERUM, BRUSH],
            "product_impressions": 131_635,
            "product_clicks": 4_505,
            "video_views": 123_045,
            "gmv_minor": 123_456,
            "flat_fee_minor": None,
            "stated_ctr_ratio": pytest.approx(0.0342),
        },
    ),
    "video_list_older_en.csv": Expected(
        "tiktok.video_performance_older",
        first=AS_VIDEO
        | {"video_views": 20_878, "product_impressions": None, "gmv_minor": 30_000, "items": 12},
    ),
    "video_list_older_zh.csv": Expected(
        "tiktok.video_performance_older", "zh", first=AS_VIDEO | {"video_views": 20_878}
    ),
    "video_data_zh.xlsx": Expected(
        "tiktok.video_performance",
        "zh",
        first_row=3,
        first=AS_VIDEO
        | {
            "product_impressions": 131_000,
            "product_clicks": 4_505,
            "video_views": 123_000,
            "gmv_minor": 1_200_000,
            "commission_minor": 180_000,
        },
    ),
    "罗盘_视频明细.xlsx": Expected(
        "tiktok.compass_videos",
        "zh",
        header_row=3,
        first_row=4,
        needs=(),
        rows=2,
        window=JULY,
        first=AS_VIDEO
        | {
            "creator_name": "爱达",
            "product_impressions": 131_635,
            "product_clicks": 4_505,
            "video_views": 123_045,
            "orders": 155,
            "gmv_minor": 303_093,
            "stated_completion_ratio": pytest.approx(0.0815),
        },
    ),
    "compass_video_details_en.xlsx": Expected(
        "tiktok.compass_videos",
        header_row=3,
        first_row=4,
        needs=(),
        window=Window(dt.date(2026, 1, 1), dt.date(2026, 2, 1)),
        first=AS_VIDEO | {"product_impressions": 533, "product_clicks": 9, "gmv_minor": 0},
    ),
    "compass_video_details_zh.xlsx": Expected(
        "tiktok.compass_videos",
        "zh",
        header_row=2,
        first_row=3,
        needs=(),
        window=Window(dt.date(2026, 1, 1), dt.date(2026, 2, 1)),
        first=AS_VIDEO | {"gmv_minor": 303_093, "orders": 155},
    ),
    "Acme_Creator_Data_20260722.xlsx": Expected(
        "tiktok.creator_performance", first_row=3, rows=2, first=AS_CREATOR | {"samples": 2}
    ),
    "creator_data_daily_averages.csv": Expected(
        "tiktok.creator_performance", first_row=3, first=AS_CREATOR | {"customers": None}
    ),
    "creator_data_before_2026.csv": Expected(
        "tiktok.creator_performance", first_row=3, first=AS_CREATOR | {"items": 66}
    ),
    "creator_list_older_en.csv": Expected(
        "tiktok.creator_performance_older", first=AS_CREATOR | {"creator_name": "@Ada"}
    ),
    "creator_list_older_zh.xlsx": Expected(
        "tiktok.creator_performance_older", "zh", first=AS_CREATOR
    ),
    "Acme_Transaction_Analysis_20260722.xlsx": Expected(
        "tiktok.transaction_analysis",
        first_row=3,
        first={
            "level": "product",
            "product_ids": [SERUM],
            "category": "Beauty & Personal Care > Skincare > Serums",
            "product_impressions": 200_000,
            "product_clicks": 5_000,
            "contents": 14,
        },
    ),
    "transaction_analysis_older_en.csv": Expected(
        "tiktok.transaction_analysis",
        first={"product_ids": [SERUM], "gmv_minor": 500_000, "orders": 150, "product_clicks": None},
    ),
    "transaction_analysis_older_zh.xlsx": Expected(
        "tiktok.transaction_analysis",
        "zh",
        currency="CNY",
        first={
            "product_name": "维C精华",
            "category": "Beauty & Personal Care > Skincare",
            "gmv_minor": 500_000,
        },
    ),
    "product_analytics.xlsx": Expected(
        "tiktok.product_analytics",
        header_row=2,
        first_row=3,
        needs=(),
        window=JULY,
        first={
            "level": "product",
            "product_impressions": 200_000,
            "unique_product_impressions": 150_000,
            "unique_product_clicks": 4_500,
            "shop_tab_impressions": 10_000,
            "shop_tab_clicks": 300,
            "add_to_carts": 900,
            "gmv_minor": 600_000,
        },
    ),
    "product_list_older_zh.csv": Expected(
        "tiktok.product_list_older",
        "zh",
        header_row=2,
        first_row=3,
        needs=(),
        currency="JPY",
        window=Window(dt.date(2026, 4, 27), dt.date(2026, 5, 4)),
        first={"gmv_minor": 70_036, "currency": "JPY", "items": 12, "orders": None},
    ),
    "live_data_20260722.csv": Expected(
        "tiktok.live_performance",
        first_row=3,
        first={
            "content_type": "live",
            "content_id": "7399999999999999991",
            "posted_on": dt.date(2026, 7, 21),
            "product_impressions": 40_000,
            "product_clicks": 2_400,
        },
    ),
    "罗盘_直播.xlsx": Expected(
        "tiktok.compass_lives",
        "zh",
        header_row=2,
        first_row=3,
        needs=(),
        window=JULY,
        first={
            "content_type": "live",
            "content_id": "ada@2026-07-21T19:00",
            "live_views": 55_000,
            "product_clicks": 2_400,
        },
    ),
    "affiliate_orders_us.csv": Expected(
        "tiktok.affiliate_orders", needs=("zone",), rows=2, currency="", first=AS_ORDER
    ),
    "affiliate_orders_uk.csv": Expected(
        "tiktok.affiliate_orders",
        needs=("zone",),
        currency="",
        first=AS_ORDER | {"currency": "GBP"},
    ),
    "affiliate_orders_zh.xlsx": Expected(
        "tiktok.affiliate_orders",
        "zh",
        needs=("zone",),
        currency="",
        first=AS_ORDER | {"refunded_fully": True, "content_type": "live"},
    ),
    "partner_orders.csv": Expected(
        "tiktok.partner_orders",
        needs=("zone",),
        currency="",
        first={
            "partner_campaign_id": "7400000000000000001",
            "partner_commission_bps": 500,
            "commission_bps": 1_500,
            "partner_commission_estimated_minor": 200,
            "ordered_on": dt.date(2026, 9, 30),
        },
    ),
    "partner_custom_report.xlsx": Expected(
        "tiktok.partner_report",
        needs=(),
        first={
            "starts_on": dt.date(2026, 9, 28),
            "ends_before": dt.date(2026, 9, 30),
            "category": "Beauty & Personal Care > Skincare",
            "video_views": 8_000,
        },
    ),
    "mcn_report.csv": Expected(
        "tiktok.mcn_report",
        needs=(),
        first={
            "level": "creator",
            "starts_on": dt.date(2026, 9, 28),
            "ends_before": dt.date(2026, 10, 5),
            "gmv_minor": 12_000,
        },
    ),
    "creator_orders.xlsx": Expected(
        "tiktok.creator_orders",
        needs=("zone",),
        currency="",
        first={"items": 2, "items_refunded": 1, "commission_minor": 300, "content_type": "live"},
    ),
    "income_20260716.xlsx": Expected(
        "tiktok.income_statement",
        needs=(),
        rows=2,
        currency="",
        first={
            "kind": "Order",
            "sheet": "Order details",
            "settlement_minor": 3_010,
            "fees_minor": -988,
            "affiliate_commission_minor": -600,
            "settled_at": dt.datetime(2026, 7, 16, tzinfo=dt.UTC),
        },
    ),
    "OrderSKUList.xlsx": Expected(
        "tiktok.order_list",
        first_row=3,
        needs=("currency", "zone"),
        currency="",
        first={"paid_minor": 1_999, "category": "Beauty & Personal Care", "items": 1},
    ),
    "seller_orders_with_tabs.csv": Expected(
        "tiktok.order_list",
        needs=("currency", "zone"),
        rows=2,
        currency="",
        first={
            "order_id": "577012345678901234",
            "sku_id": SKU,
            "ordered_at": dt.datetime(2026, 7, 22, 22, 4, 5, tzinfo=dt.UTC),
        },
    ),
    "shop_daily.csv": Expected(
        "tiktok.shop_daily",
        needs=(),
        first={
            "level": "shop",
            "starts_on": dt.date(2026, 7, 1),
            "ends_before": dt.date(2026, 7, 2),
            "product_impressions": 30_000,
            "product_clicks": 900,
        },
    ),
    "gmv_max_creatives.xlsx": Expected(
        "tiktok.ads_creatives",
        "zh",
        currency="",
        first={"traffic_source": "ads", "product_impressions": 12_000, "gmv_minor": 21_000},
    ),
}


def detected(name: str, folder: Path) -> Detected:
    return detect(FOLDER / name, scratch=folder, layouts=LAYOUTS)


def parsed(found: Detected, folder: Path) -> Parsed:
    answers = Answers(
        zone="" if found.zone else "America/Los_Angeles",
        currency="" if found.currency else "USD",
        period=None if found.window else JULY,
    )
    return parse(
        found,
        answers,
        staged=folder / "staged.parquet",
        problems=folder / "problems.parquet",
        scratch=folder / "scratch",
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
class TestAnExport:
    def test_is_recognised_with_what_it_says(self, name: str, tmp_path: Path) -> None:
        found, expected = detected(name, tmp_path), EXPECTED[name]
        assert (found.layout, found.language) == (expected.layout, expected.language)
        assert (found.header_row, found.first_row) == (expected.header_row, expected.first_row)
        assert found.needs == expected.needs
        assert (found.currency, found.window) == (expected.currency, expected.window)
        assert found.unknown == ()

    def test_gives_every_row_in_the_columns_of_the_lake(self, name: str, tmp_path: Path) -> None:
        expected = EXPECTED[name]
        read = parsed(detected(name, tmp_path), tmp_path)
        assert (read.rows, read.staged_rows, read.rejected) == (expected.rows, expected.rows, 0)
        first = pq.read_table(read.staged).slice(0, 1).to_pylist()[0]
        assert {column: first[column] for column in expected.first} == expected.first


def in_other_form(export: Export) -> Export:
    """As a spreadsheet program saves it: a workbook as text in UTF-16, a text as a workbook."""
    stem = Path(export.name).stem
    if export.name.endswith(".xlsx"):
        text = {"name": f"{stem}.csv", "encoding": "utf-16", "delimiter": "\t", "other_sheets": {}}
        return replace(export, **text)
    return replace(export, name=f"{stem}.xlsx")


class TestAnExportThatWasSavedInAnotherForm:
    @pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
    def test_says_the_same(self, export: Export, tmp_path: Path) -> None:
        path = in_other_form(export).write(tmp_path)
        again = parsed(detect(path, scratch=tmp_path / "b", layouts=LAYOUTS), tmp_path / "b")
        first = parsed(detected(export.name, tmp_path), tmp_path)
        assert again.rows == first.rows
        assert said_by(again) == said_by(first)


def said_by(read: Parsed) -> list[dict[str, object]]:
    """Every row without where it stood."""
    table = pq.read_table(read.staged)
    return table.drop_columns({"row", "sheet"} & {*table.column_names}).to_pylist()


class TestTheGoldenFiles:
    def test_are_one_for_every_expectation(self) -> None:
        assert {export.name for export in EXPORTS} == set(EXPECTED)

    def test_cover_every_layout_of_the_platform(self) -> None:
        covered = {expected.layout for expected in EXPECTED.values()}
        assert {x.name for x in LAYOUTS if not x.is_generic} == covered

    @pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
    def test_hold_what_their_script_writes(self, export, tmp_path: Path) -> None:
        assert cells_of(export.write(tmp_path)) == cells_of(FOLDER / export.name)


def cells_of(path: Path) -> object:
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(str(path))
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    return list(csv.reader(path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()))


class TestAVideoWithMoreClicksThanImpressions:
    def test_goes_in_as_it_is_and_is_flagged(self, tmp_path: Path) -> None:
        read = parsed(detected("Acme_Video_Data_20260822.csv", tmp_path), tmp_path)
        second = pq.read_table(read.staged).to_pylist()[1]
        assert (second["content_id"], second["product_impressions"]) == (BO_VIDEO, 14)
        assert second["product_clicks"] == 28
        assert second["stated_ctr_ratio"] == 2.0
        assert second["flags"] == ["ctr_above_one"]
        assert [w.code for w in read.warnings] == ["ctr.above_one"]


class TestACreatorWhoDidNotAgreeToExactFigures:
    def test_has_no_gmv_and_no_clicks_rather_than_zero(self, tmp_path: Path) -> None:
        read = parsed(detected("Acme_Creator_Data_20260722.xlsx", tmp_path), tmp_path)
        second = pq.read_table(read.staged).to_pylist()[1]
        assert second["gmv_minor"] is None
        assert second["flags"] == ["gmv_range"]
        assert second["product_clicks"] is None
        assert second["clicks_derived"] is False
