"""The collector: follow a link, show a pixel, take events. An answer means it is on disk.

    GET  /r/{token}            302 to the link's destination, counted as a click
    GET  /p/{token}.gif        a transparent pixel, counted as an impression
    POST /v1/events            a batch of events with a write key; 202 with what was refused
    POST /v1/postback/{key}    orders and refunds, signed by the shop's server
    GET  /landing.js           the snippet for landing pages
    GET  /v1/openapi.json      all this for machines

HEAD and prefetches are answered and never counted. When the disk refuses, all but a link get 503
with Retry-After; a buyer on a link is sent on all the same, uncounted, and that is counted.
"""

import asyncio
import logging
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from itertools import count

import msgspec

from linkstar.collector import landing_pages, postbacks
from linkstar.collector.group_commit import GroupCommit, Held, Reply
from linkstar.collector.limits import RateLimit
from linkstar.collector.nowhere import LEADS_NOWHERE
from linkstar.collector.openapi import DOCUMENT
from linkstar.collector.refusals import Refusals
from linkstar.collector.registry import Link, PostbackKey, RegistryFile, WriteKey, digest_of_key
from linkstar.collector.requests import (
    NO_STORE,
    Answer,
    BodyNotGzip,
    BodyTooLarge,
    Request,
    body_of,
    json_answer,
    refused,
    try_later,
)
from linkstar.collector.snippet import snippet
from linkstar.collector.sub_ids import SubIdRefused, read_sub_id, sub_id_in
from linkstar.collector.visitors import DailySalts, cut_address
from linkstar.events.journal import Journal, JournalBroken
from linkstar.events.wire import (
    Batch,
    BatchRefused,
    RefusedEvent,
    encode_line,
    read_batch,
    read_events,
)

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
SHOWN = Answer(200, PIXEL, (("content-type", "image/gif"), NO_STORE))
SEAL_SECONDS = 1.0
RETRY_SECONDS = 5
AGENT_LENGTH_MAX = 500
FORWARDED_LENGTH_MAX = 1_000
ANY_ORIGIN = ("access-control-allow-origin", "*")
PREFLIGHT = (
    ANY_ORIGIN,
    ("access-control-allow-methods", "POST"),
    ("access-control-allow-headers", "content-type, content-encoding, authorization"),
    ("access-control-max-age", "86400"),
)
PREFETCH_HEADERS = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})
PREFETCH_WORDS = (b"prefetch", b"prerender", b"preview")

PLAIN: dict[str, Callable[[], Answer]] = {
    "/landing.js": snippet,
    "/v1/openapi.json": lambda: json_answer(200, DOCUMENT, ANY_ORIGIN),
    "/healthz": lambda: Answer(200, b"ok", (("content-type", "text/plain"),)),
}

logger = logging.getLogger(__name__)


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
    sub_id: str | None = None


