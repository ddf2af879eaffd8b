import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from tests.app.connectors.files import (
    COMPASS,
    CREATORS,
    JULY,
    ORDER_LIST,
    TRANSACTIONS,
    VIDEOS,
    bring_in,
    counted,
    text_file,
    totals,
)
from tests.golden.exports import ADA_VIDEO, EXPORTS, FOLDER, SERUM

from linkstar.catalog.models import Product
from linkstar.connectors.actions import NeedsAnswers
from linkstar.connectors.models import ImportFile
from linkstar.connectors.reading.refusals import ColumnMissing
from linkstar.lake.selection import Source

GENERIC = "creator,content id,impressions,clicks\nada,v1,1000,50\nbo,v2,3000,60\n"


class TestAFile:
    def test_is_loaded_with_every_row_accounted_for(self, cast, lake, tmp_path) -> None:
        path = text_file(tmp_path, GENERIC + "cy,v3,many,1\n")
        report = bring_in(cast, path, period=JULY)
        assert report["rows"] == 3
        assert (report["loaded"], report["rejected"]) == (2, 1)
        assert (report["duplicates"], report["superseded"]) == (0, 0)
        [problem] = report["problems"]
        assert problem == {
            "row": 4,
            "column": "impressions",
            "code": "number.format",
            "value": "many",
            "expected": "1,234",
        }
        assert totals(lake, cast) == (4000, 110)

    def test_is_reported_in_plain_json(self, cast, tmp_path) -> None:
        report = bring_in(cast, text_file(tmp_path, GENERIC), period=JULY)
        assert json.loads(json.dumps(report))["loaded"] == 2

    def test_brought_twice_counts_once(self, cast, lake) -> None:
        bring_in(cast, COMPASS)
        again = bring_in(cast, COMPASS)
        assert (again["rows"], again["duplicates"], again["loaded"]) == (2, 2, 0)
        assert totals(lake, cast) == (131_635 + 21_471, 4_505 + 972)

    def test_of_a_later_export_supersedes_the_same_window(self, cast, lake, tmp_path) -> None:
        bring_in(cast, text_file(tmp_path, GENERIC, "Data_20260801.csv"), period=JULY)
        newer = GENERIC.replace("1000,50", "1100,55")
        bring_in(cast, text_file(tmp_path, newer, "Data_20260802.csv"), period=JULY)
        older = GENERIC.replace("1000,50", "900,40")
        late = bring_in(cast, text_file(tmp_path, older, "Data_20260731.csv"), period=JULY)
        assert totals(lake, cast) == (4100, 115)
        assert late["superseded"] >= 1

    def test_whose_window_lies_inside_another_is_not_added_to_it(
        self, cast, lake, tmp_path
    ) -> None:
        path = text_file(tmp_path, GENERIC)
        bring_in(cast, path, period=JULY)
        bring_in(cast, path, period=(JULY[0], JULY[0].replace(day=8)))
        assert totals(lake, cast) == (4000, 110)

    def test_that_leaves_something_unsaid_is_not_guessed_at(self, cast, tmp_path) -> None:
        with pytest.raises(NeedsAnswers) as refused:
            bring_in(cast, text_file(tmp_path, GENERIC))
        assert refused.value.needs == ("period",)
        assert not ImportFile.objects.exists()

    def test_that_is_refused_leaves_nothing_behind(self, cast, tmp_path, settings) -> None:
        header = VIDEOS.read_text("utf-8-sig").replace("Video product clicks", "Taps")
        with pytest.raises(ColumnMissing):
            bring_in(cast, text_file(tmp_path, header), period=JULY)
        assert not ImportFile.objects.exists()
        assert list(Path(settings.PLACES.imports).iterdir()) == []

    def test_can_be_looked_at_without_loading(self, cast, lake, tmp_path) -> None:
        path = text_file(tmp_path, GENERIC)
        report = bring_in(cast, path, period=JULY, dry_run_only=True)
        assert (report["rows"], report["loaded"], report["state"]) == (2, 2, "dry_run")
        assert not ImportFile.objects.exists()
        assert bring_in(cast, path, period=JULY)["loaded"] == 2

    def test_tells_how_far_it_is(self, cast, tmp_path) -> None:
        seen: list[tuple[int, int]] = []
        path = text_file(tmp_path, GENERIC)
        bring_in(cast, path, period=JULY, progress=lambda done, rows: seen.append((done, rows)))
        assert seen[-1] == (2, 2)


class TestTheClicksOfACreatorFile:
    def test_follow_from_its_ctr_and_say_so(self, cast, lake) -> None:
        report = bring_in(cast, CREATORS, period=JULY)
        assert report["loaded"] == 2
        codes = {notice["code"] for notice in report["warnings"]}
        assert codes == {"clicks.derived", "money.range"}


class TestProducts:
    def test_are_learnt_with_their_categories(self, cast) -> None:
        bring_in(cast, TRANSACTIONS, period=JULY)
        product = Product.objects.get(shop=cast.shop)
        assert product.external_id == SERUM
        assert product.category == "Beauty & Personal Care > Skincare > Serums"
        assert product.name == "Vitamin C serum"


