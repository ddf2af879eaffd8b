"""Handing payments to the bank, its files, and what the bank says became of them."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.catalog.queries import day_of
from linkstar.settlements import actions, payment_files, queries
from linkstar.settlements.account_rules import is_new
from linkstar.settlements.exchanging import planned
from linkstar.settlements.models import BankAccount, Settlement
from linkstar.settlements.payment_files import BankFile, NoPayingAccount
from linkstar.settlements.rules import MoveRefused, StatementState
from linkstar.settlements.status_files import BYTES_MAX, StatusUnreadable, amount_of
from linkstar.web.access import after_signing_in_again, settlers_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.settlements.forms import StatusForm
from linkstar.web.settlements.seller import settlement_named
from linkstar.web.settlements.words import (
    PROBLEMS,
    WAITS,
    failed_there,
    overdrawn,
    problem_of,
    state_of,
    unreadable,
)

PROBLEMS_SHOWN = 100
_KINDS = {"csv": BankFile.CSV, "xml": BankFile.PAIN_001}
_MEDIA = {"csv": "text/csv; charset=utf-8", "xml": "application/xml"}


@settlers_only
@require_http_methods(["GET", "POST"])
def pay_settlement(request: WorkspaceRequest, settlement_id: str) -> HttpResponseBase:
    """Show who is paid what and who cannot be; then hand it to the bank, once each.

    The person signs in again shortly before: whoever finds an open browser cannot pay.
    """
    return _ask_or_pay(request, settlement_named(request, settlement_id))


@after_signing_in_again
def _ask_or_pay(request: WorkspaceRequest, shown: Settlement) -> HttpResponse:
    if request.method == "POST":
        return _pay(request, shown)
    opened = queries.statements_of(request.workspace).filter(
        settlement=shown, state=StatementState.OPEN
    )
    at = now()
    plan = planned(shown, opened, now=at)
    failed = {each.statement_id: each for each in queries.failed_of(shown)}
    owed = queries.below_nothing(shown)
    return render(
        request,
        "web/settlements/pay.html",
        {
            "settlement": shown,
            "payable": [
                (
                    due,
                    is_new(due.account.changed_at, at),
                    failed_there(due, failed),
                    owed.get(due.statement.creator_id),
                )
                for due in plan.payable
            ],
            "payable_minor": sum(due.settled.minor for due in plan.payable),
            "without": plan.without_account,
            "waits": [(each, WAITS[each.reason]) for each in plan.without_rate],
            "account": BankAccount.objects.filter(shop=shown.shop).first(),
        },
    )


def _pay(request: WorkspaceRequest, shown: Settlement) -> HttpResponse:
    try:
        paid = actions.make_payouts(settlement=shown, user=request.user, now=now())
    except MoveRefused:
        messages.error(request, _("It is not approved yet, so nothing was paid."))
        return redirect("settlement", settlement_id=shown.pk)
    except actions.Overdrawn:
        messages.error(request, overdrawn())
        return redirect("settlement", settlement_id=shown.pk)
    if paid.batch is None:
        messages.warning(
            request, _("Nobody could be paid: nothing is open, or no account or rate known.")
        )
    else:
        minor = sum(payout.amount_minor for payout in paid.payouts)
        log(request, "settlement.paid", shown.pk, batch=paid.batch.pk, amount_minor=minor)
        told = ngettext(
            "%(count)d payment was made. Download its file and give it to the bank.",
            "%(count)d payments were made. Download their file and give it to the bank.",
            len(paid.payouts),
        )
        messages.success(request, told % {"count": len(paid.payouts)})
    return redirect("settlement", settlement_id=shown.pk)


@settlers_only
@require_GET
def bank_file(request: WorkspaceRequest, batch_id: str, kind: str) -> HttpResponse:
    """The file of a batch, as often as it is asked for; it is the same payments each time."""
    batch = get_object_or_404(queries.batches_of(request.workspace), pk=batch_id)
    on = _day(request.GET.get("on", "")) or day_of(batch.settlement.shop, now())
    try:
        content = payment_files.bank_file(batch, _KINDS[kind], execute_on=on)
    except NoPayingAccount:
        told = _("{shop} has not said which account it pays from; the CSV needs none.")
        messages.error(request, told.format(shop=batch.settlement.shop.name))
        return redirect("settlement", settlement_id=batch.settlement_id)
    log(request, "settlement.bank_file", batch.pk, kind=kind)
    headers = {"Content-Disposition": f'attachment; filename="{batch.pk}.{kind}"'}
    return HttpResponse(content, _MEDIA[kind], headers=headers)


@settlers_only
@require_http_methods(["GET", "POST"])
def payout_status(request: WorkspaceRequest) -> HttpResponse:
    """Take in a bank's answer; rows that could not be used are shown with what is wrong."""
    offered = {"shop": [(shop.pk, shop.name) for shop in request.shops]}
    form = StatusForm(request.POST or None, request.FILES or None, offered=offered)
    taken = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        shop = next(s for s in request.shops if s.pk == form.cleaned_data["shop"])
        try:
            taken = actions.import_status_file(
                shop=shop, content=file.read(BYTES_MAX + 1), now=now()
            )
        except StatusUnreadable as refused:
            form.add_error("file", unreadable(str(file.name), refused))
        else:
            log(request, "settlement.status", shop.pk, changed=taken.changed)
    problems = taken.problems[:PROBLEMS_SHOWN] if taken else []
    context = {
        "form": form,
        "taken": taken,
        "problems": [(row, state_of(row.state), problem_of(row)) for row in problems],
        "bad_count": len(taken.problems) if taken else 0,
    }
    status = 422 if form.errors else 200
    return render(request, "web/settlements/status.html", context, status=status)


@settlers_only
@require_POST
def payout_amount(request: WorkspaceRequest, payout_id: str) -> HttpResponse:
    """Take in what the bank took for an exchanged payment, or gave back for a returned one."""
    payout = get_object_or_404(queries.payouts_in(request.workspace), pk=payout_id)
    amount = amount_of(request.POST.get("amount", ""), payout.currency)
    if amount is None:
        told = _("“{amount}” is no amount of {currency}.")
        written = request.POST.get("amount", "")[:40]
        messages.error(request, told.format(amount=written, currency=payout.currency))
        return redirect("statement", statement_id=payout.statement_id)
    stated = actions.StatedPayout(payout.pk, request.POST.get("state", ""), amount=amount)
    shop = payout.statement.settlement.shop
    done = actions.import_payout_status(shop=shop, stated=[stated], now=now())
    for _said, problem in done.problems:
        messages.error(request, _("Not taken in: {why}.").format(why=PROBLEMS[problem]))
    if done.changed:
        log(request, "settlement.status", payout.pk, amount_minor=amount.minor)
        messages.success(request, _("Taken in; the difference is booked as gain or loss."))
    return redirect("statement", statement_id=payout.statement_id)


def _day(written: str) -> date | None:
    """The day an address names; none for anything unreadable."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
