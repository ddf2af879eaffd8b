"""Taking in large files of creators, away from the request that brought them."""

import logging
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.db import transaction

from linkstar.accounts.models import User, Workspace
from linkstar.connectors.creator_import import (
    Asked,
    begin_creator_import,
    fail_creator_import,
    import_creators,
    run_creator_import,
)
from linkstar.connectors.models import CreatorImport
from linkstar.jobs.queue import job, waiting

TAKEN_IN_AT_ONCE_BYTES = 128 * 1024
"""About a thousand creators; more would keep the person waiting."""
logger = logging.getLogger(__name__)


def take_in_file(
    *, workspace: Workspace, user: User, path: Path, name: str, asked: Asked, now: datetime
) -> CreatorImport:
    """Take a short list in at once, and leave a long one to a job.

    Raises:
        Refusal: a short file as a whole cannot be read; a long one says so when its turn came.
    """
    is_short = path.stat().st_size <= TAKEN_IN_AT_ONCE_BYTES
    made = (import_creators if is_short else begin_creator_import)(
        workspace=workspace, user=user, path=path, name=name, asked=asked, now=now
    )
    if not is_short:
        transaction.on_commit(partial(take_in_creators, made.pk))
    return made


@job
def take_in_creators(import_id: str) -> None:
    """Run one import to its end; one that is not running is left alone."""
    made = CreatorImport.objects.filter(pk=import_id, state=CreatorImport.State.RUNNING).first()
    if made is None:
        return
    try:
        run_creator_import(made, now=datetime.now(UTC))
    except Exception:  # the entry point of a job: a bug ends the import by name
        logger.exception("import of creators %s failed", import_id)
        fail_creator_import(made, "unexpected")


def take_up_interrupted() -> None:
    """Queue what a killed worker left running and the queue no longer knows."""
    known = {arguments[0] for arguments in waiting("take_in_creators")}
    running = CreatorImport.objects.filter(state=CreatorImport.State.RUNNING)
    for import_id in running.exclude(pk__in=known).values_list("pk", flat=True):
        take_in_creators(import_id)
