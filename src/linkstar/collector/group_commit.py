"""Everybody who waits shares one write and one sync; nobody is answered before it is done."""

import asyncio

from linkstar.events.journal import Journal, JournalBroken, frame_of


class _Outcome(asyncio.Future[None]):
    """Of one commit, awaited by many: whoever goes away must not call it off for the others."""

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002  # the base class's signature
        return False


class GroupCommit:
    """Collects frames while the event loop is busy and commits them together in its next turn."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._frames: list[bytes] = []
        self._outcome: _Outcome | None = None

    async def append(self, payload: bytes, lines: int) -> None:
        """Return once the lines are on disk.

        Raises:
            JournalBroken: the disk refused.
        """
        self._frames.append(frame_of(payload, lines))
        if self._outcome is None:
            loop = asyncio.get_running_loop()
            self._outcome = _Outcome(loop=loop)
            loop.call_soon(self._commit)
        await self._outcome

    def _commit(self) -> None:
        frames, outcome = self._frames, self._outcome
        self._frames, self._outcome = [], None
        assert outcome is not None
        try:
            self._journal.commit(frames)
        except JournalBroken as error:
            outcome.set_exception(error)
        else:
            outcome.set_result(None)
