"""The book: balances as they stood at any moment, entries, postings, and the book as a file."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linkstar.api.calling import SETTLES_READS, log, seller_of
from linkstar.api.files import CSV, PLAIN, file_answers
from linkstar.api.paging import AskedPiece, page_of, page_of_things
from linkstar.api.shapes import Amount, Code, Page, Text
from linkstar.ledger.exporting import beancount_lines, csv_lines
from linkstar.ledger.models import Account, Entry, Posting
from linkstar.ledger.queries import Balance, balances, entries_of, postings_on

router = Router()
Path = Annotated[Text, Field(max_length=200)]
Form = Literal["csv", "beancount"]
_FORMS = {"csv": (csv_lines, CSV), "beancount": (beancount_lines, PLAIN)}


class BalanceTold(Schema):
    """Debits minus credits of one account. All balances of a currency add up to nothing."""

    path: str
    balance: Amount


class PostingTold(Schema):
    """One line of an entry: a positive amount from the credit account to the debit account."""

    entry_id: str
    line: int
    debit: str
    credit: str
    amount: Amount


class EntryTold(Schema):
    """One event in the book; `sequence` counts from 1 without gaps.

    `link` is the hash over this entry and all before it.
    """

    id: str
    sequence: int
    kind: str
    key: str
    happened_at: datetime
    recorded_at: datetime
    facts: dict[str, Any]
    reverses: str | None
    link: str
    postings: list[PostingTold]


def _balance_told(one: Balance) -> BalanceTold:
    amount = Amount(minor=one.money.minor, currency=one.money.currency)
    return BalanceTold(path=one.path, balance=amount)


def _posting_told(one: Posting) -> PostingTold:
    return PostingTold(
        entry_id=one.entry_id,
        line=one.line,
        debit=one.debit.path,
        credit=one.credit.path,
        amount=Amount(minor=one.amount_minor, currency=one.debit.currency),
    )


def _entry_told(one: Entry) -> EntryTold:
    names = ("id", "sequence", "kind", "key", "happened_at", "recorded_at", "facts", "link")
    postings = sorted(one.postings.all(), key=lambda posting: posting.line)
    return EntryTold(
        reverses=one.reverses_id,
        postings=[_posting_told(posting) for posting in postings],
        **{name: getattr(one, name) for name in names},
    )


@router.get("ledger/balances", response=Page[BalanceTold], auth=SETTLES_READS)
def ledger_balances(
    request: HttpRequest, piece: AskedPiece, path: Path = "", as_of: AwareDatetime | None = None
) -> Page[BalanceTold]:
    """Every account below `path` with its balance, now or as the book stood at a moment."""
    found = balances(seller_of(request).workspace.pk, path=path, as_of=as_of)
    return page_of_things(found, piece, _balance_told)


@router.get("ledger/entries", response=Page[EntryTold], auth=SETTLES_READS)
def ledger_entries(
    request: HttpRequest, piece: AskedPiece, kind: Code = "", key: Path = ""
) -> Page[EntryTold]:
    """Entries with their postings, in the order they were written."""
    found = entries_of(seller_of(request).workspace.pk).prefetch_related(
        "postings__debit", "postings__credit"
    )
    asked = {"kind": kind, "key": key}
    chosen = found.filter(**{name: value for name, value in asked.items() if value})
    return page_of(chosen, piece, _entry_told, by=("sequence",))


@router.get("ledger/entries/{entry_id}", response=EntryTold, auth=SETTLES_READS)
def ledger_entry_in_full(request: HttpRequest, entry_id: str) -> EntryTold:
    """One entry: its postings, and what it was worked out from."""
    return _entry_told(get_object_or_404(entries_of(seller_of(request).workspace.pk), pk=entry_id))


@router.get("ledger/postings", response=Page[PostingTold], auth=SETTLES_READS)
def ledger_postings(
    request: HttpRequest, piece: AskedPiece, path: Path, currency: Code
) -> Page[PostingTold]:
    """Every posting on one account, the latest written first."""
    book = seller_of(request).workspace.pk
    account = get_object_or_404(Account, book=book, path=path, currency=currency)
    return page_of(postings_on(account), piece, _posting_told, by=("-pk",))


@router.get("ledger/file", auth=SETTLES_READS, openapi_extra=file_answers(CSV, PLAIN))
def ledger_file(request: HttpRequest, form: Form = "csv") -> StreamingHttpResponse:
    """The whole book: as CSV with one posting per row, or in beancount's language."""
    lines, media_type = _FORMS[form]
    book = seller_of(request).workspace.pk
    log(request, "ledger.exported", form)
    answer = StreamingHttpResponse(lines(book), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="ledger.{form}"'
    return answer
