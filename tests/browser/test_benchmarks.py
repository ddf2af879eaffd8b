"""The benchmark book in a real browser."""

import pytest
from tests.browser.conftest import LANGUAGES, THEMES, WIDTHS, Visitor
from tests.browser.test_pages import barriers, sideways

pytestmark = pytest.mark.browser


def newest_edition(lin: Visitor) -> str:
    """The address of the first edition in the book."""
    lin.open("/benchmarks/")
    return lin.page.locator("td.first a").first.get_attribute("href")


class TestTheBook:
    def test_leads_from_the_list_to_the_figures(self, lin):
        lin.open(newest_edition(lin))
        text = lin.page.locator("#cells").inner_text()
        assert "All categories" in text
        assert "2.00%" in text

    def test_filters_figures_in_place(self, lin):
        lin.open(newest_edition(lin))
        lin.page.fill("#search", "beauty")
        lin.page.click("#cells .btn-secondary")
        lin.page.wait_for_url("**search=beauty**")
        assert lin.page.locator("#cells tbody tr").count() == 1
        assert lin.complaints == []


@pytest.mark.parametrize(("language", "theme"), list(zip(LANGUAGES, THEMES, strict=True)))
def test_no_page_has_a_barrier_or_scrolls_sideways(lin, language, theme):
    lin.speak(language)
    edition = newest_edition(lin)
    problems = []
    for width in WIDTHS:
        lin.look(theme=theme, width=width)
        for path in ("/benchmarks/", edition, "/benchmarks/build/", "/benchmarks/own-history/"):
            page = lin.open(path)
            problems += [f"{path} {width}: {barrier}" for barrier in barriers(page)]
            if sideways(page) > 0:
                problems.append(f"{path} {width}: wider than the window")
    assert problems + lin.complaints == []
