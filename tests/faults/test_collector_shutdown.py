"""F12: the collector is told to stop under load: what it answered is on disk, and it stops soon."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from tests.app.collector.desk import EVENT, KEY

from linkstar.collector.registry import Registry, WriteKey, digest_of_key, write_registry
from linkstar.collector.serve import SECONDS_TO_FINISH
from linkstar.events.journal import Journal, read_sealed, sealed_segments

ROOT = Path(__file__).parents[2]
CLIENTS = 8
SECONDS_TO_START = 30


class Client(threading.Thread):
    """Sends one event after another and remembers those that were acknowledged."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(daemon=True)
        self.name = name
        self._port = port
        self.acknowledged: list[str] = []
        self.other_answers: set[int] = set()

    def run(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)) as connection:
            self._send(connection)

    def _send(self, connection: http.client.HTTPConnection) -> None:
        number = 0
        while True:
            number += 1
            event_id = f"{self.name}-{number}"
            body = json.dumps(EVENT | {"event_id": event_id})
            try:
                connection.request("POST", "/v1/events", body, {"Authorization": f"Bearer {KEY}"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 202:
                self.acknowledged.append(event_id)
            else:
                self.other_answers.add(answer.status)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_up(port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError(port)


class TestAStopUnderLoad:
    def test_loses_nothing_that_was_acknowledged_and_is_over_in_time(self, tmp_path: Path) -> None:
        port = free_port()
        write_registry(
            tmp_path / "collector" / "registry.json",
            Registry(keys={digest_of_key(KEY): WriteKey(shop=3, workspace=2)}),
        )
        environment = {
            **os.environ,
            "LINKSTAR_DATA": str(tmp_path),
            "PYTHONPATH": str(ROOT / "src"),
            "LINKSTAR_COLLECTOR_EVENTS_PER_SECOND": "1000000",
            "LINKSTAR_COLLECTOR_FREE_RATIO_MIN": "0",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "linkstar.collector.serve", "127.0.0.1", str(port)],
            env=environment,
        )
        try:
            wait_until_up(port)
            clients = [Client(f"c{n}", port) for n in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(1.5)
            told_at = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(SECONDS_TO_FINISH + 5)
            took = time.monotonic() - told_at
        finally:
            process.kill()
            process.wait()
        for client in clients:
            client.join(25)
        acknowledged = [event_id for client in clients for event_id in client.acknowledged]
        assert len(acknowledged) > 100
        assert {status for client in clients for status in client.other_answers} <= {503}
        assert took <= SECONDS_TO_FINISH
        journal = tmp_path / "collector" / "journal"
        Journal(journal).close()
        lines = [
            json.loads(line)
            for sealed in sealed_segments(journal)
            for frame in read_sealed(sealed)
            for line in frame.payload.splitlines()
        ]
        kept = [line["event_id"] for line in lines if "event_id" in line]
        assert len(kept) == len(set(kept))
        assert set(acknowledged) <= set(kept)
        assert len(kept) - len(acknowledged) <= CLIENTS, "at most what was under way"
