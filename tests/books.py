"""Single entries of a book, for tests that write them one by one."""

from datetime import datetime

from linkstar.ledger.actions import post_entries, reversal
from linkstar.ledger.models import Entry
from linkstar.ledger.rules import Draft


def post_entry(*, book: str, draft: Draft, now: datetime) -> Entry:
    [entry] = post_entries(book=book, drafts=[draft], now=now)
    return entry


def take_back(entry: Entry, key: str, now: datetime) -> Entry:
    """Its mirror image, written behind it."""
    return post_entry(book=entry.book, draft=reversal(entry, key=key, happened_at=now), now=now)
