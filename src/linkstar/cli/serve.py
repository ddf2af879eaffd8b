"""The supervisor behind `linkstar serve`: web server, worker and collectors, kept as one.

Collectors answer at one port, which the supervisor holds open: where one of them dies, the others
go on, and who has come to the dead one waits until it is there again.

The children run in sessions of their own, so that ctrl-C reaches the supervisor alone and it can
end them in order; all end by themselves when the supervisor is gone.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linkstar.collector.serve import listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SECONDS_TO_FINISH = 10.0
SECONDS_BETWEEN_LOOKS = 0.2
RESTARTS_MAX = 5
SECONDS_OF_CALM = 60.0
WORKERS_MAX = 4


class PortInUse(OSError):
    """Something else listens there already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host = host
        self.port = port


class ChildStopped(RuntimeError):
    """A child process ended by itself, and starting it again did not help."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(name, code)
        self.name = name
        self.code = code


@dataclass
class Child:
    """One supervised process, the open port it answers at, and how often it was started again."""

    name: str
    arguments: Sequence[str]
    listener: socket.socket | None = None
    process: subprocess.Popen[bytes] = field(init=False)
    restarts: int = 0
    started: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  # our own module, no shell
            [sys.executable, "-m", *self.arguments],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[self.listener.fileno()] if self.listener else [],
        )
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Start it again if it ended.

        Raises:
            ChildStopped: it keeps ending.
        """
        code = self.process.poll()
        if code is None:
            return
        if time.monotonic() - self.started > SECONDS_OF_CALM:
            self.restarts = 0
        if self.restarts == RESTARTS_MAX:
            raise ChildStopped(self.name, code)
        self.restarts += 1
        self.close_lifeline()
        self.start()

    def ask_to_end(self) -> None:
        """Whoever comes from now on is not let wait for somebody who will not answer."""
        if self.listener:
            self.listener.close()
        if self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for the end until the deadline, then end the whole process group."""
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.close_lifeline()

    def close_lifeline(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int | None = None,
    when_ready: Callable[[str], None],
) -> None:
    """Bring the records up to date, then serve pages and run jobs until SIGTERM or ctrl-C.

    `when_ready` is called once with the address, when the first page can be asked for.

    Raises:
        PortInUse: before anything is changed or started.
        ChildStopped: one of the three could not be kept running.
    """
    refuse_taken_port(host, port)
    door = collector_port(port)
    refuse_taken_port(host, door)
    os.environ["LINKSTAR_COLLECTOR_PORT"] = str(door)
    bring_records_up_to_date()
    count = workers or one_per_core()
    web = Child("web", ["linkstar.cli.web_process", host, str(port), str(count)])
    worker = Child("worker", ["linkstar.jobs.worker", "--supervised"])
    children = [web, worker, *collectors(host, door, collector_workers())]
    with told_to_stop() as stop:
        supervise(children, stop, host=host, port=port, when_ready=when_ready)


def serve_collectors(
    *, host: str, port: int, workers: int | None = None, when_ready: Callable[[str], None]
) -> None:
    """Follow links and take events until SIGTERM or ctrl-C, without pages and background work.

    Raises:
        PortInUse: before anything is started.
        ChildStopped: one of the processes could not be kept running.
    """
    refuse_taken_port(host, port)
    children = collectors(host, port, workers or collector_workers())
    with told_to_stop() as stop:
        supervise(children, stop, host=host, port=port, when_ready=when_ready)


def collectors(host: str, port: int, workers: int) -> list[Child]:
    """So many processes that answer at one port, each with a journal of its own."""
    module = "linkstar.cli.collector_process"
    return [
        Child("collector", [module, str(listener.fileno()), str(workers)], listener)
        for listener in listening(host, port, workers=workers)
    ]


def collector_workers() -> int:
    """How many processes follow links: `LINKSTAR_COLLECTOR_WORKERS`, or one per core."""
    return int(os.environ.get("LINKSTAR_COLLECTOR_WORKERS") or one_per_core())


def one_per_core() -> int:
    """Four at most."""
    return min(os.cpu_count() or 1, WORKERS_MAX)


def collector_port(port: int) -> int:
    """Where links are followed: `LINKSTAR_COLLECTOR_PORT`, or the port after that of the pages."""
    return int(os.environ.get("LINKSTAR_COLLECTOR_PORT") or port + 1)


def refuse_taken_port(host: str, port: int) -> None:
    """Raises PortInUse when nobody else could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            raise PortInUse(host, port) from refused


def bring_records_up_to_date() -> None:
    """Apply the migrations this version brings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkstar.config.settings")
    import django

    from linkstar.cli.installation import migrate

    django.setup()
    migrate()


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and ctrl-C set."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def supervise(
    children: Sequence[Child],
    stop: threading.Event,
    *,
    host: str,
    port: int,
    when_ready: Callable[[str], None],
) -> None:
    """Start the children, look after them, and end them together."""
    ready = False
    try:
        for child in children:
            child.start()
        while not stop.wait(SECONDS_BETWEEN_LOOKS):
            for child in children:
                child.look_after()
            if not ready and answers(host, port):
                ready = True
                when_ready(f"http://{host}:{port}")
    finally:
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + SECONDS_TO_FINISH
        for child in children:
            child.end(deadline)


def answers(host: str, port: int) -> bool:
    """True when somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
