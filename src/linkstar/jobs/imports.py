"""Running imports in the background.

Running one a second time changes nothing: loading is exactly-once by import id, so what a killed
worker left is simply run again.
"""

import logging
from datetime import UTC, datetime
from threading import Lock

import msgspec

from linkstar.connectors import actions
from linkstar.connectors.models import ImportFile
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.refusals import Refusal
from linkstar.connectors.records import as_json
from linkstar.jobs.asking import ask_soon
from linkstar.jobs.money import work_workspace_through
from linkstar.jobs.queue import job, queue, waiting
from linkstar.jobs.upkeep import refresh_rollups

ATTEMPTS_MAX = 3
LOOKED_AT_AT_ONCE_BYTES = 32 * 1024 * 1024
_LOOKABLE = frozenset(
    {ImportFile.State.UPLOADED, ImportFile.State.NEEDS_ANSWERS, ImportFile.State.READY}
)
_ONE_LARGE_FILE = Lock()
logger = logging.getLogger(__name__)


@job
def run_import(import_id: str) -> None:
    """Run one started import to its end; an import in any other state is left alone."""
    import_file = ImportFile.objects.get(pk=import_id)
    if import_file.state != ImportFile.State.RUNNING:
        return
    if queue.storage.incr(_attempts(import_id)) > ATTEMPTS_MAX:
        actions.fail(import_file, code="worker_killed", now=datetime.now(UTC))
    else:
        _run(import_file)
    queue.storage.delete_counter(_attempts(import_id))


def _run(import_file: ImportFile) -> None:
    """The entry point of a job: a bug ends the import by name and goes to the log whole."""
    try:
        actions.run(import_file, now=datetime.now(UTC))
    except Exception:
        logger.exception("import %s failed", import_file.pk)
        actions.fail(import_file, code="unexpected", now=datetime.now(UTC))
        return
    if import_file.kind == Kind.PERFORMANCE:
        ask_soon(import_file.workspace_id)
    if import_file.kind == Kind.EVENTS:
        refresh_rollups()
    if import_file.kind == Kind.ORDER_LINES:
        work_workspace_through(import_file.workspace_id)


def look(import_file: ImportFile, *, now: datetime) -> actions.Preview | None:
    """What running it would do; None while a job reads a large file, and of one that is damaged.

    A file that turns out damaged is given up, and its record says why.

    Raises:
        ImportNotReady: it runs, or has run.
        NeedsAnswers: something the file does not say is still open.
    """
    if import_file.state not in _LOOKABLE:
        raise actions.ImportNotReady(import_file.pk, import_file.state)
    if import_file.size > LOOKED_AT_AT_ONCE_BYTES:
        if import_file.preview:
            return msgspec.convert(import_file.preview, actions.Preview)
        look_at_once(import_file)
        return None
    try:
        return actions.dry_run(import_file)
    except actions.NeedsAnswers:
        raise
    except Refusal as refused:
        give_up(import_file, refused, now=now)
        return None


def look_at_once(import_file: ImportFile) -> None:
    """Queue the dry run of a large file, unless it is queued already."""
    if (import_file.pk,) not in waiting("look_at"):
        look_at(import_file.pk)


@job
def look_at(import_id: str) -> None:
    """Read a file and keep what running it would do."""
    with _ONE_LARGE_FILE:
        import_file = ImportFile.objects.get(pk=import_id)
        if import_file.state == ImportFile.State.READY and not import_file.preview:
            _look_at(import_file)


def _look_at(import_file: ImportFile) -> None:
    try:
        actions.dry_run(import_file)
    except Refusal as refused:
        give_up(import_file, refused, now=datetime.now(UTC))
    except actions.ImportStopped:
        logger.info("dry run of %s was cancelled", import_file.pk)
    except Exception:
        logger.exception("dry run of %s failed", import_file.pk)
        actions.fail(import_file, code="unexpected", now=datetime.now(UTC))


def give_up(import_file: ImportFile, refused: Refusal, *, now: datetime) -> None:
    """End an import with the refusal that was met while reading it."""
    actions.fail(import_file, code=refused.code, now=now, **as_json(refused.params))


def take_up_interrupted() -> list[str]:
    """Queue the imports a killed worker left running and the queue no longer knows; their ids."""
    known = {arguments[0] for arguments in waiting("run_import")}
    running = ImportFile.objects.filter(state=ImportFile.State.RUNNING).order_by("created_at")
    lost = [import_file.pk for import_file in running if import_file.pk not in known]
    for import_id in lost:
        run_import(import_id)
    return lost


def _attempts(import_id: str) -> str:
    return f"attempts:{import_id}"
