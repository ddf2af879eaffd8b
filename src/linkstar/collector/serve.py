"""The collector process: `python -m linkstar.collector.serve HOST PORT`.

Several may answer at one port: whoever starts them opens it for each and hands it down, so that a
connection waiting to be taken outlives the process that would have taken it. Each writes to a
journal of its own.
"""

import asyncio
import fcntl
import gc
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

import uvloop

from linkstar.collector.app import Collector, Limits
from linkstar.collector.connection import Connection, Door
from linkstar.collector.registry import RegistryFile
from linkstar.collector.visitors import DailySalts
from linkstar.config.places import Places, places
from linkstar.events.journal import Journal, JournalLocked

SECONDS_TO_FINISH = 10
BACKLOG = 1_024
FIRST_ROOM_FOR = 1 << 20
"""Bytes: about a second of as many single events as a process can take."""
TAKEN_AT_ONCE = 16
"""So many waiting connections a process takes in a turn: those it has taken wait for it, too."""


def listening(host: str, port: int, *, workers: int = 1) -> list[socket.socket]:
    """The open port, for each process that is to answer at it.

    Linux shares connections out among sockets of one port, however many come at once. Elsewhere the
    last socket would get them all, so that the processes take them from one they have in common.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    is_shared_out = sys.platform == "linux" and workers > 1
    opened = [
        socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=is_shared_out)
        for _ in range(workers if is_shared_out else 1)
    ]
    return opened if is_shared_out else opened * workers


def build(where: Places, *, workers: int = 1) -> Collector:
    """The collector over a journal of the data directory, its registry and salts.

    Args:
        where: everything lies.
        workers: how many processes like this one answer together.
    """
    return Collector(
        open_journal(where.collector),
        RegistryFile(where.collector / "registry.json"),
        DailySalts(where.collector / "salts"),
        trusted_proxies=int(os.environ.get("LINKSTAR_TRUSTED_PROXIES", "0")),
        limits=limits(workers),
        now=lambda: datetime.now(UTC),
    )


def open_journal(folder: Path) -> Journal:
    """The first journal nobody writes to: several collectors may share a data directory.

    What a collector that is gone left open in another one is sealed, so that it can be loaded.
    """
    names = chain(["journal"], (f"journal-{number}" for number in count(2)))
    with _one_at_a_time(folder):
        found = (free_journal(folder / name, room_for=FIRST_ROOM_FOR) for name in names)
        journal = next(filter(None, found))
        for other in sorted(path for path in folder.glob("journal*") if path.is_dir()):
            if left := free_journal(other):
                left.close()
    return journal


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """While one looks into the others' journals, those are not taken for somebody's."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "choosing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def free_journal(directory: Path, *, room_for: int = 0) -> Journal | None:
    try:
        return Journal(directory, room_for=room_for)
    except JournalLocked:
        return None


def limits(workers: int = 1) -> Limits:
    """Of one of so many: its share of what the environment, or else `Limits`, allows them all."""
    usual = Limits()
    said = os.environ.get
    together = Limits(
        events_per_second=float(
            said("LINKSTAR_COLLECTOR_EVENTS_PER_SECOND", usual.events_per_second)
        ),
        misses_per_minute=float(
            said("LINKSTAR_COLLECTOR_MISSES_PER_MINUTE", usual.misses_per_minute)
        ),
        free_ratio_min=float(said("LINKSTAR_COLLECTOR_FREE_RATIO_MIN", usual.free_ratio_min)),
    )
    return replace(
        together,
        events_per_second=together.events_per_second / workers,
        misses_per_minute=together.misses_per_minute / workers,
    )


async def serve(collector: Collector, listener: socket.socket) -> None:
    """Answer until SIGTERM or ctrl-C; then finish what is under way, in ten seconds at most."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    door = Door(collector.handle)
    upkeep = [loop.create_task(collector.keep_up()), loop.create_task(_tick(door))]
    server = await loop.create_server(
        lambda: Connection(door), sock=listener, backlog=TAKEN_AT_ONCE
    )
    listener.listen(BACKLOG)  # asyncio knows one number for both
    await stop.wait()
    server.close()
    await door.close(within=SECONDS_TO_FINISH - 1)
    for task in upkeep:
        task.cancel()


async def _tick(door: Door) -> None:
    while True:
        door.tick(now=time.time(), seconds=asyncio.get_running_loop().time())
        await asyncio.sleep(1)


def run(listener: socket.socket, *, workers: int = 1) -> None:
    """Answer at an open port until told to stop, as one of so many processes."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    collector = build(places(), workers=workers)
    gc.freeze()  # what is there now stays; the collector of garbage need not look at it again
    try:
        uvloop.run(serve(collector, listener))
    finally:
        collector.close()


def main() -> None:
    [listener] = listening(sys.argv[1], int(sys.argv[2]))
    run(listener)


if __name__ == "__main__":
    main()
