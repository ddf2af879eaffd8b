"""What may be asked, where the request really goes, and that nothing holds it up."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from linkstar import egress
from linkstar.egress import EgressFailed, EgressRefused, aim, ask, is_public

NOT_PUBLIC = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1",
    "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "100::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]

WRITTEN_OTHERWISE = [
    "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://0/",
    "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://localhost/",
    "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/meta-data/",
]  # fmt: skip


class TestAnAddress:
    @pytest.mark.parametrize("ip", NOT_PUBLIC)
    def test_of_no_public_network_is_refused(self, ip: str) -> None:
        assert not is_public(ip_address(ip))

    @pytest.mark.parametrize("ip", PUBLIC)
    def test_of_the_open_internet_is_let_through(self, ip: str) -> None:
        assert is_public(ip_address(ip))

    @pytest.mark.parametrize("address", WRITTEN_OTHERWISE)
    def test_is_judged_by_where_it_leads_not_by_how_it_is_written(self, address: str) -> None:
        with pytest.raises((EgressRefused, EgressFailed)) as refused:
            aim(address)
        assert refused.value.code in {"not_public", "unresolved"}

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("ftp://example.com/", "scheme"),
            ("file:///etc/passwd", "scheme"),
            ("gopher://example.com/", "scheme"),
            ("https://user@example.com/", "user"),
            ("https://example.com:22/", "port"),
            ("http://example.com:443/", "port"),
            ("http://example.com:0/", "port"),
            ("https:///path", "address"),
            ("https://example.com\\@evil.com/", "address"),
            ("https://exa mple.com/", "address"),
            ("https://example.com/\r\nHost: evil", "address"),
            ("https://ex\u00e4mple.com/", "address"),
            ("https://[::1/", "address"),
            ("https://example.com:99999/", "address"),
        ],
    )
    def test_that_could_be_read_in_two_ways_is_refused(self, address: str, code: str) -> None:
        with pytest.raises(EgressRefused) as refused:
            aim(address)
        assert refused.value.code == code

    def test_that_leads_to_a_private_place_as_well_is_refused(self, monkeypatch) -> None:
        found = [(0, 0, 0, "", ("1.1.1.1", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
        monkeypatch.setattr(egress, "getaddrinfo", lambda *a, **k: found)
        with pytest.raises(EgressRefused):
            aim("https://example.com/")

    def test_is_pinned_so_that_a_name_cannot_change_its_mind(self, monkeypatch) -> None:
        asked: list[str] = []

        def resolve(host: str, *_: object, **__: object):
            asked.append(host)
            return [(0, 0, 0, "", ("1.1.1.1" if len(asked) == 1 else "127.0.0.1", 80))]

        went: list[object] = []

        def connect(address: object, timeout: float) -> None:
            went.append(address)
            raise ConnectionRefusedError

        monkeypatch.setattr(egress, "getaddrinfo", resolve)
        monkeypatch.setattr(egress, "create_connection", connect)
        with pytest.raises(EgressFailed):
            ask("http://rebinding.example/")
        assert (asked, went) == (["rebinding.example"], [("1.1.1.1", 80)])


@contextmanager
def server(answer: bytes, *, drip_seconds: float = 0.0) -> Iterator[str]:
    """Answers every connection with these bytes, all at once or a byte at a time."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.recv(65_536)
                try:
                    say(peer)
                except OSError:
                    continue

    def say(peer: socket.socket) -> None:
        if not drip_seconds:
            peer.sendall(answer)
            return
        for byte in answer:
            if over.wait(drip_seconds):
                return
            peer.sendall(bytes([byte]))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/page?x=1"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class TestAnAnswer:
    def test_comes_back_with_its_status_headers_and_body(self) -> None:
        with server(OK) as address:
            told = ask(address, allow_loopback=True)
        assert (told.status, told.headers["content-length"], told.body) == (200, "5", b"hello")
        assert not told.is_cut

    def test_from_this_machine_is_never_asked_for_otherwise(self) -> None:
        with server(OK) as address, pytest.raises(EgressRefused):
            ask(address)

    def test_that_redirects_is_handed_back_and_not_followed(self) -> None:
        moved = (
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
        )
        with server(moved) as address:
            told = ask(address, allow_loopback=True)
        assert (told.status, told.headers["location"]) == (302, "http://169.254.169.254/")

    def test_of_any_size_is_read_only_so_far(self) -> None:
        with server(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000) as address:
            told = ask(address, allow_loopback=True, bytes_max=1_000)
        assert (len(told.body), told.is_cut) == (1_000, True)

    def test_that_drips_is_given_up_in_time(self) -> None:
        started = time.monotonic()
        slowly = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50
        with server(slowly, drip_seconds=0.05) as address, pytest.raises(EgressFailed) as failed:
            ask(address, allow_loopback=True, seconds=0.5)
        assert failed.value.code == "too_slow"
        assert time.monotonic() - started < 3

    def test_that_never_comes_is_given_up_in_time(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            with pytest.raises(EgressFailed) as failed:
                ask(address, allow_loopback=True, seconds=0.3)
        assert failed.value.code == "too_slow"

    def test_that_is_not_http_is_named(self) -> None:
        with server(b"220 mail ready\r\n") as address, pytest.raises(EgressFailed) as failed:
            ask(address, allow_loopback=True)
        assert failed.value.code == "not_http"

    def test_from_nobody_is_named(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with pytest.raises(EgressFailed) as failed:
            ask(f"http://127.0.0.1:{port}/", allow_loopback=True)
        assert failed.value.code == "unreachable"
