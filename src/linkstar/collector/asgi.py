"""The little of ASGI the collector needs: read a request, send an answer."""

import gzip
import io
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

BODY_BYTES_MAX = 1 << 20
UNPACKED_BYTES_MAX = 8 << 20


class BodyTooLarge(ValueError):
    """More bytes than a request may carry, as sent or unpacked."""


class BodyNotGzip(ValueError):
    """The request says it is gzip and is not."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def send_answer(send: Send, answer: Answer) -> None:
    headers = [*answer.headers, (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def header(headers: Headers, name: bytes) -> str:
    """The header's value, empty when absent; names come in lower case."""
    for found, value in headers:
        if found == name:
            return value.decode("latin-1")
    return ""


async def read_body(receive: Receive, headers: Headers) -> bytes:
    """The whole body, unpacked.

    Raises:
        BodyTooLarge: over 1 MiB as sent or 8 MiB unpacked.
        BodyNotGzip: `content-encoding: gzip` and it is not.
    """
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_BYTES_MAX:
            raise BodyTooLarge(size)
        parts.append(part)
        more = message.get("more_body", False)
    body = b"".join(parts)
    return _unpacked(body) if header(headers, b"content-encoding") == "gzip" else body


def _unpacked(body: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            unpacked = file.read(UNPACKED_BYTES_MAX + 1)
    except (OSError, EOFError) as error:
        raise BodyNotGzip from error
    if len(unpacked) > UNPACKED_BYTES_MAX:
        raise BodyTooLarge(len(unpacked))
    return unpacked
