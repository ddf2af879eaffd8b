"""Single entries of a book, and single balances, for tests that look at them one by one."""

from datetime import datetime

from linkstar.ledger.actions import post_entries, reversal
from linkstar.ledger.models import Entry
from linkstar.ledger.queries import balances
from linkstar.ledger.rules import Draft
from linkstar.money.amounts import Money


def post_entry(*, book: str, draft: Draft, now: datetime) -> Entry:
    [entry] = post_entries(book=book, drafts=[draft], now=now)
    return entry


def take_back(entry: Entry, key: str, now: datetime) -> Entry:
    """Its mirror image, written behind it."""
    return post_entry(book=entry.book, draft=reversal(entry, key=key, happened_at=now), now=now)


def balance(book: str, path: str, currency: str, *, as_of: datetime | None = None) -> Money:
    """Debits minus credits of one account; nothing was ever posted there means 0."""
    for each in balances(book, path=path, as_of=as_of):
        if each.path == path and each.money.currency == currency:
            return each.money
    return Money(0, currency)
