"""Granian's own interface (RSGI) to the collector: the shortest way from socket to answer."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from linkstar.collector.app import Collector


class Headers(Protocol):
    def get(self, key: str, default: str | None = None) -> str | None: ...


class Scope(Protocol):
    proto: str
    client: str
    method: str
    path: str
    query_string: str
    headers: Headers


class Exchange(Protocol):
    """Granian's protocol object: the body comes in, one answer goes out."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


class RsgiRequest:
    """A request as granian hands it over."""

    __slots__ = ("_exchange", "_headers", "_scope", "address", "method", "path", "query")

    def __init__(self, scope: Scope, exchange: Exchange) -> None:
        self._headers = scope.headers
        self._exchange = exchange
        self.method = scope.method
        self.path = scope.path
        self.query = scope.query_string
        self.address = scope.client.rpartition(":")[0].strip("[]")

    def header(self, name: str) -> str:
        return self._headers.get(name) or ""

    async def parts(self) -> AsyncIterator[bytes]:
        async for part in self._exchange:
            yield bytes(part)


class RsgiCollector:
    """What granian's worker runs."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._upkeep: asyncio.Task[None] | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._upkeep = loop.create_task(self._collector.keep_up())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._upkeep:
            self._upkeep.cancel()
        self._collector.close()

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        if scope.proto != "http":
            return
        answer = await self._collector.answer(RsgiRequest(scope, exchange))
        exchange.response_bytes(answer.status, list(answer.headers), answer.body)
