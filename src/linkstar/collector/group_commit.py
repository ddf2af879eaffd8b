"""Everybody who waits shares one write and one sync; nobody is answered before it is done."""

import asyncio

from linkstar.events.journal import Journal, JournalBroken, frame_of


class GroupCommit:
    """Collects frames while the event loop is busy and commits them together in its next turn."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._frames: list[bytes] = []
        self._done: asyncio.Future[None] | None = None

    async def append(self, payload: bytes, lines: int) -> None:
        """Return once the lines are on disk.

        Raises:
            JournalBroken: the disk refused.
        """
        self._frames.append(frame_of(payload, lines))
        if self._done is None:
            loop = asyncio.get_running_loop()
            self._done = loop.create_future()
            loop.call_soon(self._commit)
        await asyncio.shield(self._done)

    def _commit(self) -> None:
        frames, done = self._frames, self._done
        self._frames, self._done = [], None
        assert done is not None
        try:
            self._journal.commit(frames)
        except JournalBroken as error:
            done.set_exception(error)
        else:
            done.set_result(None)
