"""The embedded, crash-safe spool of accepted events: a record is on disk before it is answered.

A segment is NDJSON, readable with any tool: frames, each a header line
`{"frame":[bytes,"crc32",lines]}` and that many bytes of lines. The open segment ends in `.open`;
sealing it syncs, renames it to `<number>-<crc32 of the whole>.ndjson` and syncs the directory. A
torn tail is cut at the first frame that does not hold, and its bytes are kept in `quarantine/`.
Whoever has loaded a segment moves it to `archive/`.

Room for about what the last segment held is made beforehand, a file filled with zeros: to sync what
is written over them a file system need not write down what else changed on the whole disk, which is
what makes a sync wait for others. It is filled little by little, so that commits need not wait for
that either, and becomes the next segment. What is left of it is cut off when that is sealed.

One journal per process: the directory is locked while it is open. One thread commits; another may
seal, which takes several syncs, and make room. That holds a commit up for the moment of changing
over only.
"""

import fcntl
import os
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import NamedTuple, Self

from zlib_ng.zlib_ng import crc32  # as zlib's, ten times as fast

SEGMENT_BYTES_MAX = 64 * 1024 * 1024
ROOM_BYTES_MIN, ROOM_BYTES_MAX = 64 * 1024, 8 * 1024 * 1024
ROOM_BYTES_AT_ONCE = 256 * 1024
SECONDS_BETWEEN_ROOM = 0.01
ROOM = "room"
"""The file that becomes the next segment."""
NAME = "name"
"""What readers call a journal, in a file: segment numbers are compared under one name only."""
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


@dataclass(slots=True)
class _Open:
    """The segment that is written to: its room, what of it is durable, and the checksum of that."""

    path: Path
    handle: int
    room_bytes: int = 0
    durable_bytes: int = 0
    crc: int = 0


class _Room(NamedTuple):
    """An open file of so many zeros, all of them on disk."""

    handle: int
    bytes: int


class Left(NamedTuple):
    """A segment that is no longer written to and not sealed yet, and how much of it is durable."""

    path: Path
    durable_bytes: int


def frame_of(payload: bytes, lines: int, *, envelope: bytes = b"") -> bytes:
    """A batch as it is written, its envelope before it; large ones are copied no more than once."""
    crc = crc32(payload, crc32(envelope))
    header = b'{"frame":[%d,"%08x",%d]}\n' % (len(envelope) + len(payload), crc, lines)
    return b"".join((header, envelope, payload))


def sound_frames(data: bytes) -> tuple[list[Frame], int]:
    """Every whole frame from the start of a segment, and where the first unsound byte is."""
    frames: list[Frame] = []
    at = 0
    while header := FRAME_HEADER.match(data, at, at + _HEADER_BYTES_MAX):
        size, crc, lines = int(header[1]), int(header[2], 16), int(header[3])
        payload = data[header.end() : header.end() + size]
        if len(payload) < size or crc32(payload) != crc:
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
    return f"{crc32(data):08x}" == sealed.path.stem.partition("-")[2]


def _rest() -> None:
    time.sleep(SECONDS_BETWEEN_ROOM)


