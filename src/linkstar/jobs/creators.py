"""Taking in large files of creators, away from the request that brought them."""

import logging
from datetime import UTC, datetime

from linkstar.connectors.creator_import import fail_creator_import, run_creator_import
from linkstar.connectors.models import CreatorImport
from linkstar.jobs.queue import job, waiting

logger = logging.getLogger(__name__)


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
