"""The collector: follow a link, show a pixel, take a batch. An answer means it is on disk.

    GET  /r/{token}       302 to the link's destination, counted as a click
    GET  /p/{token}.gif   a transparent pixel, counted as an impression
    POST /v1/events       a batch of events with a write key; 202 with what was refused

HEAD and prefetches are answered and never counted. When the disk refuses, a pixel and a batch get
503 with Retry-After; a buyer on a link is sent on all the same, uncounted, and that is counted.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import count

import msgspec

from linkstar.collector.asgi import (
    Answer,
    BodyNotGzip,
    BodyTooLarge,
    Headers,
    Receive,
    Scope,
    Send,
    header,
    read_body,
    send_answer,
)
from linkstar.collector.group_commit import GroupCommit
from linkstar.collector.limits import RateLimit
from linkstar.collector.registry import Link, RegistryFile, WriteKey, digest_of_key
from linkstar.collector.visitors import DailySalts, cut_address
from linkstar.events.journal import Journal, JournalBroken
from linkstar.events.wire import Batch, BatchRefused, read_batch

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
SEAL_SECONDS = 1.0
NO_STORE = (b"cache-control", b"no-store, max-age=0")
JSON = (b"content-type", b"application/json")
RETRY = (b"retry-after", b"5")


class LinkEvent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line the collector writes itself, for a link followed or a pixel shown."""

    event_id: str
    kind: str
    occurred_at: datetime
    shop: int
    workspace: int
    link: str
    visitor: str
    network: str
    agent: str


class Envelope(msgspec.Struct, kw_only=True):
    """The line before a batch: who sent it, seen from our side. Holds for the lines after it."""

    shop: int
    workspace: int
    received_at: datetime
    network: str
    agent: str
    visitor: str


_encode = msgspec.json.Encoder().encode


