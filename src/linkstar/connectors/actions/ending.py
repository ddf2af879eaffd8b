"""Stopping an import, giving it up, taking it back."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.connectors.actions.refusals import ImportNotReady, UndoTooLate
from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import folder_of
from linkstar.connectors.rules import may_undo
from linkstar.lake.store import Lake
from linkstar.lake.upkeep import remove_import

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
        _record(import_file, "import.cancelled", user, now)
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


def undo(import_file: ImportFile, *, user: User | None, now: datetime) -> ImportFile:
    """Take its rows out of the facts again; what it had superseded counts again.

    Raises:
        ImportNotReady: it is not done.
        UndoTooLate: it was done more than seven days ago.
    """
    import_file.refresh_from_db()
    if import_file.state == State.UNDONE:
        return import_file
    if import_file.state != State.DONE:
        raise ImportNotReady(import_file.pk, import_file.state)
    if not may_undo(import_file, now=now):
        raise UndoTooLate(import_file.pk)
    remove_import(Lake(settings.PLACES.lake), import_file.pk, now=now)
    with transaction.atomic():
        import_file.state = State.UNDONE
        import_file.undone_at = now
        import_file.save(update_fields=["state", "undone_at"])
        _record(import_file, "import.undone", user, now)
    folder_of(import_file).forget_staged()
    return import_file


def _record(import_file: ImportFile, verb: str, user: User | None, now: datetime) -> None:
    record(
        workspace=import_file.workspace,
        user=user,
        verb=verb,
        target=import_file.pk,
        now=now,
        name=import_file.name,
    )
