"""The landing-page script in a real browser, before a real collector: what reaches the journal."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.app.collector.desk import PAGE_KEY
from tests.browser.conftest import ROOT, free_port, wait_for
from tests.journals import payloads_in

from linkstar.collector.registry import Registry, WriteKey, digest_of_key, write_registry

PRIVACY = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
SEALED_WITHIN_SECONDS = 10


class Shop:
    """A shop's web server with one landing page, and the collector it reports to."""

    def __init__(self, folder: Path) -> None:
        self.collector = free_port()
        self.journal = folder / "collector" / "journal"
        write_registry(
            folder / "collector" / "registry.json",
            Registry(
                keys={
                    digest_of_key(PAGE_KEY): WriteKey(
                        shop=3, workspace=2, is_public=True, hosts=("127.0.0.1",)
                    )
                }
            ),
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "linkstar.collector.serve", "127.0.0.1", str(self.collector)],
            env={
                **os.environ,
                "LINKSTAR_DATA": str(folder),
                "PYTHONPATH": str(ROOT / "src"),
                "LINKSTAR_COLLECTOR_FREE_RATIO_MIN": "0",
            },
        )
        wait_for(f"http://127.0.0.1:{self.collector}/healthz")
        pages = folder / "pages"
        pages.mkdir()
        (pages / "index.html").write_text(
            f'<title>Serum</title><script src="http://127.0.0.1:{self.collector}/landing.js"'
            f' data-key="{PAGE_KEY}" data-product="17001" data-consent="given"></script>'
            '<button data-linkstar-cart="17001">Add to cart</button>'
        )
        handler = partial(Quiet, directory=str(pages))
        self._pages = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._pages.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._pages.server_port}/"

    def events(self) -> list[dict[str, object]]:
        return [
            json.loads(line)
            for payload in payloads_in(self.journal)
            for line in payload.splitlines()
        ]

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(15)
        self._pages.shutdown()
        self._pages.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.close()


class TestALandingPage:
    def test_reports_its_speed_and_the_cart_and_nothing_under_privacy(
        self, browser: Browser, shop: Shop
    ) -> None:
        private = browser.new_context()
        private.add_init_script(PRIVACY)
        page = private.new_page()
        page.goto(shop.address)
        assert page.evaluate("navigator.globalPrivacyControl && !!window.linkstar")
        page.click("button")
        page.wait_for_load_state("networkidle")
        private.close()
        time.sleep(2)
        assert shop.events() == []

        usual = browser.new_context()
        page = usual.new_page()
        page.goto(f"{shop.address}?ls_click=abc123")
        page.click("button")
        page.wait_for_load_state("networkidle")
        until = time.monotonic() + SEALED_WITHIN_SECONDS
        while len(shop.events()) < 2 and time.monotonic() < until:
            time.sleep(0.2)
        usual.close()
        by_kind = {event["kind"]: event for event in shop.events()}
        assert set(by_kind) == {"landing", "add_to_cart"}
        landing = by_kind["landing"]
        assert isinstance(landing["load_ms"], int)
        assert 0 <= landing["load_ms"] < 60_000
        assert (landing["product_id"], landing["click_id"]) == ("17001", "abc123")
        assert (landing["shop"], landing["workspace"], landing["consented"]) == (3, 2, True)
