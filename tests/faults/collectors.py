"""A collector in a process of its own, clients that keep sending, and what is in its journal."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.app.collector.desk import KEY, POSTBACK_KEY, POSTBACK_SECRET, TOKEN
from tests.journals import payloads_in

from linkstar.collector.registry import (
    Link,
    PostbackKey,
    Registry,
    WriteKey,
    digest_of_key,
    write_registry,
)
from linkstar.events.journal import Journal

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 30
EVENT = {"kind": "click", "occurred_at": "2026-01-05T12:00:00Z", "creator": "bo"}


class Running:
    """A collector over `folder`, which can be ended and started again on the same port."""

    def __init__(
        self, folder: Path, program: str = "linkstar.collector.serve", **settings: str
    ) -> None:
        self.port = free_port()
        self.collector = folder / "collector"
        self.journal = self.collector / "journal"
        self._program = program
        self._settings = settings
        self._folder = folder
        link = Link(shop=1, workspace=1, destination="https://shop.example/1")
        key = WriteKey(shop=1, workspace=1)
        registry = Registry(
            links={TOKEN: link},
            keys={digest_of_key(KEY): key},
            postback_keys={
                POSTBACK_KEY: PostbackKey(shop=1, workspace=1, secrets=(POSTBACK_SECRET,))
            },
        )
        write_registry(folder / "collector" / "registry.json", registry)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", self._program, "127.0.0.1", str(self.port)],
            env={
                **os.environ,
                "LINKSTAR_DATA": str(self._folder),
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "LINKSTAR_COLLECTOR_EVENTS_PER_SECOND": "1000000",
                "LINKSTAR_COLLECTOR_FREE_RATIO_MIN": "0",
                **self._settings,
            },
        )
        wait_until_up(self.port)

    def end(self, how: signal.Signals, seconds: float = 20.0) -> float:
        """Send the signal; how long the end took."""
        told_at = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(seconds)
        return time.monotonic() - told_at

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str]]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body, {"Authorization": f"Bearer {KEY}"})
            answer = connection.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}

    def send(self, *events: dict) -> tuple[int, dict[str, str]]:
        return self.ask("POST", "/v1/events", b"\n".join(map(line, events)))

    def kept(self) -> list[str]:
        """The ids of all events on disk, after the end."""
        return [
            each for journal in sorted(self.collector.glob("journal*")) for each in ids_in(journal)
        ]


def ids_in(journal: Path) -> list[str]:
    """Of the events in a journal nobody writes to any more."""
    Journal(journal).close()
    lines = [json.loads(each) for payload in payloads_in(journal) for each in payload.splitlines()]
    return [each["event_id"] for each in lines if "event_id" in each]


@contextmanager
def running(
    folder: Path, program: str = "linkstar.collector.serve", **settings: str
) -> Iterator[Running]:
    collector = Running(folder, program, **settings)
    try:
        yield collector
    finally:
        collector.process.kill()
        collector.process.wait()


class Client(threading.Thread):
    """Sends one event after another, each until it is acknowledged, until it is told to stop."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(daemon=True)
        self.name = name
        self._port = port
        self._is_over = threading.Event()
        self.acknowledged: list[str] = []
        self.other_answers: set[int] = set()

    def stop(self) -> None:
        self._is_over.set()
        self.join(30)

    def run(self) -> None:
        number = 1
        while not self._is_over.is_set():
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)) as to:
                    while not self._is_over.is_set():
                        number += self._is_kept(to, f"{self.name}-{number}")
            except (OSError, http.client.HTTPException):
                self._is_over.wait(0.02)

    def _is_kept(self, connection: http.client.HTTPConnection, event_id: str) -> bool:
        body = line(EVENT | {"event_id": event_id})
        connection.request("POST", "/v1/events", body, {"Authorization": f"Bearer {KEY}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 202:
            self.other_answers.add(answer.status)
            return False
        self.acknowledged.append(event_id)
        return True


def line(event: dict) -> bytes:
    return json.dumps(event).encode()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_up(port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
    raise TimeoutError(port)
