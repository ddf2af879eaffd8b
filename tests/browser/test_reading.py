"""What people do on the pages, with and without a mouse, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


class TestReadingUplift:
    def test_leads_from_the_overview_to_the_counts_behind_a_creator(self, lin: Visitor):
        page = lin.open("/")
        expect(page.locator(".verdict")).to_contain_text("US market")
        page.get_by_role("link", name="Ada", exact=True).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
        page.locator("#method > summary").click()
        expect(page.locator("#method")).to_contain_text("product_clicks / product_impressions")
        expect(page.locator("#method pre")).to_contain_text("SELECT")
        assert lin.complaints == []

    def test_draws_the_trend_and_says_it_as_a_table(self, lin: Visitor):
        page = lin.open("/creators/ada/")
        chart = page.locator("[data-chart=trend]")
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg path").first).to_be_attached()
        chart.get_by_text("The same as a table").click()
        expect(chart.locator("tbody tr")).to_have_count(10)
        assert lin.complaints == []

    def test_filters_as_soon_as_something_is_chosen(self, lin: Visitor):
        page = lin.open("/uplift/")
        page.select_option("#f-type", "live")
        expect(page).to_have_url(re.compile("content_type=live"))
        expect(page.get_by_text("No row passes these filters")).to_be_visible()
        page.get_by_role("link", name="Clear the filters").click()
        expect(page.get_by_role("link", name="Ada", exact=True)).to_be_visible()

    def test_keeps_the_columns_a_person_chose(self, lin: Visitor):
        page = lin.open("/uplift/?by=product")
        page.goto(lin.site.address + "/uplift/?by=content")
        page.get_by_text("Columns", exact=True).click()
        page.get_by_label("Clicks", exact=True).check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("columnheader", name="Clicks", exact=True)).to_be_visible()

    def test_hands_out_every_row_as_a_file(self, lin: Visitor):
        page = lin.open("/uplift/?by=content")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        lines = download.value.path().read_text("utf-8-sig").strip().splitlines()
        assert len(lines) == 1 + 160


class TestTheKeyboard:
    def test_goes_to_pages_with_g(self, lin: Visitor):
        page = lin.open("/")
        page.keyboard.press("g")
        page.keyboard.press("u")
        expect(page).to_have_url(re.compile("/uplift/"))

    def test_searches_with_a_slash_and_types_into_the_box(self, lin: Visitor):
        page = lin.open("/uplift/")
        page.keyboard.press("/")
        page.keyboard.type("gu")
        expect(page.locator("#f-q")).to_have_value("gu")

    def test_walks_rows_and_opens_one(self, lin: Visitor):
        page = lin.open("/uplift/")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ada")

    def test_closes_a_menu_with_escape_and_returns_to_its_button(self, lin: Visitor):
        page = lin.open("/uplift/")
        page.keyboard.press("d")
        expect(page.locator("#dates-from")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#dates-from")).to_be_hidden()

    def test_closes_a_drawer_with_escape_and_returns_to_its_head(self, lin: Visitor):
        page = lin.open("/uplift/")
        head = page.locator("#method > summary")
        head.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#method .facts")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#method .facts")).to_be_hidden()
        expect(head).to_be_focused()
        assert head.evaluate("head => getComputedStyle(head).outlineStyle") == "solid"
        button = page.get_by_role("link", name="XLSX")
        button.focus()
        assert button.evaluate("button => getComputedStyle(button).outlineStyle") == "solid"

    def test_is_quiet_when_it_was_switched_off(self, lin: Visitor):
        page = lin.open("/profile/")
        page.get_by_label("Keyboard shortcuts with single keys").uncheck()
        page.get_by_role("button", name="Save").click()
        page.keyboard.press("g")
        page.keyboard.press("u")
        expect(page).to_have_url(re.compile("/profile/"))


class TestWithoutScripts:
    @pytest.fixture
    def plain(self, browser, site):
        context = browser.new_context(java_script_enabled=False, locale="en-US")
        visitor = Visitor(context.new_page(), site)
        visitor.sign_in()
        yield visitor
        context.close()

    def test_lists_filters_and_details_work(self, plain: Visitor):
        page = plain.open("/uplift/")
        page.fill("#f-q", "ada")
        page.locator("form.tools > button").click()
        assert page.locator("td.first a").all_inner_texts() == ["Ada"]
        page.locator("td.first a").click()
        assert page.locator("h1").inner_text() == "Ada"
        page.locator(".lazy noscript a").first.click()
        assert page.locator("table tbody tr").count() == 10


class TestTheLanguage:
    def test_is_switched_from_the_menu_and_stays(self, lin: Visitor):
        page = lin.open("/uplift/")
        page.get_by_label("Language").click()
        page.get_by_role("button", name="简体中文").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("点击率提升（对比美区）")
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        lin.speak("en")
