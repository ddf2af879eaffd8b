"""What every load promises: all or nothing, exactly once, decided on facts nobody overtook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linkstar.lake.datafiles import DataFile
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import Table

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""

ATTEMPTS = 40


class ImportUndone(Exception):
    """The import was undone; its rows come back only under a new import id."""

    def __init__(self, import_id: str) -> None:
        super().__init__(import_id)
        self.import_id = import_id


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the rows of one import: `rows = loaded + duplicates + superseded`.

    Attributes:
        rows: rows in the staged file.
        loaded: rows stored that count.
        duplicates: rows that said nothing new and were not stored.
        superseded: rows stored for undo that do not count, because a later export restates them.
        supersedes: rows of earlier imports that no longer count because of this one.
    """

    rows: int
    loaded: int
    duplicates: int
    superseded: int = 0
    supersedes: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A load that is written but not committed."""

    loaded: Loaded
    files: tuple[DataFile, ...]


def no_progress(_done: int, _rows: int) -> None:
    """For callers who do not watch."""


def commit_once(
    lake: Lake,
    table: Table,
    import_id: str,
    prepare: Callable[[Snapshot], Prepared],
    *,
    now: datetime,
) -> Loaded | None:
    """Prepare and commit one import; again from new facts whenever another writer was faster.

    Returns:
        What was loaded, or None if this import had been loaded before: then nothing was done.

    Raises:
        ImportUndone: this import was loaded and undone.
    """
    for _ in range(ATTEMPTS):
        seen = lake.opened(table)
        if seen.has_undone(import_id):
            raise ImportUndone(import_id)
        if seen.has_loaded(import_id):
            return None
        prepared = prepare(seen)
        try:
            lake.commit(seen, Change(add=prepared.files, loads=import_id), now)
        except Overtaken:
            lake.discard(table, prepared.files)
        else:
            return prepared.loaded
    raise Overtaken(table.name, ATTEMPTS)
