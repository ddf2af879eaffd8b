"""Loading what the collector accepted: every event counted once, every line accounted for.

A load takes the sealed segments of one journal that are not in the facts yet. The number of the
last one travels in the same commit as the events, so no crash and no second loader can make an
event count twice. What became of each line is written down before that commit and becomes a fact
after it (`receipts`, `set_aside`); a load that was cut short is finished by the next one.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from uuid import uuid4

import duckdb

from linkstar.events.journal import Sealed, sealed_segments
from linkstar.lake.journaled_keeping import keep, write_events
from linkstar.lake.journaled_lines import archive, lines_of
from linkstar.lake.journaled_receipts import (
    finish_interrupted,
    make_durable,
    make_facts,
    write_down,
)
from linkstar.lake.journaled_resolving import Directory, resolve
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.store import Change, Lake, Overtaken
from linkstar.lake.tables import EVENTS_TABLE

BYTES_AT_ONCE = 256 * 1024 * 1024
JOURNAL_PREFIX = "journal:"
"""What the `import_id` of events from a journal begins with."""


@dataclass(frozen=True, slots=True)
class JournalLoad:
    """What one load did: `received = stored + duplicates + conflicts + quarantined`."""

    segments: int = 0
    received: int = 0
    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    quarantined: int = 0


class LoaderBusy(RuntimeError):
    """Another process is loading this journal."""


def load_journal(lake: Lake, journal: Path, directory: Directory, *, now: datetime) -> JournalLoad:
    """Load the sealed segments of a journal that are not loaded yet, and move them to `archive/`.

    Args:
        lake: where to.
        journal: a collector's folder.
        directory: who knows links, shops and devices.
        now: the instant of loading.

    Returns:
        What was done; all zero where there was nothing to do. Up to `BYTES_AT_ONCE` in one call.

    Raises:
        LoaderBusy: another process is at it.
    """
    if not sealed_segments(journal):
        return JournalLoad()
    with _only_loader(journal):
        name = journal_name(journal)
        finish_interrupted(lake, journal, name, now=now)
        loaded = lake.opened(EVENTS_TABLE).journaled_up_to(name)
        waiting = sealed_segments(journal)
        archive(sealed for sealed in waiting if sealed.number <= loaded)
        batch = _batch([sealed for sealed in waiting if sealed.number > loaded])
        return _load(lake, journal, name, batch, directory, now=now) if batch else JournalLoad()


def journal_name(journal: Path) -> str:
    """What this journal is called in the facts; made with the journal and lost with it."""
    path = journal / "name"
    if not path.exists():
        fresh = journal / f".name-{uuid4().hex}"
        fresh.write_text(f"{JOURNAL_PREFIX}{uuid4().hex}")
        make_durable(fresh)
        fresh.rename(path)
        make_durable(journal)
    return path.read_text()


@contextmanager
def _only_loader(journal: Path) -> Iterator[None]:
    with (journal / "loader.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LoaderBusy(str(journal)) from error
        yield


def _batch(waiting: Sequence[Sealed]) -> list[Sealed]:
    """The first of the waiting segments, at least one, that together fit into memory."""
    taken = 0

    def fits(sealed: Sealed) -> bool:
        nonlocal taken
        taken += sealed.path.stat().st_size
        return taken <= BYTES_AT_ONCE

    return [*waiting[:1], *takewhile(fits, waiting[1:])]


def _load(
    lake: Lake,
    journal: Path,
    name: str,
    batch: Sequence[Sealed],
    directory: Directory,
    *,
    now: datetime,
) -> JournalLoad:
    lines = lines_of(batch)
    last = batch[-1].number
    with lake.duckdb.cursor() as cursor:
        resolve(cursor, lines.table, directory)
        for _ in range(ATTEMPTS):
            seen = lake.opened(EVENTS_TABLE)
            keep(lake, cursor, seen)
            write_down(cursor, journal, name, last, lines.rotten, now=now)
            files = write_events(lake, cursor, name)
            try:
                lake.commit(seen, Change(add=files, journal=(name, last)), now)
            except Overtaken:
                lake.discard(EVENTS_TABLE, files)
                continue
            make_facts(lake, journal, name, last, now=now)
            archive(batch)
            return _told(cursor, len(batch))
    raise Overtaken(EVENTS_TABLE.name, ATTEMPTS)


def _told(cursor: duckdb.DuckDBPyConnection, segments: int) -> JournalLoad:
    columns = "received, stored, duplicates, conflicts, quarantined"
    sums = ", ".join(f"coalesce(sum({each}), 0)::BIGINT" for each in columns.split(", "))
    [sums_of_all] = cursor.execute(f"SELECT {sums} FROM receipts").fetchall()
    return JournalLoad(segments, *sums_of_all)
