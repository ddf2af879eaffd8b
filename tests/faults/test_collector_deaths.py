"""F1, F11, F12: the collector is stopped or killed under load, or its answers do not arrive."""

import random
import signal
import socket
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from tests.app.collector.desk import KEY
from tests.app.lake.journals import Desk
from tests.faults.collectors import EVENT, Client, Running, line, running

from linkstar.collector.serve import SECONDS_TO_FINISH
from linkstar.lake.verify import verify

CLIENTS = 8


def under_load(collector: Running, seconds: float) -> list[Client]:
    clients = [Client(f"c{n}", collector.port) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(seconds)
    return clients


def acknowledged(clients: list[Client]) -> list[str]:
    return [event_id for client in clients for event_id in client.acknowledged]


def check_counted_once(collector: Running, events: set[str]) -> None:
    """Each event of the journal is a row of the facts, however often it was delivered."""
    desk = Desk(collector.journal.parent)
    load = desk.load()
    assert load.received == load.stored + load.duplicates
    stored = Counter(row["event_id"] for row in desk.rows(columns="event_id"))
    assert set(stored.values()) == {1}
    assert set(stored) == events
    assert verify(desk.lake) == []


class TestAStopUnderLoad:
    def test_loses_nothing_that_was_acknowledged_and_is_over_in_time(self, tmp_path: Path) -> None:
        with running(tmp_path) as collector:
            clients = under_load(collector, 1.5)
            took = collector.end(signal.SIGTERM, SECONDS_TO_FINISH + 5)
            for client in clients:
                client.stop()
            kept = collector.kept()
        told = acknowledged(clients)
        assert len(told) > 100
        assert {status for client in clients for status in client.other_answers} <= {503}
        assert took <= SECONDS_TO_FINISH
        assert len(kept) == len(set(kept))
        assert set(told) <= set(kept)
        assert len(kept) - len(told) <= CLIENTS, "at most what was under way"


class TestAKillUnderLoad:
    def check(self, folder: Path, rounds: int) -> None:
        with running(folder) as collector:
            clients = under_load(collector, 0.0)
            for _ in range(rounds):
                time.sleep(0.6)
                collector.end(signal.SIGKILL)
                collector.start()
            time.sleep(0.3)
            for client in clients:
                client.stop()
            collector.end(signal.SIGTERM)
            kept = collector.kept()
        told = acknowledged(clients)
        assert len(told) > 100
        assert set(told) <= set(kept)
        assert len(set(kept)) - len(told) <= CLIENTS
        check_counted_once(collector, set(kept))

    def test_loses_nothing_and_what_is_sent_again_counts_once(self, tmp_path: Path) -> None:
        self.check(tmp_path, 2)

    @pytest.mark.long
    def test_again_and_again_loses_nothing(self, tmp_path: Path) -> None:
        self.check(tmp_path, 40)


class TestAnAnswerThatIsCutOff:
    """The client hangs up at some moment before it has read the answer, and sends again."""

    def check(self, folder: Path, cuts: int) -> None:
        chance = random.Random(11)
        with running(folder) as collector:
            for number in range(cuts):
                events = [EVENT | {"event_id": f"e{number}-{n}"} for n in range(3)]
                for _ in range(chance.randint(1, 2)):
                    hang_up(collector.port, events, chance.choice([0.0, 0.0005, 0.002, 0.01]))
                assert collector.send(*events)[0] == 202
            collector.end(signal.SIGTERM)
            kept = collector.kept()
        expected = {f"e{number}-{n}" for number in range(cuts) for n in range(3)}
        assert set(kept) == expected
        assert len(kept) > len(expected), "what was cut off had been kept, at least once"
        check_counted_once(collector, expected)

    def test_doubles_nothing(self, tmp_path: Path) -> None:
        self.check(tmp_path, 40)

    @pytest.mark.long
    def test_a_thousand_times_doubles_nothing(self, tmp_path: Path) -> None:
        self.check(tmp_path, 1_000)


def hang_up(port: int, events: list[dict], seconds: float) -> None:
    """Send a batch whole and close the connection so long after, whatever came back."""
    body = b"\n".join(map(line, events))
    head = f"POST /v1/events HTTP/1.1\r\nAuthorization: Bearer {KEY}\r\nHost: x\r\n"
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        time.sleep(seconds)
