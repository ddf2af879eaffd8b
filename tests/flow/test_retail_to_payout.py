"""A month of a real shop: 42,481 lines with cancellations go from the file to paid creators.

The file (UCI Online Retail, December 2010) is not part of the product; where it is not at hand the
name of its folder comes from `LINKSTAR_PUBLIC_DATA`. It names no creators: which of them brought an
order is made up (by the order's number) and told by a second file, the same rows with a column
more. Prices, quantities, days and cancellations are real.
"""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from tests.books import balance

from linkstar.accounts.actions import add_user, open_workspace
from linkstar.catalog.actions import open_shop
from linkstar.commissions.actions import work_through
from linkstar.commissions.models import Commission
from linkstar.commissions.reconciling import differences, misbooked
from linkstar.config.places import Places
from linkstar.connectors.actions import import_path
from linkstar.creators.models import Creator
from linkstar.exchange.actions import import_ecb_rates
from linkstar.exchange.booking import LOSS
from linkstar.ledger.queries import balances, unsound
from linkstar.money.amounts import Money
from linkstar.orders.models import LineRevision, OrderLine, Refund, UnmatchedRefund
from linkstar.plans.models import Plan, PlanRate
from linkstar.settlements.actions import (
    StatedPayout,
    approve_settlement,
    close_period,
    import_payout_status,
    make_payouts,
)
from linkstar.settlements.checking import findings_of
from linkstar.settlements.models import BankAccount, Payout
from linkstar.settlements.rules import bank_account, last_ended

