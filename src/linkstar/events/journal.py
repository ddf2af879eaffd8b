"""The embedded, crash-safe spool of accepted events: a record is on disk before it is answered.

A segment is NDJSON, readable with any tool: frames, each a header line
`{"frame":[bytes,"crc32",lines]}` and that many bytes of lines. The open segment ends in `.open`;
sealing it syncs, renames it to `<number>-<crc32 of the whole>.ndjson` and syncs the directory. A
torn tail is cut at the first frame that does not hold, and its bytes are kept in `quarantine/`.
Whoever has loaded a segment moves it to `archive/`.

One journal per process: the directory is locked while it is open.
"""

import fcntl
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

SEGMENT_BYTES_MAX = 64 * 1024 * 1024
FRAME_HEADER = re.compile(rb'\{"frame":\[(\d{1,12}),"([0-9a-f]{8})",(\d{1,9})\]\}\n')
_HEADER_BYTES_MAX = 60


class JournalLocked(RuntimeError):
    """Another process has this journal open."""


class JournalBroken(RuntimeError):
    """The disk refused: what was handed in is not durable and must not be acknowledged."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One appended batch as read back: its NDJSON bytes and how many lines they hold."""

    payload: bytes
    lines: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A segment that will never change: `number` is its place in this journal's history."""

    path: Path
    number: int


def frame_of(payload: bytes, lines: int) -> bytes:
    header = b'{"frame":[%d,"%08x",%d]}\n' % (len(payload), zlib.crc32(payload), lines)
    return header + payload


def sound_frames(data: bytes) -> tuple[list[Frame], int]:
    """Every whole frame from the start of a segment, and where the first unsound byte is."""
    frames: list[Frame] = []
    at = 0
    while header := FRAME_HEADER.match(data, at, at + _HEADER_BYTES_MAX):
        size, crc, lines = int(header[1]), int(header[2], 16), int(header[3])
        payload = data[header.end() : header.end() + size]
        if len(payload) < size or zlib.crc32(payload) != crc:
            break
        frames.append(Frame(payload, lines))
        at = header.end() + size
    return frames, at


def sealed_segments(directory: Path) -> list[Sealed]:
    """The finished segments in the order they were written."""
    found = [
        Sealed(path, int(path.name.partition("-")[0])) for path in directory.glob("[0-9]*-*.ndjson")
    ]
    return sorted(found, key=lambda sealed: sealed.number)


def read_sealed(sealed: Sealed) -> Iterator[Frame]:
    """The frames of a finished segment.

    Raises:
        JournalBroken: the bytes are not those that were sealed.
    """
    data = sealed.path.read_bytes()
    stated = sealed.path.stem.partition("-")[2]
    frames, sound = sound_frames(data)
    if sound != len(data) or f"{zlib.crc32(data):08x}" != stated:
        raise JournalBroken(sealed.path.name)
    yield from frames


class Journal:
    """Commits batches durably, one call at a time: everything handed in together shares a sync.

    Args:
        directory: of this journal alone; made if missing.
        segment_bytes_max: a segment is sealed once it is larger.

    Raises:
        JournalLocked: another process has it open.
    """

    def __init__(self, directory: Path, *, segment_bytes_max: int = SEGMENT_BYTES_MAX) -> None:
        (directory / "quarantine").mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._segment_bytes_max = segment_bytes_max
        self._lock_file = (directory / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock_file.close()
            raise JournalLocked(str(directory)) from error
        for left_open in sorted(directory.glob("*.open")):
            seal_file(left_open)
        self._start_segment(self._highest_number() + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def commit(self, frames: Sequence[bytes]) -> None:
        """Put frames (made by `frame_of`) on disk; when this returns they survive a pulled plug.

        Raises:
            JournalBroken: the disk refused; none of them may be acknowledged.
        """
        try:
            self._write(b"".join(frames))
        except OSError as error:
            raise JournalBroken(str(error)) from error
        if self._durable_bytes >= self._segment_bytes_max:
            self.seal()

    def seal(self) -> None:
        """Finish the open segment, so that it can be loaded, and go on with a new one."""
        if self._durable_bytes:
            self._finish()
            self._start_segment(self._number + 1)

    def close(self) -> None:
        """Seal what is open and let go of the directory."""
        self._finish()
        self._lock_file.close()

    def _highest_number(self) -> int:
        """Numbers are never used twice, not even those of archived segments."""
        finished = sealed_segments(self.directory) + sealed_segments(self.directory / "archive")
        return max((sealed.number for sealed in finished), default=0)

    def _write(self, frames: bytes) -> None:
        try:
            _write_all(self._handle, frames)
        except OSError:
            # A full disk: what was half written goes, what was acknowledged stays.
            os.ftruncate(self._handle, self._durable_bytes)
            os.lseek(self._handle, self._durable_bytes, os.SEEK_SET)
            raise
        try:
            os.fdatasync(self._handle)
        except OSError:
            # After a failed sync the file's state is unknown: it is never synced again.
            self._set_aside()
            raise
        self._durable_bytes += len(frames)

    def _set_aside(self) -> None:
        """Leave the open segment to recovery and go on with a new one."""
        os.close(self._handle)
        self._start_segment(self._number + 1)

    def _start_segment(self, number: int) -> None:
        self._number = number
        self._durable_bytes = 0
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._handle = os.open(self.directory / f"{number:012d}.open", flags, 0o600)
        _sync_directory(self.directory)

    def _finish(self) -> None:
        os.close(self._handle)
        seal_file(self.directory / f"{self._number:012d}.open")


def seal_file(path: Path) -> None:
    """Finish a segment that nobody writes to: cut a torn tail, sync, give it its final name.

    The bytes of a torn tail are kept in `quarantine/`. Sealing an already empty segment removes it.
    """
    data = path.read_bytes()
    _, sound = sound_frames(data)
    if sound < len(data):
        torn = path.parent / "quarantine" / f"{path.stem}-torn"
        torn.write_bytes(data[sound:])
        os.truncate(path, sound)
    if not sound:
        path.unlink()
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.rename(path.with_name(f"{path.stem}-{zlib.crc32(data[:sound]):08x}.ndjson"))
    _sync_directory(path.parent)


def _write_all(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
