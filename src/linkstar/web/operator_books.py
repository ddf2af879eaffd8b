"""For whoever runs the installation: is every company's book sound, and does its money move?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.models import Workspace
from linkstar.jobs.money import check_one_book
from linkstar.ledger.models import BookCheck
from linkstar.ledger.queries import Balance, balances, entries_of, last_check
from linkstar.settlements.queries import BANK_ANSWERS_WITHIN, Pending, pending_of
from linkstar.web.access import operators_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.money_words import FINDINGS
from linkstar.web.requests import WorkspaceRequest

BOOKS_PER_PAGE = 25
FINDINGS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """What a book says in one currency. `rest_minor` is the sum of all balances: nothing."""

    currency: str
    owed_minor: int
    with_bank_minor: int
    rest_minor: int


@dataclass(frozen=True, slots=True)
class Book:
    """One company's book, how far its settlements are, and what the last check found."""

    workspace: Workspace
    entries: int
    written_at: datetime | None
    standings: list[Standing]
    pending: Pending
    check: BookCheck | None
    findings: list[tuple[str, dict[str, Any]]]


@operators_only
@require_GET
def books(request: WorkspaceRequest) -> HttpResponse:
    """Every company: entries, what creators are owed, what waits, the last check."""
    found = Workspace.objects.order_by("number")
    page = Paginator(found, BOOKS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "books": [_book(workspace) for workspace in page],
        "days": BANK_ANSWERS_WITHIN.days,
    }
    return render(request, "web/ledger/books.html", context)


@operators_only
@require_POST
def check_book(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Have one book added up again, in the background."""
    workspace = get_object_or_404(Workspace, pk=workspace_id)
    check_one_book(workspace.pk)
    log(request, "ledger.check_asked", workspace.pk, workspace=workspace)
    told = _("The book of {name} is being added up; the result appears here in a moment.")
    messages.success(request, told.format(name=workspace.name))
    return redirect("operator_books")


def _book(workspace: Workspace) -> Book:
    entries = entries_of(workspace.pk)
    checked = last_check(workspace.pk)
    last = entries.last()
    shown = checked.findings[:FINDINGS_SHOWN] if checked else []
    return Book(
        workspace=workspace,
        entries=entries.count(),
        written_at=last.recorded_at if last else None,
        standings=_standings(balances(workspace.pk)),
        pending=pending_of(workspace, now=now()),
        check=checked,
        findings=[(str(FINDINGS[finding["name"]]), finding) for finding in shown],
    )


def _standings(found: list[Balance]) -> list[Standing]:
    sums: dict[str, list[int]] = {}
    for each in found:
        of = sums.setdefault(each.money.currency, [0, 0, 0])
        if each.path.startswith("liability:creator:"):
            of[0] -= each.money.minor
        elif each.path.endswith(":payouts_sent"):
            of[1] -= each.money.minor
        of[2] += each.money.minor
    return [Standing(currency, *parts) for currency, parts in sorted(sums.items())]
