"""A shop works, closes, approves and pays, and is killed at every statement and commit of it.

`python -m tests.faults.killed_settling POINTS SEED` states lines once, lives the rest in forked
children that are killed (-9) at POINTS chosen steps (0: at every one), and after each death does
everything again, twice. What it found is written as JSON. Steps are the moments before each
statement and around each commit; besides, as many children are killed after a random time.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from tests.prepared import migrated

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
LINES = 9


def main(points: int, seed: int) -> None:
    django.setup()
    migrated()
    place = Place.made()
    whole = place.lived()
    steps = place.told("steps")
    chance = random.Random(seed)
    every = range(1, steps + 1)
    chosen = sorted(chance.sample(every, points)) if points else list(every)
    found = {"steps": steps, "killed": 0, "faults": [], "whole": whole}
    for point in chosen:
        place.restore()
        killed = dies(lambda at=point: killed_at(at, lambda: settle_everything(place.shop)))
        found["killed"] += killed
        found["faults"] += [f"step {point}: {fault}" for fault in place.after_death(whole)]
    for _ in chosen:
        place.restore()
        seconds = chance.uniform(0, place.seconds)
        found["killed"] += dies(lambda: settle_everything(place.shop), seconds=seconds)
        found["faults"] += [f"{seconds:.4f} s: {fault}" for fault in place.after_death(whole)]
    sys.stdout.write(f"{json.dumps(found)}\n")


@dataclass
class Place:
    """The shop's database before it works, to begin from again."""

    shop: Any
    database: Path
    seconds: float = 0.0

    @classmethod
    def made(cls) -> "Place":
        from django.conf import settings
        from django.db import connection

        shop = stated_lines()
        connection.close()  # the last to leave writes the log back into the file
        database = Path(settings.DATABASES["default"]["NAME"])
        shutil.copy(database, database.with_suffix(".before"))
        return cls(shop, database)

    def restore(self) -> None:
        for end in ("-wal", "-shm"):
            Path(f"{self.database}{end}").unlink(missing_ok=True)
        shutil.copy(self.database.with_suffix(".before"), self.database)

    def told(self, name: str) -> int:
        return int(self.database.with_suffix(f".{name}").read_text())

    def lived(self) -> dict[str, object]:
        """The whole of it in a child that nobody kills, and what it comes to."""
        begun = time.perf_counter()
        assert not dies(lambda: settle_everything(self.shop))
        self.seconds = time.perf_counter() - begun
        whole = facts(self.shop)
        self.restore()

        def counted() -> None:
            steps = counted_steps(lambda: settle_everything(self.shop))
            self.database.with_suffix(".steps").write_text(str(steps))

        assert not dies(counted)
        return whole

    def after_death(self, whole: dict[str, object]) -> list[str]:
        """What is not as if nobody had died, after everything was done again, twice."""
        from django.db import connection

        for _ in range(2):
            settle_everything(self.shop)
        found = facts(self.shop)
        connection.close()
        return [f"{k}: {found[k]} instead of {whole[k]}" for k in whole if found[k] != whole[k]]


def dies(work: Callable[[], object], *, seconds: float | None = None) -> bool:
    """Whether a child that does this was killed: by itself, or by us after so many seconds."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
    return os.WIFSIGNALED(status)


def counted_steps(work: Callable[[], object]) -> int:
    return with_steps(work, lambda _: None)


def killed_at(point: int, work: Callable[[], object]) -> None:
    def step(number: int) -> None:
        if number == point:
            os.kill(os.getpid(), signal.SIGKILL)

    with_steps(work, step)


def with_steps(work: Callable[[], object], step: Callable[[int], None]) -> int:
    """Do the work and tell each step's number before it is taken; how many there were."""
    from django.db import connection

    taken = 0

    def next_step() -> None:
        nonlocal taken
        taken += 1
        step(taken)

    def statement(execute: Callable[..., object], *said: object) -> object:
        next_step()
        return execute(*said)

    commit = connection._commit

    def around_commit() -> object:
        next_step()
        done = commit()
        next_step()
        return done

    connection._commit = around_commit
    with connection.execute_wrapper(statement):
        work()
    return taken


def stated_lines() -> Any:
    """Delivered lines of three creators under one plan, two of them partly returned."""
    from tests.faults.money_schedules import opened, sold

    from linkstar.creators.models import Creator
    from linkstar.exchange.actions import state_rate
    from linkstar.orders.actions import StatedRefund, record_lines, record_refunds
    from linkstar.orders.rules import Source
    from linkstar.settlements.models import BankAccount

    _, shop = opened("shop")
    record_lines(shop=shop, lines=sold(LINES), source=Source.API, stated_at=NOW, now=NOW)
    refunds = [
        StatedRefund(key="r", order_id=f"o{n}", line_id="1", happened_at=NOW, items=1)
        for n in (0, 4)
    ]
    record_refunds(shop=shop, refunds=refunds, source=Source.API, now=NOW)
    for number in range(3):
        creator = Creator.objects.create(
            workspace=shop.workspace, handle=f"c{number}", created_at=NOW
        )
        BankAccount.objects.create(
            creator=creator, holder="c", number="1", country="US",
            currency="" if number else "CNY",
        )  # fmt: skip
    day = LATER.date() - timedelta(days=1)
    state_rate(base="USD", quote="CNY", on=day, rate=Decimal(7), now=LATER, is_sure=True)
    return shop


def settle_everything(shop: Any) -> None:
    """From stated lines to paid creators; done again, it goes on where it was cut off."""
    from linkstar.accounts.models import User
    from linkstar.commissions.actions import work_through
    from linkstar.settlements.actions import (
        StatedPayout,
        approve_settlement,
        close_period,
        import_payout_status,
        make_payouts,
    )
    from linkstar.settlements.models import Payout
    from linkstar.settlements.rules import last_ended

    work_through(shop=shop, lake=None, now=NOW)
    period = last_ended("US", LATER.date())
    for settlement in close_period(shop=shop, period=period, now=LATER).settlements:
        if settlement.state == "closed":
            approve_settlement(settlement=settlement, user=User.objects.get(), now=LATER)
        make_payouts(settlement=settlement, user=None, now=LATER)
    stated = [
        StatedPayout(payout.pk, "paid", "", payout.settled)
        for payout in Payout.objects.select_related("exchange")
    ]
    import_payout_status(shop=shop, stated=stated, now=LATER)


def facts(shop: Any) -> dict[str, object]:
    """What must be the same, whoever died on the way."""
    from django.db import connection
    from django.db.models import Sum

    from linkstar.commissions.models import Commission
    from linkstar.ledger.models import Entry
    from linkstar.settlements.checking import findings_of
    from linkstar.settlements.models import Payout, Settlement, StatementLine

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        integrity = cursor.fetchall()
    payouts = Payout.objects.order_by("amount_minor").values_list("state", "amount_minor")
    states = (
        Commission.objects.order_by("state")
        .values_list("state")
        .annotate(minor=Sum("amount_minor"))
    )
    return {
        "settlements": list(Settlement.objects.values_list("state", "lines", "payable_minor")),
        "lines": StatementLine.objects.count(),
        "payouts": [list(row) for row in payouts],
        "amounts": [list(row) for row in states],
        "entries": Entry.objects.filter(book=shop.workspace_id).count(),
        "findings": [str(each) for each in findings_of(shop.workspace)],
        "integrity": [row[0] for row in integrity],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
