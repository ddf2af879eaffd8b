"""Writing in the book: only ever adding, once per key, in one unbroken chain."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import connection, transaction

from linkstar.accounts.ids import new_ids
from linkstar.accounts.models import Workspace
from linkstar.batches import batched
from linkstar.ledger.models import Account, Entry
from linkstar.ledger.queries import draft_of
from linkstar.ledger.rules import CHAIN_START, Draft, chained, sealed

_ROWS_AT_ONCE = 10_000
_ENTRIES = (
    "INSERT INTO ledger_entry (id, book, sequence, kind, key, happened_at, recorded_at, facts,"
    " reverses_id, fingerprint, link) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_POSTINGS = "INSERT INTO ledger_posting (entry_id, line, debit_id, credit_id, amount_minor) VALUES"
_OF_KEYS = "SELECT key, id, fingerprint FROM ledger_entry WHERE book = %s AND key IN"
_POSTINGS_AT_ONCE = 1_000


class KeyReused(ValueError):
    """The key already stands in the book with other words."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class AlreadyReversed(ValueError):
    """The entry was taken back before."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(entry_id)
        self.entry_id = entry_id


def hold_book(book: str) -> None:
    """Nobody else who asks for it writes in the book until the transaction we are in has ended.

    Whoever decides what to write from what stands in the records asks first. SQLite lets one
    transaction write at a time anyway.
    """
    Workspace.objects.select_for_update().filter(pk=book).values_list("pk").first()


def post_entries(*, book: str, drafts: Sequence[Draft], now: datetime) -> list[Entry]:
    """Write the entries in their order, all or none; those already there are returned as they are.

    Whoever calls holds the book. Two who did not would be told apart by its constraints alone.

    Args:
        book: whose book, the id of a workspace.
        drafts: what to write. A key twice in one call counts once.
        now: the instant of writing. Never before that of the entry before.

    Raises:
        KeyReused: a key already stands there with other words.
        AlreadyReversed: a draft takes back an entry that was taken back before.
    """
    ids = write_entries(book=book, drafts=drafts, now=now)
    found: dict[str, Entry] = {}
    for some in batched(ids, _ROWS_AT_ONCE):
        found |= Entry.objects.in_bulk(some)
    return [found[each] for each in ids]


def write_entries(*, book: str, drafts: Sequence[Draft], now: datetime) -> list[str]:
    """As `post_entries`, for many: returns the ids alone, and makes no instance of any row."""
    if not drafts:
        return []
    known = _known(book, drafts)
    ids = {key: pk for key, (pk, _) in known.items()}
    words = {key: said for key, (_, said) in known.items()}
    fresh: dict[str, Draft] = {}
    rows: list[tuple[Any, ...]] = []
    link = _linking(book, now)
    new = new_ids("ent", len(drafts))
    for draft in drafts:
        facts, said = sealed(draft)
        if words.setdefault(draft.key, said) != said:
            raise KeyReused(draft.key)
        if draft.key not in ids:
            entry = ids[draft.key] = next(new)
            fresh[entry] = draft
            rows.append(link(entry, draft, facts, said))
    _refuse_second_reversals(fresh.values())
    if fresh:
        _insert(book, fresh, rows)
    return [ids[draft.key] for draft in drafts]


def reversal(entry: Entry, *, key: str, happened_at: datetime) -> Draft:
    """The mirror image of an entry, to be written together with others."""
    original = draft_of(entry)
    return Draft(
        kind=f"{entry.kind}_reversed",
        key=key,
        happened_at=happened_at,
        postings=tuple(posting.reversed for posting in original.postings),
        facts=dict(original.facts),
        reverses=entry.id,
    )


def _known(book: str, drafts: Sequence[Draft]) -> dict[str, tuple[str, str]]:
    """Id and fingerprint of the drafts that already stand in the book, by key."""
    keys = [draft.key for draft in drafts]
    found: dict[str, tuple[str, str]] = {}
    with connection.cursor() as cursor:
        for part in batched(keys, _ROWS_AT_ONCE):
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"{_OF_KEYS} ({marks})", [book, *part])
            found |= {key: (pk, said) for key, pk, said in cursor.fetchall()}
    return found


def _refuse_second_reversals(drafts: Collection[Draft]) -> None:
    reversed_ids = [draft.reverses for draft in drafts if draft.reverses]
    before = reversed_ids and Entry.objects.filter(reverses__in=reversed_ids).first()
    if before:
        raise AlreadyReversed(str(before.reverses_id))


def _accounts(book: str, drafts: Collection[Draft]) -> dict[tuple[str, str], int]:
    """The key of every account named, opening those that are new."""
    named = {
        (path, posting.amount.currency)
        for draft in drafts
        for posting in draft.postings
        for path in (posting.debit, posting.credit)
    }
    known = _opened(book, {path for path, _ in named})
    if new := sorted(named - known.keys()):
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO ledger_account (book, path, currency) VALUES (%s, %s, %s)",
                [(book, *each) for each in new],
            )
        known |= _opened(book, {path for path, _ in new})
    return known


def _opened(book: str, paths: AbstractSet[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for some in batched(sorted(paths), _ROWS_AT_ONCE):
        rows = Account.objects.filter(book=book, path__in=some)
        found |= {row[:2]: row[2] for row in rows.values_list("path", "currency", "pk")}
    return found


@transaction.atomic(savepoint=False)  # all or none, whatever its caller does
def _insert(book: str, drafts: Mapping[str, Draft], rows: Sequence[tuple[Any, ...]]) -> None:
    """By hand and in bulk: the instances of a million rows would cost more than the rows."""
    accounts = _accounts(book, drafts.values())
    with connection.cursor() as cursor:
        cursor.executemany(_ENTRIES, rows)
        for some in batched(_postings(drafts, accounts), _POSTINGS_AT_ONCE):
            # A trigger looks at each: alone, each would keep a copy of every page it changes.
            marks = ", ".join(["(%s, %s, %s, %s, %s)"] * len(some))
            cursor.execute(f"{_POSTINGS} {marks}", list(chain.from_iterable(some)))


def _postings(
    drafts: Mapping[str, Draft], accounts: Mapping[tuple[str, str], int]
) -> Iterator[tuple[str, int, int, int, int]]:
    for entry, draft in drafts.items():
        for line, posting in enumerate(draft.postings, start=1):
            minor, currency = posting.amount.minor, posting.amount.currency
            debit, credit = accounts[posting.debit, currency], accounts[posting.credit, currency]
            yield entry, line, debit, credit, minor


def _linking(book: str, now: datetime) -> Callable[[str, Draft, str, str], tuple[Any, ...]]:
    """What makes the next draft a row, linked to the one before it."""
    last = Entry.objects.filter(book=book).order_by("-sequence").first()
    sequence, link = (last.sequence, last.link) if last else (0, CHAIN_START)
    recorded_at = max(now, last.recorded_at) if last else now
    as_instant = connection.ops.adapt_datetimefield_value
    recorded = as_instant(recorded_at)

    def linked(entry: str, draft: Draft, facts: str, said: str) -> tuple[Any, ...]:
        nonlocal sequence, link
        sequence += 1
        link = chained(link, said, sequence, recorded_at)
        return (
            entry,
            book,
            sequence,
            draft.kind,
            draft.key,
            as_instant(draft.happened_at),
            recorded,
            facts,
            draft.reverses,
            said,
            link,
        )

    return linked