FOLDER = Path(os.environ.get("LINKSTAR_PUBLIC_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = FOLDER / "online_retail_2010-12.csv"
ROWS = 42_481
RATE_BPS = 1_250
RATES_FILE = FOLDER / "eurofxref_2022-2026_core.csv"
NOW = datetime(2026, 2, 1, tzinfo=UTC)
PAID_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
CENT = Decimal("0.01")
CREATORS = 20
MIDDLE = "2010-12-15"
SAID = ("--kind", "order_lines", "--tz", "Europe/London", "--currency", "GBP", "--state",
        "delivered", "--channel", "other")  # fmt: skip


def said_of(payout: Payout) -> StatedPayout:
    """The bank paid it; for one it exchanged it took a pound more."""
    is_same = payout.paid == payout.settled
    taken = None if is_same else Money(payout.amount_minor + 100, payout.currency)
    return StatedPayout(payout.pk, "paid", amount=taken)


@dataclass(frozen=True)
class Sums:
    """What the file says, added up in exact decimals by a way of its own."""

    sold: Decimal
    back: Decimal
    sold_rows: int
    cancellations: int
    moved: int

    @property
    def back_rows(self) -> int:
        """Cancellations (`C...`), and stock that was written off at no price."""
        return self.cancellations + self.moved


def rows_of_file() -> list[dict[str, str]]:
    with FILE.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sums() -> Sums:
    sold = back = Decimal(0)
    sold_rows = cancellations = moved = 0
    for row in rows_of_file():
        quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
        if quantity > 0:
            sold, sold_rows = sold + quantity * price, sold_rows + 1
            continue
        back -= quantity * price
        cancellations += row["InvoiceNo"].startswith("C")
        moved += not row["InvoiceNo"].startswith("C")
    return Sums(sold, back, sold_rows, cancellations, moved)


def creator_of(order: str) -> str:
    return f"creator{int(order[-2:]) % CREATORS}"


def with_creators(folder: Path, *, until: str = "") -> Path:
    """The file once more with who brought each order; up to a day, or whole."""
    rows = [row for row in rows_of_file() if not until or row["InvoiceDate"] < until]
    path = folder / f"creators{len(rows)}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "Creator"])
        writer.writeheader()
        writer.writerows(row | {"Creator": creator_of(row["InvoiceNo"])} for row in rows)
    return path


@pytest.fixture
def shop(db):
    workspace = open_workspace(name="retail", now=NOW)
    shop = open_shop(
        workspace=workspace, name="retail", now=NOW, market="GB", zone="Europe/London",
        currency="GBP",
    )  # fmt: skip
    plan = Plan.objects.create(
        shop=shop, kind="open", name="open", scope="shop", starts_on=date(2010, 12, 1),
        created_at=NOW,
    )  # fmt: skip
    PlanRate.objects.create(
        plan=plan, number=1, rate_bps=RATE_BPS, starts_on=date(2010, 12, 1), announced_at=NOW
    )
    return shop


def exact_commission(line: OrderLine) -> int:
    """In pence, by a way of its own: exact decimals, rounded once."""
    price = Decimal(line.price_micros) / 1_000_000
    kept = price * (line.items - line.items_returned)
    return int((kept * RATE_BPS / 10_000).quantize(CENT, rounding=ROUND_HALF_EVEN) * 100)


class TestAMonthOfARealShop:
    def test_goes_from_the_file_to_payout_with_every_cancellation_accounted_for(
        self, sums: Sums, shop, settings, tmp_path
    ) -> None:
        settings.PLACES = Places(tmp_path / "data")
        assert sums.sold - sums.back == Decimal("748957.02")
        assert (sums.cancellations, sums.moved) == (728, 70)
        self.bring(shop, with_creators(tmp_path, until=MIDDLE), NOW)
        work_through(shop=shop, lake=None, now=NOW)
        self.check(shop)
        before = self.earned()
        # The whole month as it is: what was known stays, its cancellations come off.
        report = self.bring(shop, FILE, NOW + timedelta(days=1))
        assert (report["rows"], report["rejected"]) == (ROWS, 0)
        self.agrees_with(sums)
        work_through(shop=shop, lake=None, now=NOW + timedelta(days=1))
        self.check(shop)
        assert 0 < self.earned() < before
        # And who brought the rest: the same lines revised, none twice.
        self.bring(shop, with_creators(tmp_path), NOW + timedelta(days=2))
        self.agrees_with(sums)
        assert LineRevision.objects.filter(creator="").count() > 0
        work_through(shop=shop, lake=None, now=NOW + timedelta(days=2))
        self.check(shop)
        assert self.earned() > before
        self.paid_out(shop)

    def bring(self, shop, path: Path, now: datetime) -> dict[str, Any]:
        return import_path(
            path, workspace=shop.workspace, user=None, shop=shop, now=now, kind="order_lines",
            zone="Europe/London", currency="GBP", state="delivered", channel="other",
        )  # fmt: skip

    def agrees_with(self, sums: Sums) -> None:
        """Lines and returns are all there once, worth what the file says to the last digit."""
        lines = OrderLine.objects.values_list("price_micros", "items")
        assert len(lines) == sums.sold_rows
        assert sum(Decimal(price) * items for price, items in lines) / 1_000_000 == sums.sold
        refunds = list(Refund.objects.select_related("line"))
        unmatched = list(UnmatchedRefund.objects.all())
        assert len(refunds) + len(unmatched) == sums.back_rows
        worth = sum(Decimal(one.line.price_micros) * one.items for one in refunds)
        worth += sum(Decimal(one.price_micros) * one.items for one in unmatched)
        assert worth / 1_000_000 == sums.back
        assert all(one.line.ordered_at <= one.happened_at for one in refunds)
        assert all(one.reason for one in unmatched)
        returned: dict[int, int] = defaultdict(int)
        for one in refunds:
            returned[one.line_id] += one.items
        told = OrderLine.objects.filter(items_returned__gt=0).values_list("pk", "items_returned")
        assert returned == dict(told)

    def paid_out(self, shop) -> None:
        """Two people approve; twenty creators are paid what exact decimals say, once each: half of
        them in dollars, at the central bank's rate of the day, for which the bank takes a pound
        more than it is.
        """
        import_ecb_rates(content=RATES_FILE.read_bytes(), now=PAID_AT)
        due: dict[str, int] = defaultdict(int)
        for line in OrderLine.objects.all():
            due[line.creator] += exact_commission(line)
        work_through(shop=shop, lake=None, now=NOW + timedelta(days=20))
        for place, creator in enumerate(Creator.objects.filter(workspace=shop.workspace)):
            BankAccount.objects.create(
                creator=creator, holder="c", number="1", country="GB",
                currency="USD" if place % 2 else "",
            )  # fmt: skip
        period = last_ended(shop.market, PAID_AT.date())
        [settlement] = close_period(shop=shop, period=period, now=PAID_AT).settlements
        assert settlement.approvals_needed == 2  # no rule names pounds, so always two
        for name in ("lin", "finn"):
            user = add_user(email=f"{name}@example.com", password="a long enough password")
            approve_settlement(settlement=settlement, user=user, now=PAID_AT)
        batch = make_payouts(settlement=settlement, user=None, now=PAID_AT)
        stated = [said_of(payout) for payout in batch.payouts]
        assert import_payout_status(shop=shop, stated=stated, now=PAID_AT).changed == CREATORS
        assert make_payouts(settlement=settlement, user=None, now=PAID_AT).payouts == []
        told = Payout.objects.values_list("statement__creator__handle", "amount_minor")
        assert dict(told) == {creator: minor for creator, minor in due.items() if minor}
        abroad = [payout for payout in batch.payouts if payout.paid.currency == "USD"]
        assert len(abroad) == CREATORS // 2
        for payout in abroad:
            assert payout.paid.minor == self.in_dollars(payout.settled.amount)
        total = sum(due.values()) + 100 * len(abroad)
        assert balance(shop.workspace_id, bank_account(shop.number), "GBP").minor == -total
        assert balance(shop.workspace_id, LOSS, "GBP").minor == 100 * len(abroad)
        waiting = [b for b in balances(shop.workspace_id, path="clearing") if b.money.minor]
        assert waiting == []
        assert list(findings_of(shop.workspace)) == []

    def in_dollars(self, pounds: Decimal) -> int:
        """What they are in cents by the central bank's figures of the day, worked out apart."""
        with RATES_FILE.open(newline="") as file:
            day = PAID_AT.date().isoformat()
            [rates] = [row for row in csv.DictReader(file) if row["Date"] == day]
        with localcontext(prec=50):
            dollars = pounds * Decimal(rates["USD"]) / Decimal(rates["GBP"])
        return int(dollars.quantize(CENT, rounding=ROUND_HALF_EVEN) * 100)

    def earned(self) -> int:
        return sum(Commission.objects.values_list("amount_minor", flat=True))

    def check(self, shop) -> None:
        due = sum(map(exact_commission, OrderLine.objects.exclude(creator="")))
        owed = -sum(b.money.minor for b in balances(shop.workspace_id, path="liability:creator"))
        assert (self.earned(), owed) == (due, due)
        assert list(unsound(shop.workspace_id)) == []
        assert list(differences(shop.workspace)) == []
        assert misbooked(shop.workspace) == 0


class TestTheCommandLine:
    def test_brings_the_file_in_once_and_says_what_became_of_every_row(
        self, sums: Sums, begun
    ) -> None:
        made = begun(
            "init", "--email", "lin@example.com", "--workspace", "Retail", "--shop", "Retail",
            "--market", "GB", "--tz", "Europe/London", "--currency", "GBP",
            LINKSTAR_PASSWORD="a long enough password",
        )  # fmt: skip
        assert made.code == 0, made.err
        [first] = begun("import", FILE, *SAID, "--json").document["files"]
        assert (first["layout"], first["rows"], first["loaded"]) == (
            "generic.order_lines", ROWS, ROWS,
        )  # fmt: skip
        told = {one["code"]: one for one in first["warnings"]}
        assert told["orders.recorded"]["params"]["new"] == sums.sold_rows
        matched, unmatched = told["returns.matched"], told["returns.unmatched"]
        assert matched["count"] + unmatched["count"] == sums.back_rows
        [one], [other] = matched["params"]["sums"], unmatched["params"]["sums"]
        worth = [Decimal(text.removesuffix(" GBP").replace(",", "")) for text in (one, other)]
        assert sum(worth) == sums.back
        [again] = begun("import", FILE, *SAID, "--json").document["files"]
        assert (again["loaded"], again["duplicates"]) == (0, ROWS)
