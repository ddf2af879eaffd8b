"""The book: accounts with their balances as of any moment, entries, and the book as a file."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from linkstar.commissions.models import Commission
from linkstar.ledger.exporting import beancount_lines, csv_lines
from linkstar.ledger.models import Account, Entry
from linkstar.ledger.queries import Balance, balances, postings_on
from linkstar.web.access import settlers_only
from linkstar.web.ledger_words import FACTS, account_words
from linkstar.web.money_words import entry_label
from linkstar.web.requests import WorkspaceRequest, zone_of

POSTINGS_PER_PAGE = 50
_FILES = {"csv": (csv_lines, "text/csv"), "beancount": (beancount_lines, "text/plain")}


@settlers_only
@require_GET
def ledger(request: WorkspaceRequest) -> HttpResponse:
    """Every account with its balance, now or as the book stood at a moment."""
    as_of = _moment(request)
    found = [
        each
        for each in balances(request.workspace.pk, as_of=as_of)
        if each.money.minor or not as_of
    ]
    words = _words(request)
    rows = [(each, words(each.path)) for each in found]
    kinds = [
        (kind, list(group)) for kind, group in groupby(rows, key=lambda r: r[0].path.split(":")[0])
    ]
    return render(
        request,
        "web/ledger/accounts.html",
        {
            "kinds": kinds,
            "sums": _sums(found),
            "as_of": as_of,
            "entries": Entry.objects.filter(book=request.workspace.pk).count(),
        },
    )


@settlers_only
@require_GET
def ledger_account(request: WorkspaceRequest) -> HttpResponse:
    """Every posting on one account, the newest first."""
    account = get_object_or_404(
        Account,
        book=request.workspace.pk,
        path=request.GET.get("path", ""),
        currency=request.GET.get("currency", ""),
    )
    page = Paginator(postings_on(account), POSTINGS_PER_PAGE).get_page(request.GET.get("page"))
    [standing] = [
        each.money.minor
        for each in balances(account.book, path=account.path)
        if (each.path, each.money.currency) == (account.path, account.currency)
    ]
    words = _words(request)
    rows = []
    for posting in page:
        is_debit = posting.debit_id == account.pk
        other = posting.credit.path if is_debit else posting.debit.path
        minor = posting.amount_minor if is_debit else -posting.amount_minor
        rows.append((posting, entry_label(posting.entry.kind), other, words(other), minor))
    shown = {
        "account": account,
        "words": words(account.path),
        "page": page,
        "rows": rows,
        "balance": standing,
    }
    return render(request, "web/ledger/account.html", shown)


@settlers_only
@require_GET
def ledger_entry(request: WorkspaceRequest, entry_id: str) -> HttpResponse:
    """One entry: its postings, what it was worked out from, and its place in the chain."""
    entry = get_object_or_404(Entry, pk=entry_id, book=request.workspace.pk)
    words = _words(request)
    postings = [
        (one, words(one.debit.path), words(one.credit.path))
        for one in entry.postings.select_related("debit", "credit").order_by("line")
    ]
    return render(
        request,
        "web/ledger/entry.html",
        {
            "entry": entry,
            "label": entry_label(entry.kind),
            "postings": postings,
            "facts": [
                (name, FACTS.get(name, name), value) for name, value in sorted(entry.facts.items())
            ],
            "reversal": Entry.objects.filter(reverses=entry, book=entry.book).first(),
        },
    )


@settlers_only
@require_GET
def ledger_export(request: WorkspaceRequest, kind: str) -> StreamingHttpResponse:
    """The whole book as a file."""
    if kind not in _FILES:
        raise Http404
    lines, media_type = _FILES[kind]
    answer = StreamingHttpResponse(lines(request.workspace.pk), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="ledger.{kind}"'
    return answer


def _moment(request: WorkspaceRequest) -> datetime | None:
    """The moment asked about, told in the reader's zone; none for now or anything unreadable."""
    written = request.GET.get("as_of", "")
    try:
        moment = datetime.fromisoformat(written)
        own = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone_of(request)))
        return own.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _words(request: WorkspaceRequest) -> Callable[[str], str]:
    """What people call the accounts of the workspace's book."""
    rows = Commission.objects.filter(shop__workspace=request.workspace)
    creators = dict(rows.order_by().values_list("creator", "creator__handle").distinct())
    shops = {str(shop.number): shop.name for shop in request.all_shops}
    return lambda path: account_words(path, creators, shops)


def _sums(found: list[Balance]) -> list[tuple[str, int]]:
    """What all balances of a currency add up to: nothing, in a sound book."""
    sums: dict[str, int] = {}
    for each in found:
        sums[each.money.currency] = sums.get(each.money.currency, 0) + each.money.minor
    return sorted(sums.items())