class Collector:
    """The ASGI application over one journal.

    Args:
        journal: owned by this process.
        registry: links and keys.
        salts: of the day, for visitors.
        trusted_proxies: how many proxies in front add themselves to X-Forwarded-For.
        now: the clock, aware and in UTC.
    """

    def __init__(
        self,
        journal: Journal,
        registry: RegistryFile,
        salts: DailySalts,
        *,
        trusted_proxies: int = 0,
        now: Callable[[], datetime],
    ) -> None:
        self._journal = journal
        self._group = GroupCommit(journal)
        self._registry = registry
        self._salts = salts
        self._trusted_proxies = trusted_proxies
        self._now = now
        self._ids = count()
        self._id_prefix = secrets.token_hex(8)
        self._event_rate = RateLimit(per_second=20_000, burst=200_000)
        self._miss_rate = RateLimit(per_second=1, burst=60)
        self._sealing: asyncio.Task[None] | None = None
        self.dropped: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await send_answer(send, await self._answer(scope, receive))

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        if path.startswith("/p/") and path.endswith(".gif") and method in {"GET", "HEAD"}:
            return await self._pixel(path[3:-4], scope)
        if path.startswith("/r/") and method in {"GET", "HEAD"}:
            return await self._redirect(path[3:], scope)
        if path == "/v1/events" and method == "POST":
            return await self._events(scope, receive)
        if path == "/healthz":
            return Answer(200, b"ok")
        return Answer(404)

    async def _pixel(self, token: str, scope: Scope) -> Answer:
        shown = Answer(200, PIXEL, ((b"content-type", b"image/gif"), NO_STORE))
        link = self._link(token)
        if link is None:
            return self._missed(scope)
        if not counts(scope):
            return shown
        try:
            await self._record("impression", token, link, scope)
        except JournalBroken:
            return self._turned_away("journal_broken")
        return shown

    async def _redirect(self, token: str, scope: Scope) -> Answer:
        link = self._link(token)
        if link is None:
            return self._missed(scope)
        if counts(scope):
            try:
                await self._record("click", token, link, scope)
            except JournalBroken:
                self.dropped["click_not_durable"] += 1
        return Answer(302, b"", ((b"location", link.destination.encode()), NO_STORE))

    async def _events(self, scope: Scope, receive: Receive) -> Answer:
        headers: Headers = scope["headers"]
        key = self._key(headers)
        if key is None:
            return refused(401, "write_key_unknown")
        try:
            batch = read_batch(await read_body(receive, headers))
        except BodyTooLarge:
            return refused(413, "body_too_large")
        except BodyNotGzip:
            return refused(400, "not_gzip")
        except BatchRefused as error:
            return refused(400, error.code)
        if not self._event_rate.allows(str(key.shop), time.monotonic(), max(batch.events, 1)):
            return Answer(429, b'{"error":"too_many_events"}', (JSON, RETRY))
        return await self._keep(batch, key, scope)

    async def _keep(self, batch: Batch, key: WriteKey, scope: Scope) -> Answer:
        if batch.events:
            try:
                await self._group.append(self._envelope(key, scope) + batch.payload, batch.events)
            except JournalBroken:
                return self._turned_away("journal_broken")
        self.dropped.update(bad.code for bad in batch.refused)
        said = {"accepted": batch.events, "refused": batch.refused}
        return Answer(202 if batch.events else 422, _encode(said), (JSON,))

    def _envelope(self, key: WriteKey, scope: Scope) -> bytes:
        now = self._now()
        network, agent = self._sender(scope)
        envelope = Envelope(
            shop=key.shop,
            workspace=key.workspace,
            received_at=now,
            network=network,
            agent=agent,
            visitor=self._salts.visitor(key.shop, network, agent, now),
        )
        return b'{"envelope":' + _encode(envelope) + b"}\n"

    async def _record(self, kind: str, token: str, link: Link, scope: Scope) -> None:
        now = self._now()
        network, agent = self._sender(scope)
        event = LinkEvent(
            event_id=f"{self._id_prefix}{next(self._ids):x}",
            kind=kind,
            occurred_at=now,
            shop=link.shop,
            workspace=link.workspace,
            link=token,
            visitor=self._salts.visitor(link.shop, network, agent, now),
            network=network,
            agent=agent,
        )
        await self._group.append(_encode(event) + b"\n", 1)

    def _link(self, token: str) -> Link | None:
        link = self._registry.current(time.monotonic()).links.get(token)
        if link and link.expires_at is not None and self._now().timestamp() >= link.expires_at:
            return None
        return link

    def _key(self, headers: Headers) -> WriteKey | None:
        scheme, _, key = header(headers, b"authorization").partition(" ")
        if scheme.lower() != "bearer" or not key:
            return None
        return self._registry.current(time.monotonic()).keys.get(digest_of_key(key))

    def _sender(self, scope: Scope) -> tuple[str, str]:
        """The network and user agent of whoever asks; the address itself goes no further."""
        headers: Headers = scope["headers"]
        address = scope["client"][0] if scope.get("client") else ""
        if self._trusted_proxies:
            forwarded = header(headers, b"x-forwarded-for").split(",")
            address = forwarded[-min(self._trusted_proxies, len(forwarded))].strip() or address
        return cut_address(address), header(headers, b"user-agent")[:500]

    def _missed(self, scope: Scope) -> Answer:
        network, _ = self._sender(scope)
        self.dropped["link_unknown"] += 1
        if not self._miss_rate.allows(network, time.monotonic()):
            return Answer(429, b"", (RETRY,))
        return Answer(404)

    def _turned_away(self, reason: str) -> Answer:
        self.dropped[reason] += 1
        return Answer(503, b"", (RETRY,))

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._sealing = asyncio.create_task(self._seal_regularly())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._sealing:
                    self._sealing.cancel()
                    with suppress(asyncio.CancelledError):
                        await self._sealing
                self._journal.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _seal_regularly(self) -> None:
        """What was accepted can be loaded a second later."""
        while True:
            await asyncio.sleep(SEAL_SECONDS)
            self._journal.seal()


def counts(scope: Scope) -> bool:
    """A person's request: not HEAD, and not a browser fetching ahead of a click."""
    if scope["method"] == "HEAD":
        return False
    headers: Headers = scope["headers"]
    ahead = (header(headers, name) for name in (b"sec-purpose", b"purpose", b"x-moz"))
    return not any("prefetch" in value or "prerender" in value for value in ahead)


def refused(status: int, code: str) -> Answer:
    return Answer(status, _encode({"error": code}), (JSON,))
