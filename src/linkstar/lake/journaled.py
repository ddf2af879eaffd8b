"""Loading what the collector accepted: every event counted once, every line accounted for.

A load takes the sealed segments of one journal that are not in the facts yet. The number of the
last one travels in the same commit as the events, so no crash and no second loader can make an
event count twice. What became of each line is written down before that commit and becomes a fact
after it (`receipts`, `set_aside`); a load that was cut short is finished by the next one.
"""

import fcntl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import duckdb
import pyarrow as pa

from linkstar.events.journal import Sealed, sealed_segments
from linkstar.lake.deciding import count_decisions, match_decisions, told_of_decisions
from linkstar.lake.journaled_history import (
    DECISIONS_PREFIX,
    PastLoad,
    Untold,
    journal_name,
    remember,
)
from linkstar.lake.journaled_keeping import keep, write_events
from linkstar.lake.journaled_lines import Lines, archive, lines_of
from linkstar.lake.journaled_receipts import (
    ROTTEN_NOW,
    SET_ASIDE_NOW,
    count_lines,
    finish_interrupted,
    make_facts,
    write_down,
)
from linkstar.lake.journaled_resolving import Directory, resolve
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.store import Change, Lake, Overtaken
from linkstar.lake.tables import EVENTS_TABLE, SET_ASIDE, SET_ASIDE_TABLE

BYTES_AT_ONCE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class JournalLoad:
    """What one load did: `received = stored + duplicates + conflicts + quarantined + dismissed`.

    Decisions receive nothing: they take from `quarantined` and `conflicts` what they add elsewhere.
    """

    segments: int = 0
    received: int = 0
    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    quarantined: int = 0
    dismissed: int = 0


class LoaderBusy(RuntimeError):
    """Another process is loading this journal."""


def load_journal(
    lake: Lake,
    journal: Path,
    directory: Directory,
    *,
    now: datetime,
    untold: Iterable[Untold] = (),
) -> JournalLoad:
    """Load the sealed segments of a journal that are not loaded yet, and move them to `archive/`.

    Args:
        lake: where to.
        journal: a collector's folder, or that of people's decisions.
        directory: who knows links, shops and devices.
        now: the instant of loading.
        untold: lines that stay quarantined, because they were when this was first loaded.

    Returns:
        What was done; all zero where there was nothing to do. Up to `BYTES_AT_ONCE` in one call,
        and what one person decided at once.

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
        left = [sealed for sealed in waiting if sealed.number > loaded]
        if not left:
            return JournalLoad()
        if name.startswith(DECISIONS_PREFIX):
            batch, kind = left[:1], _decisions(lake, name)
        else:
            batch, kind = _batch(left), _collected(name)
        return _load(lake, journal, batch, directory, kind=kind, untold=untold, now=now)


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


@dataclass(frozen=True, slots=True)
class _Kind:
    """What differs between a collector's journal and that of decisions.

    Attributes:
        name: what the journal is called in the facts.
        is_decided: each line stands under an envelope that says what was decided about it.
        prepare: leaves in `resolved` what is to be loaded.
        count: fills `receipts`.
        told: what is written down besides them.
    """

    name: str
    is_decided: bool
    prepare: Callable[[duckdb.DuckDBPyConnection], None]
    count: Callable[[duckdb.DuckDBPyConnection, Lines, datetime], None]
    told: Mapping[str, tuple[str, pa.Schema]]


def _collected(name: str) -> _Kind:
    return _Kind(
        name=name,
        is_decided=False,
        prepare=lambda _cursor: None,
        count=lambda cursor, lines, now: count_lines(cursor, name, lines.rotten, now=now),
        told={SET_ASIDE_TABLE.name: (f"{SET_ASIDE_NOW} UNION ALL {ROTTEN_NOW}", SET_ASIDE)},
    )


def _decisions(lake: Lake, name: str) -> _Kind:
    return _Kind(
        name=name,
        is_decided=True,
        prepare=lambda cursor: match_decisions(lake, cursor),
        count=lambda cursor, _lines, now: count_decisions(cursor, now=now),
        told=told_of_decisions(),
    )


def _load(
    lake: Lake,
    journal: Path,
    batch: Sequence[Sealed],
    directory: Directory,
    *,
    kind: _Kind,
    untold: Iterable[Untold],
    now: datetime,
) -> JournalLoad:
    lines = lines_of(batch)
    name, last = kind.name, batch[-1].number
    with lake.duckdb.cursor() as cursor:
        resolve(
            cursor,
            lines.table,
            directory,
            journal=name,
            untold=untold,
            is_decided=kind.is_decided,
        )
        past = _past(cursor, name, batch, lines, now=now)
        kind.prepare(cursor)
        for _ in range(ATTEMPTS):
            seen = lake.opened(EVENTS_TABLE)
            keep(lake, cursor, seen)
            kind.count(cursor, lines, now)
            write_down(cursor, journal, last, kind.told, now=now)
            files = write_events(lake, cursor)
            remember(journal.parent, past)
            try:
                lake.commit(seen, Change(add=files, journal=(name, last)), now)
            except Overtaken:
                lake.discard(EVENTS_TABLE, files)
                continue
            make_facts(lake, journal, name, last, now=now)
            archive(batch)
            return _told(cursor, len(batch))
    raise Overtaken(EVENTS_TABLE.name, ATTEMPTS)


def _past(
    cursor: duckdb.DuckDBPyConnection,
    name: str,
    batch: Sequence[Sealed],
    lines: Lines,
    *,
    now: datetime,
) -> PastLoad:
    """What a rebuild has to know of this load."""
    found = cursor.execute("""SELECT segment, reason, list(line_number ORDER BY line_number)
        FROM resolved WHERE reason IS NOT NULL GROUP BY ALL ORDER BY ALL""").fetchall()
    untold = tuple(Untold(segment, reason, tuple(numbers)) for segment, reason, numbers in found)
    [untimed] = cursor.execute("SELECT count(*) FROM resolved WHERE received_at IS NULL").fetchall()
    is_timed = not untimed[0] and not lines.rotten
    return PastLoad(name, batch[0].number, batch[-1].number, now, untold, is_timed)


def _told(cursor: duckdb.DuckDBPyConnection, segments: int) -> JournalLoad:
    columns = "received, stored, duplicates, conflicts, quarantined, dismissed"
    sums = ", ".join(f"coalesce(sum({each}), 0)::BIGINT" for each in columns.split(", "))
    [sums_of_all] = cursor.execute(f"SELECT {sums} FROM receipts").fetchall()
    return JournalLoad(segments, *sums_of_all)