class Envelope(msgspec.Struct, kw_only=True):
    """The line before a batch: who sent it, seen from our side. Holds for the lines after it."""

    shop: int
    workspace: int
    received_at: datetime
    network: str
    agent: str
    visitor: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process takes.

    Attributes:
        events_per_second: of one shop in the long run; ten times as many at once.
        misses_per_minute: unknown links and keys from one address.
        free_ratio_min: of the journal's disk; with less nothing more is accepted.
    """

    events_per_second: float = 20_000
    misses_per_minute: float = 60
    free_ratio_min: float = 0.05


_encode = msgspec.json.Encoder().encode


class Collector:
    """Answers requests over one journal.

    Args:
        journal: owned by this process.
        registry: links and keys.
        salts: of the day, for visitors.
        trusted_proxies: how many proxies in front add themselves to X-Forwarded-For.
        limits: what is taken at most.
        now: the clock, aware and in UTC.
    """

    def __init__(
        self,
        journal: Journal,
        registry: RegistryFile,
        salts: DailySalts,
        *,
        trusted_proxies: int = 0,
        limits: Limits = Limits(),
        now: Callable[[], datetime],
    ) -> None:
        self._journal = journal
        self._group = GroupCommit(journal)
        self._registry = registry
        self._salts = salts
        self._trusted_proxies = trusted_proxies
        self._limits = limits
        self._now = now
        self._ids = count()
        self._id_prefix = secrets.token_hex(8)
        self._event_rate = RateLimit(
            per_second=limits.events_per_second, burst=limits.events_per_second * 10
        )
        half = limits.misses_per_minute / 2  # at once, and again over the minute
        self._miss_rate = RateLimit(per_second=half / 60, burst=half)
        self._is_disk_full = False
        self.refusals = Refusals(journal.directory)

    def handle(self, request: Request, reply: Reply) -> None:
        """Give the one answer to a request: at once, or once what it stands for is on disk."""
        said = self._answer(request)
        if isinstance(said, Answer):
            reply(said)
        elif self._is_disk_full:
            reply(said.otherwise())
        else:
            self._group.append(said, reply)

    def _answer(self, request: Request) -> Answer | Held:
        path = request.path
        allowed = methods_of(path)
        if allowed and request.method not in allowed:
            return refused(405, "method_not_allowed", ("allow", ", ".join(allowed)))
        if path.startswith("/p/") and path.endswith(".gif"):
            return self._pixel(path[3:-4], request)
        if path.startswith("/r/"):
            return self._redirect(path[3:], request)
        if path == "/v1/events":
            return self._events(request)
        if path.startswith("/v1/postback/"):
            return self._postback(path[13:], request)
        return plain(path) or self._missed(request, 404, "not_found")

    async def keep_up(self) -> None:
        """What was accepted can be loaded a second later; a disk that fills up is noticed."""
        clock = asyncio.get_running_loop().time
        while True:
            begun_at = clock()
            try:
                self._look_at_disk()
                await asyncio.to_thread(self._journal.seal)
                await asyncio.to_thread(self._journal.make_room)
            except (JournalBroken, OSError):
                logger.exception("the journal could not be sealed")
            if tally := self.refusals.unwritten():
                await asyncio.to_thread(self._write_down, tally)
            await asyncio.sleep(max(begun_at + SEAL_SECONDS - clock(), 0))

    def close(self) -> None:
        if tally := self.refusals.unwritten():
            self._write_down(tally)
        self._journal.close()

    def _write_down(self, tally: bytes) -> None:
        try:
            self.refusals.write(tally)
        except OSError:
            logger.exception("what was refused could not be written down")

    def _pixel(self, token: str, request: Request) -> Answer | Held:
        link = self._link(token)
        if link is None:
            return self._missed(request, 404, "link_unknown")
        if not counts(request):
            self._tally("fetched_ahead", link.shop)
            return SHOWN
        event = self._seen("impression", token, link, request)
        return Held(line_of(event), 1, SHOWN, lambda: self._turned_away(link.shop))

    def _redirect(self, token: str, request: Request) -> Answer | Held:
        link = self._link(token)
        if link is None:
            missed = self._missed(request, 404, "link_unknown")
            is_read = missed.status == 404 and "text/html" in request.header("accept")
            return LEADS_NOWHERE if is_read else missed
        uncounted = sent_on(link.destination)
        if not counts(request):
            self._tally("fetched_ahead", link.shop)
            return uncounted
        click = self._seen("click", token, link, request)
        counted = uncounted
        if link.passes_click:
            counted = moved(with_click(link.destination, click.event_id))

        def otherwise() -> Answer:
            self._tally("click_not_durable", link.shop)
            return uncounted

        return Held(line_of(click), 1, counted, otherwise)

    def _events(self, request: Request) -> Answer | Held:
        if request.method == "OPTIONS":
            return Answer(204, b"", PREFLIGHT)
        key = self._key(request)
        if key is None:
            return self._missed(request, 401, "write_key_unknown")
        if key.is_public:
            return self._page_events(key, request)
        batch = self._read(request, read_batch, key.shop)
        if isinstance(batch, Answer):
            return batch
        return self._keep(batch, key.shop, self._envelope(key, request))

    def _page_events(self, key: WriteKey, request: Request) -> Answer | Held:
        if not landing_pages.is_own_page(request.header("origin"), key.hosts):
            return self._refused(403, "origin_not_allowed", key.shop, ANY_ORIGIN)
        if request.header("sec-gpc") == "1":
            self._tally("privacy_signal", key.shop)
            return Answer(204, b"", (ANY_ORIGIN,))
        batch = self._read(request, lambda body: self._seen_on_page(body, key, request), key.shop)
        said = batch if isinstance(batch, Answer) else self._keep(batch, key.shop, b"")
        if isinstance(said, Answer):
            return for_any_origin(said)
        return msgspec.structs.replace(
            said,
            answer=for_any_origin(said.answer),
            otherwise=lambda: for_any_origin(said.otherwise()),
        )

    def _postback(self, key_id: str, request: Request) -> Answer | Held:
        key = self._registry.current(time.monotonic()).postback_keys.get(key_id)
        if key is None:
            return self._missed(request, 401, "postback_key_unknown")

        def read(body: bytes) -> Batch:
            postbacks.check(
                key.secrets,
                message_id=request.header("webhook-id"),
                timestamp=request.header("webhook-timestamp"),
                signature=request.header("webhook-signature"),
                body=body,
                now=self._now().timestamp(),
            )
            return postbacks.read_postback(body)

        try:
            batch = self._read(request, read, key.shop)
        except postbacks.PostbackRefused as error:
            return self._missed(request, 401, error.code, key.shop)
        if isinstance(batch, Answer):
            return batch
        return self._keep(batch, key.shop, self._envelope(key, request))

    def _read(self, request: Request, read: Callable[[bytes], Batch], shop: int) -> Batch | Answer:
        """The batch a body holds, or the refusal of the whole of it."""
        try:
            return read(body_of(request))
        except BodyTooLarge:
            return self._refused(413, "body_too_large", shop)
        except BodyNotGzip:
            return self._refused(400, "not_gzip", shop)
        except BatchRefused as error:
            return self._refused(400, error.code, shop)

    def _keep(self, batch: Batch, shop: int, envelope: bytes) -> Answer | Held:
        cost = batch.events + len(batch.refused)
        if not self._event_rate.allows(str(shop), time.monotonic(), cost):
            seconds = self._event_rate.seconds_until(str(shop), cost)
            self._tally("too_many_per_second", shop, times=cost)
            return try_later(429, "too_many_events", seconds)
        latest = {bad.code: bad.detail for bad in batch.refused}
        for code, times in Counter(bad.code for bad in batch.refused).items():
            self._tally(code, shop, times=times, detail=latest[code])
        said = {"accepted": batch.events, "refused": batch.refused}
        if not batch.events:
            return json_answer(422, said)
        answer = json_answer(202, said)
        turned_away = partial(self._turned_away, shop, batch.events)
        return Held(batch.payload, batch.events, answer, turned_away, envelope)

    def _envelope(self, key: WriteKey | PostbackKey, request: Request) -> bytes:
        now = self._now()
        network, agent = self._sender(request)
        envelope = Envelope(
            shop=key.shop,
            workspace=key.workspace,
            received_at=now,
            network=network,
            agent=agent,
            visitor=self._salts.visitor(key.shop, network, agent, now),
        )
        return b'{"envelope":' + _encode(envelope) + b"}\n"

    def _seen_on_page(self, body: bytes, key: WriteKey, request: Request) -> Batch:
        """The events of a landing page, each with its viewer."""
        found = read_events(body)
        now = self._now()
        network, agent = self._sender(request)
        visitor = self._salts.visitor(key.shop, network, agent, now)
        kept: list[bytes] = []
        wrong: list[RefusedEvent] = []
        for index, event in found.events:
            if event.kind not in landing_pages.KINDS:
                detail = f"a page may not say `{event.kind}`"
                wrong.append(RefusedEvent(index, "kind_not_allowed", detail))
                continue
            line = landing_pages.seen(
                event,
                shop=key.shop,
                workspace=key.workspace,
                network=network,
                agent=agent,
                visitor=visitor,
                now=now,
            )
            kept.append(encode_line(line))
        every = sorted([*found.refused, *wrong], key=lambda one: one.index)
        return Batch(b"".join(kept), len(kept), tuple(every))

    def _seen(self, kind: str, token: str, link: Link, request: Request) -> LinkEvent:
        """A click or impression, as we saw it."""
        now = self._now()
        network, agent = self._sender(request)
        return LinkEvent(
            event_id=f"{self._id_prefix}{next(self._ids):x}",
            kind=kind,
            occurred_at=now,
            shop=link.shop,
            workspace=link.workspace,
            link=token,
            visitor=self._salts.visitor(link.shop, network, agent, now),
            network=network,
            agent=agent,
            sub_id=self._sub_id(token, link.shop, request.query, now) if request.query else None,
        )

    def _sub_id(self, token: str, shop: int, query: str, now: datetime) -> str | None:
        """What a signed sub-id says; one that is not ours is ignored and counted."""
        signed = sub_id_in(query)
        if signed is None:
            return None
        try:
            keys = self._registry.sub_id_keys
            return read_sub_id(signed, token=token, keys=keys, now=now.timestamp()).text
        except SubIdRefused:
            self._tally("sub_id_refused", shop)
            return None

    def _link(self, token: str) -> Link | None:
        link = self._registry.current(time.monotonic()).links.get(token)
        if link and link.expires_at is not None and self._now().timestamp() >= link.expires_at:
            return None
        return link

    def _key(self, request: Request) -> WriteKey | None:
        """From the header; a public key may stand in the address, as beacons have no headers."""
        keys = self._registry.current(time.monotonic()).keys
        scheme, _, key = request.header("authorization").partition(" ")
        if scheme.lower() == "bearer":
            return keys.get(digest_of_key(key))
        name, _, key = request.query.partition("=")
        found = keys.get(digest_of_key(key)) if name == "key" else None
        return found if found and found.is_public else None

    def _address(self, request: Request) -> str:
        if not self._trusted_proxies:
            return request.address
        forwarded = request.header("x-forwarded-for")[-FORWARDED_LENGTH_MAX:].split(",")
        return forwarded[-min(self._trusted_proxies, len(forwarded))].strip() or request.address

    def _sender(self, request: Request) -> tuple[str, str]:
        """The network and user agent of whoever asks; the address itself goes no further."""
        agent = request.header("user-agent")[:AGENT_LENGTH_MAX]
        return cut_address(self._address(request)), agent

    def _tally(self, code: str, shop: int, *, times: int = 1, detail: str = "") -> None:
        self.refusals.add(code, now=self._now(), shop=shop, times=times, detail=detail)

    def _refused(self, status: int, code: str, shop: int, *headers: tuple[str, str]) -> Answer:
        """A whole request of a shop's is refused."""
        self._tally(code, shop)
        return refused(status, code, *headers)

    def _missed(self, request: Request, status: int, code: str, shop: int = 0) -> Answer:
        """Whoever keeps guessing is told to wait; the address is kept in memory alone."""
        self._tally(code, shop)
        address = self._address(request)
        if not self._miss_rate.allows(address, time.monotonic()):
            return try_later(429, "too_many_misses", self._miss_rate.seconds_until(address))
        return refused(status, code)

    def _turned_away(self, shop: int, events: int = 1) -> Answer:
        self._tally("not_durable", shop, times=events)
        return try_later(503, "not_durable", RETRY_SECONDS)

    def _look_at_disk(self) -> None:
        disk = os.statvfs(self._journal.directory)
        self._is_disk_full = disk.f_bavail < disk.f_blocks * self._limits.free_ratio_min


