"""Papers of a qualification that need not be kept any longer: the file goes, a record stays."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet

from linkstar.accounts.actions import record
from linkstar.catalog.models import QualificationDocument
from linkstar.catalog.qualification import State

ERASED = "qualification.document_erased"


def papers_due(*, before: datetime) -> QuerySet[QualificationDocument]:
    """Files replaced before an instant, and those of a draft that was never handed in since.

    The papers a shop stands on stay for as long as it stands on them.
    """
    replaced = Q(removed_at__lt=before)
    forgotten = Q(was_handed_in=False, uploaded_at__lt=before, qualification__state=State.DRAFT)
    return QualificationDocument.objects.filter(replaced | forgotten, erased_at=None)


def erase_papers(*, folder: Path, before: datetime, now: datetime) -> int:
    """Erase every paper that is due; how many. Cut off anywhere, the next run goes on.

    The row stays with the kind, the digest and the dates, without the file's name; the audit log
    of the company says what was erased and when.
    """
    return sum(_erased(folder, before, now))


def _erased(folder: Path, before: datetime, now: datetime) -> Iterator[int]:
    for pk in list(papers_due(before=before).values_list("pk", flat=True)):
        with transaction.atomic():
            due = papers_due(before=before).select_for_update(of=("self",)).filter(pk=pk)
            paper = due.select_related("qualification__shop__workspace").first()
            if paper is None:
                continue  # another run was faster
            paper.name, paper.erased_at, paper.removed_at = "", now, paper.removed_at or now
            paper.save(update_fields=["name", "erased_at", "removed_at"])
            record(
                workspace=paper.qualification.shop.workspace,
                user=None,
                verb=ERASED,
                target=paper.pk,
                now=now,
                kind=paper.kind,
                sha256=paper.sha256,
            )
            (folder / paper.stored_as).unlink(missing_ok=True)
        yield 1
