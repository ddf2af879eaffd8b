"""F4, F5: the disk of a running collector is full, or fails to sync, and then works again."""

import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.collector.desk import TOKEN
from tests.faults.collectors import EVENT, Running, running

BAD_DISK = "tests.faults.collector_on_a_bad_disk"
SECONDS_TO_REFUSE, SECONDS_TO_RECOVER = 1.0, 10.0

Fault = Callable[[Running, Path], Callable[[], object]]


def no_room_for_files(collector: Running, folder: Path) -> Callable[[], object]:
    """The system itself refuses the process files of more than 100 bytes."""
    pid = collector.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    return lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def named(sign: str) -> Fault:
    def begin(collector: Running, folder: Path) -> Callable[[], object]:
        (folder / sign).touch()
        return (folder / sign).unlink

    return begin


FAULTS = {"ENOSPC": named("enospc"), "EIO": named("eio")}
if hasattr(resource, "prlimit"):  # where one process may set another's limits
    FAULTS["a limit of the system"] = no_room_for_files


class Sender:
    """Sends one event after another and remembers what was acknowledged."""

    def __init__(self, collector: Running) -> None:
        self._collector = collector
        self._number = 0
        self.acknowledged: list[str] = []
        self.refused: list[str] = []

    def send(self) -> int:
        self._number += 1
        event_id = f"e{self._number}"
        status, headers = self._collector.send(EVENT | {"event_id": event_id, "promo_code": "x"})
        if status == 202:
            self.acknowledged.append(event_id)
        else:
            assert status == 503
            assert int(headers["retry-after"]) >= 1
            self.refused.append(event_id)
        return status

    def seconds_until(self, status: int, most: float) -> float:
        start = time.monotonic()
        while self.send() != status:
            assert time.monotonic() - start < most, f"no {status} in {most} seconds"
            time.sleep(0.02)
        return time.monotonic() - start


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
class TestADisk:
    def test_that_fails_is_told_at_once_links_go_on_and_it_recovers(
        self, tmp_path: Path, fault: Fault
    ) -> None:
        with running(tmp_path, BAD_DISK) as collector:
            sender = Sender(collector)
            for _ in range(2):
                assert [sender.send() for _ in range(5)] == [202] * 5
                mend = fault(collector, tmp_path)
                sender.seconds_until(503, SECONDS_TO_REFUSE)
                time.sleep(1.2)  # the segment that was open is to be sealed meanwhile
                assert [sender.send() for _ in range(5)] == [503] * 5
                assert collector.ask("GET", f"/p/{TOKEN}.gif")[0] == 503
                assert collector.ask("GET", f"/r/{TOKEN}")[0] == 302
                assert collector.ask("GET", "/healthz")[0] == 200
                mend()
                sender.seconds_until(202, SECONDS_TO_RECOVER)
            collector.end(signal.SIGTERM)
            kept = collector.kept()
        ours = [event_id for event_id in kept if event_id.startswith("e")]
        assert len(ours) == len(set(ours))
        assert set(sender.acknowledged) <= set(ours)
        assert set(ours) <= {*sender.acknowledged, *sender.refused}
