"""The facts are disposable: they can be made again from the journals' archive, to the last digit.

Here is the part that is about journals, and what tells whether two lakes say the same.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from linkstar.events.journal import Sealed, sealed_segments
from linkstar.lake.journaled import load_journal
from linkstar.lake.journaled_counts import ask
from linkstar.lake.journaled_resolving import Directory
from linkstar.lake.store import Lake
from linkstar.lake.tables import FACT_TABLES, JOURNAL_TABLES

_NOT_COMPARED = frozenset({"loaded_at", "line"})
"""When something was loaded is not a fact about what happened; lines are forgotten after a time."""


@dataclass(frozen=True, slots=True)
class Archived:
    """Segments of one journal that follow one another, and when the first of them was finished."""

    journal: Path
    segments: tuple[Sealed, ...]
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """A table in which two lakes do not agree, and how many rows each has."""

    table: str
    rows: int
    rebuilt: int


def archived(journals: Iterable[Path]) -> list[Archived]:
    """Everything the archives hold, in the order in which it was finished."""
    every = [
        (sealed.path.stat().st_mtime_ns, str(journal), sealed)
        for journal in journals
        for sealed in sealed_segments(journal / "archive")
    ]
    parts = groupby(sorted(every, key=lambda each: each[:2]), key=lambda each: each[1])
    return [_archived(Path(name), list(part)) for name, part in parts]


def _archived(journal: Path, part: list[tuple[int, str, Sealed]]) -> Archived:
    segments = tuple(sealed for _, _, sealed in part)
    return Archived(journal, segments, datetime.fromtimestamp(part[0][0] / 1e9, UTC))


def load_archived(
    lake: Lake, part: Archived, directory: Directory, *, scratch: Path, now: datetime
) -> int:
    """Load archived segments into another lake, the archive untouched; how many lines they held.

    Args:
        lake: the one that is made anew.
        part: what to load.
        directory: who knows links, shops and devices.
        scratch: a folder on the same disk for the time of the rebuild.
        now: the instant of loading.
    """
    folder = scratch / part.journal.name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(part.journal / "name", folder / "name")
    for sealed in part.segments:
        _placed(sealed.path, folder / sealed.path.name)
    received = 0
    while sealed_segments(folder):
        received += load_journal(lake, folder, directory, now=now).received
    return received


def _placed(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def differences(lake: Lake, rebuilt: Lake) -> Iterator[Difference]:
    """The tables that do not hold exactly the same rows, whatever their order and files."""
    for table in (*FACT_TABLES, *JOURNAL_TABLES):
        columns = ", ".join(each for each in table.schema.names if each not in _NOT_COMPARED)
        sql = f"""SELECT count(*) AS rows,
            coalesce(sum(hash({columns})::HUGEINT), 0)::VARCHAR AS summed,
            coalesce(bit_xor(hash({columns})), 0)::VARCHAR AS mixed FROM {{facts}}"""
        [own] = ask(lake, sql, None, {}, facts=table)
        [other] = ask(rebuilt, sql, None, {}, facts=table)
        if own != other:
            yield Difference(table.name, own["rows"], other["rows"])
