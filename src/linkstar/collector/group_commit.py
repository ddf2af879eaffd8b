"""Everybody who waits shares one write and one sync; nobody is answered before it is done."""

import asyncio
from collections.abc import Callable

from linkstar.events.journal import Journal, JournalBroken

Settle = Callable[[bool], None]


class GroupCommit:
    """Collects frames while the event loop is busy and commits them together in its next turn."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._frames: list[bytes] = []
        self._waiting: list[Settle] = []

    def append(self, frame: bytes, settle: Settle) -> None:
        """Call `settle` with True once the frame is on disk, with False where the disk refused."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._commit)
        self._frames.append(frame)
        self._waiting.append(settle)

    def _commit(self) -> None:
        frames, waiting = self._frames, self._waiting
        self._frames, self._waiting = [], []
        try:
            self._journal.commit(frames)
        except JournalBroken:
            is_kept = False
        else:
            is_kept = True
        for settle in waiting:
            settle(is_kept)
