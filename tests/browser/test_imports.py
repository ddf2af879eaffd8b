"""From a seller's files to their report, in a real browser with a real worker."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.conftest import LANGUAGES, ROOT, THEMES, WIDTHS, Site, Visitor
from tests.browser.test_pages import barriers, sideways

pytestmark = pytest.mark.browser

EXPORTS = ROOT / "tests" / "golden" / "exports"
COMPASS = EXPORTS / "罗盘_视频明细.xlsx"
VIDEOS = EXPORTS / "Acme_Video_Data_20260822.csv"
GO_ON = "form[action$='/answers/'] .btn-primary"
RUN = "form[action$='/run/'] button"
UPLOAD = "form[data-upload] .btn-primary"


@pytest.fixture(scope="module", autouse=True)
def _worker(site: Site) -> Iterator[None]:
    """The worker process of the installation."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "linkstar.jobs.worker"], env=site.environment, cwd=ROOT
    )
    yield
    worker.terminate()
    assert worker.wait(20) == 0


@pytest.fixture
def own_table(tmp_path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text("who,shown,tapped\nada,20000,600\nbo,10000,many\n")
    return path


def upload(lin: Visitor, *files: Path) -> None:
    lin.open("/imports/new/")
    lin.page.set_input_files("#files", files)
    lin.page.click(UPLOAD)
    lin.page.wait_for_load_state("networkidle")


def answer_and_run(lin: Visitor, **answers: str) -> None:
    """Answer what is asked, go through the dry run, and wait for the report."""
    if lin.page.locator(GO_ON).count():
        for name, value in answers.items():
            field = lin.page.locator(f"#id_{name}")
            if field.count() and field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            elif field.count():
                field.fill(value)
        lin.page.click(GO_ON)
    lin.page.click(RUN)
    lin.page.wait_for_selector("#report-title")


def identity(lin: Visitor) -> list[int]:
    """The figures of `rows = loaded + duplicates + superseded + rejected` as printed."""
    figures = lin.page.locator(".identity strong").all_inner_texts()
    return [int(figure.replace(",", "")) for figure in figures]


PERIOD = {"starts_on": "2026-07-25", "last_on": "2026-08-21", "currency": "USD"}


class TestAChineseDataCompassFile:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_understood_run_and_accounted_for(self, lin, language):
        lin.speak(language)
        upload(lin, COMPASS)
        found = lin.page.locator("section[aria-labelledby=found-title]").inner_text()
        assert ("数据罗盘视频" if language == "zh-hans" else "Data Compass videos") in found
        assert "Sheet1" in found
        answer_and_run(lin)
        rows, *parts = identity(lin)
        assert rows == sum(parts) > 0
        assert lin.complaints == []


class TestAnEnglishVideoExport:
    def test_is_asked_for_its_days_then_run_and_counted_once(self, lin):
        upload(lin, VIDEOS)
        answer_and_run(lin, **PERIOD)
        rows, loaded, *others = identity(lin)
        assert rows == loaded + sum(others)
        upload(lin, VIDEOS)
        answer_and_run(lin, **PERIOD)
        again = identity(lin)
        assert again[1] == 0
        assert again[2] == loaded

    def test_can_be_undone(self, lin):
        upload(lin, VIDEOS)
        answer_and_run(lin, **PERIOD)
        lin.page.click("a[href$='/undo/']")
        lin.page.click(".btn-danger")
        assert "was undone" in lin.page.locator("main").inner_text()


class TestATableOfOnesOwn:
    def test_is_mapped_by_hand_and_its_bad_row_comes_back_as_a_file(self, lin, own_table):
        upload(lin, own_table)
        lin.page.select_option("[name=map-impressions]", "shown")
        lin.page.select_option("[name=map-clicks]", "tapped")
        lin.page.click(".drawer summary")
        lin.page.select_option("[name=map-creator]", "who")
        answer_and_run(lin, starts_on="2026-07-01", last_on="2026-07-14")
        assert identity(lin) == [2, 1, 0, 0, 1]
        with lin.page.expect_download() as download:
            lin.page.click("a[href$='/errors/']")
        lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
        assert lines[0] == "who,shown,tapped,Reason"
        assert lines[1].startswith("bo,10000,many,")


class TestTheUpload:
    def test_lists_the_chosen_files_and_takes_several(self, lin, own_table):
        lin.open("/imports/new/")
        lin.page.set_input_files("#files", [COMPASS, own_table])
        assert lin.page.locator("[data-chosen] li").count() == 2
        lin.page.click(UPLOAD)
        lin.page.wait_for_url("**/imports/")
        assert lin.page.locator("tbody tr").count() >= 2

    def test_takes_a_file_that_is_dropped(self, lin):
        lin.open("/imports/new/")
        lin.page.evaluate(
            """() => {
                const files = new DataTransfer();
                files.items.add(new File(["who,shown\\n"], "dropped.csv"));
                const zone = document.querySelector("[data-dropzone]");
                zone.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true }));
            }"""
        )
        assert "dropped.csv" in lin.page.locator("[data-chosen]").inner_text()

    def test_works_without_scripts(self, browser, site, own_table):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        stranger = Visitor(page, site)
        stranger.sign_in()
        upload(stranger, own_table)
        assert page.locator("[name=map-impressions]").count() == 1
        context.close()


@pytest.mark.parametrize(("language", "theme"), list(zip(LANGUAGES, THEMES, strict=True)))
def test_no_step_has_a_barrier_or_scrolls_sideways(lin, own_table, language, theme):
    lin.speak(language)
    upload(lin, own_table)
    waiting = lin.page.url.removeprefix(lin.site.address)
    upload(lin, COMPASS)
    looked_at = lin.page.url.removeprefix(lin.site.address)
    problems = []
    for width in WIDTHS:
        lin.look(theme=theme, width=width)
        for path in ("/imports/", "/imports/new/", waiting, f"{waiting}?rows=events", looked_at):
            page = lin.open(path)
            problems += [f"{path} {width}: {barrier}" for barrier in barriers(page)]
            if sideways(page) > 0:
                problems.append(f"{path} {width}: wider than the window")
    assert problems + lin.complaints == []
