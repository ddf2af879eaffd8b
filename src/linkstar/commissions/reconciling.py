"""Adding the whole book up again and holding the records against it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.functions import Abs

from linkstar.accounts.models import Workspace
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import STANDING, State, owed_account
from linkstar.ledger.queries import balances

Owed = dict[tuple[str, str], int]
"""What is owed by account and currency; below nothing for what one has."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Records and book disagree about an account: what each says the creator is owed."""

    path: str
    currency: str
    records_minor: int
    book_minor: int


def differences(workspace: Workspace) -> Iterator[Difference]:
    """Every account of what creators are owed on which records and book disagree.

    Both sides are summed anew: every row of `Commission` by creator, state and currency, and every
    posting of the book.
    """
    return compared(_of_records(workspace), _of_book(workspace))


def compared(records: Owed, book: Owed) -> Iterator[Difference]:
    """Every account of which the records say something else than the book."""
    for key in sorted(records.keys() | book.keys()):
        said, stands = records.get(key, 0), book.get(key, 0)
        if said != stands:
            yield Difference(*key, said, stands)


def misbooked(workspace: Workspace) -> int:
    """How many amounts have an entry that says another amount."""
    return (
        Commission.objects.filter(shop__workspace=workspace, entry__isnull=False)
        .annotate(said=Abs("amount_minor"))
        .exclude(entry__postings__amount_minor=F("said"))
        .count()
    )


def _of_records(workspace: Workspace) -> Owed:
    rows = (
        Commission.objects.filter(shop__workspace=workspace, state__in=STANDING)
        .order_by("creator", "state", "currency")
        .values_list("creator", "state", "currency")
        .annotate(minor=Sum("amount_minor"))
    )
    return {
        (owed_account(creator, State(state)), currency): minor
        for creator, state, currency, minor in rows
        if minor
    }


def _of_book(workspace: Workspace) -> Owed:
    standing = tuple(f":{state}" for state in STANDING)
    return {
        (each.path, each.money.currency): -each.money.minor
        for each in balances(workspace.pk, path="liability:creator")
        if each.path.endswith(standing) and each.money.minor
    }
