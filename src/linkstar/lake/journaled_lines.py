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
        frames, spoilt = _readable(data)
        if spoilt:
            _keep(sealed, spoilt)
            rotten[sealed.number] = sum(part.count(b"\n") or 1 for part in spoilt)
        elif not is_as_sealed(sealed, data):
            rotten[sealed.number] = 1  # frames are gone, and nobody knows how many
        table, unreadable = _table(frames, sealed.number, start)
        if unreadable:
            rotten[sealed.number] = rotten.get(sealed.number, 0) + unreadable
        tables.append(table)
        start += table.num_rows
    return Lines(pa.concat_tables(tables) if tables else LINES.empty_table(), rotten)


def _readable(data: bytes) -> tuple[list[Frame], list[bytes]]:
    """The frames that hold, and the bytes between them that do not."""
    found, sound = sound_frames(data)
    frames, spoilt = list(found), []
    at = sound
    while at < len(data):
        following = FRAME_HEADER.search(data, at + 1)
        end = following.start() if following else len(data)
        found, sound = sound_frames(data[end:])
        if following and not found:
            spoilt.append(data[at:end])
            at = end
            continue
        spoilt.append(data[at:end])
        frames += found
        at = end + sound
    return frames, spoilt


def _keep(sealed: Sealed, spoilt: Iterable[bytes]) -> None:
    folder = sealed.path.parent / "quarantine"
    folder.mkdir(exist_ok=True)
    for part in spoilt:
        name = f"{sealed.number:012d}-spoilt-{zlib.crc32(part):08x}"
        (folder / name).write_bytes(part)


def _table(frames: Sequence[Frame], segment: int, start: int) -> tuple[pa.Table, int]:
    """The lines of some frames, numbered from `start`, and how many are not text at all."""
    data = b"".join(frame.payload for frame in frames)
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")).astype(np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    raw = _slices(data, starts, ends)
    told = pc.greater(pc.binary_length(raw), 0)
    lines = raw.filter(told)
    try:
        text = lines.cast(pa.string())
        unreadable = 0
    except pa.ArrowInvalid:
        text, unreadable = _only_text(lines)
    count = len(text)
    is_envelope = np.asarray(pc.starts_with(text, _ENVELOPE)).astype(bool)
    place = np.arange(start, start + count, dtype=np.int64)
    envelope = np.maximum.accumulate(np.where(is_envelope, place, -1)) if count else place
    columns = [
        pa.array(place),
        pa.array(np.full(count, segment, np.int64)),
        pa.array(envelope),
        text,
    ]
    return pa.table(columns, schema=LINES), unreadable


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


def _only_text(lines: pa.Array) -> tuple[pa.Array, int]:
    """The lines that are UTF-8; the collector lets no other in, so this is for spoilt disks."""
    kept = []
    for line in lines.to_pylist():
        try:
            kept.append(line.decode())
        except UnicodeDecodeError:
            continue
    return pa.array(kept, pa.string()), len(lines) - len(kept)


def archive(segments: Iterable[Sealed]) -> None:
    """Move loaded segments to `archive/`: what the facts can be made from again."""
    for sealed in segments:
        folder = sealed.path.parent / "archive"
        folder.mkdir(exist_ok=True)
        sealed.path.rename(folder / sealed.path.name)
