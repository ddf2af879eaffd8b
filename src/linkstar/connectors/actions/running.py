"""Running an import: read, load, learn, count; and the same without writing anything."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.connectors import learning, loading, order_records, overlap_notices
from linkstar.connectors.actions.refusals import (
    ImportNotReady,
    ImportStopped,
    NeedsAnswers,
    ZonesDiffer,
)
from linkstar.connectors.folders import Folder
from linkstar.connectors.loading import Load, RowsDone
from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import (
    detected_of,
    folder_of,
    problems,
    shop_names,
    writable_shops,
)
from linkstar.connectors.reading import order_rows, private_cells
from linkstar.connectors.reading.detected import Detected, Notice
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.parsing import Parsed, parse
from linkstar.connectors.reading.problems import RowProblem
from linkstar.connectors.reading.refusals import Refusal
from linkstar.connectors.reading.staging import SCHEMAS
from linkstar.connectors.records import answers_in, as_json, parsed_in
from linkstar.lake.loading import Loaded
from linkstar.lake.overlapping import overlaps_of
from linkstar.lake.stating import Origin
from linkstar.lake.store import Lake

State = ImportFile.State
READING_SHARE = 0.6
WRITE_PROGRESS_SECONDS = 0.5
PROBLEMS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Preview:
    """What running an import would do: `rows = new + duplicates + superseded + rejected`."""

    rows: int
    new: int
    duplicates: int
    superseded: int
    rejected: int
    warnings: tuple[Notice, ...]
    problems: tuple[RowProblem, ...]
    sample: tuple[dict[str, object], ...]


def ignore_progress(_done: int, _rows: int) -> None:
    """For callers who do not watch."""


@transaction.atomic
def start(import_file: ImportFile, *, user: User | None, now: datetime) -> ImportFile:
    """From ready to running; a second call is refused.

    Raises:
        ImportNotReady: it is not ready, or runs already.
    """
    moved = ImportFile.objects.filter(pk=import_file.pk, state=State.READY).update(
        state=State.RUNNING, started_at=now, user=user or import_file.user
    )
    import_file.refresh_from_db()
    if not moved:
        raise ImportNotReady(import_file.pk, import_file.state)
    return import_file


def dry_run(import_file: ImportFile) -> Preview:
    """What running it would do; nothing is loaded, and what was read is kept for the run.

    Raises:
        NeedsAnswers: something the file does not say is still open.
        FileRefused: the file turns out to be damaged.
        ImportStopped: somebody cancelled it meanwhile.
    """
    watch = _Watch(import_file, ignore_progress, reading=1.0)
    parsed = _parsed(import_file, import_file.created_at, watch.reading)
    rows = _load_of(import_file, parsed)
    lake = Lake(settings.PLACES.lake)
    looked = loading.preview(lake, rows, now=import_file.created_at)
    preview = Preview(
        rows=parsed.rows,
        new=looked.loaded,
        duplicates=looked.duplicates,
        superseded=looked.superseded,
        rejected=parsed.rejected,
        warnings=parsed.warnings + _told_of_days(import_file, lake, parsed, looked),
        problems=tuple(problems(import_file, limit=PROBLEMS_SHOWN)),
        sample=_sample(parsed.staged, rows.kind, names_shops=rows.shop is None),
    )
    import_file.preview = as_json(preview)
    import_file.rows = import_file.rows_done = 0
    import_file.save(update_fields=["preview", "rows", "rows_done"])
    return preview


def run(
    import_file: ImportFile, *, now: datetime, progress: RowsDone = ignore_progress
) -> ImportFile:
    """Load the file's rows, exactly once however often this is called.

    A file that is refused on the way ends as failed, with the refusal's code and parameters. One
    that is cancelled on the way stays cancelled, and nothing of it is loaded.

    Args:
        import_file: ready, or running already (after a worker was killed).
        now: the instant.
        progress: called with rows done and rows in all; the latter is an estimate at first.

    Raises:
        ImportNotReady: it is neither ready nor running.
    """
    if import_file.state == State.READY:
        start(import_file, user=import_file.user, now=now)
    if import_file.state != State.RUNNING:
        raise ImportNotReady(import_file.pk, import_file.state)
    watch = _Watch(import_file, progress, reading=0.0 if _is_read(import_file) else READING_SHARE)
    try:
        parsed = _parsed(import_file, now, watch.reading)
        watch.refuse_cancelled()
        loaded = _loaded(import_file, parsed, now, watch.loading)
    except ImportStopped:
        import_file.refresh_from_db()
        return import_file
    except Refusal as refused:
        return _failed(import_file, refused, now)
    return _done(import_file, parsed, loaded, now)


def load_again(import_file: ImportFile, lake: Lake, *, scratch: Path, name: str = "") -> Loaded:
    """Read a file that was imported once more and load its rows, as they were then.

    Nothing about the import itself changes.

    Args:
        import_file: done, or undone later.
        lake: one that is made anew; with a name, that in which it was loaded before.
        scratch: a folder for the time of reading.
        name: of this load, which is done once.
    """
    assert import_file.finished_at is not None
    scratch.mkdir(parents=True)
    parsed = _read(import_file, Folder(scratch), import_file.finished_at, ignore_progress)
    rows = replace(_load_of(import_file, parsed), load=name)
    return loading.load(lake, rows, now=import_file.finished_at, progress=ignore_progress)


class _Watch:
    """Writes how far it is, and notices when somebody cancelled it.

    `reading` is the share of the whole that reading the file takes, loading has the rest.
    """

    def __init__(self, import_file: ImportFile, progress: RowsDone, *, reading: float) -> None:
        self._import_file = import_file
        self._reading = reading
        self._progress = progress
        self._last = time.monotonic()
        self._rows = import_file.rows or _estimate(import_file)

    def reading(self, share: float) -> None:
        self._tell(share * self._reading)

    def loading(self, done: int, rows: int) -> None:
        self._rows = rows or self._rows
        self._tell(self._reading + (1 - self._reading) * done / max(1, rows), may_stop=False)

    def _tell(self, share: float, *, may_stop: bool = True) -> None:
        done = int(self._rows * share)
        self._progress(done, self._rows)
        if time.monotonic() - self._last < WRITE_PROGRESS_SECONDS:
            return
        self._last = time.monotonic()
        if may_stop:
            self.refuse_cancelled()
        ImportFile.objects.filter(pk=self._import_file.pk, state=self._import_file.state).update(
            rows_done=done, rows=self._rows
        )

    def refuse_cancelled(self) -> None:
        state = ImportFile.objects.values_list("state", flat=True).get(pk=self._import_file.pk)
        if state == State.CANCELLED:
            raise ImportStopped


def _estimate(import_file: ImportFile) -> int:
    """How many rows a file of this size may have, judged by its first ones."""
    detected = detected_of(import_file)
    samples = [sum(map(len, m.samples)) / len(m.samples) for m in detected.columns if m.samples]
    width = sum(samples) + detected.width
    return max(1, int(import_file.size / max(10.0, width)))


def _parsed(import_file: ImportFile, now: datetime, progress: Callable[..., None]) -> Parsed:
    """The rows, read once for the dry run and the run together."""
    folder = folder_of(import_file)
    if _is_read(import_file):
        return parsed_in(import_file.parsed)
    parsed = _read(import_file, folder, now, progress)
    import_file.parsed = as_json(parsed)
    import_file.warnings = as_json(parsed.warnings)
    import_file.save(update_fields=["parsed", "warnings"])
    return parsed


def _is_read(import_file: ImportFile) -> bool:
    return bool(import_file.parsed) and folder_of(import_file).staged.exists()


def _read(
    import_file: ImportFile, folder: Folder, now: datetime, progress: Callable[..., None]
) -> Parsed:
    detected = detected_of(import_file)
    if import_file.shop is None and detected.match("shop") is None:
        raise NeedsAnswers(("shop",))
    shops: tuple[object, ...] = ()
    if detected.match("shop") is not None:
        shops = shop_names(import_file.workspace, import_file.user)
    answers = answers_in(import_file.answers, shops)  # type: ignore[arg-type]
    return parse(
        detected,
        answers,
        staged=folder.staged,
        problems=folder.problems,
        products=folder.products,
        scratch=folder.cells,
        form=loading.stored_form(Kind(import_file.kind), _origin(import_file, detected, now)),
        progress=(lambda _share: None) if progress is ignore_progress else progress,
    )


def _origin(import_file: ImportFile, detected: Detected, now: datetime) -> Origin:
    own = None if detected.match("shop") is not None else import_file.shop
    return Origin(
        import_id=import_file.pk,
        workspace=import_file.workspace.number,
        shop=own.number if own else None,
        exported_on=detected.exported_on,
        now=now,
    )


def _load_of(import_file: ImportFile, parsed: Parsed) -> Load:
    detected = detected_of(import_file)
    names_shops = detected.match("shop") is not None
    own = None if names_shops else import_file.shop
    return Load(
        kind=Kind(import_file.kind),
        staged=parsed.staged,
        import_id=import_file.pk,
        workspace=import_file.workspace.number,
        shop=own.number if own else None,
        zone=own.zone if own else _one_zone(import_file, detected, parsed),
        exported_on=detected.exported_on,
    )


def _one_zone(import_file: ImportFile, detected: Detected, parsed: Parsed) -> str:
    """The zone in which the days of all shops of a file are counted.

    Raises:
        ZonesDiffer: the shops do not agree.
    """
    if detected.kind is not Kind.EVENTS:
        return ""
    with duckdb.connect(":memory:") as engine:
        found = engine.execute(
            "SELECT DISTINCT shop FROM read_parquet(?)", [str(parsed.staged)]
        ).fetchall()
    numbers = {number for (number,) in found}
    shops = writable_shops(import_file.workspace, import_file.user).filter(number__in=numbers)
    zones = sorted({shop.zone for shop in shops})
    if len(zones) > 1:
        raise ZonesDiffer(tuple(zones))
    return zones[0] if zones else "America/Los_Angeles"


def _loaded(import_file: ImportFile, parsed: Parsed, now: datetime, progress: RowsDone) -> Loaded:
    lake = Lake(settings.PLACES.lake)
    loaded = loading.load(lake, _load_of(import_file, parsed), now=now, progress=progress)
    learning.learn(folder_of(import_file).products, shop=_shop(import_file), now=now)
    learning.learn_who(lake, parsed.staged, workspace=import_file.workspace, now=now)
    told = _told_of_days(import_file, lake, parsed, loaded)
    if import_file.kind == Kind.ORDER_LINES:
        told = order_records.take_in(
            lake, workspace=import_file.workspace, import_id=import_file.pk, now=now
        )
    import_file.warnings = as_json(parsed.warnings + told)
    return loaded


def _told_of_days(
    import_file: ImportFile, lake: Lake, parsed: Parsed, loaded: Loaded
) -> tuple[Notice, ...]:
    """What other files state of the same days."""
    if import_file.kind != Kind.PERFORMANCE:
        return ()
    overlaps = overlaps_of(lake, parsed.staged, import_id=import_file.pk)
    return overlap_notices.notices_of(import_file, overlaps, loaded.supersedes)


def _shop(import_file: ImportFile) -> Shop | None:
    return import_file.shop


@transaction.atomic
def _done(import_file: ImportFile, parsed: Parsed, loaded: Loaded, now: datetime) -> ImportFile:
    _keep_mapped_alone(import_file, parsed)
    import_file.state = State.DONE
    import_file.rows = parsed.rows
    import_file.rows_done = parsed.rows
    import_file.loaded = loaded.loaded
    import_file.duplicates = loaded.duplicates
    import_file.superseded = loaded.superseded
    import_file.supersedes = loaded.supersedes
    import_file.rejected = parsed.rejected
    import_file.finished_at = now
    counted = loaded.loaded + loaded.duplicates + loaded.superseded + parsed.rejected
    assert counted == parsed.rows, (import_file.pk, counted, parsed.rows)
    import_file.save()
    record(
        workspace=import_file.workspace,
        user=import_file.user,
        verb="import.done",
        target=import_file.pk,
        now=now,
        name=import_file.name,
        loaded=loaded.loaded,
    )
    transaction.on_commit(folder_of(import_file).forget_staged)
    return import_file


def _keep_mapped_alone(import_file: ImportFile, parsed: Parsed) -> None:
    """Of anybody's order list keep the columns that were used: others may be about buyers."""
    detected, folder = detected_of(import_file), folder_of(import_file)
    if not order_rows.are_anybodys(detected):
        return
    read = replace(detected, cells=parsed.cells)
    kept = private_cells.emptied(read, folder.cells, private_cells.unmapped(detected))
    import_file.detected = as_json(kept)
    import_file.parsed = as_json(replace(parsed, cells=kept.cells))
    transaction.on_commit(lambda: private_cells.delete_other_copies(kept, folder))


def _failed(import_file: ImportFile, refused: Refusal, now: datetime) -> ImportFile:
    import_file.state = State.FAILED
    import_file.failure = {"code": refused.code, "params": as_json(refused.params)}
    import_file.finished_at = now
    import_file.save()
    return import_file


def _sample(staged: Path, kind: Kind, *, names_shops: bool) -> tuple[dict[str, object], ...]:
    """The first rows as they would be stored, without what is empty."""
    told = {*SCHEMAS[kind].names, "workspace", "shop"} if names_shops else set(SCHEMAS[kind].names)
    with duckdb.connect(":memory:") as engine:
        found = engine.read_parquet(str(staged))
        ordered = found.order("row") if "row" in found.columns else found
        rows = ordered.limit(5).to_arrow_table().to_pylist()
    return tuple(
        {name: cell for name, cell in row.items() if cell is not None and name in told}
        for row in rows
    )
