"""The traps of real exports, one named test each."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from tests.golden.exports import (
    ADA_VIDEO,
    BRUSH,
    CREATOR,
    CREATOR_23,
    ORDER,
    ORDERS_30,
    SERUM,
    VIDEO_25,
    VIDEO_ROWS,
    VIDEO_ZH,
    VIDEO_ZH_20,
)
from tests.golden.reading import read, write

from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.refusals import ColumnMissing, ColumnTwice
from linkstar.connectors.registry import LAYOUTS


def table(header: list[str], *rows: dict, delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([row.get(name, "--") for name in header] for row in rows)
    return out.getvalue()


def video(**cells: str) -> dict:
    return {**VIDEO_ROWS[0], **cells}


def renamed(header: list[str], old: str, new: str) -> list[str]:
    return [new if name == old else name for name in header]


class TestTheThirdOfAugust:
    def test_is_written_day_first_in_orders(self, tmp_path: Path) -> None:
        orders = read(tmp_path, table(ORDERS_30, ORDER | {"Time Created": "03/08/2026 10:11:12"}))
        assert orders.rows[0]["ordered_on"] == dt.date(2026, 8, 3)

    def test_is_written_month_first_in_videos(self, tmp_path: Path) -> None:
        videos = read(tmp_path, table(VIDEO_25, video(**{"Post date": "08/03/2026"})))
        assert videos.rows[0]["posted_on"] == dt.date(2026, 8, 3)

    def test_is_asked_for_in_a_file_of_unknown_origin(self, tmp_path: Path) -> None:
        path = write(tmp_path, "content id,impressions,clicks,post date\nv1,10,1,03/08/2026\n")
        assert "day_order" in detect(path, scratch=tmp_path, layouts=LAYOUTS).needs


class TestTheRowOfDescriptions:
    def test_is_no_data(self, tmp_path: Path) -> None:
        told = {name: f"How {name} is counted within 14 days" for name in VIDEO_25}
        found = read(tmp_path, table(VIDEO_25, told, video()))
        assert found.detected.description_row == 2
        assert [row["row"] for row in found.rows] == [3]

    def test_is_not_seen_where_there_is_none(self, tmp_path: Path) -> None:
        found = read(tmp_path, table(VIDEO_25, video(), video(**{"Video ID": "7" * 19})))
        assert found.detected.description_row == 0
        assert found.parsed.rows == 2


class TestTheHeader:
    def test_is_found_below_a_banner(self, tmp_path: Path) -> None:
        above = "[Date Range]: 2026-07-01 ~ 2026-07-28\n\n"
        found = read(tmp_path, above + table(VIDEO_25, video()))
        assert found.detected.header_row == 3
        assert found.detected.window.ends_before == dt.date(2026, 7, 29)
        assert found.rows[0]["row"] == 4

    def test_may_have_marks_and_spaces_nobody_sees(self, tmp_path: Path) -> None:
        header = [f"\u200b{name} " for name in VIDEO_25]
        rows = [{h: cell for h in header if (cell := video().get(h.strip("\u200b ")))}]
        found = read(tmp_path, "\ufeff" + table(header, *rows))
        assert found.detected.layout == "tiktok.video_performance"
        assert found.rows[0]["product_clicks"] == 4_505


class TestARenamedColumn:
    def test_stops_the_file_by_name_and_names_its_likely_successor(self, tmp_path: Path) -> None:
        header = renamed(VIDEO_25, "Video product clicks", "Video product link clicks")
        path = write(tmp_path, table(header, video()))
        with pytest.raises(ColumnMissing) as refused:
            detect(path, scratch=tmp_path, layouts=LAYOUTS)
        assert refused.value.column == "Video product clicks"
        assert refused.value.nearest == "Video product link clicks"
        assert refused.value.layout == "tiktok.video_performance"

    def test_of_gmv_never_becomes_zero(self, tmp_path: Path) -> None:
        header = renamed(CREATOR_23, "Creator-attributed GMV", "Partner-attributed GMV")
        path = write(tmp_path, table(header, CREATOR))
        with pytest.raises(ColumnMissing) as refused:
            detect(path, scratch=tmp_path, layouts=LAYOUTS)
        assert refused.value.nearest == "Partner-attributed GMV"

    def test_that_nothing_depends_on_is_reported(self, tmp_path: Path) -> None:
        header = renamed(VIDEO_25, "Likes", "Likes received")
        found = read(tmp_path, table(header, video()))
        assert found.detected.unknown == ("Likes received",)
        notice = found.detected.warnings[0]
        assert (notice.code, notice.params["nearest"]) == ("column.unknown", "Likes")
        assert found.rows[0]["likes"] is None

    def test_twice_under_one_name_is_refused(self, tmp_path: Path) -> None:
        path = write(tmp_path, table([*VIDEO_25, "Video product clicks"], video()))
        with pytest.raises(ColumnTwice) as refused:
            detect(path, scratch=tmp_path, layouts=LAYOUTS)
        assert refused.value.column == "Video product clicks"

    def test_is_named_in_the_language_of_the_file(self, tmp_path: Path) -> None:
        header = renamed(VIDEO_ZH_20, "视频商品点击量", "视频商品链接点击数")
        path = write(tmp_path, table(header, VIDEO_ZH))
        with pytest.raises(ColumnMissing) as refused:
            detect(path, scratch=tmp_path, layouts=LAYOUTS)
        assert refused.value.column == "视频商品点击量"
        assert refused.value.nearest == "视频商品链接点击数"


class TestDashes:
    def test_are_not_zero(self, tmp_path: Path) -> None:
        found = read(
            tmp_path,
            table(VIDEO_25, video(**{"Video product clicks": "--", "Refunds": "--", "Likes": "0"})),
        )
        row = found.rows[0]
        assert (row["product_clicks"], row["refunds_minor"], row["likes"]) == (None, None, 0)


class TestAnIdOfNineteenDigits:
    def test_keeps_every_digit(self, tmp_path: Path) -> None:
        found = read(tmp_path, table(VIDEO_25, video(**{"Video ID": ADA_VIDEO + "\t"})))
        assert found.rows[0]["content_id"] == ADA_VIDEO

    def test_that_a_spreadsheet_program_cut_is_a_problem_of_its_row(self, tmp_path: Path) -> None:
        found = read(tmp_path, table(VIDEO_25, video(), video(**{"Video ID": "7.31235E+18"})))
        assert found.counts == (2, 1, 1)
        assert found.problems == [(3, "Video ID", "id.lost_digits")]

    def test_that_a_spreadsheet_program_rounded_is_pointed_out(self, tmp_path: Path) -> None:
        rounded = [video(**{"Video ID": f"73123456789012{n}0000"}) for n in range(3)]
        found = read(tmp_path, table(VIDEO_25, *rounded))
        assert "id.rounded" in {w.code for w in found.parsed.warnings}


class TestARateOfUnclearMeaning:
    @pytest.mark.parametrize(("cell", "bps"), [("15%", 1_500), ("15", 1_500), ("0.1", None)])
    def test_is_read_only_where_it_means_one_thing(self, tmp_path: Path, cell, bps) -> None:
        found = read(tmp_path, table(ORDERS_30, ORDER | {"Standard commission rate": cell}))
        [row] = found.rows
        assert row["commission_bps"] == bps
        assert row["flags"] == ([] if bps else ["rate_unclear"])
        assert [w.code for w in found.parsed.warnings] == ([] if bps else ["rate.unclear"])

    def test_is_a_problem_where_clicks_follow_from_it(self, tmp_path: Path) -> None:
        found = read(tmp_path, table(CREATOR_23, CREATOR | {"CTR": "5.93"}))
        assert found.problems == [(2, "CTR", "percent.ambiguous")]


class TestCommissionNotYetSettled:
    def test_keeps_its_estimate_beside_the_zero(self, tmp_path: Path) -> None:
        open_order = ORDER | {"Order Status": "Processing", "Actual Commission Payment": "0"}
        [row] = read(tmp_path, table(ORDERS_30, open_order)).rows
        assert (row["commission_estimated_minor"], row["commission_minor"]) == (600, 0)
        assert row["status"] == "Processing"


class TestAPartialRefund:
    def test_shrinks_the_base_and_leaves_the_flag(self, tmp_path: Path) -> None:
        [row] = read(tmp_path, table(ORDERS_30, ORDER)).rows
        assert row["refunded_fully"] is False
        bases = row["commission_base_estimated_minor"], row["commission_base_minor"]
        assert bases == (3_998, 1_999)


class TestAVideoWithSeveralProducts:
    def test_keeps_them_all_and_no_category(self, tmp_path: Path) -> None:
        [row] = read(tmp_path, table(VIDEO_25, video())).rows
        assert row["product_ids"] == [SERUM, BRUSH]
        assert row["category"] is None


class TestATotal:
    def test_is_no_row_of_data_and_is_named(self, tmp_path: Path) -> None:
        total = {"Video title": "Total", "Video product clicks": "9,999"}
        found = read(tmp_path, table(VIDEO_25, video(), total))
        assert found.counts == (1, 1, 0)
        [notice] = found.parsed.warnings
        assert (notice.code, notice.params) == ("row.summary", {"rows": [3]})


class TestMoneyOfAnotherCurrency:
    def test_is_a_problem_of_its_row(self, tmp_path: Path) -> None:
        rows = [video(), video(**{"Creator video-attributed GMV": "£3.00"})]
        found = read(tmp_path, table(VIDEO_25, *rows), currency="USD")
        assert found.problems == [(3, "Creator video-attributed GMV", "money.currency")]


class TestARowWithSeveralFaults:
    def test_tells_the_first_of_each_cell(self, tmp_path: Path) -> None:
        bad = video(**{"Video product clicks": "-7", "Likes": "many", "Post date": "13/40/2026"})
        found = read(tmp_path, table(VIDEO_25, bad))
        assert found.counts == (1, 0, 1)
        assert found.problems == [
            (2, "Post date", "date.format"),
            (2, "Likes", "number.format"),
            (2, "Video product clicks", "clicks.negative"),
        ]


class TestBuyersAsPersons:
    PERSONAL = ("Recipient", "Phone #", "Buyer Username", "Detail Address", "Zipcode", "City")

    def test_are_columns_marked_private(self) -> None:
        layout = next(x for x in LAYOUTS if x.name == "tiktok.order_list")
        private = {name for c in layout.columns if c.private for name in c.names}
        assert set(self.PERSONAL) <= private
        assert all(c.field == "" for c in layout.columns if c.private)
