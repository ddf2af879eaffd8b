"""Stopping an import, and giving it up."""

from datetime import datetime

from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.connectors.models import ImportFile

State = ImportFile.State
_STOPPABLE = (State.UPLOADED, State.NEEDS_ANSWERS, State.READY, State.RUNNING)


@transaction.atomic
def cancel(import_file: ImportFile, *, user: User | None, now: datetime) -> ImportFile:
    """Stop it. Loading is one commit: either it had landed already, or nothing of it does."""
    moved = ImportFile.objects.filter(pk=import_file.pk, state__in=_STOPPABLE).update(
        state=State.CANCELLED, finished_at=now
    )
    import_file.refresh_from_db()
    if moved:
        record_end(import_file, "import.cancelled", user, now)
    return import_file


@transaction.atomic
def fail(import_file: ImportFile, *, code: str, now: datetime, **params: object) -> ImportFile:
    """Give it up for a reason the report names; nothing of it was loaded."""
    import_file.refresh_from_db()
    if import_file.state not in _STOPPABLE:
        return import_file
    import_file.state = State.FAILED
    import_file.failure = {"code": code, "params": params}
    import_file.finished_at = now
    import_file.save(update_fields=["state", "failure", "finished_at"])
    return import_file


def record_end(import_file: ImportFile, verb: str, user: User | None, now: datetime) -> None:
    """A line in the audit log about the end of an import."""
    record(
        workspace=import_file.workspace,
        user=user,
        verb=verb,
        target=import_file.pk,
        now=now,
        name=import_file.name,
    )
