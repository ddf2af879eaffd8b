"""The lines of sealed journal segments as one Arrow table, each with the envelope it came in."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.events.journal import Frame, Sealed, is_as_sealed
from linkstar.lake.unreadable import Note, is_text, lines_in, parts_of

LINES = pa.schema(
    [
        ("n", pa.int64()),  # place in the order of arrival
        ("segment", pa.int64()),
        ("line_number", pa.int64()),  # in its segment's file as it was sealed
        ("envelope", pa.int64()),  # the line that says who sent this one; -1 where it says itself
        ("line", pa.string()),
    ]
)
Places = npt.NDArray[np.int64]
_ENVELOPE = '{"envelope":'


@dataclass(frozen=True, slots=True)
class Lines:
    """What some segments hold.

    Attributes:
        table: as `LINES`, envelopes included.
        rotten: lines that can no longer be read, by segment; their bytes are in `quarantine/`,
            as long as they may be kept.
    """

    table: pa.Table
    rotten: dict[int, int]


def lines_of(segments: Sequence[Sealed]) -> Lines:
    """Every line of the segments in order; what a disk has spoilt is set aside, never guessed at.

    A checksum guards each frame. Frames before and after a spoilt one are unharmed.
    """
    tables: list[pa.Table] = []
    rotten: dict[int, int] = {}
    start = 0
    for sealed in segments:
        data = sealed.path.read_bytes()
        frames, spoilt, notes = readable(data)
        table, unreadable = _table(frames, sealed.number, start)
        _keep(sealed, [*spoilt, *unreadable])
        lost = sum(map(lines_in, spoilt)) + len(unreadable) + sum(note.lines for note in notes)
        if not spoilt and not is_as_sealed(sealed, data):
            lost += 1  # frames are gone, and nobody knows how many
        if lost:
            rotten[sealed.number] = lost
        tables.append(table)
        start += table.num_rows
    return Lines(pa.concat_tables(tables) if tables else LINES.empty_table(), rotten)


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame and the number of its first line in the file it lies in; the first line is 1."""

    frame: Frame
    line_number: int


def readable(data: bytes) -> tuple[list[Placed], list[bytes], list[Note]]:
    """The frames that hold, the bytes between them that do not, and what was taken out of those."""
    frames: list[Placed] = []
    spoilt: list[bytes] = []
    notes: list[Note] = []
    line = 1
    for part in parts_of(data):
        if isinstance(part, Frame):
            frames.append(Placed(part, line + 1))
            line += 1 + part.payload.count(b"\n")
        elif isinstance(part, Note):
            notes.append(part)
            line += part.line_ends
        else:
            spoilt.append(part)
            line += part.count(b"\n")
    return frames, spoilt, notes


def _keep(sealed: Sealed, spoilt: Iterable[bytes]) -> None:
    for part in spoilt:
        folder = sealed.path.parent / "quarantine"
        folder.mkdir(exist_ok=True)
        name = f"{sealed.number:012d}-spoilt-{zlib.crc32(part):08x}"
        (folder / name).write_bytes(part)


def _table(placed: Sequence[Placed], segment: int, start: int) -> tuple[pa.Table, list[bytes]]:
    """The lines of some frames, numbered from `start`, and those that are not text at all."""
    data = b"".join(each.frame.payload for each in placed)
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")).astype(np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    raw = _slices(data, starts, ends)
    numbers = pa.array(_numbers(placed))
    told = pc.greater(pc.binary_length(raw), 0)
    lines, numbers = raw.filter(told), numbers.filter(told)
    try:
        text = lines.cast(pa.string())
        unreadable: list[bytes] = []
    except pa.ArrowInvalid:
        legible = pa.array([is_text(line) for line in lines.to_pylist()])
        unreadable = lines.filter(pc.invert(legible)).to_pylist()
        text, numbers = lines.filter(legible).cast(pa.string()), numbers.filter(legible)
    count = len(text)
    is_envelope = np.asarray(pc.starts_with(text, _ENVELOPE)).astype(bool)
    place = np.arange(start, start + count, dtype=np.int64)
    envelope = np.maximum.accumulate(np.where(is_envelope, place, -1)) if count else place
    columns = [
        pa.array(place),
        pa.array(np.full(count, segment, np.int64)),
        numbers,
        pa.array(envelope),
        text,
    ]
    return pa.table(columns, schema=LINES), unreadable


def _numbers(placed: Sequence[Placed]) -> Places:
    """The number of each line in its file: frame after frame, the header lines between them."""
    counts = np.array([each.frame.payload.count(b"\n") for each in placed], np.int64)
    before = np.array([each.line_number for each in placed], np.int64)
    before -= np.cumsum(counts) - counts
    return np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(before, counts)


def _slices(data: bytes, starts: Places, ends: Places) -> pa.Array:
    """Pieces of `data` without their line ends, copied nowhere."""
    offsets = np.empty(2 * len(starts) + 1, np.int32)
    offsets[0:-1:2] = starts
    offsets[1::2] = ends
    offsets[-1] = len(data)
    pieces = pa.Array.from_buffers(
        pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
    return pieces.take(pa.array(np.arange(0, len(offsets) - 1, 2)))


def archive(segments: Iterable[Sealed]) -> None:
    """Move loaded segments to `archive/`: what the facts can be made from again."""
    for sealed in segments:
        folder = sealed.path.parent / "archive"
        folder.mkdir(exist_ok=True)
        sealed.path.rename(folder / sealed.path.name)
