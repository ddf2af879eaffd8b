"""Holding statements, payments and exchanges against the book, account by account."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet, Sum

from linkstar.accounts.models import Workspace
from linkstar.commissions.reconciling import Difference, Owed, compared
from linkstar.exchange.booking import clearing
from linkstar.ledger.queries import balances
from linkstar.settlements.models import Payout, Statement
from linkstar.settlements.rules import (
    PayoutState,
    bank_account,
    settled_account,
    transit_account,
)

_LIVING = (PayoutState.SENT, PayoutState.PAID)
_ENDINGS = (":settled", ":payouts_sent", ":bank")


def payout_differences(workspace: Workspace) -> Iterator[Difference]:
    """Every account of settled sums, of payments and of exchanges on which both disagree.

    Settled is what statements brought less what living payments took off them. A payment that was
    exchanged is on its way, and paid, in the currency of the account; both sums of an exchange
    wait on the clearing accounts until it is taken back, or until it is said what the bank took.
    """
    return compared(_of_records(workspace), _of_book(workspace))


def _of_records(workspace: Workspace) -> Owed:
    owed: Owed = {}
    statements = Statement.objects.filter(settlement__shop__workspace=workspace).order_by()
    brought = statements.values_list("creator", "settlement__currency")
    for creator, currency, minor in brought.annotate(minor=Sum("lines_minor")):
        _add(owed, settled_account(creator), currency, minor)
    payouts = Payout.objects.filter(statement__settlement__shop__workspace=workspace).order_by()
    taken = payouts.filter(state__in=_LIVING).values_list("statement__creator", "currency")
    for creator, currency, minor in taken.annotate(minor=Sum("amount_minor")):
        _add(owed, settled_account(creator), currency, -minor)
    for shop, state, currency, minor in _paid(payouts):
        account = bank_account(shop) if state == PayoutState.PAID else transit_account(shop)
        _add(owed, account, currency, minor)
    for row in payouts.filter(exchange__isnull=False).values(*_EXCHANGE):
        _add_exchange(owed, row)
    return owed


_EXCHANGE = (
    "state", "amount_minor", "currency", "exchange__amount_minor", "exchange__currency",
    "exchange__taken_minor", "exchange__given_back_minor",
    "statement__settlement__shop__number",
)  # fmt: skip


def _paid(payouts: QuerySet[Payout]) -> Iterator[tuple[int, str, str, int]]:
    """What is on its way or paid, by shop, state and the currency it is paid in."""
    living = payouts.filter(state__in=_LIVING)
    shop = F("statement__settlement__shop__number")
    plain = living.filter(exchange=None).values_list(shop, "state", "currency")
    yield from plain.annotate(minor=Sum("amount_minor"))
    exchanged = living.filter(exchange__isnull=False)
    rows = exchanged.values_list(shop, "state", "exchange__currency")
    yield from rows.annotate(minor=Sum("exchange__amount_minor"))


def _add_exchange(owed: Owed, row: dict[str, Any]) -> None:
    """Both sums wait, until they are taken back; what the bank took or gave back clears them."""
    taken, given = row["exchange__taken_minor"], row["exchange__given_back_minor"]
    sold, bought = row["amount_minor"], row["exchange__amount_minor"]
    earned, paid = row["currency"], row["exchange__currency"]
    bank = bank_account(row["statement__settlement__shop__number"])
    is_back = row["state"] in {PayoutState.FAILED, PayoutState.RETURNED}
    waits = 1 - is_back - (taken is not None) + (given is not None)
    _add(owed, clearing(earned), earned, sold * waits)
    _add(owed, clearing(paid), paid, -bought * waits)
    _add(owed, bank, earned, (taken or 0) - (given or 0))
    _add(owed, bank, paid, bought * ((given is not None) - (taken is not None)))


def _add(owed: Owed, path: str, currency: str, minor: int) -> None:
    owed[path, currency] = owed.get((path, currency), 0) + minor


def _of_book(workspace: Workspace) -> Owed:
    return {
        (each.path, each.money.currency): -each.money.minor
        for each in balances(workspace.pk)
        if each.path.endswith(_ENDINGS) or each.path.startswith("clearing:")
    }
