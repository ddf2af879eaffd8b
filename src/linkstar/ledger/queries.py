"""Reading the book: balances as they stood at any moment, and whether it is sound."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from linkstar.batches import batched
from linkstar.ledger.models import Account, BookCheck, Entry
from linkstar.ledger.models import Posting as PostingRow
from linkstar.ledger.rules import CHAIN_START, Draft, Posting, chained, fingerprint
from linkstar.money.amounts import Money


@dataclass(frozen=True, slots=True)
class Balance:
    """Debits minus credits of one account."""

    path: str
    money: Money


@dataclass(frozen=True, slots=True)
class Unsound:
    """Something in the book that cannot be: what, and where."""

    code: str
    sequence: int


_PATHS_AT_ONCE = 500
_POSTING = ("debit__path", "credit__path", "amount_minor", "debit__currency")


def entries_of(book: str) -> QuerySet[Entry]:
    """In the order they were written."""
    return Entry.objects.filter(book=book).order_by("sequence")


def postings_on(account: Account) -> QuerySet[PostingRow]:
    """Every posting from or to an account, the newest first."""
    found = PostingRow.objects.filter(Q(debit=account) | Q(credit=account))
    own = found.filter(entry__book=account.book).select_related("entry", "debit", "credit")
    return own.order_by("-entry__sequence", "line")


def last_check(book: str) -> BookCheck | None:
    """The newest check of the whole book; None where none was made yet."""
    return BookCheck.objects.filter(book=book).order_by("-at", "-pk").first()


def draft_of(entry: Entry) -> Draft:
    """What an entry says, read back from its rows."""
    rows = entry.postings.order_by("line").values_list(*_POSTING)
    return _read_back(entry, rows)


def _read_back(entry: Entry, rows: Iterable[tuple[str, str, int, str]]) -> Draft:
    return Draft(
        kind=entry.kind,
        key=entry.key,
        happened_at=entry.happened_at,
        postings=tuple(
            Posting(debit, credit, Money(minor, currency))
            for debit, credit, minor, currency in rows
        ),
        facts=entry.facts,
        reverses=entry.reverses_id,
    )


def balances(book: str, *, path: str = "", as_of: datetime | None = None) -> list[Balance]:
    """The balance of every account whose path starts with `path`, in order of path.

    Args:
        book: whose.
        path: a whole path or its beginning up to a colon; empty for all.
        as_of: what the book said at that moment. Asked again later, the answer is the same.
    """
    postings = PostingRow.objects.filter(entry__book=book)
    if as_of is not None:
        postings = postings.filter(entry__recorded_at__lte=as_of)
    accounts = Account.objects.filter(book=book).order_by("path", "currency")
    debit_side = credit_side = postings
    if path:
        accounts = accounts.filter(Q(path=path) | Q(path__startswith=f"{path.rstrip(':')}:"))
        debit_side = postings.filter(debit__in=accounts.values("pk"))
        credit_side = postings.filter(credit__in=accounts.values("pk"))
    debited, credited = _sums(debit_side, "debit_id"), _sums(credit_side, "credit_id")
    return [
        Balance(
            account.path,
            Money(debited.get(account.pk, 0) - credited.get(account.pk, 0), account.currency),
        )
        for account in accounts
    ]


def balances_minor(book: str, paths: Iterable[str], currency: str) -> dict[str, int]:
    """Debits minus credits of accounts named whole; where nothing was ever posted, 0."""
    found = dict.fromkeys(paths, 0)
    for some in batched(found, _PATHS_AT_ONCE):
        accounts = Account.objects.filter(book=book, path__in=some, currency=currency)
        path_of = dict(accounts.values_list("pk", "path"))
        postings = PostingRow.objects.filter(entry__book=book)
        for pk, minor in _sums(postings.filter(debit__in=path_of), "debit_id").items():
            found[path_of[pk]] += minor
        for pk, minor in _sums(postings.filter(credit__in=path_of), "credit_id").items():
            found[path_of[pk]] -= minor
    return found


def unsound(book: str) -> Iterator[Unsound]:
    """Everything that breaks the promises of the book, in order; nothing for a sound one.

    Every row is read and every hash worked out again: a changed, removed or inserted row shows.
    """
    link, expected = CHAIN_START, 0
    for entry, rows in entries_with_postings(book):
        expected += 1
        if entry.sequence != expected:
            yield Unsound("sequence_broken", entry.sequence)
            expected = entry.sequence
        if not rows:
            yield Unsound("entry_without_postings", entry.sequence)
            continue
        said = fingerprint(_read_back(entry, rows))
        if said != entry.fingerprint:
            yield Unsound("entry_changed", entry.sequence)
        link = chained(link, said, entry.sequence, entry.recorded_at)
        if link != entry.link:
            yield Unsound("chain_broken", entry.sequence)
            link = entry.link
    for posting in _across_currencies(book):
        yield Unsound("currencies_mixed", posting.entry.sequence)


def entries_with_postings(book: str) -> Iterator[tuple[Entry, list[tuple[str, str, int, str]]]]:
    """Every entry in order with its postings (debit, credit, minor units, currency).

    Read side by side in one pass over each table.
    """
    postings = PostingRow.objects.filter(entry__book=book).order_by("entry__sequence", "line")
    rows = postings.values_list("entry__sequence", *_POSTING).iterator(chunk_size=10_000)
    by_entry = groupby(rows, key=itemgetter(0))
    sequence, group = next(by_entry, (0, iter(())))
    for entry in entries_of(book).iterator(chunk_size=10_000):
        own: list[tuple[str, str, int, str]] = []
        if sequence == entry.sequence:
            own = [row[1:] for row in group]
            sequence, group = next(by_entry, (0, iter(())))
        yield entry, own


def _sums(postings: QuerySet[PostingRow], side: str) -> dict[int, int]:
    summed = postings.values(side).annotate(minor=Coalesce(Sum("amount_minor"), 0))
    return {row[side]: row["minor"] for row in summed}


def _across_currencies(book: str) -> QuerySet[PostingRow]:
    postings = PostingRow.objects.filter(entry__book=book).select_related("entry")
    return postings.exclude(debit__currency=F("credit__currency"))
