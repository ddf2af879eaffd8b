"""The uplift page, its exports and the pages about one creator, content or product."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import openpyxl
import pytest
from django.urls import reverse
from tests.app.facts import STARTS_ON, events, export

from linkstar.benchmarks.models import Benchmark
from linkstar.catalog.models import Category, Product
from linkstar.web.models import TableView
from linkstar.web.uplift_export import BOM

pytestmark = pytest.mark.usefixtures("shop_with_facts")

DAYS = {"from": "2026-09-21", "to": "2026-10-18"}


def read(client, address="/uplift/", **params):
    response = client.get(address, {**DAYS, **params})
    assert response.status_code == 200
    return response


def names(response):
    return [row.cells[0].text for row in response.context["table"].rows]


class TestTheTable:
    def test_writes_an_uplift_both_ways_with_its_interval(self, lin):
        page = read(lin).content.decode()
        assert "+150% (2.5×)" in page
        assert "95% interval" in page

    def test_has_the_surely_best_first(self, lin):
        assert names(read(lin))[0] == "Ada"

    def test_says_states_in_words(self, lin):
        page = read(lin).content.decode()
        assert "above the market" in page
        assert "below the market" in page
        assert "not enough data" in page

    def test_gives_no_colour_to_what_cannot_be_told(self, lin):
        row = next(r for r in read(lin).context["table"].rows if r.cells[0].text == "Cy")
        assert row.state == "not_enough_data"
        assert all(cell.mark is None for cell in row.cells)

    def test_never_shows_another_workspace(self, lin):
        assert "otto.star" not in read(lin).content.decode()

    def test_sorts_by_any_column_both_ways(self, lin):
        assert names(read(lin, sort="name")) == ["Ada", "Bo", "Cy"]
        assert names(read(lin, sort="-name")) == ["Cy", "Bo", "Ada"]

    def test_puts_what_cannot_be_told_last_whatever_the_order(self, lin):
        assert names(read(lin, sort="uplift"))[-1] == "Cy"
        assert names(read(lin, sort="-uplift"))[-1] == "Cy"

    def test_says_which_column_it_is_sorted_by(self, lin):
        assert 'aria-sort="ascending"' in read(lin, sort="name").content.decode()

    def test_keeps_the_verdicts_that_were_chosen(self, lin):
        assert names(read(lin, state=["below"])) == ["Bo"]

    def test_finds_names(self, lin):
        assert names(read(lin, q="AD")) == ["Ada"]

    def test_says_so_when_nothing_passes_the_filters(self, lin):
        assert "No row passes these filters" in read(lin, q="nobody").content.decode()

    def test_cuts_rows_by_a_segment(self, lin):
        assert "video" in read(lin, segment="content_type").content.decode()

    @pytest.mark.parametrize("by", ["creator", "content", "product", "category"])
    def test_has_a_tab_for_each_way_to_look(self, lin, by):
        assert read(lin, by=by).context["view"].question.by == by

    def test_has_pages(self, lin):
        first = read(lin, by="content")
        assert first.context["table"].count == 25
        assert first.context["table"].pages == 1

    def test_ignores_what_it_cannot_read_in_an_address(self, lin):
        odd = {"by": "moon", "sort": "moon", "page": "-3", "size": "7", "min": "x", "segment": "?"}
        assert len(names(read(lin, **odd))) == 3

    def test_does_not_find_a_benchmark_of_somebody_else(self, lin):
        assert lin.get("/uplift/", {**DAYS, "benchmark": "bmk_of_otto"}).status_code == 404

    def test_leads_on_when_these_days_have_nothing(self, lin):
        page = lin.get("/uplift/", {"from": "2020-01-01", "to": "2020-01-31"}).content.decode()
        assert "Show all data" in page

    @pytest.mark.parametrize(
        ("address", "said", "leads_to"),
        [
            ({"definition": "live_views"}, "Nothing counted this way", "product_impressions"),
            ({"segment": "gender"}, "No file so far tells figures by: Gender", "?period=all"),
            ({"source": "tracked"}, "There are no figures from tracked events", "?period=all"),
        ],
    )
    def test_says_what_is_missing_and_leads_to_what_is_there(self, lin, address, said, leads_to):
        page = lin.get("/uplift/", {"period": "all", **address}).content.decode()
        assert said in page
        assert leads_to in page

    def test_says_which_windows_were_left_out(self, lin):
        page = read(lin, to="2026-10-10").content.decode()
        assert "an export cannot be cut" in page


class TestNamesOfProducts:
    def test_come_from_the_catalogue_where_tracked_events_have_none(self, lin, cast, lake):
        tracked = {"creator": "ada", "product_id": "mask", "impressions": 50, "clicks": 2}
        events(lake, cast.shop, [tracked])
        Product.objects.create(
            shop=cast.shop, external_id="mask", name="Night mask", seen_at=datetime.now(UTC)
        )
        asked = {"by": "product", "source": "tracked"}
        assert names(read(lin, **asked)) == ["Night mask"]
        assert names(read(lin, **asked, q="night")) == ["Night mask"]


class TestTheColumns:
    def test_are_kept_for_the_person_and_the_tab(self, lin, cast):
        chosen = {"by": "creator", "column": ["clicks", "state"]}
        lin.post(reverse("uplift_columns"), chosen)
        shown = [column.name for column in read(lin).context["table"].columns]
        assert shown == ["name", "state", "clicks"]
        others = [column.name for column in read(lin, by="content").context["table"].columns]
        assert "uplift" in others

    def test_can_be_the_usual_ones_again(self, lin):
        lin.post(reverse("uplift_columns"), {"by": "creator", "column": ["clicks"]})
        lin.post(reverse("uplift_columns"), {"by": "creator", "reset": "1"})
        assert not TableView.objects.exists()


class TestTheExport:
    def rows(self, client, **params):
        body = client.get("/uplift/export.csv", {**DAYS, **params}).content
        assert body.startswith(BOM)
        return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))

    def test_has_every_row_of_the_filter_and_not_only_the_page(self, lin):
        assert len(self.rows(lin, by="content", size="50", page="1")) == 25
        assert [row["Name"] for row in self.rows(lin, state=["above"])] == ["Ada"]

    def test_has_full_figures(self, lin):
        ada = self.rows(lin, sort="name")[0]
        assert (ada["Impressions"], ada["Clicks"]) == ("120000", "6000")
        assert float(ada["CTR uplift (ratio)"]) == pytest.approx(1.5)

    def test_leaves_empty_what_cannot_be_told(self, lin):
        cy = self.rows(lin, sort="-name")[0]
        assert cy["CTR uplift (ratio)"] == ""

    @pytest.mark.parametrize("start", ["=", "+", "-", "@"])
    def test_gives_a_spreadsheet_no_formula_to_run(self, lin, lake, cast, start):
        evil = f'{start}HYPERLINK("x")'
        row = {
            "creator": "eve",
            "creator_name": evil,
            "product_impressions": 10,
            "product_clicks": 1,
        }
        export(lake, cast.shop, [{"content_id": "e1", **row}])
        written = [row["Name"] for row in self.rows(lin) if row["Creator handle"] == "eve"]
        assert written == [f"'{evil}"]

    def test_as_a_workbook_says_first_what_it_holds(self, lin):
        body = lin.get("/uplift/export.xlsx", DAYS).content
        book = openpyxl.load_workbook(io.BytesIO(body))
        assert book.sheetnames == ["About", "Rows"]
        about = {row[0].value: row[1].value for row in book["About"].rows}
        assert about["Time zone"] == "America/Los_Angeles"
        assert "Agency report" in about["Benchmark"]
        assert book["Rows"].max_row == 4

    def test_as_a_workbook_runs_no_formula_either(self, lin, lake, cast):
        row = {"creator": "eve", "creator_name": "=1+1", "product_impressions": 10}
        export(lake, cast.shop, [{"content_id": "e1", **row, "product_clicks": 1}])
        body = lin.get("/uplift/export.xlsx", DAYS).content
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            assert b"<f>" not in b"".join(parts.read(name) for name in parts.namelist())

    def test_is_written_down(self, lin, cast):
        lin.get("/uplift/export.csv", DAYS)
        assert cast.workspace.auditevent_set.get(verb="uplift.exported").detail["rows"] == 3


class TestAPageAboutOneThing:
    def test_has_the_figures_of_the_list(self, lin):
        page = read(lin, reverse("creator", args=["ada"]))
        assert page.context["row"]["impressions"] == 120_000
        assert "+150% (2.5×)" in page.content.decode()

    def test_is_compared_as_the_list_it_was_opened_from(self, lin):
        said = {"benchmark": Benchmark.objects.get().pk, "source": "exports", "min": "2000"}
        first = read(lin, **said, definition="product_impressions").context["table"].rows[0]
        assert first.href.endswith("&" + urlencode(said))
        response = lin.get(first.href)
        question, inside = response.context["question"], response.context["contents"].rows[0]
        assert (question.benchmark_id, question.impressions_min) == (said["benchmark"], 2_000)
        assert inside.href.endswith(urlencode(said))

    def test_lists_the_contents_of_a_creator(self, lin):
        contents = read(lin, reverse("creator", args=["ada"])).context["contents"]
        assert contents.count == 12

    def test_exists_for_a_content(self, lin):
        page = read(lin, reverse("content", args=["ada-3"])).content.decode()
        assert "Ada video 3" in page

    def test_is_not_there_for_somebody_else_s_creator(self, lin):
        assert lin.get(reverse("creator", args=["otto.star"]), DAYS).status_code == 404

    def test_shows_every_step_from_the_definition_to_the_query(self, lin):
        page = read(lin, reverse("evidence_part"), by="creator", key="ada").content.decode()
        for part in ("product_clicks / product_impressions", "6,000 clicks", "SELECT", "imp_"):
            assert part in page

    def test_shows_clicks_per_view_as_its_two_links(self, lin, cast, lake):
        days = {"starts_on": date(2026, 8, 3), "ends_before": date(2026, 8, 10)}
        export(
            lake,
            cast.shop,
            [
                {
                    "content_id": "dee-1",
                    "creator": "dee",
                    "video_views": 50_000,
                    "product_impressions": 20_000,
                    "product_clicks": 600,
                }
            ],
            **days,
        )
        asked = {"by": "content", "key": "dee-1", "from": "2026-08-03", "to": "2026-08-09"}
        page = lin.get(reverse("evidence_part"), asked).content.decode()
        assert "views 1.20% = product impressions / views 40.00% × clicks" in page
        assert "3.00%, over 50,000 views" in page

    def test_has_no_evidence_for_somebody_else_s_creator(self, lin):
        address = reverse("evidence_part")
        strange = {**DAYS, "by": "creator", "key": "otto.star"}
        assert lin.get(address, strange).status_code == 404
        assert lin.get(address, DAYS).status_code == 404


class TestATrend:
    def test_needs_two_weeks(self, lin):
        assert "at least two weeks" in read(lin, reverse("trend_part")).content.decode()

    def test_has_a_point_per_week_and_the_same_as_a_table(self, lin, lake, cast):
        from datetime import timedelta

        for week in range(3):
            starts_on = STARTS_ON + timedelta(weeks=5 + week)
            rows = [
                {"creator": "ada", "content_id": f"w{week}-{n}", "product_impressions": 9_000,
                 "product_clicks": 300 + 10 * n}
                for n in range(4)
            ]  # fmt: skip
            ends = starts_on + timedelta(weeks=1)
            export(lake, cast.shop, rows, starts_on=starts_on, ends_before=ends)
        days = {"from": "2026-10-26", "to": "2026-11-15"}
        page = lin.get(reverse("trend_part"), {**days, "by": "creator", "key": "ada"})
        assert len(page.context["chart"].rows) == 3
        assert page.context["chart"].title.startswith("CTR was")


class TestSegments:
    def test_are_offered_where_there_are_any(self, lin):
        page = read(lin, reverse("segments_part"), cut="content_type", by="creator", key="ada")
        [(state, row)] = page.context["chart"].rows
        assert (state, row[0]) == ("above", "video")


class TestAfterTheClick:
    @pytest.fixture
    def days(self, lake, cast):
        """A week in which one product's clicks hardly reach the cart."""
        starts_on, ends_before = date(2026, 11, 2), date(2026, 11, 9)
        rows = [
            {"level": "product", "content_id": None, "product_ids": [product],
             "product_name": product.title(), "product_impressions": 40_000,
             "product_clicks": 1_000, "add_to_carts": carts}
            for product, carts in (("slow", 20), ("quick", 160), ("usual", 150))
        ]  # fmt: skip
        export(lake, cast.shop, rows, starts_on=starts_on, ends_before=ends_before)
        return {"from": "2026-11-02", "to": "2026-11-08"}

    def test_the_product_that_loses_its_buyers_is_named_on_the_overview(self, lin, days):
        page = lin.get(reverse("after_click_part"), {**days, "by": "product"})
        assert [one.key for one in page.context["products"]] == ["slow"]
        said = "2.0% of 1,000 clicks put it into the cart, 15.5% with the shop's other products"
        assert said in page.content.decode()
        assert reverse("after_click_part") in lin.get("/", DAYS).content.decode()

    def test_every_product_is_told_beside_the_others(self, lin, days):
        asked = {**days, "by": "product", "key": "quick"}
        page = lin.get(reverse("after_click_part"), asked).content.decode()
        assert "160 of 1,000 clicks put it into the cart: 16.0%." in page
        assert "Buyers stop" not in page

    def test_nothing_is_said_where_no_file_states_carts(self, lin):
        page = read(lin, reverse("after_click_part"), by="product", key="serum")
        assert page.context["own"] is None


