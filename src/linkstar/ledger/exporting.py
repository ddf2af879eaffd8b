"""The book for other programs: beancount's language, and CSV with one posting per row."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal

from linkstar.ledger.models import Account, Entry
from linkstar.ledger.queries import entries_with_postings
from linkstar.money.amounts import Money
from linkstar.spreadsheets import harmless

CSV_COLUMNS = (
    "sequence", "entry", "kind", "key", "happened_at", "recorded_at", "line", "debit", "credit",
    "amount", "currency", "reverses", "link",
)  # fmt: skip
_ROOTS = {
    "asset": "Assets",
    "clearing": "Assets:0-Clearing",  # no part of a path is spelled so
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    "equity": "Equity",
}


def csv_lines(book: str) -> Iterator[str]:
    """The whole book, header first."""
    yield _csv_row(CSV_COLUMNS)
    for entry, postings in entries_with_postings(book):
        for line, (debit, credit, minor, currency) in enumerate(postings, start=1):
            yield _csv_row(
                (
                    entry.sequence,
                    entry.pk,
                    entry.kind,
                    harmless(entry.key),
                    entry.happened_at.isoformat(),
                    entry.recorded_at.isoformat(),
                    line,
                    debit,
                    credit,
                    f"{Money(minor, currency).amount:f}",
                    currency,
                    entry.reverses_id or "",
                    entry.link,
                )
            )


def beancount_lines(book: str) -> Iterator[str]:
    """The whole book as a beancount file: accounts opened, then every entry on its day.

    A beancount transaction has one leg per account and currency; the legs of one of ours are
    summed, so that each balances to nothing as beancount demands.
    """
    entries = Entry.objects.filter(book=book)
    first = entries.order_by("happened_at").first()
    if first is None:
        return
    opened = first.happened_at.date().isoformat()
    names = Account.objects.filter(book=book).order_by("path").values_list("path", flat=True)
    for path in dict.fromkeys(names):
        yield f'{opened} open {account_name(path)}\n  path: "{path}"\n'
    for entry, postings in entries_with_postings(book):
        day = entry.happened_at.date().isoformat()
        yield f'\n{day} * "{_quoted(entry.kind)}" "{_quoted(entry.key)}"\n'
        yield f'  entry: "{entry.pk}"\n'
        for (path, currency), amount in _legs(postings).items():
            yield f"  {account_name(path)}  {amount:f} {currency}\n"


def account_name(path: str) -> str:
    """The path as beancount spells accounts: each part begins with a capital or a digit.

    Parts are letters, digits and dashes there. Whatever is no letter or digit is spelled by its
    number between dashes, so that two paths never share a name.
    """
    root, *parts = path.split(":")
    return ":".join([_ROOTS[root], *map(_part, parts)])


def _part(part: str) -> str:
    spelled = "".join(c if c.isalnum() else f"-{ord(c):x}-" for c in part)
    is_begun = spelled[0].isdigit() or (spelled[0].isupper() and spelled[0] != "X")
    return spelled if is_begun else f"X{spelled}"


def _legs(postings: Iterable[tuple[str, str, int, str]]) -> dict[tuple[str, str], Decimal]:
    legs: dict[tuple[str, str], Decimal] = {}
    for debit, credit, minor, currency in postings:
        amount = Money(minor, currency).amount
        for path, signed in ((debit, amount), (credit, -amount)):
            legs[path, currency] = legs.get((path, currency), Decimal(0)) + signed
    return legs


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _csv_row(cells: Iterable[object]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
