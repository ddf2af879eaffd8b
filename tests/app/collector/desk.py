"""One collector over a fresh directory, asked without a server between."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.journals import payloads_in

from linkstar.collector.app import Collector, Limits
from linkstar.collector.registry import (
    Link,
    PostbackKey,
    Registry,
    RegistryFile,
    WriteKey,
    digest_of_key,
    write_registry,
)
from linkstar.collector.visitors import DailySalts
from linkstar.events.journal import Journal

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
TOKEN, EXPIRED, KEY = "aB3dE5fG7h", "zZ9yY8xX7w", "ls_live_lin"
PASSING, PAGE_KEY = "pP1qQ2rR3s", "ls_page_lin"
POSTBACK_KEY, POSTBACK_SECRET = "key_orders", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="
SUB_ID_KEY = b"k" * 32
EVENT = {"event_id": "e-1", "kind": "click", "occurred_at": "2026-10-22T10:09:00Z", "link": TOKEN}

USUAL = Limits()


class Asked:
    """A request, as a server would hand it over."""

    def __init__(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        self.method = method
        self.path, _, self.query = path.partition("?")
        self.address = "203.0.113.77"
        self.body = body
        self.headers = {
            name.replace("_", "-").encode(): value.encode() for name, value in headers.items()
        }

    def header(self, name: str) -> str:
        return self.headers.get(name.encode(), b"").decode()


async def answer_of(collector, asked: Asked):
    answered = asyncio.get_running_loop().create_future()
    collector.handle(asked, answered.set_result)
    return await answered


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


def registry_of_desk(path: Path) -> None:
    """Links, one of them run out, and keys of all kinds."""
    write_registry(
        path,
        Registry(
            links={
                TOKEN: Link(shop=3, workspace=2, destination="https://shop.example/p/1"),
                PASSING: Link(
                    shop=3,
                    workspace=2,
                    destination="https://shop.example/p/1?c=2#top",
                    passes_click=True,
                ),
                EXPIRED: Link(shop=3, workspace=2, destination="https://x.example", expires_at=1.0),
            },
            keys={
                digest_of_key(KEY): WriteKey(shop=3, workspace=2),
                digest_of_key(PAGE_KEY): WriteKey(
                    shop=3, workspace=2, is_public=True, hosts=("shop.example",)
                ),
            },
            postback_keys={
                POSTBACK_KEY: PostbackKey(shop=3, workspace=2, secrets=(POSTBACK_SECRET,))
            },
            sub_id_keys={"k1": SUB_ID_KEY.hex()},
        ),
    )


class Desk:
    """One collector over a fresh directory, and the requests of a test."""

    def __init__(self, folder: Path, limits: Limits = USUAL) -> None:
        self.folder = folder
        registry_of_desk(folder / "registry.json")
        self.journal = Journal(folder / "journal")
        self.collector = Collector(
            self.journal,
            RegistryFile(folder / "registry.json"),
            DailySalts(folder / "salts"),
            limits=limits,
            now=lambda: NOW,
        )

    def ask(
        self, method: str, path: str, *, body: bytes = b"", agent: str = "Phone", **headers: str
    ) -> Answered:
        return self.ask_together([(method, path, body, {"user-agent": agent, **headers})])[0]

    def ask_together(
        self, requests: Sequence[tuple[str, str, bytes, dict[str, str]]]
    ) -> list[Answered]:
        async def all_of_them() -> list[Answered]:
            return await asyncio.gather(*(self._one(*request) for request in requests))

        return asyncio.run(all_of_them())

    async def _one(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answered:
        answer = await answer_of(self.collector, Asked(method, path, body, headers))
        return Answered(answer.status, dict(answer.headers), answer.body)

    def send_events(self, body: bytes, **headers: str) -> Answered:
        return self.ask("POST", "/v1/events", body=body, authorization=f"Bearer {KEY}", **headers)

    def stored(self) -> list[dict[str, object]]:
        self.journal.seal()
        payloads = payloads_in(self.journal.directory)
        return [json.loads(line) for payload in payloads for line in payload.splitlines()]
