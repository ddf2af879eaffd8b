"""A month of a real shop: 42,481 lines with cancellations go from the file to paid creators.

The file (UCI Online Retail, December 2010) is not part of the product; where it is not at hand the
name of its folder comes from `LINKSTAR_PUBLIC_DATA`. Which creator brought an order is made up (by
the order's number); prices, quantities and cancellations are real. Days are moved on by fifteen
years, so that the central bank's file has a rate for the day on which the creators are paid.
"""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

import pytest

from linkstar.accounts.actions import add_user, open_workspace
from linkstar.catalog.actions import open_shop
from linkstar.commissions.actions import work_through
from linkstar.commissions.models import Commission
from linkstar.commissions.reconciling import differences, misbooked
from linkstar.creators.models import Creator
from linkstar.exchange.actions import exchange, import_ecb_rates, settle_exchange
from linkstar.exchange.queries import rate_on
from linkstar.ledger.queries import balance, balances, unsound
from linkstar.money.amounts import Money
from linkstar.orders.actions import StatedRefund, record_lines, record_refunds
from linkstar.orders.models import OrderLine, Refund, UnmatchedRefund
from linkstar.orders.rules import Source, State, StatedLine
from linkstar.plans.models import Plan, PlanRate
from linkstar.settlements.actions import (
    StatedPayout,
    approve_settlement,
    close_period,
    import_payout_status,
    make_payouts,
)
from linkstar.settlements.models import BankAccount, Payout
from linkstar.settlements.rules import bank_account, last_ended

