"""A large file of delimited text as two halves, each read by a core of its own.

Whether a line feed ends a record is only known to whoever read all before it. So the text is cut
at the end of any line near its middle, and the cut was right where there turn out to be as many
records as lines: a record has a line or more, a blank line has none; then every line is a record.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np

from linkstar.connectors.reading.cells import Part
from linkstar.connectors.reading.text import LINE_BYTES_MAX

_BLOCK_BYTES = 1 << 18
_LINE_FEED = ord("\n")


@dataclass(frozen=True, slots=True)
class Halves:
    """Copies of both halves of a text, and how many lines it has."""

    parts: tuple[Part, Part]
    lines: int


class _Lines:
    """Counts the lines of a text that passes by in blocks."""

    def __init__(self) -> None:
        self._feeds = self._lone_returns = 0
        self._last = b"\n"

    def take(self, block: bytearray, size: int) -> None:
        """Take the first bytes of a block."""
        self._feeds += int(np.count_nonzero(np.frombuffer(block, np.uint8, size) == _LINE_FEED))
        if block.find(b"\r", 0, size) >= 0 or self._last == b"\r":
            pairs = block.count(b"\r\n", 0, size) + (self._last + block[:1] == b"\r\n")
            self._lone_returns += block.count(b"\r", 0, size) - pairs
        self._last = bytes(block[size - 1 : size])

    @property
    def count(self) -> int | None:
        """How many there are; None where a carriage return alone may end one."""
        return None if self._lone_returns else self._feeds + (self._last != b"\n")


def lines_of(path: Path) -> int | None:
    """How many lines a text has; None where not all of them end with a line feed."""
    lines, block = _Lines(), bytearray(_BLOCK_BYTES)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(block):
            lines.take(block, size)
    return lines.count


@contextmanager
def halves_of(path: Path, scratch: Path) -> Iterator[Halves | None]:
    """Both halves of a text, copied to `scratch` for a while; None where lines end otherwise."""
    first, second = scratch / "first-half.csv", scratch / "second-half.csv"
    try:
        before, after = _copied(path, first, second)
        if before is None or after is None:
            yield None
        else:
            parts = (Part(str(first), 0), Part(str(second), before))
            yield Halves(parts, before + after)
    finally:
        first.unlink(missing_ok=True)
        second.unlink(missing_ok=True)


def _copied(path: Path, first: Path, second: Path) -> tuple[int | None, int | None]:
    """Copy both halves at the same time; how many lines each has."""
    size = path.stat().st_size
    cut = _line_begins_after(path, size // 2)
    if cut is None:
        return None, None
    with ThreadPoolExecutor(1) as other_core:
        after = other_core.submit(_copied_part, path, second, cut, size)
        return _copied_part(path, first, 0, cut), after.result()


def _line_begins_after(path: Path, at: int) -> int | None:
    """Where the first line after this byte begins; None where a line is longer than any may be."""
    with path.open("rb") as text:
        text.seek(at)
        rest = text.readline(LINE_BYTES_MAX)
        return text.tell() if len(rest) < LINE_BYTES_MAX else None


def _copied_part(path: Path, target: Path, begin: int, end: int) -> int | None:
    """One block is read into again and again: a new one each time costs as much as its copying."""
    lines, block = _Lines(), bytearray(_BLOCK_BYTES)
    room = memoryview(block)
    with path.open("rb", buffering=0) as text, target.open("wb", buffering=0) as copy:
        text.seek(begin)
        while size := text.readinto(room[: end - begin]):
            begin += size
            lines.take(block, size)
            _write_whole(copy, room[:size])
    return lines.count


def _write_whole(file: FileIO, content: memoryview) -> None:
    while content:
        content = content[file.write(content) :]
