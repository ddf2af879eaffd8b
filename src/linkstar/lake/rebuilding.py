"""The facts are disposable: they can be made again from the journals' archive, to the last digit.

Here is the part that is about journals, and what tells whether two lakes say the same.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from linkstar.events.journal import NAME, Sealed, sealed_segments
from linkstar.lake.journaled import load_journal
from linkstar.lake.journaled_counts import ask
from linkstar.lake.journaled_history import PastLoad, Untold, journal_name, past_loads
from linkstar.lake.journaled_resolving import Directory
from linkstar.lake.store import Lake
from linkstar.lake.tables import FACT_TABLES, JOURNAL_TABLES
from linkstar.lake.turns import joined_turns, segments_of

_NOT_COMPARED = frozenset({"loaded_at", "line", "sub_id"})
"""When something was loaded is not a fact about what happened; lines are forgotten after a time;
clicks loaded before sub-IDs were stored have none, a rebuild gives them theirs.
"""


@dataclass(frozen=True, slots=True)
class Archived:
    """Segments of one journal that are loaded at once.

    Attributes:
        journal: the folder.
        segments: in the order they were written.
        at: when they were loaded; when the first was finished, where nobody wrote that down.
        untold: the lines nothing could be made of then.
    """

    journal: Path
    segments: tuple[Sealed, ...]
    at: datetime
    untold: tuple[Untold, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A table in which two lakes do not agree, and how many rows each has."""

    table: str
    rows: int
    rebuilt: int


def archived(journals: Iterable[Path], *, one_by_one: bool = False) -> list[Archived]:
    """Everything the archives hold, in the order in which it was loaded.

    Args:
        journals: folders that lie side by side.
        one_by_one: each load as it was, rather than those together that hardly can tell.
    """
    folders = list(journals)
    held = {
        journal_name(folder): (folder, {s.number: s for s in sealed_segments(folder / "archive")})
        for folder in folders
    }
    known = past_loads(folders[0].parent) if folders else []
    segments = {name: own for name, (_, own) in held.items()}
    told = [
        Archived(held[load.journal][0], taken, load.at, load.untold)
        for load in (known if one_by_one else joined_turns(known, segments))
        if (taken := _taken(segments, load))
    ]
    return [*_untold_of(held.values()), *_in_order(told)]


def _taken(segments: dict[str, dict[int, Sealed]], load: PastLoad) -> tuple[Sealed, ...]:
    """The segments of a load, taken out of those that are there."""
    found = segments_of(load, segments)
    return tuple(segments[load.journal].pop(sealed.number) for sealed in found)


def _untold_of(held: Iterable[tuple[Path, dict[int, Sealed]]]) -> list[Archived]:
    """Segments whose loading nobody wrote down, in the order in which they were finished."""
    every = [
        (sealed.path.stat().st_mtime_ns, folder, sealed)
        for folder, own in held
        for sealed in own.values()
    ]
    parts = groupby(sorted(every, key=lambda each: each[:2]), key=lambda each: each[1])
    return [_finished(folder, list(part)) for folder, part in parts]


def _finished(folder: Path, part: list[tuple[int, Path, Sealed]]) -> Archived:
    segments = tuple(sealed for _, _, sealed in part)
    return Archived(folder, segments, datetime.fromtimestamp(part[0][0] / 1e9, UTC))


def _in_order(parts: Iterable[Archived]) -> list[Archived]:
    """No part before the one it followed, though the clock may have been set back between."""
    latest = datetime.min.replace(tzinfo=UTC)
    ordered = []
    for part in parts:
        latest = max(latest, part.at)
        ordered.append((latest, part))
    return [replace(part, at=at) for at, part in ordered]


def load_archived(lake: Lake, part: Archived, directory: Directory, *, scratch: Path) -> int:
    """Load archived segments into another lake, the archive untouched; how many lines they held.

    Args:
        lake: the one that is made anew.
        part: what to load.
        directory: who knows links, shops and devices.
        scratch: a folder on the same disk for the time of the rebuild.
    """
    folder = scratch / part.journal.name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(part.journal / NAME, folder / NAME)
    for sealed in part.segments:
        _placed(sealed.path, folder / sealed.path.name)
    received = 0
    while sealed_segments(folder):
        load = load_journal(lake, folder, directory, now=part.at, untold=part.untold)
        received += load.received
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
