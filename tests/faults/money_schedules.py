"""Many hands at one till: run as a process of its own, on the database its settings name.

`python -m tests.faults.money_schedules ROUNDS` makes the records, lets threads that wait for one
another at a barrier do the same work at the same time, and writes what it found as JSON.
"""

import contextlib
import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import django
from tests.faults.frozen_editions import frozen_refusals
from tests.prepared import migrated

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
HANDS = 4
SCHEDULES = 7
"""What all hands do at once in one round: work, close, approve, pay, pay again, hear, refund."""
LINES = 12


def main(rounds: int) -> None:
    django.setup()
    migrated()
    found = {
        "append_only": refusals(), "editions": frozen_refusals(), "rounds": rounds, "faults": [],
    }  # fmt: skip
    for number in range(rounds):
        found["faults"] += [f"round {number}: {fault}" for fault in one_round(number)]
    sys.stdout.write(f"{json.dumps(found)}\n")


def one_round(number: int) -> list[str]:
    """A shop's lines are stated, worked, refunded and confirmed by all hands at once."""
    from linkstar.orders.actions import StatedRefund

    workspace, shop = opened(f"shop {number}")
    lines = sold(LINES)
    refunds = [
        StatedRefund(key="r", order_id=f"o{n}", line_id="1", happened_at=NOW, items=1)
        for n in range(0, LINES, 2)
    ]
    faults = together(lambda: everything(shop, lines, refunds))
    everything(shop, lines, refunds)
    faults += wrong(workspace, shop)
    faults += settled_together(workspace, shop)
    return faults + refunded_meanwhile(workspace, shop)


def opened(name: str):
    """A workspace and its shop with one plan of 15 %, and the one person who approves."""
    from linkstar.accounts.actions import add_user, open_workspace
    from linkstar.accounts.models import User
    from linkstar.catalog.actions import open_shop
    from linkstar.plans.models import Plan, PlanRate

    if not User.objects.exists():
        add_user(email="lin@example.com", password="a long enough password")
    workspace = open_workspace(name=name, now=NOW)
    shop = open_shop(workspace=workspace, name="shop", now=NOW)
    plan = Plan.objects.create(
        shop=shop, kind="open", name="open", scope="shop",
        starts_on=date(2026, 9, 1), created_at=NOW,
    )  # fmt: skip
    PlanRate.objects.create(
        plan=plan, number=1, rate_bps=1_500, starts_on=date(2026, 9, 1), announced_at=NOW
    )
    return workspace, shop


def sold(lines: int) -> list:
    from linkstar.orders.rules import State, StatedLine

    return [
        StatedLine(
            order_id=f"o{n}", line_id="1", creator=f"c{n % 3}", state=State.DELIVERED,
            ordered_at=NOW - timedelta(days=30), delivered_at=NOW - timedelta(days=20), items=3,
            price_micros=19_990_000,
        )
        for n in range(lines)
    ]  # fmt: skip


def everything(shop: object, lines: list, refunds: list) -> None:
    from linkstar.commissions.actions import work_through
    from linkstar.orders.actions import record_lines, record_refunds
    from linkstar.orders.rules import Source

    record_lines(shop=shop, lines=lines, source=Source.API, stated_at=NOW, now=NOW)
    work_through(shop=shop, lake=None, now=NOW)
    record_refunds(shop=shop, refunds=refunds, source=Source.API, now=NOW)
    work_through(shop=shop, lake=None, now=NOW)