class TestTheOverview:
    def test_begins_with_one_sentence(self, lin):
        page = read(lin, "/")
        assert "US market" in page.context["verdict"]

    def test_says_who_stands_out_and_who_needs_a_look(self, lin):
        page = read(lin, "/")
        assert names_of(page, "standing_out") == ["Ada"]
        assert names_of(page, "needing_attention") == ["Bo"]

    def test_ends_its_list_of_first_steps_when_they_are_done(self, lin, cast):
        cast.shop.category = "Beauty & Personal Care"
        cast.shop.save()
        assert read(lin, "/").context["steps"] == []


class TestAnEmptyOverview:
    def test_leads_to_the_first_import(self, client, cast, tmp_path, settings):
        from linkstar.config.places import Places

        settings.PLACES = Places(tmp_path / "empty")
        client.force_login(cast.lin)
        page = client.get("/").content.decode()
        assert reverse("imports") in page
        assert "No figures yet" in page


def names_of(response, table):
    return [row.cells[0].text for row in response.context[table].rows]


class TestAChange:
    def test_splits_into_rate_and_mix_that_add_up(self, lin, lake, cast):
        from datetime import timedelta

        starts_on = STARTS_ON + timedelta(weeks=4)
        row = {"creator": "ada", "content_id": "later", "product_impressions": 50_000}
        later = [{**row, "product_clicks": 2_000, "category": "Beauty & Personal Care"}]
        ends_before = starts_on + timedelta(weeks=4)
        export(lake, cast.shop, later, starts_on=starts_on, ends_before=ends_before)
        days = {"from": "2026-10-19", "to": "2026-11-15", "compare": "previous"}
        page = lin.get(reverse("change_part"), {**days, "by": "creator", "key": "ada"})
        change = page.context["change"]
        assert change.title.startswith("CTR changed by −1.00 pp: −1.00 pp from other rates")
        assert change.total[1:3] == ("5.00%", "4.00%")

    def test_says_so_when_there_was_nothing_before(self, lin):
        page = read(lin, reverse("change_part"), by="creator", key="ada").content.decode()
        assert "no figures on the days compared with" in page


class TestACategory:
    def test_is_called_in_the_language_of_the_reader(self, lin, cast):
        Category.objects.create(
            path="Beauty & Personal Care", name_en="Beauty & Personal Care", name_zh="美妆个护"
        )
        cast.lin.language = "zh-hans"
        cast.lin.save()
        assert names(read(lin, by="category")) == ["美妆个护"]
