"""Links whose destination is asked, on servers that behave in every way they can."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from linkstar.tracking.actions import allow_host
from linkstar.tracking.health import Checker, check_links
from linkstar.tracking.models import Health, ShopHost, TrackedLink

pytestmark = pytest.mark.django_db
CHECKER = Checker(seconds=1.0, allow_loopback=True)
OWN = frozenset({"127.0.0.1"})


class Shop(BaseHTTPRequestHandler):
    """Answers as the path says: a status, or a redirect to somewhere."""

    def do_HEAD(self) -> None:
        self.answer(405 if self.path == "/no-head" else None)

    def do_GET(self) -> None:
        self.answer(None)

    def answer(self, status: int | None) -> None:
        self.server.asked.append((self.command, self.path))
        _, _, word = self.path.partition("/")
        if word.startswith("to/"):
            self.send_response(302)
            self.send_header("Location", word[3:])
        else:
            self.send_response(status or (int(word) if word.isdigit() else 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.asked = []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class TestADestination:
    @pytest.mark.parametrize(
        ("path", "health"),
        [
            ("", Health.WORKS),
            ("no-head", Health.WORKS),
            ("204", Health.WORKS),
            ("404", Health.GONE),
            ("410", Health.GONE),
            ("500", Health.FAILING),
            ("403", Health.UNSURE),
            ("429", Health.UNSURE),
            ("to//200", Health.WORKS),
            ("to//404", Health.GONE),
            ("to/https://evil.example/", Health.LEAVES),
            ("to/http://169.254.169.254/", Health.LEAVES),
            ("to/", Health.LOOPS),
        ],
    )
    def test_is_what_a_buyer_meets_there(self, server, path: str, health: Health) -> None:
        address = f"http://127.0.0.1:{server.server_port}/{path}"
        assert CHECKER.health_of(address, OWN) == health

    def test_inside_the_house_is_never_asked(self, server) -> None:
        address = f"http://127.0.0.1:{server.server_port}/"
        assert Checker().health_of(address, OWN) == Health.NOT_PUBLIC
        assert server.asked == []

    def test_that_is_nowhere_cannot_be_reached(self) -> None:
        assert CHECKER.health_of("https://no.such.invalid/", OWN) == Health.UNREACHABLE


class TestCheckingLinks:
    @pytest.fixture
    def link(self, cast, now, server) -> TrackedLink:
        ShopHost.objects.create(shop=cast.shop, host="127.0.0.1", created_at=now)
        to = f"http://127.0.0.1:{server.server_port}/404"
        return TrackedLink.objects.create(shop=cast.shop, destination=to, created_at=now)

    def check(self, now) -> int:
        return check_links(now=now, clock=lambda: now, checker=CHECKER)

    def test_writes_down_what_was_found_and_when(self, link, now) -> None:
        assert self.check(now) == 1
        link.refresh_from_db()
        assert (link.health, link.checked_at) == (Health.GONE, now)

    def test_asks_again_only_a_day_later(self, link, now) -> None:
        self.check(now)
        assert self.check(now + timedelta(hours=23)) == 0
        assert self.check(now + timedelta(hours=24)) == 1

    def test_leaves_out_links_that_lead_nowhere_any_more(self, link, now) -> None:
        TrackedLink.objects.update(stopped_at=now)
        assert self.check(now) == 0
        TrackedLink.objects.update(stopped_at=None, expires_at=now)
        assert self.check(now) == 0


class TestAllowingAHost:
    def test_lets_page_keys_work_there(self, cast, now, tmp_path) -> None:
        from linkstar.collector.registry import RegistryFile
        from linkstar.tracking.actions import make_key
        from linkstar.tracking.models import KeyKind

        path = tmp_path / "registry.json"
        key, said = make_key(
            shop=cast.shop, name="pages", kind=KeyKind.PAGE, registry=path, now=now
        )
        allow_host(shop=cast.shop, host="shop.example", registry=path, now=now)
        known = RegistryFile(path).current(1.0).keys[key.digest]
        assert (known.is_public, known.hosts) == (True, ("shop.example",))
        assert key.public_key == said
        assert path.stat().st_mode & 0o077 == 0
