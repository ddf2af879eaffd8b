"""What the collector sees of a request and what it answers, whatever server carries them."""

import zlib
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Protocol

import msgspec

BODY_BYTES_MAX = 1 << 20
UNPACKED_BYTES_MAX = 8 << 20
NO_BODY = (204, 304)
GZIP = 16 + zlib.MAX_WBITS


class Request(Protocol):
    """One whole request.

    Attributes:
        method: in capitals.
        path: decoded, without the query.
        query: as sent, without its question mark.
        address: of the nearest peer.
        body: as sent, cut off one byte after the most a request may carry.
        headers: as sent, by their names in lower case.
    """

    method: str
    path: str
    query: str
    address: str
    body: bytes
    headers: dict[bytes, bytes]

    def header(self, name: str) -> str:
        """The header's value, empty when absent; the name is given in lower case."""
        ...


class Answer(msgspec.Struct, frozen=True, dict=True):
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @cached_property
    def head(self) -> bytes:
        """As it goes over the wire, but for what depends on the moment and the connection."""
        head = _lines(self.status, self.headers)
        if self.status in NO_BODY:
            return head
        return b"%bcontent-length: %d\r\n" % (head, len(self.body))


@lru_cache(maxsize=1_000)
def _lines(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    head = "\r\n".join(lines).encode("ascii") + b"\r\n"
    assert head.count(b"\n") == len(lines), "a value that would end its line"
    return head


class BodyTooLarge(ValueError):
    """More bytes than a request may carry, as sent or unpacked."""


class BodyNotGzip(ValueError):
    """The request says it is gzip and is not."""


JSON = ("content-type", "application/json")
NO_STORE = ("cache-control", "no-store, max-age=0")
NO_SNIFFING = ("x-content-type-options", "nosniff")


def json_answer(status: int, said: object, *headers: tuple[str, str]) -> Answer:
    return Answer(status, msgspec.json.encode(said), (JSON, NO_SNIFFING, *headers))


def refused(status: int, code: str, *headers: tuple[str, str]) -> Answer:
    """The one shape of every refusal: a code that can be searched for."""
    return json_answer(status, {"error": code}, *headers)


def try_later(status: int, code: str, seconds: int) -> Answer:
    return refused(status, code, ("retry-after", str(max(seconds, 1))))


def body_of(request: Request) -> bytes:
    """The whole body, unpacked.

    Raises:
        BodyTooLarge: over 1 MiB as sent or 8 MiB unpacked; no more than that is ever held.
        BodyNotGzip: `content-encoding: gzip` and it is not.
    """
    if len(request.body) > BODY_BYTES_MAX:
        raise BodyTooLarge(len(request.body))
    is_packed = request.header("content-encoding").lower() == "gzip"
    return unpacked(request.body) if is_packed else request.body


def unpacked(body: bytes) -> bytes:
    """The content of one gzip member; whatever follows it is refused.

    Raises:
        BodyTooLarge: it would unpack to more than 8 MiB.
        BodyNotGzip: it is not whole, sound gzip.
    """
    unpacker = zlib.decompressobj(GZIP)
    try:
        content = unpacker.decompress(body, UNPACKED_BYTES_MAX + 1)
    except zlib.error as error:
        raise BodyNotGzip from error
    if len(content) > UNPACKED_BYTES_MAX:
        raise BodyTooLarge(len(content))
    if not unpacker.eof or unpacker.unused_data:
        raise BodyNotGzip
    return content