def methods_of(path: str) -> tuple[str, ...]:
    """What an address can be asked with; nothing where there is no such address."""
    if path == "/v1/events":
        return ("POST", "OPTIONS")
    if path.startswith("/v1/postback/"):
        return ("POST",)
    is_known = path.startswith(("/r/", "/p/")) or path in PLAIN
    return ("GET", "HEAD") if is_known else ()


def plain(path: str) -> Answer | None:
    """What is the same for everybody and counts nothing."""
    make = PLAIN.get(path)
    return make() if make else None


def counts(request: Request) -> bool:
    """A person's request: not HEAD, and not a browser or an app fetching ahead of a click."""
    if request.method == "HEAD":
        return False
    if PREFETCH_HEADERS.isdisjoint(request.headers):
        return True
    said = b" ".join(request.headers.get(name, b"") for name in PREFETCH_HEADERS).lower()
    return not any(word in said for word in PREFETCH_WORDS)


@lru_cache(maxsize=10_000)
def sent_on(destination: str) -> Answer:
    """To where a link leads, remembered with its head: the same few links are followed most."""
    return moved(destination)


def moved(address: str) -> Answer:
    return Answer(302, b"", (("location", address), NO_STORE))


def for_any_origin(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body, (*answer.headers, ANY_ORIGIN))


def line_of(event: LinkEvent) -> bytes:
    return _encode(event) + b"\n"


def with_click(destination: str, click: str) -> str:
    """The same address, telling the landing page which click led to it."""
    address, hash_sign, fragment = destination.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}ls_click={click}{hash_sign}{fragment}"
