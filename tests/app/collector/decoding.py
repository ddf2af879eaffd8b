"""Every decoder of the collector, fed by atheris with bytes that reach ever more of its code.

    python -m tests.app.collector.decoding -seed=1 -runs=20000

The first byte chooses the decoder. A bug is an exception no decoder names, or a broken promise.
"""

import asyncio
import json
import sys
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["linkstar.events", "linkstar.collector"]):
    from linkstar.collector import app, connection, landing_pages, postbacks, sub_ids
    from linkstar.collector.registry import RegistryFile
    from linkstar.collector.requests import (
        UNPACKED_BYTES_MAX,
        BodyNotGzip,
        BodyTooLarge,
        unpacked,
    )
    from linkstar.collector.visitors import DailySalts, cut_address
    from linkstar.events.journal import Journal, frame_of, sound_frames
    from linkstar.events.wire import EVENTS_MAX, BatchRefused, read_batch, read_events

from tests.app.collector.desk import (
    EVENT,
    KEY,
    POSTBACK_SECRET,
    SUB_ID_KEY,
    TOKEN,
    registry_of_desk,
)
from tests.app.collector.test_postbacks import ORDER

NOW = datetime(2026, 1, 5, tzinfo=UTC)


LINE = json.dumps(EVENT).encode()
SEEDS = [
    LINE + b"\n" + LINE,
    b"[" + LINE + b"," + json.dumps(ORDER).encode() + b"]",
    zlib.compress(LINE, wbits=31),
    frame_of(LINE + b"\n", 1) * 2,
    b"v1,AAAA s=k1.1.YQ.AAAA 2001:db8::1 https://shop.example/?a=b#c",
    f"GET /r/{TOKEN}?s=1 HTTP/1.1\r\nhost: go\r\nexpect: 100-continue\r\n\r\n".encode() * 3,
    b"transfer-encoding: chunked\r\nuser-agent: x\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
]


def a_batch(data: bytes) -> None:
    """The quick way and the careful way agree on what is kept."""
    try:
        batch = read_batch(data)
    except BatchRefused:
        with_refusal(read_events, data)
        return
    found = read_events(data)
    assert batch.events == len(found.events) <= EVENTS_MAX
    assert batch.refused == found.refused
    kept = batch.payload.splitlines()
    assert len(kept) == batch.events
    assert [json.loads(line)["event_id"] for line in kept] == [e.event_id for _, e in found.events]


def with_refusal(read: Callable[[bytes], object], data: bytes) -> None:
    try:
        read(data)
    except BatchRefused:
        return
    raise AssertionError("one way refuses it and the other does not")


def a_postback(data: bytes) -> None:
    with suppress(BatchRefused):
        assert all(each.code for each in postbacks.read_postback(data).refused)
    text = data.decode("latin-1")
    with suppress(postbacks.PostbackRefused):
        postbacks.check(
            [POSTBACK_SECRET], message_id=text[:9], timestamp=text[9:20], signature=text[20:],
            body=data, now=NOW.timestamp(),
        )  # fmt: skip
        raise AssertionError("nobody can sign without the secret")


def gzip(data: bytes) -> None:
    for body in (data, zlib.compress(data, wbits=31)):
        with suppress(BodyNotGzip, BodyTooLarge):
            assert len(unpacked(body)) <= UNPACKED_BYTES_MAX


def a_sub_id(data: bytes) -> None:
    text = data.decode("latin-1")
    for signed in (text, sub_ids.sub_id_in(text) or "", f"k1.9999999999.{text}"):
        with suppress(sub_ids.SubIdRefused):
            sub_ids.read_sub_id(signed, token=TOKEN, keys={"k1": SUB_ID_KEY}, now=0.0)
            raise AssertionError("nobody can sign without the key")
    ours = sub_ids.sign_sub_id(text, token=TOKEN, expires_at=1, key=SUB_ID_KEY, key_id="k1")
    if len(ours) <= sub_ids.SIGNED_LENGTH_MAX:
        read = sub_ids.read_sub_id(ours, token=TOKEN, keys={"k1": SUB_ID_KEY}, now=0.0)
        assert read.text == text


def words(data: bytes) -> None:
    text = data.decode("latin-1")
    cut = cut_address(text)
    assert cut == "" or cut_address(cut) == cut
    landing_pages.is_own_page(text, ("shop.example",))
    app.with_click(text, "click")


def a_segment(data: bytes) -> None:
    frames, sound = sound_frames(data)
    assert b"".join(frame_of(each.payload, each.lines) for each in frames) == data[:sound]
    framed = frame_of(data, 1)
    assert sound_frames(framed + data)[1] >= len(framed)


class Wire(asyncio.Transport):
    """What a connection writes, and whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.said = b""
        self.is_closed = False

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("192.0.2.1", 1)

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.said += data

    def is_closing(self) -> bool:
        return self.is_closed

    def is_reading(self) -> bool:
        return True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True

    abort = close


class Front:
    """A collector behind a connection, over a journal that takes everything and keeps nothing."""

    def __init__(self, folder: Path) -> None:
        registry_of_desk(folder / "registry.json")
        journal = Journal(folder / "journal")
        journal.commit = lambda frames: None
        self._loop = asyncio.new_event_loop()
        self._door = connection.Door(
            app.Collector(
                journal, RegistryFile(folder / "registry.json"), DailySalts(folder / "salts"),
                limits=app.Limits(events_per_second=1e12, misses_per_minute=10**9),
                now=lambda: NOW,
            ).handle
        )  # fmt: skip

    def asked(self, data: bytes) -> None:
        """Bytes off the wire, in two pieces, the second half of them after the rest of a head."""
        known = f"POST /v1/events HTTP/1.1\r\nauthorization: Bearer {KEY}\r\n".encode()
        for said in (data, known + data, known + b"content-length: %d\r\n\r\n" % len(data) + data):
            self._loop.run_until_complete(self._talk(said))

    async def _talk(self, said: bytes) -> None:
        wire, one = Wire(), connection.Connection(self._door)
        one.connection_made(wire)
        for part in (said[: len(said) // 2], said[len(said) // 2 :]):
            one.data_received(part)
            while one._waiting or one._current:  # noqa: ASYNC110  # its commit is the next turn
                await asyncio.sleep(0)
        assert not wire.said or wire.said.startswith(b"HTTP/1.1 ")
        assert b"HTTP/1.1 5" not in wire.said
        one.connection_lost(None)
        assert not self._door.connections


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        front = Front(Path(folder))
        decoders = [a_batch, a_postback, gzip, a_sub_id, words, a_segment, front.asked]

        def one_input(data: bytes) -> None:
            if data:
                decoders[data[0] % len(decoders)](data[1:])

        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number in range(len(decoders)):
            for place, seed in enumerate(SEEDS):
                (seeds / f"{number}-{place}").write_bytes(bytes([number]) + seed)
        atheris.Setup([*sys.argv, str(seeds)], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
