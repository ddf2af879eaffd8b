"""How loading is doing: what waits, since when, how much disk is left, what archives hold."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkstar.events.journal import Sealed, sealed_segments, written_bytes
from linkstar.jobs.tracking import journals


@dataclass(frozen=True, slots=True)
class Spool:
    """One collector's journal.

    Attributes:
        name: of its folder.
        segments: finished and not loaded yet.
        waiting_bytes: in them, and in the open one.
        lag: how long the oldest finished one has waited; None where nothing waits.
        archived: segments that are loaded.
        archived_bytes: in them.
        spoilt: pieces in quarantine: torn ends, and what a disk has spoilt.
    """

    name: str
    segments: int
    waiting_bytes: int
    lag: timedelta | None
    archived: int
    archived_bytes: int
    spoilt: int


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk everything lies on."""

    free_bytes: int
    total_bytes: int

    @property
    def free_share(self) -> float:
        return self.free_bytes / self.total_bytes


def spools(collector: Path, *, now: datetime) -> list[Spool]:
    """The journal of each collector that writes to this installation."""
    return [_spool(journal, now) for journal in journals(collector)]


def disk(data: Path) -> Disk:
    usage = shutil.disk_usage(data)
    return Disk(usage.free, usage.total)


def _spool(journal: Path, now: datetime) -> Spool:
    waiting = sealed_segments(journal)
    archived = sealed_segments(journal / "archive")
    open_bytes = sum(_written(path) for path in journal.glob("*.open"))
    return Spool(
        name=journal.name,
        segments=len(waiting),
        waiting_bytes=_bytes(waiting) + open_bytes,
        lag=_lag(waiting, now),
        archived=len(archived),
        archived_bytes=_bytes(archived),
        spoilt=sum(1 for _ in (journal / "quarantine").glob("*")),
    )


def _lag(waiting: list[Sealed], now: datetime) -> timedelta | None:
    """A segment may be loaded, and gone from here, while one looks."""
    finished = [sealed.path.stat().st_mtime for sealed in waiting if sealed.path.exists()]
    return now - datetime.fromtimestamp(min(finished), UTC) if finished else None


def _bytes(segments: list[Sealed]) -> int:
    return sum(_size(sealed.path) for sealed in segments)


def _written(path: Path) -> int:
    try:
        return written_bytes(path)
    except FileNotFoundError:  # sealed just now
        return 0


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
