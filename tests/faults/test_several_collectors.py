"""F1, F7, F12 with two collectors at one port: one hangs or dies, an event comes to both."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.lake.journals import Desk
from tests.faults.collectors import EVENT, Client, Running, ids_in, running
from tests.faults.two_collectors import WORKERS

from linkstar.collector.serve import SECONDS_TO_FINISH
from linkstar.lake.verify import verify

TWO = "tests.faults.two_collectors"
CLIENTS = 8


@pytest.fixture
def one_socket() -> str:
    return ""


@pytest.fixture
def collector(tmp_path: Path, one_socket: str):
    with running(tmp_path, TWO, ONE_SOCKET=one_socket) as two:
        wait_until(lambda: len(workers_of(two)) == WORKERS)
        yield two


def workers_of(collector: Running) -> list[int]:
    pid = collector.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def acknowledged(clients: list[Client]) -> list[str]:
    return [event_id for client in clients for event_id in client.acknowledged]


def wait_until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


class TestOneOfTwoCollectors:
    def test_that_hangs_and_is_killed_leaves_the_other_at_work_and_loses_nothing(
        self, collector: Running
    ) -> None:
        clients = [Client(f"c{n}", collector.port) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        wait_until(lambda: all(client.acknowledged for client in clients))
        for stuck in workers_of(collector):
            os.kill(stuck, signal.SIGSTOP)
            before = len(acknowledged(clients))
            wait_until(lambda: len(acknowledged(clients)) > before + 50)  # noqa: B023
            os.kill(stuck, signal.SIGKILL)
            wait_until(lambda: len(set(workers_of(collector)) - {stuck}) == WORKERS)  # noqa: B023
            told = Counter({client.name: len(client.acknowledged) for client in clients})
            wait_until(lambda: all(len(c.acknowledged) > told[c.name] for c in clients))  # noqa: B023
        for client in clients:
            client.stop()
        assert collector.end(signal.SIGTERM) <= SECONDS_TO_FINISH
        kept = collector.kept()
        told = acknowledged(clients)
        assert {status for client in clients for status in client.other_answers} <= {503}
        assert set(told) <= set(kept)
        assert len(set(kept)) - len(told) <= CLIENTS * WORKERS, "at most what was under way"
        assert sorted(each.name for each in collector.collector.glob("journal*")) == [
            "journal",
            "journal-2",
        ]

    @pytest.mark.parametrize("one_socket", ["", "1"])
    def test_and_the_other_end_in_time_and_keep_what_they_acknowledged(
        self, collector: Running
    ) -> None:
        clients = [Client(f"c{n}", collector.port) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        wait_until(lambda: len(acknowledged(clients)) > 100)
        assert collector.end(signal.SIGTERM) <= SECONDS_TO_FINISH
        for client in clients:
            client.stop()
        told, kept = acknowledged(clients), collector.kept()
        assert set(told) <= set(kept)
        assert len(kept) == len(set(kept))
        assert len(kept) - len(told) <= CLIENTS


class TestAnEventSentToBoth:
    EVENTS, TIMES = 20, 8

    def test_counts_once(self, tmp_path: Path) -> None:
        names = {f"e{number}" for number in range(self.EVENTS)}
        with running(tmp_path, TWO) as collector:
            for _ in range(self.TIMES):
                for name in names:
                    assert collector.send(EVENT | {"event_id": name})[0] == 202
            collector.end(signal.SIGTERM)
        journals = sorted(collector.collector.glob("journal*"))
        held = [set(ids_in(journal)) for journal in journals]
        assert held[0] & held[1], "some came to both"
        desks = [Desk(collector.collector, journal.name) for journal in journals]
        loads = [desk.load() for desk in desks]
        assert sum(load.stored for load in loads) == self.EVENTS
        assert sum(load.duplicates for load in loads) == self.EVENTS * (self.TIMES - 1)
        assert Counter(row["event_id"] for row in desks[0].rows()) == Counter(names)
        assert verify(desks[0].lake) == []
