"""The one way out: every request LinkStar makes to an address somebody gave goes through here.

The host is resolved once; if any of its addresses is not a public one, nothing is sent. The
connection goes to the address that was checked, so a name that changes its mind gains nothing.
Redirects are answers, never followed; the whole exchange has one deadline and reads so many bytes.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, gaierror, getaddrinfo, socket
from threading import Timer
from types import MappingProxyType
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
PORTS = MappingProxyType({"https": 443, "http": 80})
NAT64 = IPv6Network("64:ff9b::/96")
PROTOCOL_ASSIGNMENTS = IPv4Network("192.0.0.0/24")
"""Not of the open internet, though some versions of Python say so."""
NOTHING: Mapping[str, str] = MappingProxyType({})
SECONDS = 10.0
BYTES_MAX = 64 * 1024


class EgressRefused(ValueError):
    """The address is not one that may be asked; `code` says why.

    It is `address`, `scheme`, `user`, `port` or `not_public`.
    """

    def __init__(self, address: str, code: str) -> None:
        super().__init__(address, code)
        self.code = code


class EgressFailed(OSError):
    """Nobody answered; `code`: `unresolved`, `unreachable`, `tls`, `too_slow` or `not_http`."""

    def __init__(self, address: str, code: str) -> None:
        super().__init__(address, code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Told:
    """What came back: `body` holds at most so many bytes, `is_cut` when there were more."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, and the one public network address to ask."""

    address: str
    is_https: bool
    host: str
    port: int
    path: str
    pinned: str


def ask(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] = NOTHING,
    body: bytes | None = None,
    seconds: float = SECONDS,
    bytes_max: int = BYTES_MAX,
    allow_loopback: bool = False,
) -> Told:
    """One request to a public address, and its answer.

    Args:
        address: http or https, on the usual port.
        method: of HTTP.
        headers: besides Host and Connection.
        body: what to send.
        seconds: until everything is over, however slowly it drips.
        bytes_max: how much of the answer's body is read.
        allow_loopback: tests alone set it: 127.0.0.1 and any port are let through.

    Raises:
        EgressRefused: before a connection is made.
        EgressFailed: nothing that can be used came back.
    """
    target = aim(address, allow_loopback=allow_loopback)
    connection = _connection(target, seconds)
    try:
        with _deadline(connection, seconds):
            fields = {**headers, "Connection": "close"}
            connection.request(method, target.path, body=body, headers=fields)
            answer = connection.getresponse()
            content = b"" if method == "HEAD" else answer.read(bytes_max + 1)
    except ssl.SSLError as error:
        raise EgressFailed(address, "tls") from error
    except TimeoutError as error:
        raise EgressFailed(address, "too_slow") from error
    except HTTPException as error:
        raise EgressFailed(address, "not_http") from error
    except OSError as error:
        raise EgressFailed(address, "unreachable") from error
    finally:
        connection.close()
    named = {name.lower(): value for name, value in answer.getheaders()}
    return Told(answer.status, named, content[:bytes_max], len(content) > bytes_max)


def aim(address: str, *, allow_loopback: bool = False) -> Target:
    """Take an address apart and find out where it leads; raises as `ask` does."""
    if not address.isascii() or any(c <= " " or c in "\\\x7f" for c in address):
        raise EgressRefused(address, "address")
    try:
        parts = urlsplit(address)
        given_port = parts.port
    except ValueError as error:
        raise EgressRefused(address, "address") from error
    usual = PORTS.get(parts.scheme)
    if usual is None:
        raise EgressRefused(address, "scheme")
    if "@" in parts.netloc:
        raise EgressRefused(address, "user")
    if not parts.hostname:
        raise EgressRefused(address, "address")
    port = usual if given_port is None else given_port
    if port != usual and not allow_loopback:
        raise EgressRefused(address, "port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    pinned = _resolve(address, parts.hostname, port, allow_loopback=allow_loopback)
    return Target(address, parts.scheme == "https", parts.hostname, port, path, pinned)


def is_public(ip: Address) -> bool:
    """Whether an address is one of the open internet, whatever it is wrapped into."""
    inner = _unwrapped(ip)
    if inner != ip:
        return is_public(inner)
    if ip in PROTOCOL_ASSIGNMENTS if ip.version == 4 else ip.is_site_local:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _unwrapped(ip: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, NAT64, 6to4, Teredo), else itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    teredo = ip.teredo[1] if ip.teredo else None
    return ip.ipv4_mapped or ip.sixtofour or teredo or ip


def _resolve(address: str, host: str, port: int, *, allow_loopback: bool) -> str:
    try:
        found = getaddrinfo(host, port, type=SOCK_STREAM)
    except (gaierror, UnicodeError) as error:
        raise EgressFailed(address, "unresolved") from error
    addresses = [str(entry[4][0]) for entry in found]
    for one in addresses:
        ip = ip_address(one.partition("%")[0])
        if not (is_public(ip) or (allow_loopback and ip.is_loopback)):
            raise EgressRefused(address, "not_public")
    return addresses[0]


def _connection(target: Target, seconds: float) -> HTTPConnection:
    """A connection that goes to the pinned address and still says and checks the host's name."""

    def to_pinned(_: object, timeout: float, __: object) -> socket:
        return create_connection((target.pinned, target.port), timeout)

    connection: HTTPConnection
    if target.is_https:
        context = ssl.create_default_context()
        connection = HTTPSConnection(target.host, target.port, timeout=seconds, context=context)
    else:
        connection = HTTPConnection(target.host, target.port, timeout=seconds)
    connection._create_connection = to_pinned  # type: ignore[attr-defined]  # noqa: SLF001  # its own seam
    return connection


@contextmanager
def _deadline(connection: HTTPConnection, seconds: float) -> Iterator[None]:
    """Cut the connection when the time is over; whatever was going on fails as too slow."""
    over: list[bool] = []

    def cut() -> None:
        over.append(True)
        if connection.sock:
            with suppress(OSError):
                connection.sock.shutdown(SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        if over:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if over:
        raise TimeoutError
