"""The lines of sealed journal segments as one Arrow table, each with the envelope it came in."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.events.journal import FRAME_HEADER, Frame, Sealed, is_as_sealed, sound_frames

LINES = pa.schema(
    [
        ("n", pa.int64()),  # place in the order of arrival
        ("segment", pa.int64()),
        ("line_number", pa.int64()),  # in its segment's file, as any text tool counts
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
        rotten: lines that can no longer be read, by segment; their bytes are in `quarantine/`.
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
        frames, spoilt = readable(data)
        table, unreadable = _table(frames, sealed.number, start)
        _keep(sealed, [*spoilt, *unreadable])
        lost = sum(map(_lines_in, spoilt)) + len(unreadable)
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


def readable(data: bytes) -> tuple[list[Placed], list[bytes]]:
    """The frames that hold, and the bytes between them that do not."""
    frames: list[Placed] = []
    spoilt: list[bytes] = []
    at, line = 0, 1
    while at < len(data):
        found, sound = sound_frames(data[at:] if at else data)
        for frame in found:
            frames.append(Placed(frame, line + 1))
            line += 1 + frame.payload.count(b"\n")
        at += sound
        if at == len(data):
            break
        end = _next_sound(data, at)
        spoilt.append(data[at:end])
        line += spoilt[-1].count(b"\n")
        at = end
    return frames, spoilt


def _lines_in(spoilt: bytes) -> int:
    """About how many lines spoilt bytes were, the headers of their frames not among them."""
    return max(1, spoilt.count(b"\n") - len(FRAME_HEADER.findall(spoilt)))


def _next_sound(data: bytes, at: int) -> int:
    """Where the next frame that holds begins; the end where there is none."""
    while following := FRAME_HEADER.search(data, at + 1):
        at = following.start()
        frames, _ = sound_frames(data[at:])
        if frames:
            return at
    return len(data)


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
        is_text = pa.array([_is_text(line) for line in lines.to_pylist()])
        unreadable = lines.filter(pc.invert(is_text)).to_pylist()
        text, numbers = lines.filter(is_text).cast(pa.string()), numbers.filter(is_text)
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


def _is_text(line: bytes) -> bool:
    """UTF-8; the collector lets nothing else in, so this is for spoilt disks."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def archive(segments: Iterable[Sealed]) -> None:
    """Move loaded segments to `archive/`: what the facts can be made from again."""
    for sealed in segments:
        folder = sealed.path.parent / "archive"
        folder.mkdir(exist_ok=True)
        sealed.path.rename(folder / sealed.path.name)
