"""Making all facts again beside those there are, and holding the two against each other."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from linkstar.config.places import Places
from linkstar.connectors.actions import hand_on, handed_on, load_again
from linkstar.connectors.models import ImportFile
from linkstar.jobs.retention import dropped_before
from linkstar.jobs.tracking import journals
from linkstar.lake.judging import judge
from linkstar.lake.rebuilding import Archived, Difference, archived, differences, load_archived
from linkstar.lake.retention import drop_rows
from linkstar.lake.store import Lake
from linkstar.lake.upkeep import has_loaded, remove_import
from linkstar.tracking.directory import RecordedDirectory, recorded_lists

State = ImportFile.State
Step = tuple[datetime, Callable[[], object]]


def check_rebuild(places: Places, *, now: datetime) -> list[Difference]:
    """Rebuild the facts from archive and imports, and say in which tables they differ.

    The facts in use are judged first, as the job of every minute would. Loads that followed each
    other are repeated together; if that comes out otherwise, each as it was, however long it takes.
    The rebuilt facts are deleted again.

    Args:
        places: where everything lies.
        now: the instant.
    """
    judge(Lake(places.lake), recorded_lists(places.lists, places.collector), now=now)
    if not _differences(places, now=now, one_by_one=False):
        return []
    return _differences(places, now=now, one_by_one=True)


def _differences(places: Places, *, now: datetime, one_by_one: bool) -> list[Difference]:
    with _scratch(places.data) as scratch:
        rebuilt = Lake(scratch / "lake")
        steps = _steps(places, rebuilt, scratch, one_by_one=one_by_one)
        for _, step in sorted(steps, key=lambda each: each[0]):
            step()
        if cap := dropped_before():
            drop_rows(rebuilt, before=cap, now=now)
        judge(rebuilt, recorded_lists(places.lists, places.collector), now=now)
        return list(differences(Lake(places.lake), rebuilt))


@contextmanager
def _scratch(data: Path) -> Iterator[Path]:
    folder = data / f"rebuild-{uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _steps(places: Places, rebuilt: Lake, scratch: Path, *, one_by_one: bool) -> Iterator[Step]:
    """Everything that ever went into the facts, with the moment it did."""
    for part in archived(journals(places.collector), one_by_one=one_by_one):
        yield part.at, _of_journal(rebuilt, part, scratch)
    done = ImportFile.objects.filter(
        state__in=(State.DONE, State.UNDONE), finished_at__isnull=False
    )
    for import_file in done:
        assert import_file.finished_at is not None
        yield import_file.finished_at, _of_import(rebuilt, import_file, scratch)
        if import_file.undone_at is not None:
            yield import_file.undone_at, _of_undoing(rebuilt, import_file, Lake(places.lake))


def _of_journal(lake: Lake, part: Archived, scratch: Path) -> Callable[[], object]:
    return lambda: load_archived(lake, part, RecordedDirectory(), scratch=scratch)


def _of_import(lake: Lake, import_file: ImportFile, scratch: Path) -> Callable[[], object]:
    return lambda: load_again(import_file, lake, scratch=scratch / import_file.pk)


def _of_undoing(lake: Lake, import_file: ImportFile, in_use: Lake) -> Callable[[], object]:
    """Take it back, and hand on to later files what was handed on to them in the facts in use."""
    moment = import_file.undone_at
    assert moment is not None
    others = ImportFile.objects.filter(kind=import_file.kind, workspace=import_file.workspace_id)
    took_over = [
        other
        for other in others.filter(state__in=(State.DONE, State.UNDONE)).order_by("finished_at")
        if has_loaded(in_use, handed_on(import_file, other))
    ]

    def undo() -> None:
        remove_import(lake, import_file.pk, now=moment)
        for other in took_over:
            hand_on(lake, import_file, other)

    return undo