class TestPersonalDataOfBuyers:
    def test_is_nowhere_below_the_data_directory(self, cast, settings) -> None:
        bring_in(cast, ORDER_LIST, zone="America/Los_Angeles", currency="USD")
        kept = [p for p in settings.PLACES.data.rglob("*") if p.is_file()]
        assert kept
        for path in kept:
            content = path.read_bytes()
            assert b"Jane Roe" not in content, path
            assert b"buyer_77" not in content, path
            assert b"Invented Street" not in content, path


class TestEvents:
    EVENTS = (
        "event,occurred at,creator,content id,content type\n"
        "impression,2026-07-02 10:00:00,ada,v1,video\n"
        "impression,2026-07-02 10:00:00,ada,v1,video\n"
        "click,2026-07-02T17:00:05Z,ada,v1,video\n"
        "sneeze,2026-07-02 10:00:00,ada,v1,video\n"
    )

    def test_without_ids_are_told_apart_by_what_they_say_and_how_often(
        self, cast, lake, tmp_path
    ) -> None:
        path = text_file(tmp_path, self.EVENTS)
        report = bring_in(cast, path, zone="America/Los_Angeles")
        assert (report["kind"], report["rows"], report["loaded"]) == ("events", 4, 3)
        assert [p["code"] for p in report["problems"]] == ["choice.unknown"]
        assert totals(lake, cast, Source.TRACKED) == (2, 1)
        again = bring_in(cast, path, zone="America/Los_Angeles")
        assert (again["loaded"], again["duplicates"]) == (0, 3)
        assert totals(lake, cast, Source.TRACKED) == (2, 1)

    def test_of_several_shops_go_to_those_the_importer_may_write_to(self, cast, lake, tmp_path):
        rows = [
            "event,occurred at,event id,content id,shop",
            "impression,2026-07-02T17:00:00Z,e1,v1,Lin Beauty US",
            "impression,2026-07-02T17:00:00Z,e2,v1,Otto Home US",
        ]
        path = text_file(tmp_path, "\n".join(rows) + "\n")
        report = bring_in(cast, path, shop=None)
        assert (report["loaded"], report["rejected"]) == (1, 1)
        assert report["problems"][0]["code"] == "shop.unknown"
        by_operator = bring_in(cast, path, shop=None, user=cast.olga)
        assert (by_operator["loaded"], by_operator["duplicates"]) == (1, 1)


class TestTheUpworthyArchive:
    """11,555 real arms of tests of headlines, read as contents of their tests."""

    FILE = Path(__file__).parents[4] / "shared" / "data" / "upworthy_dev.csv"
    MAPPING = MappingProxyType(
        {
            "clickability_test_id": "creator",
            "row_id": "content_id",
            "headline": "content_title",
            "impressions": "impressions",
            "clicks": "clicks",
        }
    )

    def test_keeps_its_counts_to_the_last_one(self, cast, lake) -> None:
        report = bring_in(cast, self.FILE, mapping=self.MAPPING, period=JULY)
        assert (report["rows"], report["loaded"], report["rejected"]) == (11_555, 11_555, 0)
        assert totals(lake, cast) == (41_621_428, 620_202)
        assert counted(lake, cast).num_rows == 11_555
        assert round(620_202 / 41_621_428 * 100, 6) == 1.490103


class TestTheObservedRowsOfTheCompass:
    """Figures of five real videos; two identities hold on them."""

    FILE = Path(__file__).parents[4] / "shared" / "data" / "tiktok_export_schemas.json"

    def test_agree_with_the_pooled_ctr_of_their_market(self, cast, lake, tmp_path) -> None:
        stated = json.loads(self.FILE.read_text())["video_details_xlsx"]
        header = (
            "Creator name,Creator ID,Video Info,Video ID,Time,Products,VV,Product Impressions,"
            "Product Clicks,Orders,Video items sold,Gross merchandise value (Video) ($),GPM ($),"
            "Shoppable video attributed GMV ($)"
        )
        rows = [r for r in stated["observed_rows_numbers_only"] if r["market"] == "US"]
        lines = [
            f"Ada,ada,--,{int(ADA_VIDEO) + n},2026/01/03,--,{r['vv']},{r['product_impressions']},"
            f"{r['product_clicks']},{r['orders']},{r['items']},{r['gmv_video']},{r['gpm']},"
            f"{r['attributed_gmv']}"
            for n, r in enumerate(rows)
        ]
        banner = "[Date Range]: 2026-01-01 ~ 2026-01-31,"
        path = text_file(tmp_path, "\n".join([banner, header, *lines]) + "\n")
        assert bring_in(cast, path)["loaded"] == 4
        impressions, clicks = totals(lake, cast)
        assert clicks / impressions == pytest.approx(stated["observed_pooled_ctr"]["US"], abs=1e-7)


class TestAStatementThatWasSavedAsText:
    def test_counts_once(self, cast, tmp_path) -> None:
        statement = next(one for one in EXPORTS if one.name.startswith("income"))
        first = bring_in(cast, statement.write(tmp_path))
        again = bring_in(cast, replace(statement, name="income.csv").write(tmp_path))
        assert (first["loaded"], again["loaded"], again["duplicates"]) == (2, 0, 2)


class TestAFileWithChineseCategories:
    def test_names_those_the_market_is_known_by(self, cast) -> None:
        bring_in(cast, FOLDER / "transaction_analysis_older_zh.xlsx", period=JULY)
        assert Product.objects.get().category == "Beauty & Personal Care > Skincare"
