"""A large file of delimited text as two halves, each read by a core of its own.

Whether a line feed ends a record is only known to whoever read all before it. So the text is cut
at the end of any line near its middle, and the cut was right where there turn out to be as many
records as lines: a record has a line or more, a blank line has none; then every line is a record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from linkstar.connectors.reading.cells import Part
from linkstar.connectors.reading.text import LINE_BYTES_MAX

_BLOCK_BYTES = 1 << 20
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

    def take(self, block: bytes) -> None:
        self._feeds += int(np.count_nonzero(np.frombuffer(block, np.uint8) == _LINE_FEED))
        if b"\r" in block or self._last == b"\r":
            pairs = block.count(b"\r\n") + (self._last + block[:1] == b"\r\n")
            self._lone_returns += block.count(b"\r") - pairs
        self._last = block[-1:] or self._last

    @property
    def count(self) -> int | None:
        """How many there are; None where a carriage return alone may end one."""
        return None if self._lone_returns else self._feeds + (self._last != b"\n")


def lines_of(path: Path) -> int | None:
    """How many lines a text has; None where not all of them end with a line feed."""
    lines = _Lines()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            lines.take(block)
    return lines.count


@contextmanager
def halves_of(path: Path, scratch: Path) -> Iterator[Halves | None]:
    """Both halves of a text, copied to `scratch` for a while; None where lines end otherwise."""
    first, second = scratch / "first-half.csv", scratch / "second-half.csv"
    try:
        with path.open("rb") as text:
            before = _copied(text, first, path.stat().st_size // 2)
            after = _copied(text, second, path.stat().st_size)
        if before is None or after is None:
            yield None
        else:
            parts = (Part(str(first), 0), Part(str(second), before))
            yield Halves(parts, before + after)
    finally:
        first.unlink(missing_ok=True)
        second.unlink(missing_ok=True)


def _copied(text: BinaryIO, target: Path, size: int) -> int | None:
    """Copy so many bytes and the rest of the line they end in; how many lines that are."""
    lines = _Lines()
    with target.open("wb") as copy:
        while size > 0 and (block := text.read(min(size, _BLOCK_BYTES))):
            size -= len(block)
            lines.take(block)
            copy.write(block)
        line = text.readline(LINE_BYTES_MAX)
        lines.take(line)
        copy.write(line)
    return lines.count if len(line) < LINE_BYTES_MAX else None
