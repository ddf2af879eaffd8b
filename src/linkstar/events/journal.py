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
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

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


class Left(NamedTuple):
    """A segment that is no longer written to and not sealed yet, and how much of it is durable."""

    path: Path
    durable_bytes: int


def frame_of(payload: bytes, lines: int, *, envelope: bytes = b"") -> bytes:
    """A batch as it is written, its envelope before it; large ones are copied no more than once."""
    crc = zlib.crc32(payload, zlib.crc32(envelope))
    header = b'{"frame":[%d,"%08x",%d]}\n' % (len(envelope) + len(payload), crc, lines)
    return b"".join((header, envelope, payload))


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


def is_as_sealed(sealed: Sealed, data: bytes) -> bool:
    """Whether a segment is what it was; cut between two frames, each of them would still hold."""
    return f"{zlib.crc32(data):08x}" == sealed.path.stem.partition("-")[2]


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
        self._left: list[Left] = []
        self._handle: int | None = None
        self._durable_bytes = 0
        self._crc = 0
        self._number = self._highest_number()
        for half_written in directory.glob("*.part"):
            half_written.unlink()  # what it was copied from is still there
        for left_open in sorted(directory.glob("*.open")):
            self._number = max(self._number + 1, int(left_open.stem))
            seal_file(left_open, number=self._number)
        self._start_segment()

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
            if self._handle is None:
                self._start_segment()
            self._write(frames[0] if len(frames) == 1 else b"".join(frames))
        except OSError as error:
            raise JournalBroken(str(error)) from error
        if self._durable_bytes >= self._segment_bytes_max:
            with suppress(JournalBroken):  # durable already; sealing is tried again later
                self.seal()

    def seal(self) -> None:
        """Finish the open segment, so that it can be loaded, and go on with a new one.

        Raises:
            JournalBroken: the disk refused; nothing is lost, and the next call tries again.
        """
        if not self._durable_bytes and not self._left:
            return
        try:
            self._finish()
            self._seal_left()
            self._start_segment()
        except OSError as error:
            raise JournalBroken(str(error)) from error

    def close(self) -> None:
        """Seal what is open and let go of the directory."""
        try:
            self._finish()
            self._seal_left()
        finally:
            self._lock_file.close()

    def _highest_number(self) -> int:
        """Numbers are never used twice, not even those of archived segments."""
        finished = sealed_segments(self.directory) + sealed_segments(self.directory / "archive")
        return max((sealed.number for sealed in finished), default=0)

    def _write(self, frames: bytes) -> None:
        assert self._handle is not None
        try:
            _write_all(self._handle, frames)
        except OSError:
            self._take_back()
            raise
        try:
            os.fdatasync(self._handle)
        except OSError:
            # After a failed sync the file's state is unknown: it is never synced again.
            self._set_aside()
            raise
        self._durable_bytes += len(frames)
        self._crc = zlib.crc32(frames, self._crc)

    def _take_back(self) -> None:
        """A full disk: what was half written goes, what was acknowledged stays."""
        assert self._handle is not None
        try:
            os.ftruncate(self._handle, self._durable_bytes)
            os.lseek(self._handle, self._durable_bytes, os.SEEK_SET)
        except OSError:
            self._set_aside()

    def _set_aside(self) -> None:
        """Never write to this segment again; what of it is durable is sealed later."""
        handle, self._handle = self._handle, None
        if self._durable_bytes:
            self._left.append(Left(self._open_path, self._durable_bytes))
        self._durable_bytes = 0
        if handle is not None:
            os.close(handle)

    def _start_segment(self) -> None:
        self._number += 1
        self._durable_bytes = self._crc = 0
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._handle = os.open(self._open_path, flags, 0o600)
        try:
            _sync_directory(self.directory)
        except OSError:
            self._set_aside()
            self._open_path.unlink(missing_ok=True)
            raise

    @property
    def _open_path(self) -> Path:
        return self.directory / f"{self._number:012d}.open"

    def _finish(self) -> None:
        """Give the open segment its final name; it was synced with each commit."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        durable, self._durable_bytes = self._durable_bytes, 0
        os.close(handle)
        if not durable:
            self._open_path.unlink()
            return
        try:
            self._open_path.rename(_final_path(self._open_path, self._crc))
        except OSError:
            self._left.append(Left(self._open_path, durable))
            raise
        _sync_directory(self.directory)

    def _seal_left(self) -> None:
        """Copy the durable part of segments a disk refused into files of their own, and seal those.

        The old file is not synced again: what a failed sync left in its pages cannot be trusted.
        The copy gets a new number, because a loader may be past the old one.
        """
        while self._left:
            path, durable_bytes = self._left[0]
            with path.open("rb") as file:
                data = file.read(durable_bytes)
            self._number += 1
            _write_whole(_final_path(self._open_path, zlib.crc32(data)), data)
            path.unlink()
            del self._left[0]


def _final_path(path: Path, crc: int) -> Path:
    return path.with_name(f"{path.stem}-{crc:08x}.ndjson")


def _write_whole(path: Path, data: bytes) -> None:
    """A new file that is there whole and durable, or not at all."""
    fresh = path.with_suffix(".part")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    _sync_directory(path.parent)


def seal_file(path: Path, *, number: int | None = None) -> None:
    """Finish a segment that nobody writes to: cut a torn tail, sync, give it its final name.

    The bytes of a torn tail are kept in `quarantine/`. Sealing an already empty segment removes it.
    It keeps its number unless it is given another, which it needs once later ones are sealed.
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
    numbered = path if number is None else path.with_name(f"{number:012d}.open")
    path.rename(_final_path(numbered, zlib.crc32(data[:sound])))
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
