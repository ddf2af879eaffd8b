"""Rewriting archived segments without what may no longer be kept; crash-safe, digest and all.

A segment is written anew beside the old one, which goes once the new one is durable. After a crash
between the two both are there; the later one counts and the other is removed first of all.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkstar.events.journal import Sealed, frame_of, sealed_segments, sound_frames
from linkstar.lake.journaled_receipts import make_durable

Line = dict[str, Any]
Change = Callable[[Line, Line], bool]
"""Given a line and the envelope over it (or the line itself): change the line in place, or not."""


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


def rewrite(
    journals: Iterable[Path], change: Change, *, sealed_after: datetime, sealed_before: datetime
) -> Rewritten:
    """Change lines in every archived segment that was finished between two moments."""
    segments = lines = 0
    for journal in journals:
        settle(journal)
        for sealed in sealed_segments(journal / "archive"):
            finished = datetime.fromtimestamp(sealed.path.stat().st_mtime, UTC)
            if sealed_after <= finished < sealed_before:
                changed = _rewrite(sealed, change)
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


def drop_spoilt(journals: Iterable[Path], *, before: datetime) -> None:
    """Delete what was put into `quarantine/` before then: nothing can be made of it any more."""
    for journal in journals:
        for path in (journal / "quarantine").glob("*"):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()


def _rewrite(sealed: Sealed, change: Change) -> int:
    data = sealed.path.read_bytes()
    frames, sound = sound_frames(data)
    if sound != len(data):
        return 0  # a disk has spoilt it: `verify` names it, and nothing is guessed at
    changed = 0
    fresh = []
    for frame in frames:
        payload, own = _changed(frame.payload, change)
        changed += own
        fresh.append(
            frame_of(payload, frame.lines) if own else frame_of(frame.payload, frame.lines)
        )
    if changed:
        _replace(sealed, b"".join(fresh))
    return changed


def _changed(payload: bytes, change: Change) -> tuple[bytes, int]:
    changed = 0
    envelope: Line = {}
    lines = []
    for raw in payload.split(b"\n"):
        line = _read(raw)
        if line is None:
            lines.append(raw)
            continue
        envelope = line.get("envelope", envelope)
        if change(line, envelope):
            changed += 1
            raw = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()  # noqa: PLW2901
        lines.append(raw)
    return b"\n".join(lines), changed


def _read(raw: bytes) -> Line | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _replace(sealed: Sealed, data: bytes) -> None:
    """Put new bytes in a segment's place, under their own digest and the segment's own time."""
    final = sealed.path.with_name(f"{sealed.number:012d}-{zlib.crc32(data):08x}.ndjson")
    fresh = final.with_suffix(".part")
    fresh.write_bytes(data)
    make_durable(fresh)
    stat = sealed.path.stat()
    os.utime(fresh, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    fresh.rename(final)
    make_durable(final.parent)
    sealed.path.unlink()
