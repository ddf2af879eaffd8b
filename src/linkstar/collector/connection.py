"""HTTP/1.1 for the collector: the parser is httptools', the answers are written in order.

A whole request goes to `Collector.handle`, which answers by a call; there is no task, thread or
wake-up per request, because with so little to do per request these were most of its cost. What a
client may not do: send more than 16 KiB without finishing a head, take longer than a minute for a
request, or leave answers unread while it asks for more.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from typing import cast
from urllib.parse import unquote

import httptools
import msgspec

from linkstar.collector.requests import BODY_BYTES_MAX, Answer, Request, refused

HEAD_BYTES_MAX = 16_384
REQUESTS_WAITING_MAX = 32
SECONDS_OF_SILENCE_MAX = 60.0
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"

Handle = Callable[[Request, Callable[[Answer], None]], None]


class Received(msgspec.Struct):
    """One request as it came in, whole."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    address: str
    is_last: bool

    def header(self, name: str) -> str:
        value = self.headers.get(name.encode())
        return value.decode(errors="replace") if value else ""


class Door:
    """What all connections of a collector share.

    Args:
        handle: what answers.
    """

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.connections: set[Connection] = set()
        self.is_empty = asyncio.Event()
        self.is_empty.set()
        self.date_line = b""
        self.seconds = 0.0

    def enter(self, connection: "Connection") -> None:
        self.connections.add(connection)
        self.is_empty.clear()

    def leave(self, connection: "Connection") -> None:
        self.connections.discard(connection)
        if not self.connections:
            self.is_empty.set()

    def tick(self, *, now: float, seconds: float) -> None:
        """To be called every second: with the time, and with that of the loop's own clock.

        Silence is told to the second, so that no request has to ask for the time.
        """
        self.date_line = f"date: {formatdate(now, usegmt=True)}\r\n".encode()
        self.seconds = seconds
        for each in tuple(self.connections):
            each.close_if_silent(seconds)

    async def close(self, *, within: float) -> None:
        """Answer what is under way and close every connection after it, or at the latest then."""
        for each in tuple(self.connections):
            each.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self.is_empty.wait()
        for each in tuple(self.connections):
            each.abort()


class Connection(asyncio.Protocol):
    """One client's connection: requests are answered one at a time, in the order they came.

    Args:
        door: through which it came in.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[Received] = deque()
        self._current: Received | None = None
        self._is_stopping = False
        self._is_in_head = True
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._since = self._door.seconds
        self._door.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._door.leave(self)
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        if self._is_in_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._transport.pause_reading()  # we speak nothing else; what was asked is answered
            self._end_after_last()
        except httptools.HttpParserError:
            self._turn_away(refused(400, "not_http"))
            return
        if self._is_in_head and self._head_bytes > HEAD_BYTES_MAX:
            self._turn_away(refused(431, "head_too_large"))
            return
        if len(self._waiting) > REQUESTS_WAITING_MAX:
            self._transport.pause_reading()
        self._go_on()

    def eof_received(self) -> bool:
        """Whoever has said everything may still listen."""
        return self._end_after_last()

    def pause_writing(self) -> None:
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._transport.resume_reading()

    def stop(self) -> None:
        """Answer what is under way, then close."""
        self._is_stopping = True
        if self._current is None and not self._waiting:
            self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def close_if_silent(self, seconds: float) -> None:
        """End a connection on which nothing was finished for too long."""
        if seconds - self._since > SECONDS_OF_SILENCE_MAX:
            self._transport.abort()

    def on_message_begin(self) -> None:
        self._since = self._door.seconds
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._body_room = BODY_BYTES_MAX + 1

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        before = self._headers.get(name)
        self._headers[name] = value if before is None else before + b", " + value

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._head_bytes = 0
        expected = self._headers.get(b"expect")
        if expected and expected.lower() == b"100-continue" and self._current is None:
            self._transport.write(GO_ON)

    def on_body(self, body: bytes) -> None:
        room = self._body_room
        if room:
            self._body.append(body[:room] if len(body) > room else body)
            self._body_room -= len(self._body[-1])

    def on_message_complete(self) -> None:
        self._is_in_head = True
        parser, headers = self._parser, self._headers
        path, _, query = self._target.decode("latin-1").partition("?")
        is_last = not parser.should_keep_alive() or (
            b"connection" in headers and parser.get_http_version() == "1.0"
        )
        self._waiting.append(
            Received(
                parser.get_method().decode(),
                unquote(path) if "%" in path else path,
                query,
                headers,
                b"".join(self._body),
                self._address,
                is_last,
            )
        )

    def _go_on(self) -> None:
        if self._current is None and self._waiting:
            self._current = self._waiting.popleft()
            self._door.handle(self._current, self._reply)

    def _reply(self, answer: Answer) -> None:
        request, self._current = self._current, None
        assert request is not None
        if self._transport.is_closing():
            return
        self._since = self._door.seconds
        is_last = request.is_last or (self._is_stopping and not self._waiting)
        has_body = request.method != "HEAD"
        self._transport.write(
            written(answer, date=self._door.date_line, has_body=has_body, is_last=is_last)
        )
        if is_last:
            self._transport.close()
        elif self._waiting:
            self._loop.call_soon(self._go_on)
        elif not self._transport.is_reading():
            self._transport.resume_reading()

    def _turn_away(self, answer: Answer) -> None:
        """Where something sound came before, that is answered and nothing after it."""
        if self._end_after_last():
            self._transport.pause_reading()
            self._go_on()
            return
        date = self._door.date_line
        self._transport.write(written(answer, date=date, has_body=True, is_last=True))
        self._transport.close()

    def _end_after_last(self) -> bool:
        """Close the connection with the last answer that is due; False where none is."""
        last = self._waiting[-1] if self._waiting else self._current
        if last is not None:
            last.is_last = True
        return last is not None


def written(answer: Answer, *, date: bytes, has_body: bool, is_last: bool) -> bytes:
    """An answer as it goes over the wire."""
    end = b"connection: close\r\n\r\n" if is_last else b"\r\n"
    return b"".join((answer.head, date, end, answer.body if has_body else b""))
