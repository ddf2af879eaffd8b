"""Which roll-ups tell which days, ready to be asked by a process that opened no table yet.

To open two lists of files takes longer than to add up what most questions ask of roll-ups. So the
spans that are true lie beside the lake, with the entries of both tables' logs they were told by:
believed while these are the last ones, and not a moment longer. May be deleted at any time.
"""

import json
import os
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from linkstar.lake.datafiles import DataFile
from linkstar.lake.spans import Grain, Span, Spans, files_by_day, true_spans
from linkstar.lake.store import Lake, Snapshot, log_entry
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS_TABLE

_FORM = 1
"""Of the file, part of its name."""


@dataclass(frozen=True, slots=True)
class ReadySpans:
    """What is told by roll-ups.

    Attributes:
        days: those with events.
        held: every span that is true; its files tell no more than choosing among them takes.
    """

    days: frozenset[date]
    held: Spans


def ready_spans(lake: Lake) -> ReadySpans | None:
    """The true spans; None where none lie ready, or the lists of files are open anyway."""
    if lake.has_opened(EVENTS_TABLE) and lake.has_opened(CONTENT_ROLLUPS_TABLE):
        return None
    told = _read(_path(lake))
    if told is None or not _is_of_now(lake, told):
        return None
    days = frozenset(date.fromordinal(day) for day in told["days"])
    return ReadySpans(days, [_span(*each) for each in told["held"]])


def keep_ready(lake: Lake, events: Snapshot, rolled: Snapshot) -> None:
    """Let the true spans of these versions lie ready, unless they do or are known to be old."""
    entries = [[seen.version, *(seen.last_entry() or ())] for seen in (events, rolled)]
    known = _read(_path(lake))
    if any(len(entry) == 1 for entry in entries) or (
        known is not None and known["entries"] == entries
    ):
        return
    told = json.dumps({"entries": entries, **_told(events, rolled)}, separators=(",", ":"))
    _write(_path(lake), told.encode())


def agrees(lake: Lake) -> bool:
    """Whether what lies ready, if it is of now, says what the lists of files say."""
    read = _read(_path(lake))
    if read is None or not _is_of_now(lake, read):
        return True
    told = _told(lake.opened(EVENTS_TABLE), lake.opened(CONTENT_ROLLUPS_TABLE))
    return told.items() <= read.items() or not _is_of_now(lake, read)


def _path(lake: Lake) -> Path:
    return lake.root / "ready_spans" / f"{_FORM}.json"


def _is_of_now(lake: Lake, told: dict[str, Any]) -> bool:
    """Whether the entries named are there, and none after them."""
    tables = zip((EVENTS_TABLE, CONTENT_ROLLUPS_TABLE), told["entries"], strict=True)
    return all(
        log_entry(lake.folder(table), version) == tuple(entry)
        and log_entry(lake.folder(table), version + 1) is None
        for table, (version, *entry) in tables
    )


def _told(events: Snapshot, rolled: Snapshot) -> dict[str, Any]:
    """Days with events, and the true spans with their files, in plain values."""
    by_day = files_by_day(events)
    held = [
        [
            span.grain.value,
            span.starts_on.toordinal(),
            sorted(day.toordinal() for day in span.days),
            span.source,
            [[f.name, f.rows, f.size, f.low.get("shop"), f.high.get("shop")] for f in files],
        ]
        for span, files in true_spans(rolled, by_day, Grain)
    ]
    return {"days": [day.toordinal() for day in by_day], "held": held}


def _span(
    grain: str, starts_on: int, days: list[int], source: str, files: list[list[Any]]
) -> tuple[Span, list[DataFile]]:
    start = date.fromordinal(starts_on)
    parted = {"grain": grain, "starts_on": str(start), "source": source}
    return Span(Grain(grain), start, frozenset(map(date.fromordinal, days)), source), [
        DataFile(name, rows, size, parted, {"shop": low}, {"shop": high}, {})
        for name, rows, size, low, high in files
    ]


def _read(path: Path) -> dict[str, Any] | None:
    """None where nothing lies there, or what does is not whole."""
    try:
        digest, told = path.read_bytes().split(b"\n")
    except (FileNotFoundError, ValueError):
        return None
    if sha256(told).hexdigest().encode() != digest:
        return None
    read: dict[str, Any] = json.loads(told)
    return read


def _write(path: Path, told: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{uuid4().hex}.part")
    with fresh.open("wb") as file:
        file.write(sha256(told).hexdigest().encode() + b"\n" + told)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
