"""Bytes of a segment nobody can read: found between the frames that hold, and in time taken out.

They may say who a visitor was as well as any line does, so they are kept no longer than visitors'
names. In place of a *spoilt* piece then stands a frame with a note: how many bytes it was, their
digest, and how many lines it is counted as. In place of a line that is no JSON stands what it was,
and it is no JSON either. So the facts that are made again from the segment are the same.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Self

from linkstar.events.journal import FRAME_HEADER, Frame, frame_of, sound_frames

_NOTE = b'{"spoilt":'
"""How the one line of a note begins, as no line of a collector does."""
_TAKEN_OUT = b"taken out: "
_NO_TEXT = b"\xff"


@dataclass(frozen=True, slots=True)
class Note:
    """What is left of bytes that were taken out.

    Attributes:
        size: how many bytes they were.
        sha256: their digest.
        lines: about how many lines were lost with them.
        line_ends: by how much they moved the number of each line after them.
    """

    size: int
    sha256: str
    lines: int
    line_ends: int

    @classmethod
    def of(cls, spoilt: bytes) -> Self:
        digest = sha256(spoilt).hexdigest()
        return cls(len(spoilt), digest, lines_in(spoilt), spoilt.count(b"\n"))

    def framed(self) -> bytes:
        said = json.dumps({"spoilt": asdict(self)}, separators=(",", ":"))
        return frame_of(said.encode() + b"\n", 1)


FRAMES_ARE_GONE = Note(0, sha256().hexdigest(), 1, 0)
"""For a segment that was cut between two frames: nobody knows how many it lost."""


def parts_of(data: bytes) -> Iterator[Frame | Note | bytes]:
    """A segment in its order: frames that hold, notes, and the bytes between them that do not."""
    at = 0
    while at < len(data):
        frames, sound = sound_frames(data[at:] if at else data)
        for frame in frames:
            yield _note(frame) or frame
        at += sound
        if at < len(data):
            end = _next_sound(data, at)
            yield data[at:end]
            at = end


def lines_in(spoilt: bytes) -> int:
    """About how many lines spoilt bytes were, the headers of their frames not among them."""
    return max(1, spoilt.count(b"\n") - len(FRAME_HEADER.findall(spoilt)))


def taken_out(line: bytes) -> bytes:
    """What stands in place of a line that is no JSON, and no text either where it was none."""
    if _TAKEN_OUT in line[: len(_NO_TEXT + _TAKEN_OUT)]:
        return line
    said = f"{len(line)} bytes, sha256 {sha256(line).hexdigest()}".encode()
    return (b"" if is_text(line) else _NO_TEXT) + _TAKEN_OUT + said


def is_text(line: bytes) -> bool:
    """UTF-8; the collector lets nothing else in, so this is for spoilt disks."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _note(frame: Frame) -> Note | None:
    if not frame.payload.startswith(_NOTE):
        return None
    return Note(**json.loads(frame.payload)["spoilt"])


def _next_sound(data: bytes, at: int) -> int:
    """Where the next frame that holds begins; the end where there is none."""
    while following := FRAME_HEADER.search(data, at + 1):
        at = following.start()
        frames, _ = sound_frames(data[at:])
        if frames:
            return at
    return len(data)
