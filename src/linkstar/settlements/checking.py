"""Checking a whole book: its chain, its postings, and the records held against it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from linkstar.accounts.models import Workspace
from linkstar.commissions.reconciling import differences, misbooked
from linkstar.ledger.models import BookCheck
from linkstar.ledger.queries import entries_of, unsound
from linkstar.settlements.reconciling import payout_differences

FINDINGS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree: its name, whose book, where, and both figures if any.

    Names: those of `ledger.queries.Unsound`, `records_differ` and `amount_differs`.
    """

    name: str
    workspace: str
    where: str
    currency: str = ""
    records_minor: int | None = None
    book_minor: int | None = None


def findings_of(workspace: Workspace) -> Iterator[Finding]:
    """Everything in the workspace's book that does not agree; every row is read for it."""
    for fault in unsound(workspace.pk):
        yield Finding(fault.code, workspace.pk, str(fault.sequence))
    for one in (*differences(workspace), *payout_differences(workspace)):
        yield Finding(
            "records_differ",
            workspace.pk,
            one.path,
            one.currency,
            one.records_minor,
            one.book_minor,
        )
    wrong = misbooked(workspace)
    if wrong:
        yield Finding("amount_differs", workspace.pk, str(wrong))


def check_book(*, workspace: Workspace, now: datetime) -> BookCheck:
    """Check the book and write down what was found; of many findings the first hundred."""
    entries = entries_of(workspace.pk).count()
    found = [asdict(finding) for finding in findings_of(workspace)]
    return BookCheck.objects.create(
        book=workspace.pk,
        at=now,
        entries=entries,
        found=len(found),
        findings=found[:FINDINGS_KEPT],
    )
