"""Rewriting archived segments without what may no longer be kept; crash-safe, digest and all.

A segment is written anew beside the old one, which goes once the new one is durable. After a crash
between the two both are there; the later one counts and the other is removed first of all.

What a disk has spoilt of a segment hides no line from this: the frames beside it are changed as any
others, and it stays as it is until it may not be kept either.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkstar.events.journal import Frame, Sealed, frame_of, is_as_sealed, sealed_segments
from linkstar.lake.journaled_receipts import make_durable
from linkstar.lake.unreadable import FRAMES_ARE_GONE, Note, parts_of, taken_out

Line = dict[str, Any]
Change = Callable[[Line, Line], bool]
"""Given a line and the envelope over it (or the line itself): change the line in place, or not."""
Goes = Callable[[bytes], bool]
"""Whether bytes that nobody can read are to be taken out."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """How many segments and lines of the archives were changed."""

    segments: int = 0
    lines: int = 0


def settle(journal: Path) -> None:
    """Finish what a crash interrupted: of two segments of one number the later one stays."""
    newest: dict[int, Sealed] = {}
    for sealed in sealed_segments(journal / "archive"):
        other = newest.setdefault(sealed.number, sealed)
        if other.path != sealed.path:
            older, newer = sorted((other, sealed), key=lambda each: each.path.stat().st_ctime_ns)
            older.path.unlink()
            newest[sealed.number] = newer
    for part in (journal / "archive").glob("*.part"):
        part.unlink()


def unchanged(_line: Line, _envelope: Line) -> bool:
    """No line is changed."""
    return False


def kept(_unreadable: bytes) -> bool:
    """Nothing is taken out."""
    return False


def rewrite(
    journals: Iterable[Path],
    change: Change,
    goes: Goes,
    *,
    sealed_after: datetime,
    sealed_before: datetime,
) -> Rewritten:
    """Change lines in every archived segment that was finished between two moments.

    What is taken out of those that nobody can read counts as the lines it is counted as.
    """
    segments = lines = 0
    for journal in journals:
        settle(journal)
        for sealed in sealed_segments(journal / "archive"):
            finished = datetime.fromtimestamp(sealed.path.stat().st_mtime, UTC)
            if sealed_after <= finished < sealed_before:
                changed = _rewrite(sealed, change, goes)
                segments += bool(changed)
                lines += changed
    return Rewritten(segments, lines)


def drop(journals: Iterable[Path], *, sealed_before: datetime) -> int:
    """Delete archived segments finished before then, never the newest: numbers go on from it."""
    dropped = 0
    for journal in journals:
        settle(journal)
        for sealed in sealed_segments(journal / "archive")[:-1]:
            finished = datetime.fromtimestamp(sealed.path.stat().st_mtime, UTC)
            if finished < sealed_before:
                sealed.path.unlink()
                dropped += 1
    return dropped


def drop_pieces(journals: Iterable[Path], goes: Callable[[Path], bool]) -> None:
    """Delete pieces in `quarantine/`."""
    for journal in journals:
        for path in (journal / "quarantine").glob("*"):
            if goes(path):
                path.unlink()


def write_durably(path: Path, data: bytes, *, of: os.stat_result | None = None) -> None:
    """Put a file there, or in the place of another, whole and durable or not at all.

    Args:
        path: of the file.
        data: what it is to hold.
        of: of the file whose times it takes over.
    """
    fresh = path.with_suffix(".part")
    fresh.write_bytes(data)
    if of:
        os.utime(fresh, ns=(of.st_atime_ns, of.st_mtime_ns))
    make_durable(fresh)
    fresh.rename(path)
    make_durable(path.parent)


def _rewrite(sealed: Sealed, change: Change, goes: Goes) -> int:
    data = sealed.path.read_bytes()
    fresh: list[bytes] = []
    changed, is_whole = 0, True
    for part in parts_of(data):
        own = 0
        if isinstance(part, Frame):
            payload, own = _changed(part.payload, change, goes)
            part = frame_of(payload, part.lines)  # noqa: PLW2901
        elif isinstance(part, Note):
            part = part.framed()  # noqa: PLW2901
        else:
            is_whole = False
            if goes(part):
                note = Note.of(part)
                part, own = note.framed(), note.lines  # noqa: PLW2901
        fresh.append(part)
        changed += own
    if not changed:
        return 0
    if is_whole and not is_as_sealed(sealed, data):
        fresh.append(FRAMES_ARE_GONE.framed())  # under a digest of its own nobody would see it
    _replace(sealed, b"".join(fresh))
    return changed


def _changed(payload: bytes, change: Change, goes: Goes) -> tuple[bytes, int]:
    changed = 0
    envelope: Line = {}
    lines = []
    for raw in payload.split(b"\n"):
        fresh, envelope = _changed_line(raw, envelope, change, goes)
        changed += fresh != raw
        lines.append(fresh)
    return b"\n".join(lines), changed


def _changed_line(raw: bytes, envelope: Line, change: Change, goes: Goes) -> tuple[bytes, Line]:
    """The line and the envelope of those after it."""
    line = _read(raw)
    if line is None:
        return (taken_out(raw) if raw and goes(raw) else raw), envelope
    envelope = line.get("envelope", envelope)
    if change(line, envelope):
        raw = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
    return raw, envelope


def _read(raw: bytes) -> Line | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _replace(sealed: Sealed, data: bytes) -> None:
    """Put new bytes in a segment's place, under their own digest and the segment's own time."""
    final = sealed.path.with_name(f"{sealed.number:012d}-{zlib.crc32(data):08x}.ndjson")
    write_durably(final, data, of=sealed.path.stat())
    if final != sealed.path:
        sealed.path.unlink()
