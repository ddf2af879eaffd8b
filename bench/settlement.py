"""From recorded order lines to paid creators, beside bare SQL that writes the same rows.

    python -m bench settlement            100,000 lines, then 1,000,000
    python -m bench.settlement 50000      as many as said

A shop of 2,000 creators sells 500 products under an open plan and 50 targeted ones; one line in
fifty comes back after it was accrued. Timed are accruing, taking back, confirming, releasing,
closing, approving, paying and the bank's answer; recording and attributing are told besides.

*Bare* is the peer: a second database of the same schema, indexes and triggers, into which the same
rows are written by `INSERT ... SELECT` from the first, with the same statements that move the
amounts from state to state; no reading, no rule, no digest.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linkstar.accounts.models import User
    from linkstar.catalog.models import Shop
    from linkstar.orders.actions import StatedRefund
    from linkstar.orders.rules import StatedLine

NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
ORDERED = NOW - timedelta(days=30)
CREATORS, PRODUCTS, TARGETED = 2_000, 500, 50
ONE_IN_SO_MANY_COMES_BACK = 50
TIMES_BARE_MAX = 3.0
SIZES = (100_000, 1_000_000)

_COPIED = (
    "ledger_account", "ledger_entry", "ledger_posting", "commissions_commission",
    "settlements_settlement", "settlements_statement", "settlements_statementline",
    "settlements_payoutbatch", "settlements_payout",
)  # fmt: skip
_READ_ONLY = (
    "accounts_user", "accounts_workspace", "catalog_shop", "creators_creator", "orders_orderline",
    "attribution_attribution", "collaborations_deliverable",
)  # fmt: skip
_MOVES = (
    "state = 'approved', approved_at = recorded_at, approved_by_entry_id = entry_id",
    "state = 'payable', payable_at = recorded_at, payable_by_entry_id = entry_id",
    "state = 'settled'",
    "state = 'paid'",
)


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or SIZES
    print(f"{'lines':>10} {'step':<12} {'seconds':>9} {'us a line':>10}", flush=True)
    for size in sizes:
        command = [sys.executable, "-m", "bench.settlement", "--run", str(size)]
        subprocess.run(command, check=True)


def run(size: int) -> None:
    """One size, in a process and data directory of its own."""
    folder = Path(tempfile.mkdtemp(prefix="linkstar-bench-"))
    os.environ |= {
        "LINKSTAR_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
    }
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        told = dict(_lived(size))
        bare = _bare(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    besides = {"record", "attribute", "refund"}
    ours = sum(seconds for step, seconds in told.items() if step not in besides)
    for step, seconds in (*told.items(), ("all timed", ours), ("bare SQL", bare)):
        print(f"{size:>10,} {step:<12} {seconds:>9.2f} {seconds / size * 1e6:>10.1f}", flush=True)
    print(f"{size:>10,} {ours / bare:.2f} times bare SQL (at most {TIMES_BARE_MAX})", flush=True)


def _lived(size: int) -> Iterator[tuple[str, float]]:
    from linkstar.attribution.actions import attribute_lines
    from linkstar.commissions.actions import (
        accrue_commissions,
        approve_commissions,
        make_payable,
    )
    from linkstar.orders.actions import record_lines, record_refunds
    from linkstar.orders.rules import Source
    from linkstar.settlements.actions import (
        StatedPayout,
        approve_settlement,
        close_period,
        import_payout_status,
        make_payouts,
    )
    from linkstar.settlements.models import Payout, Settlement
    from linkstar.settlements.rules import last_ended

    shop, people = _shop()
    later = NOW + timedelta(days=7)
    yield _timed(
        "record",
        lambda: record_lines(
            shop=shop, lines=_lines(size), source=Source.API, stated_at=NOW, now=NOW
        ),
    )
    yield _timed("attribute", lambda: attribute_lines(shop=shop, lake=None, now=NOW))
    _open_accounts(shop)
    yield _timed("accrue", lambda: accrue_commissions(shop=shop, now=NOW))
    yield _timed(
        "refund",
        lambda: record_refunds(shop=shop, refunds=_refunds(size), source=Source.API, now=NOW),
    )
    yield _timed("take back", lambda: accrue_commissions(shop=shop, now=NOW))
    yield _timed("confirm", lambda: approve_commissions(shop=shop, now=NOW))
    yield _timed("release", lambda: make_payable(shop=shop, now=NOW))
    period = last_ended("US", later.date())
    yield _timed("close", lambda: close_period(shop=shop, period=period, now=later))
    [settlement] = Settlement.objects.all()
    for person in people[: settlement.approvals_needed]:
        approve_settlement(settlement=settlement, user=person, now=later)
    yield _timed("pay", lambda: make_payouts(settlement=settlement, user=people[0], now=later))
    stated = [StatedPayout(pk, "paid") for pk in Payout.objects.values_list("pk", flat=True)]
    yield _timed("bank says", lambda: import_payout_status(shop=shop, stated=stated, now=later))
    _check(shop, size)


def _timed(step: str, work: Callable[[], object]) -> tuple[str, float]:
    started = time.process_time()
    work()
    return step, time.process_time() - started


def _shop() -> "tuple[Shop, list[User]]":
    from linkstar.accounts.actions import add_user, open_workspace
    from linkstar.catalog.actions import open_shop
    from linkstar.creators.models import Creator
    from linkstar.plans.models import Plan, PlanCreator, PlanRate

    workspace = open_workspace(name="bench", now=NOW)
    shop = open_shop(workspace=workspace, name="bench", now=NOW)
    starts_on = date(2026, 1, 1)
    creators = Creator.objects.bulk_create(
        Creator(workspace=workspace, handle=f"creator{n}", created_at=NOW) for n in range(CREATORS)
    )
    for number in range(TARGETED + 1):
        plan = Plan.objects.create(
            shop=shop, kind="targeted" if number else "open", name="plan", scope="shop",
            starts_on=starts_on, created_at=NOW,
        )  # fmt: skip
        PlanRate.objects.create(
            plan=plan, number=1, rate_bps=1_000 + 10 * number, starts_on=starts_on, announced_at=NOW
        )
        if number:
            PlanCreator.objects.create(plan=plan, creator=creators[number], starts_on=starts_on)
    people = [add_user(email=f"{n}@example.com", password="a long enough password") for n in "ab"]
    return shop, people


def _lines(size: int) -> "Iterator[StatedLine]":
    from linkstar.orders.rules import State, StatedLine

    for n in range(size):
        at = ORDERED - timedelta(minutes=n % 20_000)
        yield StatedLine(
            order_id=f"o{n}", line_id="1", product_id=f"p{n * 7 % PRODUCTS}", channel="tiktok",
            creator=f"creator{n * 13 % CREATORS}", content_id=f"v{n % 9_973}", content_type="video",
            state=State.DELIVERED, ordered_at=at, delivered_at=at, items=1 + n % 3, currency="USD",
            price_micros=(500 + n % 7_919) * 10_000, stated_rate_bps=1_000,
        )  # fmt: skip


def _refunds(size: int) -> "list[StatedRefund]":
    from linkstar.orders.actions import StatedRefund

    return [
        StatedRefund(key="r", order_id=f"o{n}", line_id="1", happened_at=NOW, items=1)
        for n in range(0, size, ONE_IN_SO_MANY_COMES_BACK)
    ]


def _open_accounts(shop: "Shop") -> None:
    from linkstar.creators.models import Creator
    from linkstar.settlements.models import BankAccount

    BankAccount.objects.bulk_create(
        BankAccount(creator=creator, holder="c", number="1", country="US")
        for creator in Creator.objects.filter(workspace=shop.workspace)
    )


def _check(shop: "Shop", size: int) -> None:
    """What was timed is right: every amount paid once, the book sound and in agreement."""
    from django.db.models import Sum

    from linkstar.commissions.models import Commission
    from linkstar.commissions.reconciling import differences
    from linkstar.settlements.models import Payout

    of_shop = Commission.objects.filter(shop=shop)
    assert of_shop.filter(number=1).count() == size
    assert set(of_shop.values_list("state", flat=True)) == {"paid"}
    earned = of_shop.aggregate(minor=Sum("amount_minor"))["minor"]
    assert earned == Payout.objects.aggregate(minor=Sum("amount_minor"))["minor"]
    assert list(differences(shop.workspace)) == []


def _bare(folder: Path) -> float:
    """Seconds to write the same rows by SQL alone, into a database of the same schema."""
    from django.conf import settings
    from django.db import connection

    written = Path(settings.DATABASES["default"]["NAME"])
    connection.close()
    peer = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    peer.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
    peer.execute("PRAGMA foreign_keys=OFF")
    peer.execute("ATTACH ? AS written", [str(written)])
    made = peer.execute(
        "SELECT type, sql, tbl_name FROM written.sqlite_master WHERE sql IS NOT NULL"
        " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END"
    ).fetchall()
    for _, sql, table in made:
        if table in (*_COPIED, *_READ_ONLY):
            peer.execute(sql)
    for table in _READ_ONLY:
        peer.execute(f"INSERT INTO {table} SELECT * FROM written.{table}")
    peer.execute("PRAGMA foreign_keys=ON")
    started = time.process_time()
    for table in _COPIED:
        columns = ", ".join(_first(table, name) for name in _columns(peer, table))
        peer.execute("BEGIN IMMEDIATE")
        peer.execute(f"INSERT INTO {table} SELECT {columns} FROM written.{table}")
        peer.execute("COMMIT")
    for move in _MOVES:
        peer.execute(f"UPDATE commissions_commission SET {move}")
    seconds = time.process_time() - started
    peer.close()
    return seconds


def _columns(peer: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in peer.execute(f"PRAGMA written.table_info({table})")]


def _first(table: str, column: str) -> str:
    """An amount as it was when it was accrued; the moves come afterwards."""
    if table != "commissions_commission":
        return column
    if column == "state":
        return "'accrued'"
    is_later = column.startswith(("approved_", "payable_"))
    return "NULL" if is_later else column


if __name__ == "__main__":
    if "--run" in sys.argv:
        run(int(sys.argv[-1]))
    else:
        main()
