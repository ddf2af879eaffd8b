"""What goes over the wire: whole answers in order, and nothing a client does holds anybody up."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvloop
from tests.app.collector.desk import EVENT, KEY, TOKEN, Desk

from linkstar.collector import connection
from linkstar.collector.connection import Connection, Door
from linkstar.collector.requests import BODY_BYTES_MAX

PIXEL = f"GET /p/{TOKEN}.gif HTTP/1.1\r\nhost: go\r\n\r\n".encode()
MISSED = b"GET /p/nothing0.gif HTTP/1.1\r\nhost: go\r\n\r\n"
LAST = f"GET /r/{TOKEN} HTTP/1.1\r\nhost: go\r\nconnection: close\r\n\r\n".encode()

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Door], Awaitable[bytes]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    yield desk
    desk.journal.close()


def talk(desk: Desk, say: Talk) -> bytes:
    async def over_a_socket() -> bytes:
        door = Door(desk.collector.handle)
        loop = asyncio.get_running_loop()
        door.tick(now=0.0, seconds=loop.time())
        server = await loop.create_server(lambda: Connection(door), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await asyncio.wait_for(say(reader, writer, door), 10)
        finally:
            writer.close()
            server.close()
            await door.close(within=0.0)

    return uvloop.run(over_a_socket())


def sent(desk: Desk, *parts: bytes) -> bytes:
    """All that is answered to the parts, sent one after another, until the connection ends."""

    async def say(reader, writer, door) -> bytes:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0)
        return await reader.read()

    return talk(desk, say)


def statuses(answer: bytes) -> list[int]:
    lines = answer.split(b"\r\n")
    found = [part.split(b"HTTP/1.1 ")[1] for part in lines if b"HTTP/1.1 " in part]
    return [int(part[:3]) for part in found]


def post(body: bytes, *more: str, length: int | None = None) -> bytes:
    head = [
        "POST /v1/events HTTP/1.1",
        "host: go",
        f"authorization: Bearer {KEY}",
        f"content-length: {len(body) if length is None else length}",
        *more,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class TestAConnection:
    def test_answers_many_requests_sent_at_once_in_their_order(self, desk: Desk) -> None:
        answer = sent(desk, PIXEL + MISSED + PIXEL + post(b"[1,") + LAST)
        assert statuses(answer) == [200, 404, 200, 400, 302]
        assert [event["kind"] for event in desk.stored()] == ["impression", "impression", "click"]

    def test_answers_thousands_at_once(self, desk: Desk) -> None:
        heads = PIXEL.replace(b"GET", b"HEAD") * 3_000
        assert statuses(sent(desk, heads, LAST)) == [200] * 3_000 + [302]

    def test_does_not_mind_in_what_pieces_a_request_comes(self, desk: Desk) -> None:
        whole = post(json.dumps(EVENT).encode(), "connection: close")
        answer = sent(desk, *(bytes([byte]) for byte in whole))
        assert statuses(answer) == [202]
        assert len(desk.stored()) == 2

    def test_understands_chunks(self, desk: Desk) -> None:
        body = json.dumps(EVENT).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (body[:9], body[9:]))
        head = (
            f"POST /v1/events HTTP/1.1\r\nhost: go\r\nauthorization: Bearer {KEY}\r\n"
            "connection: close\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        assert statuses(sent(desk, head.encode() + chunks + b"0\r\n\r\n")) == [202]
        assert desk.stored()[1] == EVENT

    def test_says_that_a_body_may_come_when_it_is_asked(self, desk: Desk) -> None:
        body = json.dumps(EVENT).encode()

        async def say(reader, writer, door) -> bytes:
            writer.write(post(b"", "expect: 100-continue", "connection: close", length=len(body)))
            assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
            writer.write(body)
            return await reader.read()

        assert statuses(talk(desk, say)) == [202]

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_ends_with_the_last_answer_where_the_client_wants_no_more(
        self, desk: Desk, version: str
    ) -> None:
        asked = f"GET /p/{TOKEN}.gif HTTP/{version}\r\nhost: go\r\nconnection: close\r\n\r\n"
        answer = sent(desk, asked.encode())
        assert b"connection: close\r\n" in answer
        assert answer.endswith(b";")

    @pytest.mark.parametrize(
        ("version", "said"),
        [
            ("1.0", "host: go"),
            ("1.0", "connection: keep-alive"),
            ("1.1", "connection: upgrade\r\nupgrade: websocket"),
        ],
        ids=["1.0", "1.0 kept alive", "another protocol"],
    )
    def test_ends_with_the_first_answer_where_we_cannot_go_on(
        self, desk: Desk, version: str, said: str
    ) -> None:
        answer = sent(desk, f"GET /p/{TOKEN}.gif HTTP/{version}\r\n{said}\r\n\r\n".encode())
        assert statuses(answer) == [200]
        assert b"connection: close\r\n" in answer

    def test_answers_who_says_no_more_but_listens(self, desk: Desk) -> None:
        async def say(reader, writer, door) -> bytes:
            writer.write(PIXEL * 3)
            writer.write_eof()
            return await reader.read()

        assert statuses(talk(desk, say)) == [200] * 3
        assert len(desk.stored()) == 3

    def test_says_how_long_the_body_of_a_head_would_be_and_sends_none(self, desk: Desk) -> None:
        answer = sent(desk, PIXEL.replace(b"GET", b"HEAD"), LAST)
        assert b"content-length: 43\r\n" in answer
        assert b"GIF89a" not in answer
        assert [event["kind"] for event in desk.stored()] == ["click"]

    def test_has_a_date(self, desk: Desk) -> None:
        assert b"date: Thu, 01 Jan 1970 00:00:00 GMT\r\n" in sent(desk, LAST)

    def test_joins_what_was_said_in_two_headers(self, desk: Desk) -> None:
        desk.collector._trusted_proxies = 1
        forwarded = b"x-forwarded-for: 192.0.2.1\r\nx-forwarded-for: 198.51.100.9\r\n\r\n"
        sent(desk, LAST[:-2] + forwarded)
        assert desk.stored()[0]["network"] == "198.51.100.0"

    def test_reads_an_address_as_it_is_written(self, desk: Desk) -> None:
        assert statuses(sent(desk, LAST.replace(b"/r/a", b"/r/%61"))) == [302]


class TestAClientThatIsNotWellBehaved:
    @pytest.mark.parametrize(
        "said",
        [
            b"hello\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: go\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: go\r\nx: a\x00b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost : go\r\n\r\n",
        ],
        ids=["words", "TLS", "HTTP/2", "two lengths", "two sizes", "NUL", "a space"],
    )
    def test_is_refused_once_and_shut_out(self, desk: Desk, said: bytes) -> None:
        assert statuses(sent(desk, said)) == [400]

    def test_gets_the_answer_to_what_it_sent_before(self, desk: Desk) -> None:
        assert statuses(sent(desk, PIXEL + b"hello\r\n\r\n")) == [200]

    def test_may_not_go_on_with_a_head_for_ever(self, desk: Desk) -> None:
        part = b"x-%d: " + b"y" * 1_000 + b"\r\n"
        head = b"GET / HTTP/1.1\r\n" + b"".join(part % number for number in range(20))
        assert statuses(sent(desk, head)) == [431]

    def test_is_told_that_a_body_is_too_large_and_little_of_it_is_held(self, desk: Desk) -> None:
        body = b"x" * (3 * BODY_BYTES_MAX)
        assert statuses(sent(desk, post(body, "connection: close"))) == [413]

    def test_that_falls_silent_is_shut_out(self, desk: Desk) -> None:
        async def say(reader, writer, door) -> bytes:
            writer.write(PIXEL[:-2])
            await asyncio.sleep(0.05)
            now = asyncio.get_running_loop().time()
            door.tick(now=0.0, seconds=now + connection.SECONDS_OF_SILENCE_MAX - 1)
            assert door.connections
            door.tick(now=0.0, seconds=now + connection.SECONDS_OF_SILENCE_MAX + 1)
            return await reader.read()

        assert talk(desk, say) == b""
        assert desk.stored() == []

    def test_that_asks_and_never_reads_is_not_read_either(self, desk: Desk) -> None:
        async def say(reader, writer, door) -> bytes:
            [one] = await joined(door)
            writer.transport.pause_reading()
            for _ in range(400):
                writer.write(PIXEL * 1_000)
                await asyncio.sleep(0)
            await asyncio.sleep(0.3)
            assert not one._transport.is_reading()
            return b""

        talk(desk, say)


class TestAStop:
    def test_lets_what_is_under_way_be_answered_and_closes_the_rest(self, desk: Desk) -> None:
        async def say(reader, writer, door) -> bytes:
            [one] = await joined(door)
            one.data_received(PIXEL)
            await door.close(within=5)
            return await reader.read()

        answer = talk(desk, say)
        assert statuses(answer) == [200]
        assert b"connection: close\r\n" in answer

    def test_ends_a_connection_that_waits(self, desk: Desk) -> None:
        async def say(reader, writer, door) -> bytes:
            await joined(door)
            await door.close(within=5)
            return await reader.read()

        assert talk(desk, say) == b""


async def joined(door: Door) -> list[Connection]:
    while not door.connections:  # noqa: ASYNC110  # the server accepts in its own time
        await asyncio.sleep(0.01)
    return list(door.connections)
