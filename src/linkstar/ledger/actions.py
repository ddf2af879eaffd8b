"""Writing in the book: only ever adding, once per key, in one unbroken chain."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import Workspace
from linkstar.ledger.models import Account, Entry
from linkstar.ledger.queries import draft_of
from linkstar.ledger.rules import CHAIN_START, Draft, chained, fingerprint

_ROWS_AT_ONCE = 10_000
_ATTEMPTS = 20


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


class BookBusy(RuntimeError):
    """Others kept writing first; nothing was written, trying again later is safe."""


def hold_book(book: str) -> None:
    """Nobody else who asks for it writes in the book until the transaction we are in has ended.

    Whoever decides what to write from what stands in the records asks first. SQLite lets one
    transaction write at a time anyway.
    """
    Workspace.objects.select_for_update().filter(pk=book).values_list("pk").first()


def post_entries(*, book: str, drafts: Sequence[Draft], now: datetime) -> list[Entry]:
    """Write the entries in their order, all or none; those already there are returned as they are.

    Args:
        book: whose book, the id of a workspace.
        drafts: what to write. A key twice in one call counts once.
        now: the instant of writing. Never before that of the entry before.

    Raises:
        KeyReused: a key already stands there with other words.
        AlreadyReversed: a draft takes back an entry that was taken back before.
        BookBusy: other writers were faster every time.
    """
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _write(book, drafts, now)
        except IntegrityError:
            continue  # another writer took our place in the chain, or the same key: look again
    raise BookBusy(book)


def post_entry(*, book: str, draft: Draft, now: datetime) -> Entry:
    """Write one entry; as `post_entries`."""
    [entry] = post_entries(book=book, drafts=[draft], now=now)
    return entry


def reverse_entry(*, entry: Entry, key: str, happened_at: datetime, now: datetime) -> Entry:
    """Take an entry back by its mirror image; the wrong one stays where it is.

    Raises:
        AlreadyReversed: it was taken back before, under another key.
    """
    original = draft_of(entry)
    mirrored = Draft(
        kind=f"{entry.kind}_reversed",
        key=key,
        happened_at=happened_at,
        postings=tuple(posting.reversed for posting in original.postings),
        facts=dict(original.facts),
        reverses=entry.id,
    )
    return post_entry(book=entry.book, draft=mirrored, now=now)


def _write(book: str, drafts: Sequence[Draft], now: datetime) -> list[Entry]:
    said = {id(draft): fingerprint(draft) for draft in drafts}
    known = _known(book, drafts, said)
    fresh = _fresh(drafts, known, said)
    _refuse_second_reversals(fresh)
    entries = _linked(book, fresh, said, now)
    _insert(entries, fresh, _accounts(book, fresh))
    written = known | {entry.key: entry for entry in entries}
    return [written[draft.key] for draft in drafts]


def _known(book: str, drafts: Sequence[Draft], said: dict[int, str]) -> dict[str, Entry]:
    """The drafts that already stand in the book, by key."""
    keys = [draft.key for draft in drafts]
    found: dict[str, Entry] = {}
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        part = keys[start : start + _ROWS_AT_ONCE]
        found |= {entry.key: entry for entry in Entry.objects.filter(book=book, key__in=part)}
    for draft in drafts:
        if draft.key in found and found[draft.key].fingerprint != said[id(draft)]:
            raise KeyReused(draft.key)
    return found


def _fresh(drafts: Sequence[Draft], known: dict[str, Entry], said: dict[int, str]) -> list[Draft]:
    by_key: dict[str, Draft] = {}
    for draft in drafts:
        if draft.key in known:
            continue
        if said[id(by_key.setdefault(draft.key, draft))] != said[id(draft)]:
            raise KeyReused(draft.key)
    return list(by_key.values())


def _refuse_second_reversals(drafts: Sequence[Draft]) -> None:
    reversed_ids = [draft.reverses for draft in drafts if draft.reverses]
    before = Entry.objects.filter(reverses__in=reversed_ids).first()
    if before is not None:
        raise AlreadyReversed(str(before.reverses_id))


def _linked(book: str, drafts: Sequence[Draft], said: dict[int, str], now: datetime) -> list[Entry]:
    """The drafts as entries, each linked to the one before it."""
    last = Entry.objects.filter(book=book).order_by("-sequence").first()
    before, link = (last.sequence, last.link) if last else (0, CHAIN_START)
    recorded_at = max(now, last.recorded_at) if last else now
    entries: list[Entry] = []
    for sequence, draft in enumerate(drafts, start=before + 1):
        link = chained(link, said[id(draft)], sequence, recorded_at)
        entries.append(
            Entry(
                id=new_id("ent"),
                book=book,
                sequence=sequence,
                kind=draft.kind,
                key=draft.key,
                happened_at=draft.happened_at,
                recorded_at=recorded_at,
                facts=dict(draft.facts),
                reverses_id=draft.reverses,
                fingerprint=said[id(draft)],
                link=link,
            )
        )
    return entries


def _accounts(book: str, drafts: Sequence[Draft]) -> dict[tuple[str, str], int]:
    """The key of every account named, opening those that are new."""
    named = {
        (path, posting.amount.currency)
        for draft in drafts
        for posting in draft.postings
        for path in (posting.debit, posting.credit)
    }
    rows = Account.objects.filter(book=book).values_list("path", "currency", "pk")
    known = {(path, currency): pk for path, currency, pk in rows}
    opened = [
        Account(book=book, path=path, currency=currency)
        for path, currency in sorted(named - known.keys())
    ]
    Account.objects.bulk_create(opened, batch_size=_ROWS_AT_ONCE)
    return known | {(account.path, account.currency): account.pk for account in opened}


def _insert(
    entries: Sequence[Entry], drafts: Sequence[Draft], accounts: dict[tuple[str, str], int]
) -> None:
    """By hand and in bulk: the instances of a million rows would cost more than the rows."""
    if not entries:
        return
    as_instant = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger_entry (id, book, sequence, kind, key, happened_at, recorded_at,"
            " facts, reverses_id, fingerprint, link)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    entry.id,
                    entry.book,
                    entry.sequence,
                    entry.kind,
                    entry.key,
                    as_instant(entry.happened_at),
                    as_instant(entry.recorded_at),
                    json.dumps(entry.facts),
                    entry.reverses_id,
                    entry.fingerprint,
                    entry.link,
                )
                for entry in entries
            ],
        )
        cursor.executemany(
            "INSERT INTO ledger_posting (entry_id, line, debit_id, credit_id, amount_minor)"
            " VALUES (%s, %s, %s, %s, %s)",
            [
                (
                    entry.id,
                    line,
                    accounts[posting.debit, posting.amount.currency],
                    accounts[posting.credit, posting.amount.currency],
                    posting.amount.minor,
                )
                for entry, draft in zip(entries, drafts, strict=True)
                for line, posting in enumerate(draft.postings, start=1)
            ],
        )