def together(*works: Callable[[], object], hands: int = HANDS) -> list[str]:
    """All hands work at the same moment, on these in turn; what went wrong in any of them."""
    from django.db import connections

    barrier = threading.Barrier(hands)
    faults: list[str] = []

    def hand(number: int) -> None:
        try:
            barrier.wait()
            works[number % len(works)]()
        except Exception as fault:  # noqa: BLE001  # reported as a finding, whatever it is
            faults.append(f"{type(fault).__name__}: {fault}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand, args=(number,)) for number in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def wrong(workspace: object, shop: object) -> list[str]:
    """What must hold, however the hands got in each other's way."""
    from linkstar.commissions.models import Commission
    from linkstar.commissions.reconciling import differences, misbooked
    from linkstar.ledger.queries import balances, unsound
    from linkstar.orders.models import OrderLine, Refund

    found = [str(fault) for fault in unsound(workspace.pk)]
    found += [str(difference) for difference in differences(workspace)]
    # 3 x 19.99 at 15 % is 9.00 (8.9955), 2 x 19.99 is 6.00 (5.997)
    due = (LINES - LINES // 2) * 900 + LINES // 2 * 600
    owed = -sum(b.money.minor for b in balances(workspace.pk, path="liability:creator"))
    lines = OrderLine.objects.filter(shop=shop)
    facts = {
        "owed": (owed, due),
        "lines": (lines.count(), LINES),
        "refunds": (Refund.objects.filter(line__shop=shop).count(), LINES // 2),
        "returned": (sum(lines.values_list("items_returned", flat=True)), LINES // 2),
        "amounts": (Commission.objects.filter(shop=shop).count(), LINES + LINES // 2),
        "misbooked": (misbooked(workspace), 0),
        "payable": (Commission.objects.filter(shop=shop).exclude(state="payable").count(), 0),
    }
    return found + [
        f"{name}: {is_} instead of {want}" for name, (is_, want) in facts.items() if is_ != want
    ]


def settled_together(workspace: object, shop: object) -> list[str]:
    """Ten hands close, approve, pay and hear of the bank at the same moment: each is paid once."""
    from django.db.models import Sum

    from linkstar.creators.models import Creator
    from linkstar.exchange.actions import state_rate
    from linkstar.ledger.models import Entry
    from linkstar.money.amounts import Money
    from linkstar.settlements.actions import (
        StatedPayout,
        close_period,
        import_payout_status,
        make_payouts,
    )
    from linkstar.settlements.models import (
        Approval,
        BankAccount,
        Payout,
        Settlement,
        StatementLine,
    )
    from linkstar.settlements.rules import last_ended

    later = NOW + timedelta(days=10)
    period = last_ended("US", later.date())
    day = later.date() - timedelta(days=1)
    state_rate(base="USD", quote="CNY", on=day, rate=Decimal(7), now=later, is_sure=True)
    for creator in Creator.objects.filter(workspace=workspace):
        BankAccount.objects.create(
            creator=creator, holder="c", number="1", country="US", currency="CNY"
        )
    faults = together(lambda: close_period(shop=shop, period=period, now=later), hands=10)
    for settlement in Settlement.objects.filter(shop=shop):
        faults += together(lambda one=settlement: approved(one, later), hands=10)
        faults += together(
            lambda one=settlement: make_payouts(settlement=one, user=None, now=later), hands=10
        )
    faults += paid_again_after_a_failure(workspace, shop, later)
    made = Payout.objects.filter(batch__settlement__shop=shop)
    stated = [
        StatedPayout(payout.pk, "paid", "", Money(payout.amount_minor + 1, "USD"))
        for payout in made.filter(state="sent")
    ]
    faults += together(lambda: import_payout_status(shop=shop, stated=stated, now=later), hands=10)
    facts = {
        "settlements": (Settlement.objects.filter(shop=shop).count(), 1),
        "approvals": (Approval.objects.filter(settlement__shop=shop).count(), 1),
        "settled": (
            StatementLine.objects.filter(statement__settlement__shop=shop).count(),
            LINES + LINES // 2,
        ),
        "payouts": (
            sorted(made.values_list("state", flat=True)),
            ["failed", "paid", "paid", "paid"],
        ),
        "sent": (Entry.objects.filter(book=workspace.pk, kind="payout_sent").count(), 4),
        "exchanged": (Entry.objects.filter(book=workspace.pk, kind="exchanged").count(), 4),
        "taken back": (
            Entry.objects.filter(book=workspace.pk, kind="exchanged_reversed").count(),
            1,
        ),
        "cleared": (Entry.objects.filter(book=workspace.pk, kind="exchange_settled").count(), 3),
        "heard": (Entry.objects.filter(book=workspace.pk, kind="payout_paid").count(), 3),
        "paid": (
            made.filter(state="paid").aggregate(minor=Sum("amount_minor"))["minor"],
            (LINES - LINES // 2) * 900 + LINES // 2 * 600,
        ),
    }
    faults += sound(workspace)
    return faults + [
        f"{name}: {is_} instead of {want}" for name, (is_, want) in facts.items() if is_ != want
    ]


def paid_again_after_a_failure(workspace: object, shop: object, now: datetime) -> list[str]:
    """Ten hands hear that one payment failed and pay it again at the same moment: once."""
    from linkstar.settlements.actions import StatedPayout, import_payout_status, make_payouts
    from linkstar.settlements.models import Payout, Settlement

    failed = Payout.objects.filter(batch__settlement__shop=shop).order_by("pk").first()
    settlement = Settlement.objects.get(shop=shop)
    stated = [StatedPayout(failed.pk, "failed", "account closed")]

    def again() -> None:
        import_payout_status(shop=shop, stated=stated, now=now)
        make_payouts(settlement=settlement, user=None, now=now)

    return together(again, hands=10)


def approved(settlement: object, now: datetime) -> None:
    """One hand's word is enough; the other nine are told that they come too late."""
    from linkstar.accounts.models import User
    from linkstar.settlements.actions import AlreadyApproved, approve_settlement
    from linkstar.settlements.rules import MoveRefused

    user = User.objects.first()
    with contextlib.suppress(AlreadyApproved, MoveRefused):
        approve_settlement(settlement=settlement, user=user, now=now)


def refunded_meanwhile(workspace: object, shop: object) -> list[str]:
    """Everything comes back after it was paid, while others close the next period and pay it."""
    from linkstar.commissions.models import Commission
    from linkstar.orders.actions import StatedRefund
    from linkstar.settlements.actions import close_period, make_payouts
    from linkstar.settlements.models import Settlement, Statement
    from linkstar.settlements.rules import last_ended

    later = NOW + timedelta(days=17)
    refunds = [
        StatedRefund(key="all", order_id=f"o{n}", line_id="1", happened_at=NOW, items=2 + n % 2)
        for n in range(LINES)
    ]

    def close() -> None:
        closed = close_period(shop=shop, period=last_ended("US", later.date()), now=later)
        for settlement in closed.settlements:
            approved(settlement, later)
            make_payouts(settlement=settlement, user=None, now=later)

    def give_back() -> None:
        everything(shop, [], refunds)

    faults = together(give_back, close, hands=6)
    give_back()
    last = later + timedelta(days=7)
    close_period(shop=shop, period=last_ended("US", last.date()), now=last)
    owed = sum(Commission.objects.filter(shop=shop).values_list("amount_minor", flat=True))
    carried = Statement.objects.filter(
        settlement__shop=shop, state="carried", carried_into=None
    ).values_list("total_minor", flat=True)
    facts = {
        "owed": (owed, 0),
        "owed back": (sum(carried), -((LINES - LINES // 2) * 900 + LINES // 2 * 600)),
        "paid again": (Settlement.objects.filter(shop=shop, payable_minor__gt=0).count(), 1),
    }
    faults += sound(workspace)
    return faults + [
        f"{name}: {is_} instead of {want}" for name, (is_, want) in facts.items() if is_ != want
    ]


def sound(workspace: object) -> list[str]:
    from linkstar.settlements.checking import findings_of

    return [str(each) for each in findings_of(workspace)]


def refusals() -> int:
    """How many of the ways to change the book by hand the database refuses."""
    from django.db import IntegrityError, connection, transaction
    from tests.books import post_entry

    from linkstar.ledger.rules import Draft, Posting
    from linkstar.money.amounts import Money

    drafts = [
        Draft(
            "opened", currency, NOW, (Posting("asset:bank", "equity:opening", Money(1, currency)),)
        )
        for currency in ("USD", "EUR")
    ]
    for draft in drafts:
        post_entry(book="wsp_0", draft=draft, now=NOW)
    changes = [
        f"{verb} {table}{end}"
        for table in ("ledger_account", "ledger_entry", "ledger_posting")
        for verb, end in (("UPDATE", " SET id = id"), ("DELETE FROM", ""))
    ]
    crossing = (
        "INSERT INTO ledger_posting (entry_id, line, debit_id, credit_id, amount_minor)"
        " SELECT (SELECT min(id) FROM ledger_entry), 9,"
        " (SELECT min(id) FROM ledger_account WHERE currency = 'USD'),"
        " (SELECT min(id) FROM ledger_account WHERE currency = 'EUR'), 1"
    )
    refused = 0
    for change in [*changes, crossing]:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
        except IntegrityError:
            refused += 1
    return refused


if __name__ == "__main__":
    main(int(sys.argv[1]))
