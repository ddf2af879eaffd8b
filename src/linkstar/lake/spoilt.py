"""Bytes that no longer hold: kept as they were found beside each journal, for people to look at.

A *spoilt* piece is one of a sealed segment whose checksum failed; it was received, stands in the
books, and is decided on like a line. A *torn* one is the end of a segment whose writer died; nobody
was told that it was received, so there is nothing to decide.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from linkstar.lake.decisions import Address
from linkstar.lake.journaled_history import journal_name

QUARANTINE = "quarantine"
_PIECE = re.compile(r"(\d{12})-(spoilt-[0-9a-f]{8}|torn)")
_BYTES_IN_ROW = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a segment.

    Attributes:
        path: where its bytes lie.
        segment: the number of its segment.
        is_torn: whether it was never acknowledged.
        size: bytes.
        found_at: when it was put there.
    """

    path: Path
    segment: int
    is_torn: bool
    size: int
    found_at: datetime

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def journal(self) -> str:
        """The name of its journal's folder."""
        return self.path.parent.parent.name

    def head(self, most: int) -> bytes:
        """Its first bytes."""
        with self.path.open("rb") as file:
            return file.read(most)


def pieces(journals: Iterable[Path]) -> list[Piece]:
    """Every piece, the newest first."""
    found = [
        piece
        for journal in journals
        for path in (journal / QUARANTINE).glob("*")
        if (piece := _piece(path))
    ]
    return sorted(found, key=lambda each: (each.found_at, each.name), reverse=True)


def pieces_of(collector: Path, address: Address) -> list[Piece]:
    """What is kept of the spoilt segment at an address; nothing once its time is over."""
    journals = [
        path.parent
        for path in collector.glob("journal*/name")
        if journal_name(path.parent) == address.journal
    ]
    return [
        each for each in pieces(journals) if each.segment == address.segment and not each.is_torn
    ]


def piece_named(journals: Iterable[Path], journal: str, name: str) -> Piece | None:
    """The piece of that name in a journal's folder; None where there is no such."""
    return next(
        (each for each in pieces(journals) if (each.journal, each.name) == (journal, name)), None
    )


def hex_rows(data: bytes) -> str:
    """Bytes as people compare them: place, hexadecimal, and what of it is printable."""
    rows = (data[at : at + _BYTES_IN_ROW] for at in range(0, len(data), _BYTES_IN_ROW))
    return "\n".join(
        f"{number * _BYTES_IN_ROW:08x}  {row.hex(' '):<{3 * _BYTES_IN_ROW - 1}}  {_printable(row)}"
        for number, row in enumerate(rows)
    )


def _printable(row: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # ASCII


def _piece(path: Path) -> Piece | None:
    named = _PIECE.fullmatch(path.name)
    if named is None:
        return None
    try:
        stat = path.stat()
    except FileNotFoundError:  # its time was over just now
        return None
    found_at = datetime.fromtimestamp(stat.st_mtime, UTC)
    return Piece(path, int(named[1]), named[2] == "torn", stat.st_size, found_at)