FOLDER = Path(os.environ.get("LINKSTAR_PUBLIC_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = FOLDER / "online_retail_2010-12.csv"
RATE_BPS = 1_250
RATES_FILE = FOLDER / "eurofxref_2022-2026_core.csv"
YEARS_ON = 15
NOW = datetime(2026, 2, 1, tzinfo=UTC)
PAID_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
CENT = Decimal("0.01")
CREATORS = 20


@dataclass
class Ledgered:
    """The file told apart, with sums of its own in exact decimals."""

    sold: list[StatedLine] = field(default_factory=list)
    back: list[StatedRefund] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sold_total: Decimal = Decimal(0)
    back_total: Decimal = Decimal(0)
    prices: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    unmatched_total: Decimal = Decimal(0)
    cancellations: int = 0


def moment_of(row: dict[str, str]) -> datetime:
    at = datetime.fromisoformat(row["InvoiceDate"])
    return at.replace(year=at.year + YEARS_ON, tzinfo=UTC)


@pytest.fixture(scope="module")
def told() -> Ledgered:
    """Sales as lines, cancellations against the latest earlier sale of the item to the customer.

    Who bought is used for this alone, in memory; nothing of it is handed on.
    """
    told = Ledgered()
    open_sales: dict[tuple[str, str, Decimal], list[list]] = defaultdict(list)
    with FILE.open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            _tell(told, open_sales, number, row)
    return told


def _tell(told: Ledgered, open_sales: dict, number: int, row: dict[str, str]) -> None:
    quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
    at = moment_of(row)
    key = (row["CustomerID"], row["StockCode"], price)
    if row["InvoiceNo"].startswith("C"):
        told.cancellations += 1
        told.back_total += -quantity * price
        _give_back(told, open_sales[key] if row["CustomerID"] else [], row, number)
    elif quantity <= 0 or price <= 0:
        told.left_out["stock moved" if quantity <= 0 else "given away"] += 1
        told.sold_total += quantity * price
        assert quantity * price == 0 or price < 0
    else:
        order = row["InvoiceNo"]
        told.sold_total += quantity * price
        told.prices[order, str(number)] = price
        open_sales[key].append([order, str(number), quantity])
        told.sold.append(
            StatedLine(
                order_id=order, line_id=str(number), sku_id=row["StockCode"],
                creator=f"creator{int(order[-2:]) % CREATORS}", state=State.DELIVERED,
                ordered_at=at, delivered_at=at, items=quantity, currency="GBP",
                price_micros=int(price * 1_000_000),
            )
        )  # fmt: skip


def _give_back(told: Ledgered, sales: list, row: dict, number: int) -> None:
    left, at = -int(row["Quantity"]), moment_of(row)
    price = Decimal(row["UnitPrice"])
    while left:
        sale = next((sale for sale in reversed(sales) if sale[2]), None)
        taken = min(left, sale[2]) if sale else left
        order, line = (sale[0], sale[1]) if sale else (row["InvoiceNo"], str(number))
        told.back.append(
            StatedRefund(
                key=f"{row['InvoiceNo']}:{number}:{line}", order_id=order, line_id=line,
                happened_at=at, items=taken, currency="GBP",
            )
        )  # fmt: skip
        if sale:
            sale[2] -= taken
        else:
            told.unmatched_total += taken * price
        left -= taken


@pytest.fixture
def shop(db):
    workspace = open_workspace(name="retail", now=NOW)
    shop = open_shop(
        workspace=workspace, name="retail", now=NOW, market="GB", zone="Europe/London",
        currency="GBP",
    )  # fmt: skip
    plan = Plan.objects.create(
        shop=shop, kind="open", name="open", scope="shop", starts_on=date(2025, 12, 1),
        created_at=NOW,
    )  # fmt: skip
    PlanRate.objects.create(
        plan=plan, number=1, rate_bps=RATE_BPS, starts_on=date(2025, 12, 1), announced_at=NOW
    )
    return shop


def exact_commission(line: OrderLine) -> int:
    """In pence, by a way of its own: exact decimals, rounded once."""
    price = Decimal(line.price_micros) / 1_000_000
    kept = price * (line.items - line.items_returned)
    return int((kept * RATE_BPS / 10_000).quantize(CENT, rounding=ROUND_HALF_EVEN) * 100)


class TestAMonthOfARealShop:
    def test_goes_from_the_file_to_commission_with_every_cancellation_accounted_for(
        self, told: Ledgered, shop
    ) -> None:
        assert told.sold_total - told.back_total == Decimal("748957.02")
        assert told.cancellations == 728
        recorded = record_lines(
            shop=shop, lines=told.sold, source=Source.API, stated_at=NOW, now=NOW
        )
        assert (recorded.new, recorded.problems) == (len(told.sold), ())
        assert len(told.sold) + told.cancellations + sum(told.left_out.values()) == 42_481
        value = sum(
            (Decimal(micros) * items for micros, items in
             OrderLine.objects.values_list("price_micros", "items")), Decimal(0),
        )  # fmt: skip
        assert value / 1_000_000 == sum(line.items * told.prices[line.order_id, line.line_id]
                                        for line in told.sold)  # fmt: skip
        work_through(shop=shop, lake=None, now=NOW)
        self.check(shop)
        before = self.earned()
        counted = record_refunds(
            shop=shop, refunds=told.back, source=Source.API, now=NOW + timedelta(days=1)
        )
        assert counted.problems == ()
        assert counted.counted + counted.unmatched == len(told.back)
        matched = sum(
            (told.prices[order, line] * items for order, line, items in
             Refund.objects.values_list("line__order_id", "line__line_id", "items")), Decimal(0),
        )  # fmt: skip
        assert matched + told.unmatched_total == told.back_total
        assert UnmatchedRefund.objects.count() == counted.unmatched > 0
        work_through(shop=shop, lake=None, now=NOW + timedelta(days=1))
        self.check(shop)
        assert self.earned() < before
        # Once more, and nothing changes.
        again = record_refunds(shop=shop, refunds=told.back, source=Source.API, now=NOW)
        assert (again.counted, again.unmatched) == (0, 0)
        paid = self.paid_out(shop)
        self.exchanged(shop, paid)

    def paid_out(self, shop) -> Money:
        """Two people approve, twenty creators are paid what exact decimals say, once each."""
        due: dict[str, int] = defaultdict(int)
        for line in OrderLine.objects.all():
            due[line.creator] += exact_commission(line)
        work_through(shop=shop, lake=None, now=NOW + timedelta(days=20))
        for creator in Creator.objects.filter(workspace=shop.workspace):
            BankAccount.objects.create(creator=creator, holder="c", number="1", country="GB")
        period = last_ended(shop.market, PAID_AT.date())
        [settlement] = close_period(shop=shop, period=period, now=PAID_AT).settlements
        assert settlement.approvals_needed == 2  # no rule names pounds, so always two
        for name in ("lin", "finn"):
            user = add_user(email=f"{name}@example.com", password="a long enough password")
            approve_settlement(settlement=settlement, user=user, now=PAID_AT)
        batch = make_payouts(settlement=settlement, user=None, now=PAID_AT)
        stated = [StatedPayout(payout.pk, "paid") for payout in batch.payouts]
        assert import_payout_status(shop=shop, stated=stated, now=PAID_AT).changed == CREATORS
        assert make_payouts(settlement=settlement, user=None, now=PAID_AT).payouts == []
        told = Payout.objects.values_list("statement__creator__handle", "amount_minor")
        assert dict(told) == {creator: minor for creator, minor in due.items() if minor}
        total = Money(sum(due.values()), "GBP")
        bank = balance(shop.workspace_id, bank_account(shop.number), "GBP")
        assert bank.minor == -total.minor
        assert list(differences(shop.workspace)) == []
        assert list(unsound(shop.workspace_id)) == []
        return total

    def exchanged(self, shop, paid: Money) -> None:
        """What the pounds cost in dollars by the central bank's figures of the day."""
        with RATES_FILE.open(newline="") as file:
            import_ecb_rates(lines=file, now=PAID_AT)
        with RATES_FILE.open(newline="") as file:
            day = PAID_AT.date().isoformat()
            [rates] = [row for row in csv.DictReader(file) if row["Date"] == day]
        with localcontext(prec=50):
            dollars = paid.amount * Decimal(rates["USD"]) / Decimal(rates["GBP"])
        stamped = rate_on("GBP", "USD", PAID_AT.date())
        bank = bank_account(shop.number)
        entry = exchange(
            book=shop.workspace_id, account=bank, amount=paid, stamped=stamped, key="fx",
            now=PAID_AT,
        )  # fmt: skip
        sold, bought = entry.postings.order_by("line")
        assert sold.amount_minor == paid.minor
        assert bought.amount_minor == int(dollars.quantize(CENT, rounding=ROUND_HALF_EVEN) * 100)
        received = Money(bought.amount_minor - 137, "USD")
        settle_exchange(
            book=shop.workspace_id, exchanged=entry, bank=bank, received=received, key="fx done",
            now=PAID_AT,
        )  # fmt: skip
        waiting = [b for b in balances(shop.workspace_id, path="clearing") if b.money.minor]
        assert waiting == []
        assert balance(shop.workspace_id, "expense:exchange", "USD").minor == 137

    def earned(self) -> int:
        return sum(Commission.objects.values_list("amount_minor", flat=True))

    def check(self, shop) -> None:
        due = sum(exact_commission(line) for line in OrderLine.objects.all())
        owed = -sum(b.money.minor for b in balances(shop.workspace_id, path="liability:creator"))
        assert (self.earned(), owed) == (due, due)
        assert list(unsound(shop.workspace_id)) == []
        assert list(differences(shop.workspace)) == []
        assert misbooked(shop.workspace) == 0
