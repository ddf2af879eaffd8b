"""The collector process: `python -m linkstar.collector.serve HOST PORT`."""

import asyncio
import gc
import os
import resource
import signal
import sys
import time
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from linkstar.collector.app import Collector, Limits
from linkstar.collector.connection import Connection, Door
from linkstar.collector.registry import RegistryFile
from linkstar.collector.visitors import DailySalts
from linkstar.config.places import Places, places
from linkstar.events.journal import Journal, JournalLocked

SECONDS_TO_FINISH = 10
BACKLOG = 1_024


def build(where: Places) -> Collector:
    """The collector over a journal of the data directory, its registry and salts."""
    return Collector(
        open_journal(where.collector),
        RegistryFile(where.collector / "registry.json"),
        DailySalts(where.collector / "salts"),
        trusted_proxies=int(os.environ.get("LINKSTAR_TRUSTED_PROXIES", "0")),
        limits=limits(),
        now=lambda: datetime.now(UTC),
    )


def open_journal(folder: Path) -> Journal:
    """The first journal nobody writes to: several collectors may share a data directory.

    What a collector that is gone left open in another one is sealed, so that it can be loaded.
    """
    names = chain(["journal"], (f"journal-{number}" for number in count(2)))
    journal = next(filter(None, (free_journal(folder / name) for name in names)))
    for other in sorted(folder.glob("journal*")):
        if left := free_journal(other):
            left.close()
    return journal


def free_journal(directory: Path) -> Journal | None:
    try:
        return Journal(directory)
    except JournalLocked:
        return None


def limits() -> Limits:
    """As the environment says; the usual ones where it says nothing."""
    usual = Limits()
    said = os.environ.get
    return Limits(
        events_per_second=float(
            said("LINKSTAR_COLLECTOR_EVENTS_PER_SECOND", usual.events_per_second)
        ),
        misses_per_minute=int(
            said("LINKSTAR_COLLECTOR_MISSES_PER_MINUTE", usual.misses_per_minute)
        ),
        free_ratio_min=float(said("LINKSTAR_COLLECTOR_FREE_RATIO_MIN", usual.free_ratio_min)),
    )


async def serve(collector: Collector, host: str, port: int) -> None:
    """Answer until SIGTERM or ctrl-C; then finish what is under way, in ten seconds at most."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    door = Door(collector.handle)
    upkeep = [loop.create_task(collector.keep_up()), loop.create_task(_tick(door))]
    server = await loop.create_server(lambda: Connection(door), host, port, backlog=BACKLOG)
    await stop.wait()
    server.close()
    await door.close(within=SECONDS_TO_FINISH - 1)
    for task in upkeep:
        task.cancel()


async def _tick(door: Door) -> None:
    while True:
        door.tick(now=time.time(), seconds=asyncio.get_running_loop().time())
        await asyncio.sleep(1)


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    collector = build(places())
    gc.freeze()  # what is there now stays; the collector of garbage need not look at it again
    try:
        asyncio.run(serve(collector, host, port))
    finally:
        collector.close()


if __name__ == "__main__":
    main()
