"""What may happen to an import, and when."""

from datetime import datetime, timedelta
from typing import Protocol

UNDO_WITHIN = timedelta(days=7)


class Finished(Protocol):
    """What these rules need to know of an import."""

    state: str
    finished_at: datetime | None


def undo_until(import_file: Finished) -> datetime | None:
    """The last moment it can be undone; None for one that never finished."""
    if import_file.finished_at is None:
        return None
    return import_file.finished_at + UNDO_WITHIN


def may_undo(import_file: Finished, *, now: datetime) -> bool:
    """Whether its rows can still be taken back."""
    until = undo_until(import_file)
    return import_file.state == "done" and until is not None and now <= until
