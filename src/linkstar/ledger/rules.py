"""What may be written in the book, and the chain that shows nobody changed it afterwards.

A posting is one row: a debit account, a credit account and a positive amount of their one
currency. So every entry balances by its form, and an unbalanced book cannot be written.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

from linkstar.money.amounts import Money

KINDS = ("asset", "liability", "income", "expense", "equity", "clearing")
"""What the first word of an account's path may be."""
_PATH = re.compile(r"[a-z]+(:[A-Za-z0-9_.-]+)+")
CHAIN_START = "0" * 64
_as_it_stands = msgspec.json.Encoder().encode
written = msgspec.json.Encoder(order="sorted").encode
"""The one way facts and entries are written: keys by their letters, nothing in between."""


class PostingRefused(ValueError):
    """The posting could not stand in any book; the argument says why."""


class EntryRefused(ValueError):
    """The entry could not stand in any book; the argument says why."""


class Posting(msgspec.Struct, frozen=True, gc=False):
    """`amount` from the credit account to the debit account, both in its currency."""

    debit: str
    credit: str
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise PostingRefused("amount must be positive; reverse by swapping the accounts")
        if self.debit == self.credit:
            raise PostingRefused("an account cannot be posted against itself")
        check_path(self.debit)
        check_path(self.credit)

    @property
    def reversed(self) -> "Posting":
        return Posting(self.credit, self.debit, self.amount)


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An entry to be written.

    Attributes:
        kind: what happened, for example `commission_accrued`.
        key: writing the same key again changes nothing; it names the event, not the attempt.
        happened_at: when it happened, an instant in UTC.
        postings: at least one.
        facts: what the entry was worked out from, kept beside it word for word.
        reverses: id of the entry this one takes back.
    """

    kind: str
    key: str
    happened_at: datetime
    postings: tuple[Posting, ...]
    facts: Mapping[str, object] = {}
    reverses: str | None = None

    def __post_init__(self) -> None:
        if not self.postings:
            raise EntryRefused("an entry needs a posting")
        if not self.key or not self.kind:
            raise EntryRefused("an entry needs a key and a kind")
        if self.happened_at.utcoffset() is None:
            raise EntryRefused("an instant needs a time zone")


@lru_cache(maxsize=100_000)  # a million postings name a few thousand accounts
def check_path(path: str) -> str:
    """The path itself: a kind and at least one name, joined by colons.

    Raises:
        PostingRefused: anything else.
    """
    if not _PATH.fullmatch(path) or path.partition(":")[0] not in KINDS:
        raise PostingRefused(f"not the path of an account: {path!r}")
    return path


def fingerprint(draft: Draft) -> str:
    """SHA-256 over everything the entry says; the same words give the same fingerprint."""
    return sealed(draft)[1]


class _Said(msgspec.Struct, gc=False):
    """Everything an entry says, written in the order of the letters its fields stand in here."""

    facts: msgspec.Raw
    happened_at: str
    key: str
    kind: str
    postings: list[tuple[str, str, int, str]]
    reverses: str | None


def sealed(draft: Draft) -> tuple[str, str]:
    """The facts of an entry as they are written, and its fingerprint."""
    facts = written(draft.facts)
    said = _Said(
        msgspec.Raw(facts),
        draft.happened_at.isoformat(),
        draft.key,
        draft.kind,
        [(p.debit, p.credit, p.amount.minor, p.amount.currency) for p in draft.postings],
        draft.reverses,
    )
    return facts.decode(), hashlib.sha256(_as_it_stands(said)).hexdigest()


def chained(previous: str, entry_fingerprint: str, sequence: int, recorded_at: datetime) -> str:
    """The link of one entry: it seals the entry, its place, its moment and everything before."""
    text = f"{previous}|{sequence}|{recorded_at.isoformat()}|{entry_fingerprint}"
    return hashlib.sha256(text.encode()).hexdigest()
