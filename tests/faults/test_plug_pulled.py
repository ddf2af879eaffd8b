"""F2: power fails at any moment, and the disk keeps only what it was told to keep.

A file is then as it was at its last sync, with some or none of what was written since, behind it or
over it, or with zeros in its place; a folder holds the names it had at its own last sync.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.journals import payloads_in

from linkstar.events import journal
from linkstar.events.journal import Journal, frame_of

COMMITS = 7
Torn = Callable[[bytes, bytes], bytes]
"""Given a file as it was synced and as it is: what power would leave of it."""


class PlugPulled(BaseException):
    """Nothing after this line ever ran."""


class Disk:
    """Watches what a journal does to its folder, and knows what of it power would leave."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, *, fails_at: int) -> None:
        self._folder = folder
        self._left = fails_at
        self._contents: dict[int, bytes] = {}
        self._names: dict[str, int] = {}
        self._handles: set[int] = set()
        self.steps = 0
        for owner, name, after in (
            (os, "open", self._opened),
            (os, "write", lambda *_: None),
            (os, "ftruncate", lambda *_: None),
            (os, "fdatasync", self._synced),
            (os, "fsync", self._synced),
            (os, "close", lambda _none, handle: self._handles.discard(handle)),
            (Path, "rename", lambda *_: None),
            (Path, "unlink", lambda *_: None),
        ):
            patch.setattr(owner, name, self._watched(getattr(owner, name), after))

    def let_go(self) -> None:
        """Close what the dead left open."""
        for handle in self._handles:
            os.close(handle)

    def left_behind(self, folder: Path, torn: Torn) -> Path:
        """The folder as it is found when power is back."""
        now = {path.stat().st_ino: path.read_bytes() for path in self._files()}
        folder.mkdir()
        for name, number in self._names.items():
            kept = self._contents.get(number, b"")
            (folder / name).write_bytes(torn(kept, now.get(number, kept)))
        return folder

    def _watched(self, real, after):
        def step(*given, **named):
            self._pass()
            done = real(*given, **named)
            after(done, *given)
            self._pass()
            return done

        return step

    def _pass(self) -> None:
        self.steps += 1
        self._left -= 1
        if not self._left:
            raise PlugPulled

    def _opened(self, handle: int, _path: object, flags: int, *_mode: int) -> None:
        self._handles.add(handle)
        if flags & os.O_CREAT:
            self._contents[os.fstat(handle).st_ino] = b""

    def _synced(self, _none: None, handle: int) -> None:
        told = os.fstat(handle)
        if stat.S_ISDIR(told.st_mode):
            self._names = {path.name: path.stat().st_ino for path in self._files()}
        else:
            self._contents[told.st_ino] = os.pread(handle, told.st_size, 0)

    def _files(self) -> Iterator[Path]:
        return (path for path in self._folder.iterdir() if path.is_file())


def write(folder: Path) -> Iterator[bytes]:
    """Commits, seals and makes room in turns; what is yielded was acknowledged."""
    written = Journal(folder, segment_bytes_max=150, room_for=1)
    for number in range(COMMITS):
        line = b'{"event_id":"e%d"}\n' % number
        written.commit([frame_of(line, 1)])
        yield line
        if number % 3 == 2:
            written.seal()
        if number % 2:
            written.make_room(pause=lambda: None)
    written.close()


def found(folder: Path) -> list[bytes]:
    Journal(folder).close()
    return payloads_in(folder)


def changed(kept: bytes, now: bytes) -> tuple[int, int]:
    """From the first byte to the last that is not as it was synced."""
    begin = _alike(kept, now)
    longer = max(len(kept), len(now))
    if len(kept) != len(now):
        return begin, longer
    return begin, max(begin, longer - _alike(kept[::-1], now[::-1]))


def _alike(one: bytes, other: bytes) -> int:
    """Over how many bytes from the start the two are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def cut(kept: bytes, now: bytes) -> bytes:
    begin, end = changed(kept, now)
    middle = (begin + end) // 2
    return now[:middle] + kept[middle:]


def zeros(kept: bytes, now: bytes) -> bytes:
    begin, end = changed(kept, now)
    return now[:begin] + bytes(end - begin) + now[end:]


TORN: dict[str, Torn] = {
    "lost": lambda kept, _now: kept,
    "cut": cut,
    "zeros": zeros,
    "whole": lambda _kept, now: now,
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestAPulledPlug:
    """The dead leave their lock open, which Python warns of."""

    @pytest.fixture(autouse=True)
    def little_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Less than a segment holds, so that events are written over zeros and behind them."""
        monkeypatch.setattr(journal, "ROOM_BYTES_MIN", 100)

    @pytest.mark.parametrize("torn", TORN.values(), ids=TORN)
    def test_at_any_moment_loses_nothing_that_was_acknowledged(
        self, tmp_path: Path, torn: Torn
    ) -> None:
        moments = self.steps(tmp_path / "whole")
        assert moments > 2 * 3 * COMMITS
        for moment in range(1, moments + 1):
            folder, acknowledged = tmp_path / f"{moment}", []
            with pytest.MonkeyPatch.context() as patch:
                disk = Disk(folder, patch, fails_at=moment)
                with suppress(PlugPulled):
                    for line in write(folder):
                        acknowledged.append(line)  # noqa: PERF402  # as far as it came
            disk.let_go()
            kept = found(disk.left_behind(tmp_path / f"{moment}-after", torn))
            assert len(kept) == len(set(kept))
            assert set(acknowledged) <= set(kept), moment

    def steps(self, folder: Path) -> int:
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(folder, patch, fails_at=-1)
            list(write(folder))
        return disk.steps
