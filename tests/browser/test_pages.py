"""Every page as people meet it: no barrier, no complaint, no sideways scrolling."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.conftest import LANGUAGES, THEMES, WIDTHS, Visitor

pytestmark = pytest.mark.browser

LOOKS = [(language, theme, width) for language in LANGUAGES for theme in THEMES for width in WIDTHS]
FEW_LOOKS = [("zh-hans", "dark", 375), ("en", "light", 1024), ("zh-hans", "light", 1440)]
"""Each language, theme and width at least once, for pages made of the same parts."""
MAIN_PAGES = ("/", "/uplift/", "/creators/ada/")
OTHER_PAGES = (
    "/uplift/?by=content&state=above",
    "/uplift/?q=nobody",
    "/contents/ada-0-0/",
    "/settings/",
    "/settings/shops/new/",
    "/settings/members/",
    "/settings/audit/",
    "/affiliate/",
    "/plans/",
    "/plans/new/",
    "/catalogue/",
    "/catalogue/import/",
    "/recruiting/",
    "/recruiting/invitations/",
    "/orders/",
    "/orders/1/",
    "/reconciliation/?reason=",
    "/profit/?from=2026-10-01&to=2026-10-31",
    "/settlements/",
    "/settlements/status/",
    "/tracking/",
    "/tracking/keys/new/",
    "/operations/",
    "/operations/set-aside/",
    "/operator/health/",
    "/operator/books/",
    "/ledger/",
    "/ledger/account/?path=liability:platform:US:fees&currency=USD",
    "/profile/",
    "/help/glossary/",
    "/accounts/2fa/",
    "/accounts/password/change/",
)


def barriers(page) -> list[str]:
    """What axe finds, one line per rule."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def sideways(page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def nameless(page) -> list[str]:
    """Fields without a label of their own: of two with one id the second has lost its."""
    return page.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
            .filter(one => !one.labels.length && !one.ariaLabel && !one.ariaLabelledByElements)
            .map(one => one.name || one.id)"""
    )


def problems_of(visitor: Visitor, paths, language, theme, width) -> list[str]:
    """Barriers and sideways scrolling of pages in one look, and what the browser complained of."""
    visitor.speak(language)
    visitor.look(theme=theme, width=width)
    problems = []
    for path in paths:
        page = visitor.open(path)
        problems += [f"{path}: {barrier}" for barrier in barriers(page)]
        problems += [f"{path}: wider than the window"] if sideways(page) > 0 else []
        problems += [f"{path}: nobody says what {name} is" for name in nameless(page)]
    return problems + visitor.complaints


class TestEveryPage:
    @pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
    def test_that_matters_most_is_open_to_everybody(self, lin, language, theme, width):
        assert problems_of(lin, MAIN_PAGES, language, theme, width) == []

    @pytest.mark.parametrize(("language", "theme", "width"), FEW_LOOKS)
    def test_besides_is_open_to_everybody(self, lin, language, theme, width):
        assert problems_of(lin, OTHER_PAGES, language, theme, width) == []


def test_the_menu_of_saved_views_opens_below_its_button_on_a_phone(lin: Visitor):
    lin.look(theme="light", width=375)
    menu = lin.open("/recruiting/").locator(".chips details.menu")
    menu.locator("summary").click()
    button, sheet = (menu.locator(part).bounding_box() for part in ("summary", ".menu-sheet"))
    assert button
    assert sheet
    assert sheet["y"] >= button["y"] + button["height"]
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= 375


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_has_no_barrier_in_any_language(visitor: Visitor, language):
    visitor.page.context.add_cookies(
        [{"name": "linkstar_language", "value": language, "url": visitor.site.address}]
    )
    for theme in THEMES:
        visitor.look(theme=theme, width=375)
        assert barriers(visitor.open("/accounts/login/")) == []
    assert visitor.complaints == []


class TestTheFirstPage:
    def test_is_light_enough_for_a_slow_line(self, lin: Visitor):
        sizes = []
        lin.page.on("response", lambda answer: sizes.append(weight(answer)))
        lin.open("/help/glossary/")
        assert 0 < sum(sizes) <= 250_000


def weight(answer) -> int:
    """Bytes on the wire, headers left out; nothing for what came from the cache."""
    return int(answer.headers.get("content-length") or 0)
