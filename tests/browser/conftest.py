"""A real server over a data directory of its own, and a real Chromium looking at it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tools.setup import BROWSERS

ROOT = Path(__file__).parents[2]
PASSWORD = "a long enough password"
CHROMIUM = next(path for path in BROWSERS if Path(path).exists())
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANGUAGES = ("zh-hans", "en")
THEMES = ("light", "dark")
WIDTHS = {375: 812, 1024: 768, 1440: 900}
SECONDS_TO_START = 180
AT_REST = """() => {
    const isNear = (one) => {
        const place = one.getBoundingClientRect();
        return one.checkVisibility() && place.top < innerHeight + 200 && place.bottom > -200;
    };
    const isWaiting = (selector) => [...document.querySelectorAll(selector)].some(isNear);
    return document.readyState === "complete"
        && !document.querySelector(".htmx-request")
        && !isWaiting(".lazy > .skeleton, [data-chart]:not([data-drawn])");
}"""
"""All that comes to a page by itself where a person looks has come."""


@dataclass(frozen=True)
class Site:
    """A running LinkStar with a shop that has facts and a benchmark."""

    address: str
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """Set up once for the session; `seed_site.py` says what is in it."""
    port = free_port()
    environment = {
        **os.environ,
        "LINKSTAR_DATA": str(tmp_path_factory.mktemp("site")),
        "LINKSTAR_STILL": "1",
        "LINKSTAR_BASE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
    seed = Path(__file__).with_name("seed_site.py")
    subprocess.run([sys.executable, seed, PASSWORD], env=environment, cwd=ROOT, check=True)
    granian = Path(sys.executable).with_name("granian")
    server = subprocess.Popen(
        [granian, "--interface", "wsgi", "--port", str(port), "linkstar.config.wsgi:application"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/help/glossary/")
        yield Site(f"http://127.0.0.1:{port}", environment)
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address: str) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visitor:
    """A person at a browser; whatever the page complains about is kept."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message: object) -> None:
        if message.type == "error":  # type: ignore[attr-defined]
            self.complaints.append(message.text)  # type: ignore[attr-defined]

    def open(self, path: str) -> Page:
        self.page.goto(self.site.address + path)
        self.page.wait_for_function(AT_REST)
        return self.page

    def sign_in(self, email: str = "lin@example.com") -> None:
        self.open("/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("form[action='/accounts/login/'] .btn-primary")
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def speak(self, language: str) -> None:
        """Switch the language as the menu does."""
        cookies = self.page.context.cookies(self.site.address)
        [token] = [one["value"] for one in cookies if one["name"] == "csrftoken"]
        answer = self.page.request.post(
            f"{self.site.address}/language/",
            form={"language": language, "csrfmiddlewaretoken": token},
            max_redirects=0,
        )
        assert answer.status == 302

    def look(self, *, theme: str, width: int) -> None:
        """Change the theme and the size of the window."""
        self.page.context.add_cookies(
            [{"name": "linkstar_theme", "value": theme, "url": self.site.address}]
        )
        self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Visitor]:
    """A stranger with a desktop window."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(20_000)
    yield Visitor(context.new_page(), site)
    context.close()


@pytest.fixture(scope="session")
def lins_cookies(browser: Browser, site: Site) -> list[dict[str, object]]:
    """What a browser keeps once Lin has signed in."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    visitor = Visitor(context.new_page(), site)
    visitor.sign_in()
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def lin(visitor: Visitor, lins_cookies: list[dict[str, object]]) -> Visitor:
    """Lin, signed in, reading English."""
    visitor.page.context.add_cookies(lins_cookies)
    visitor.speak("en")
    return visitor