class Journal:
    """Commits batches durably, one call at a time: everything handed in together shares a sync.

    Args:
        directory: of this journal alone; made if missing.
        segment_bytes_max: a segment is sealed once it is larger.
        room_for: so many bytes are expected before it is sealed for the first time; with none, no
            room is made before `make_room` is called.

    Raises:
        JournalLocked: another process has it open.
    """

    def __init__(
        self, directory: Path, *, segment_bytes_max: int = SEGMENT_BYTES_MAX, room_for: int = 0
    ) -> None:
        (directory / "quarantine").mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._segment_bytes_max = segment_bytes_max
        self._lock_file = (directory / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock_file.close()
            raise JournalLocked(str(directory)) from error
        self._writing = Lock()
        self._sealing = Lock()
        self._left: list[Left] = []
        number = self._highest_number()
        if not number and not any(directory.glob("*.open")):
            # Whoever took all segments away took their numbers, too. This is another journal.
            (directory / NAME).unlink(missing_ok=True)
        for half_written in directory.glob("*.part"):
            half_written.unlink()  # what it was copied from is still there
        (directory / ROOM).unlink(missing_ok=True)
        for left_open in sorted(directory.glob("*.open")):
            number = max(number + 1, int(left_open.stem))
            seal_file(left_open, number=number)
        self._numbers = count(number + 1)
        self._expected_bytes = room_for
        self._room: _Room | None = None
        if room_for:
            self.make_room(pause=lambda: None)
        self._open: _Open | None = self._started(self._take_room())

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
        with self._writing:
            try:
                if self._open is None:
                    self._open = self._started(self._take_room())
                self._write(self._open, frames[0] if len(frames) == 1 else b"".join(frames))
            except OSError as error:
                raise JournalBroken(str(error)) from error
            is_full = self._open.durable_bytes >= self._segment_bytes_max
        if is_full:
            with suppress(JournalBroken):  # durable already; sealing is tried again later
                self.seal()

    def seal(self) -> None:
        """Finish the open segment, so that it can be loaded, and go on with a new one.

        Raises:
            JournalBroken: the disk refused; nothing is lost, and the next call tries again.
        """
        with self._sealing:
            try:
                self._seal()
            except OSError as error:
                raise JournalBroken(str(error)) from error

    def make_room(self, *, pause: Callable[[], None] = _rest) -> None:
        """Make room for the next segment, if there is none yet: twice what the last one held.

        Takes its time, so that commits need not wait; by one thread at a time, and none is at it
        when the journal is closed. Where the disk has no room, that segment begins without.

        Args:
            pause: what to do between two parts.
        """
        if self._room is None:
            room = min(max(2 * self._expected_bytes, ROOM_BYTES_MIN), ROOM_BYTES_MAX)
            self._room = _filled(self.directory / ROOM, room, pause)

    def close(self) -> None:
        """Seal what is open and let go of the directory."""
        with self._sealing, self._writing:
            try:
                self._finish_all()
            finally:
                self._let_go_of_room()
                self._lock_file.close()

    def _seal(self) -> None:
        now = self._open
        if self._left:
            with self._writing:
                self._finish_all()
                self._open = self._started(self._take_room())
            return
        if now is None or not now.durable_bytes:
            return
        with self._writing:
            room = self._take_room()
        following = self._started(room)
        with self._writing:
            is_same = self._open is now
            if is_same:
                self._open = following
        if is_same:
            self._expected_bytes = now.durable_bytes
            self._finish(now)
        else:  # a disk refused meanwhile, and what came of it is sealed the next time
            os.close(following.handle)
            following.path.unlink()

    def _finish_all(self) -> None:
        now, self._open = self._open, None
        if now is not None:
            self._finish(now)
        self._seal_left()

    def _highest_number(self) -> int:
        """Numbers are never used twice, not even those of archived segments."""
        finished = sealed_segments(self.directory) + sealed_segments(self.directory / "archive")
        return max((sealed.number for sealed in finished), default=0)

    def _write(self, now: _Open, frames: bytes) -> None:
        try:
            _write_all(now.handle, frames)
        except OSError:
            self._take_back(now)
            raise
        try:
            os.fdatasync(now.handle)
        except OSError:
            # After a failed sync the file's state is unknown: it is never synced again.
            self._set_aside(now)
            raise
        now.durable_bytes += len(frames)
        now.crc = crc32(frames, now.crc)

    def _take_back(self, now: _Open) -> None:
        """A full disk: what was half written goes, what was acknowledged stays."""
        try:
            os.ftruncate(now.handle, now.durable_bytes)
            os.lseek(now.handle, now.durable_bytes, os.SEEK_SET)
        except OSError:
            self._set_aside(now)

    def _set_aside(self, now: _Open) -> None:
        """Never write to this segment again; what of it is durable is sealed later."""
        self._open = None
        if now.durable_bytes:
            self._left.append(Left(now.path, now.durable_bytes))
        os.close(now.handle)

    def _take_room(self) -> _Room | None:
        """For one who begins a segment; `_writing` is held, so that there is one."""
        room, self._room = self._room, None
        return room

    def _started(self, room: _Room | None) -> _Open:
        """A new segment, whose name and room are durable before anything is written to it."""
        path = self._path(next(self._numbers))
        made = self.directory / ROOM
        handle, room_bytes = room or (_new_file(path), 0)
        try:
            if room:
                made.rename(path)
            _sync_directory(self.directory)
        except OSError:
            os.close(handle)
            for each in (made, path) if room else (path,):
                each.unlink(missing_ok=True)
            raise
        return _Open(path, handle, room_bytes)

    def _let_go_of_room(self) -> None:
        if room := self._take_room():
            os.close(room.handle)
            (self.directory / ROOM).unlink()

    def _path(self, number: int) -> Path:
        return self.directory / f"{number:012d}.open"

    def _finish(self, segment: _Open) -> None:
        """Give a segment its final name; it was synced with each commit."""
        if not segment.durable_bytes:
            os.close(segment.handle)
            segment.path.unlink()
            return
        try:
            _let_go(segment)
            segment.path.rename(_final_path(segment.path, segment.crc))
        except OSError:
            self._left.append(Left(segment.path, segment.durable_bytes))
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
            _write_whole(_final_path(self._path(next(self._numbers)), crc32(data)), data)
            path.unlink()
            del self._left[0]


def _filled(path: Path, size: int, pause: Callable[[], None]) -> _Room | None:
    """A new file of zeros, on disk part by part; nothing where the disk has no room for it."""
    try:
        handle = _new_file(path)
    except OSError:  # also while the one before is about to be renamed
        return None
    try:
        for at in range(0, size, ROOM_BYTES_AT_ONCE):
            _write_all(handle, bytes(min(ROOM_BYTES_AT_ONCE, size - at)))
            os.fdatasync(handle)
            pause()
        os.lseek(handle, 0, os.SEEK_SET)
        os.fsync(handle)
    except OSError:
        os.close(handle)
        path.unlink(missing_ok=True)
        return None
    return _Room(handle, size)


def _new_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _let_go(segment: _Open) -> None:
    """Close a segment, the room that was not used cut off."""
    try:
        if segment.durable_bytes < segment.room_bytes:
            os.ftruncate(segment.handle, segment.durable_bytes)
            os.fsync(segment.handle)
    finally:
        os.close(segment.handle)


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


def written_bytes(path: Path) -> int:
    """How much was written to an open segment, its unused room left out."""
    return len(path.read_bytes().rstrip(b"\0"))


def seal_file(path: Path, *, number: int | None = None) -> None:
    """Finish a segment that nobody writes to: cut a torn tail, sync, give it its final name.

    The bytes of a torn tail are kept in `quarantine/`, room that was not used is not. Sealing an
    already empty segment removes it.
    It keeps its number unless it is given another, which it needs once later ones are sealed.
    """
    data = path.read_bytes()
    _, sound = sound_frames(data)
    if torn := data[sound:].rstrip(b"\0"):
        (path.parent / "quarantine" / f"{path.stem}-torn").write_bytes(torn)
    if sound < len(data):
        os.truncate(path, sound)
    if not sound:
        path.unlink()
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
    numbered = path if number is None else path.with_name(f"{number:012d}.open")
    path.rename(_final_path(numbered, crc32(data[:sound])))
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
