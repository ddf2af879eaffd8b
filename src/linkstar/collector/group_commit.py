"""Everybody who waits shares one write and one sync; nobody is answered before it is done."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from linkstar.collector.requests import Answer
from linkstar.events.journal import Journal, JournalBroken, frame_of

LINES_IN_COMMON = 16
"""Single lines share a frame, and so what a disk spoils of it: about one of its blocks, 4 KiB."""


class Held(msgspec.Struct, frozen=True):
    """An answer that is true once its lines are on disk, and the one to give where they are not."""

    payload: bytes
    lines: int
    answer: Answer
    otherwise: Callable[[], Answer]
    envelope: bytes = b""


Reply = Callable[[Answer], None]


class GroupCommit:
    """Collects lines while the event loop is busy and commits them together in its next turn."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Held, Reply]] = []

    def append(self, held: Held, reply: Reply) -> None:
        """Answer once the lines are on disk, or otherwise where the disk refused them."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._commit)
        self._waiting.append((held, reply))

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            self._journal.commit(frames_of([held for held, _ in waiting]))
        except JournalBroken:
            for held, reply in waiting:
                reply(held.otherwise())
        else:
            for held, reply in waiting:
                reply(held.answer)


def frames_of(helds: Sequence[Held]) -> list[bytes]:
    """As they are written: each batch in a frame of its own, single lines in shared ones."""
    singles = [held.payload for held in helds if held.lines == 1 and not held.envelope]
    frames = [
        frame_of(held.payload, held.lines, envelope=held.envelope)
        for held in helds
        if held.lines > 1 or held.envelope
    ]
    for start in range(0, len(singles), LINES_IN_COMMON):
        lines = singles[start : start + LINES_IN_COMMON]
        frames.append(frame_of(b"".join(lines), len(lines)))
    return frames
