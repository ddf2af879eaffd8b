"""Lin's shop lives through any order of sales, refunds, plan changes, payouts and exchanges.

The machine keeps its own, simpler account of what is due: items kept, and the rate that held when
the line was first worked out. After every life book, records and that account must agree.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from django.db import transaction
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from linkstar.accounts.actions import add_user, open_workspace
from linkstar.attribution.actions import attribute_lines, reattribute_by_hand
from linkstar.catalog.actions import open_shop
from linkstar.commissions.actions import accrue_commissions, approve_commissions, make_payable
from linkstar.commissions.models import Commission
from linkstar.commissions.reconciling import differences, misbooked
from linkstar.creators.models import Creator
from linkstar.exchange.actions import exchange
from linkstar.exchange.rules import Stamped, convert
from linkstar.ledger.actions import post_entry, reverse_entry
from linkstar.ledger.models import Entry
from linkstar.ledger.queries import balances, unsound
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.orders.actions import StatedRefund, record_lines, record_refunds
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, State, StatedLine
from linkstar.plans.models import Plan, PlanRate

DAY_ONE = datetime(2026, 10, 1, 18, tzinfo=UTC)
LINES = st.integers(0, 5)
HANDLES = ("ada", "bo")


@dataclass
class Due:
    """What the machine itself thinks of a line."""

    items: int
    price_micros: int
    creator: str
    returned: int = 0
    cancelled: bool = False
    rate_bps: int | None = None

    @property
    def minor(self) -> int:
        """Python rounds a fraction half to even, by a way of its own."""
        kept = 0 if self.cancelled else self.items - self.returned
        return round(Fraction(kept * self.price_micros * (self.rate_bps or 0), 100_000_000))


class MoneyMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = DAY_ONE
        self.lin = add_user(email="lin@example.com", password="a long enough password")
        self.workspace = open_workspace(name="Lin", now=DAY_ONE)
        self.shop = open_shop(workspace=self.workspace, name="Lin", now=DAY_ONE)
        self.plan = Plan.objects.create(
            shop=self.shop, kind="open", name="open", scope="shop",
            starts_on=date(2026, 9, 1), created_at=DAY_ONE,
        )  # fmt: skip
        self.rate_bps, self.versions = 0, 0
        self.due: dict[int, Due] = {}
        self.refunds: list[StatedRefund] = []
        self.seen: list[tuple[datetime, list[object]]] = []
        self.paid = dict.fromkeys(HANDLES, 0)
        self.change_plan(1_500)

    def teardown(self) -> None:
        try:
            self.settle_up()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @property
    def book(self) -> str:
        return self.workspace.pk

    def tick(self) -> None:
        self.now += timedelta(minutes=1)

    def state(self, number: int, state: State, **more: object) -> None:
        self.tick()
        due = self.due[number]
        line = StatedLine(
            order_id=f"o{number}", line_id="1", creator=due.creator, state=state,
            ordered_at=DAY_ONE, items=due.items, currency="USD",
            price_micros=due.price_micros, **more,
        )  # fmt: skip
        record_lines(
            shop=self.shop, lines=[line], source=Source.API, stated_at=self.now, now=self.now
        )

    @rule(
        number=LINES,
        items=st.integers(1, 9),
        price=st.integers(1, 50_000_000).map(lambda micros: micros // 1_000 * 1_000),
        creator=st.sampled_from(HANDLES),
    )
    def sale(self, number: int, items: int, price: int, creator: str) -> None:
        if number not in self.due:
            self.due[number] = Due(items, price, creator)
            self.state(number, State.PAID)

    @rule(number=LINES)
    def sale_stated_again(self, number: int) -> None:
        if number in self.due:
            self.state(number, State.PAID)

    @rule(number=LINES, items=st.integers(1, 9))
    def refund(self, number: int, items: int) -> None:
        if number in self.due:
            self.tick()
            self.refunds.append(
                StatedRefund(
                    key=f"r{len(self.refunds)}", order_id=f"o{number}", line_id="1",
                    happened_at=self.now, items=items,
                )
            )  # fmt: skip
            done = self.count(self.refunds[-1])
            due = self.due[number]
            assert done.counted == (due.returned + items <= due.items)
            due.returned += items * done.counted

    def count(self, refund: StatedRefund):
        return record_refunds(shop=self.shop, refunds=[refund], source=Source.API, now=self.now)

    @rule()
    def refund_stated_twice(self) -> None:
        if self.refunds:
            assert self.count(self.refunds[-1]).counted == 0

    @rule(number=LINES)
    def cancel(self, number: int) -> None:
        if number in self.due:
            self.state(number, State.CANCELLED)
            self.due[number].cancelled = True

    @rule(number=LINES)
    def deliver(self, number: int) -> None:
        if number in self.due:
            self.state(number, State.DELIVERED, delivered_at=self.now)

    @rule(rate_bps=st.integers(100, 8_000))
    def change_plan(self, rate_bps: int) -> None:
        self.versions += 1
        self.rate_bps = rate_bps
        PlanRate.objects.create(
            plan=self.plan, number=self.versions, rate_bps=rate_bps,
            starts_on=date(2026, 9, 1) + timedelta(days=self.versions % 25), announced_at=self.now,
        )  # fmt: skip
        PlanRate.objects.filter(plan=self.plan).exclude(number=self.versions).delete()

    @rule()
    def work(self) -> None:
        self.tick()
        attribute_lines(shop=self.shop, lake=None, now=self.now)
        accrue_commissions(shop=self.shop, now=self.now)
        for due in self.due.values():
            due.rate_bps = self.rate_bps if due.rate_bps is None else due.rate_bps

    @rule(days=st.integers(0, 20))
    def confirm(self, days: int) -> None:
        self.now += timedelta(days=days)
        approve_commissions(shop=self.shop, now=self.now)
        make_payable(shop=self.shop, now=self.now)

    @rule(handle=st.sampled_from(HANDLES))
    def pay(self, handle: str) -> None:
        """As a settlement leaves it: nothing is sent while less than nothing is owed."""
        payable = Commission.objects.filter(shop=self.shop, creator__handle=handle, state="payable")
        total = payable.aggregate(minor=Sum("amount_minor"))["minor"] or 0
        if total <= 0:
            return
        self.tick()
        path = f"liability:creator:{payable.first().creator_id}:payable"
        sent = Posting(path, "asset:bank", Money(total, "USD"))
        post_entry(
            book=self.book, draft=Draft("paid", f"p:{self.now}", self.now, (sent,)), now=self.now
        )
        payable.update(state="paid")
        self.paid[handle] += total

    @rule(number=LINES, handle=st.sampled_from(HANDLES))
    def give_to_another(self, number: int, handle: str) -> None:
        line = OrderLine.objects.filter(
            shop=self.shop, order_id=f"o{number}", attributions__is_current=True
        ).first()
        other = Creator.objects.filter(handle=handle, workspace=self.workspace).first()
        if line is None or other is None or self.due[number].creator == handle:
            return
        if Commission.objects.filter(line=line, creator=other).exists():
            return  # its earlier rate would come back; one move is enough to follow by hand
        self.tick()
        reattribute_by_hand(line=line, creator=other, reason="moved", user=self.lin, now=self.now)
        self.work()
        self.due[number].creator = handle
        self.due[number].rate_bps = Commission.objects.get(
            line=line, creator=other, number=1
        ).rate_bps

    @rule(minor=st.integers(1, 10**7), rate=st.fractions(min_value="1/1000", max_value=1_000))
    def exchange_rates_move(self, minor: int, rate: Fraction) -> None:
        self.tick()
        from decimal import Decimal

        stamped = Stamped(
            "USD", "CNY", Decimal(rate.numerator) / rate.denominator, self.now.date(), "ECB"
        )
        sold = Money(minor, "USD")
        if convert(sold, stamped).minor == 0:
            return
        entry = exchange(
            book=self.book, account="asset:bank", amount=sold, stamped=stamped,
            key=f"fx:{self.now}", now=self.now,
        )  # fmt: skip
        legs = entry.postings.order_by("line").values_list("amount_minor", flat=True)
        assert abs(legs[1] - legs[0] * rate) <= 1

    @rule()
    def reverse_a_payment(self) -> None:
        """A bank sends it back: the entry is taken back, once, and the amounts are owed again."""
        last = Entry.objects.filter(book=self.book, kind="paid", reversed_by=None).last()
        if last is not None:
            self.tick()
            reverse_entry(entry=last, key=f"back:{last.key}", happened_at=self.now, now=self.now)
            [posting] = last.postings.select_related("debit")
            creator = posting.debit.path.split(":")[2]
            self.paid[Creator.objects.get(pk=creator).handle] -= posting.amount_minor
            # What was paid stays paid in the records of a settlement; the failed sum is owed anew.
            back = Posting(
                posting.debit.path, "liability:returned", Money(posting.amount_minor, "USD")
            )
            post_entry(
                book=self.book, draft=Draft("set_aside", f"aside:{last.key}", self.now, (back,)),
                now=self.now,
            )  # fmt: skip

    @rule()
    def look(self) -> None:
        self.seen.append((self.now, list(balances(self.book, as_of=self.now))))
        self.tick()

    def settle_up(self) -> None:
        """Every promise, at the end of a life."""
        self.work()
        for moment, told in self.seen:
            stands = {(b.path, b.money) for b in balances(self.book, as_of=moment) if b.money.minor}
            assert stands == {(b.path, b.money) for b in told if b.money.minor}
        assert list(unsound(self.book)) == []
        assert list(differences(self.workspace)) == []
        assert misbooked(self.workspace) == 0
        assert sum(b.money.minor for b in balances(self.book) if b.money.currency == "USD") == 0
        earned = dict(
            Commission.objects.filter(shop=self.shop)
            .order_by("line")
            .values_list("line__order_id")
            .annotate(minor=Sum("amount_minor"))
        )
        for number, due in self.due.items():
            assert earned[f"o{number}"] == due.minor, (number, due)
            line = OrderLine.objects.get(shop=self.shop, order_id=f"o{number}")
            assert line.items_returned == due.returned <= line.items
        before = Entry.objects.filter(book=self.book).count()
        for number in self.due:
            self.state(number, State.PAID)
        for refund in self.refunds[-3:]:
            if self.count(refund).counted:
                raise AssertionError(refund)
        self.work()
        assert Entry.objects.filter(book=self.book).count() == before
