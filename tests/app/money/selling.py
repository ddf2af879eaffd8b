"""Lin sells: what is stated about orders, what was promised, and what is worked out from it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from tests.app.money.due import TIERS, Line
from tests.app.money.fourteen import Fourteen

from linkstar.accounts.actions import add_user, open_workspace
from linkstar.attribution.actions import (
    NothingToRedecide,
    attribute_lines,
    give_promo_code,
    reattribute_by_hand,
    reattribute_by_rule,
)
from linkstar.catalog.actions import open_shop
from linkstar.catalog.models import Product
from linkstar.collaborations.models import Collaboration, Deliverable
from linkstar.commissions.actions import (
    accrue_commissions,
    approve_commissions,
    make_payable,
    work_through,
)
from linkstar.creators.models import Creator
from linkstar.lake.store import Lake
from linkstar.orders.actions import (
    StatedRefund,
    record_lines,
    record_refunds,
    withdraw_statements,
)
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, State, StatedLine
from linkstar.plans.models import Incentive, Plan, PlanRate, Promotion
from linkstar.settlements.models import BankAccount

DAY_ONE = datetime(2026, 10, 1, 18, tzinfo=UTC)
HANDLES = ("ada", "bo")
SOLD = (
    ("ada", "", (), False), ("bo", "", (), False), ("ada", "", TIERS, False),
    ("", "bo10", (), False), ("", "", (), False), ("bo", "", TIERS, True), ("ada", "", (), True),
)  # fmt: skip
"""Who is stated to have sold, the code that was typed in, the tiers, whether an ad brought it."""
CUT_ON = date(2026, 9, 20)
"""When the plan's rate changed: who showed the product before keeps the higher one for a while."""
PASSWORD = "a long enough password"
FEE_MINOR = 10_001
NO_FACTS = Lake(Path("no-facts"))
"""Here no file lies in the facts: whatever a program stated is all there is beside an import."""
VIDEOS = 3


class Selling:
    happened: ClassVar[Counter[str]] = Counter()
    """What happened in all lives together, so that a test can tell what it has seen."""

    def __init__(self) -> None:
        self.now = DAY_ONE
        self.lin = add_user(email="lin@example.com", password=PASSWORD)
        self.finn = add_user(email="finn@example.com", password=PASSWORD)
        self.workspace = open_workspace(name="Lin", now=DAY_ONE)
        self.shop = open_shop(workspace=self.workspace, name="Lin", now=DAY_ONE)
        self.creators = {
            handle: Creator.objects.create(
                workspace=self.workspace, handle=handle, created_at=DAY_ONE
            )
            for handle in HANDLES
        }
        self.ids = {handle: creator.pk for handle, creator in self.creators.items()}
        self.lines: dict[str, Line] = {}
        self.refunds: list[StatedRefund] = []
        self.stated: list[StatedLine] = []
        self.promised = {handle: {"standard": 0, "ads": 0} for handle in HANDLES}
        self.fourteen = Fourteen(self.shop.pk, self.workspace.pk)
        self._open_for_business()

    def _open_for_business(self) -> None:
        self.plan = Plan.objects.create(
            shop=self.shop, kind="open", name="open", scope="shop",
            starts_on=date(2026, 9, 1), created_at=DAY_ONE,
        )  # fmt: skip
        give_promo_code(
            shop=self.shop, creator=self.creators["bo"], code="bo10", starts_on=date(2026, 9, 1),
            now=DAY_ONE,
        )  # fmt: skip
        serum = Product.objects.create(
            shop=self.shop, external_id="serum", name="Serum", category="Beauty", seen_at=DAY_ONE
        )
        agreement = Collaboration.objects.create(
            shop=self.shop, creator=self.creators["ada"], rate_bps=0, flat_fee_minor=FEE_MINOR,
            videos=VIDEOS, starts_on=date(2026, 9, 1), ends_before=date(2027, 9, 1),
            agreed_at=DAY_ONE,
        )  # fmt: skip
        agreement.products.add(serum)  # its rate is not about the lines that are sold
        for number in range(VIDEOS):
            Deliverable.objects.create(
                collaboration=agreement, number=number + 1, kind="video", due_at=DAY_ONE
            )
        cream = Product.objects.create(
            shop=self.shop, external_id="cream", name="Cream", category="Beauty", seen_at=DAY_ONE
        )
        for handle, starts_on in (("ada", date(2026, 9, 1)), ("bo", CUT_ON)):
            Promotion.objects.create(
                shop=self.shop, creator=self.creators[handle], product=cream, starts_on=starts_on
            )
        self._open_account("ada")
        self.change_plan(2_000, 1_500, 800)
        for number, sold in enumerate(SOLD):
            self.sale(number, number + 1, 19_990_000, sold)
            self.delivered(number)

    def _open_account(self, handle: str) -> None:
        BankAccount.objects.get_or_create(
            creator=self.creators[handle],
            defaults={"holder": handle, "number": "DE89370400440532013000", "country": "DE"},
        )

    def tick(self) -> None:
        self.now += timedelta(minutes=1)

    def saw(self, what: str) -> None:
        self.happened[what] += 1

    def known(self, number: int) -> Line | None:
        return self.lines.get(f"o{number}")

    # What is stated about orders.

    def state(self, order: str, state: str, *, is_refused: bool = False, **more: object) -> None:
        """State the line as it is known, and something new about it."""
        self.tick()
        due = self.lines[order]
        line = StatedLine(
            order_id=order, line_id="1", product_id="cream", channel="tiktok", creator=due.stated,
            stated_ads_commission_minor=int(due.is_ad),
            promo_code=due.code, state=State(state), ordered_at=DAY_ONE, items=due.items,
            currency="USD", price_micros=due.price_micros,
            seller_discount_minor=due.discount_minor, is_held=due.is_held,
            tier_rates_bps=" OR ".join(f"{bps / 100}" for bps in due.tiers), **more,
        )  # fmt: skip
        record = record_lines(
            shop=self.shop, lines=[line], source=Source.API, stated_at=self.now, now=self.now
        )
        assert len(record.problems) == is_refused
        if is_refused:
            return
        self.stated = [*self.stated[-4:], line]
        before = due.state, due.is_changed
        due.told_by_a_program(state)
        due.is_changed = before[1] or record.unchanged == 0
        assert record.unchanged == 0 or due.state == before[0]

    def sale(self, number: int, items: int, price: int, sold: tuple) -> None:
        if self.known(number) is None:
            creator, code, tiers, is_ad = sold
            self.lines[f"o{number}"] = Line(items, price, creator, code, tiers, is_ad)
            self.state(f"o{number}", "paid")

    def sale_stated_otherwise(self, number: int, items: int, price: int, discount: int) -> None:
        """The platform corrects a line: it is worked out anew at the rate it had.

        Fewer items than have come back cannot be: refused by name, the line stays as it was.
        """
        due = self.known(number)
        if due is None or due.given_back_minor:
            return
        before = due.items, due.price_micros, due.discount_minor
        due.items, due.price_micros, due.discount_minor = items, price, discount
        self.state(f"o{number}", "paid", is_refused=items < due.returned)
        if items < due.returned:
            due.items, due.price_micros, due.discount_minor = before
            self.saw("fewer items than came back refused")

    def statements_come_again(self) -> None:
        for line in self.stated[-1:]:
            done = record_lines(
                shop=self.shop, lines=[line], source=Source.API, stated_at=self.now, now=self.now
            )
            assert done.unchanged == 1

    def platform_names_a_creator(self, number: int, handle: str) -> None:
        due = self.known(number)
        if due:
            due.stated = handle
            self.state(f"o{number}", "paid")

    def moves_on(self, number: int, state: str) -> None:
        if self.known(number):
            self.state(f"o{number}", state)

    def delivered(self, number: int) -> None:
        if self.known(number):
            self.state(f"o{number}", "delivered", delivered_at=self.now)

    def settled_by_the_platform(self, number: int, reached: int) -> None:
        due = self.known(number)
        if due:
            due.reached_bps = reached
            self.state(f"o{number}", "settled", stated_rate_bps=reached)

    def held_or_let_go_by_the_platform(self, number: int) -> None:
        due = self.known(number)
        if due:
            due.is_held = not due.is_held
            self.state(f"o{number}", "paid")

    def refund(self, number: int, items: int, minor: int) -> None:
        due = self.known(number)
        if not due or not (items or minor):
            return
        self.tick()
        key = f"r{len(self.refunds)}"
        self.refunds.append(
            StatedRefund(
                key=key, order_id=f"o{number}", line_id="1", happened_at=self.now, items=items,
                amount_minor=minor,
            )
        )  # fmt: skip
        done = self.count(self.refunds[-1])
        if due.state == "withdrawn":
            assert (done.counted, done.unmatched) == (0, 1)
            due.waiting[key] = (items, minor)
            self.saw("refund of a withdrawn line")
            return
        is_refused = due.refuses(items, minor)
        assert (done.counted, len(done.problems)) == (not is_refused, is_refused)
        if is_refused:
            self.saw("refund above the sale refused")
            return
        due.refund(key, items, minor)
        self.saw("refund")
        if due.earner and self.is_settled(f"o{number}"):
            self.saw("refund after settlement")

    def is_settled(self, order: str) -> bool:
        return any(
            each.order_id == order and each.state in {"settled", "paid"}
            for each in self.fourteen.tables.amounts
        )

    def count(self, refund: StatedRefund):
        return record_refunds(shop=self.shop, refunds=[refund], source=Source.API, now=self.now)

    def refund_stated_twice(self) -> None:
        for refund in self.refunds[-1:]:
            if refund.key in self.lines[refund.order_id].refunds:
                assert self.count(refund).known == 1

    def refund_of_a_line_nobody_knows(self) -> None:
        refund = StatedRefund(
            key="lost", order_id="lost", line_id="1", happened_at=self.now, items=1
        )
        assert self.count(refund).counted == 0

    def imported(self, number: int, price: int, state: str, handle: str) -> None:
        """A file states the line, too, or a line nobody stated before."""
        self.tick()
        order = f"o{number}"
        due = self.known(number) or Line(3, price, handle)
        if due.imported or due.given_back_minor or due.state == "withdrawn":
            return
        self.lines[order] = due
        due.price_micros, due.stated, due.imported = price, handle, f"imp_{self.now}"
        line = StatedLine(
            order_id=order, line_id="1", product_id="cream", channel="tiktok", creator=handle,
            state=State(state), ordered_at=DAY_ONE, items=due.items, currency="USD",
            price_micros=price,
        )  # fmt: skip
        record = record_lines(
            shop=self.shop, lines=[line], source=Source.IMPORT, stated_at=self.now, now=self.now,
            import_id=due.imported,
        )  # fmt: skip
        assert not record.problems
        self._other_words_about(order)
        was_changed = due.is_changed
        due.go(state)
        due.is_changed = was_changed or record.unchanged == 0

    def import_undone(self, number: int) -> None:
        due = self.known(number)
        if due is None or not due.imported or due.given_back_minor:
            return
        self.tick()
        order, import_id = f"o{number}", due.imported
        done = withdraw_statements(
            NO_FACTS, shop=self.shop, import_id=import_id, lines={(order, "1")}, orders={order},
            now=self.now,
        )  # fmt: skip
        assert (done.lines, done.withdrawn) == (1, due.own is None)
        due.undo()
        self._other_words_about(order)
        self.saw("import undone")
        if self.is_settled(order):
            self.saw("import undone after settlement")

    def _other_words_about(self, order: str) -> None:
        """What a program stated before may be news by now."""
        self.stated = [line for line in self.stated if line.order_id != order]

    # What was promised.

    def change_plan(self, before_bps: int, rate_bps: int, ads_rate_bps: int | None) -> None:
        """What held before the cut and since; a cut of the rate for ads is kept by nobody."""
        self.tick()
        PlanRate.objects.filter(plan=self.plan).delete()
        for number, rate, starts_on in (
            (1, before_bps, date(2026, 9, 1)), (2, rate_bps, CUT_ON),
        ):  # fmt: skip
            PlanRate.objects.create(
                plan=self.plan, number=number, rate_bps=rate, ads_rate_bps=ads_rate_bps,
                starts_on=starts_on, announced_at=self.now,
            )  # fmt: skip
        for handle, rate in (("ada", max(before_bps, rate_bps)), ("bo", rate_bps)):
            ads = rate if ads_rate_bps is None else ads_rate_bps
            self.promised[handle] |= {"standard": rate, "ads": ads}

    def boost(self, funded_by: str, bonus_bps: int) -> None:
        Incentive.objects.update_or_create(
            shop=self.shop, kind="boost", funded_by=funded_by,
            defaults={
                "bonus_bps": bonus_bps, "starts_on": date(2026, 9, 1),
                "ends_before": date(2026, 12, 1), "created_at": DAY_ONE,
            },
        )  # fmt: skip
        for promised in self.promised.values():
            promised[f"{funded_by}_boost"] = bonus_bps

    def video_confirmed(self, number: int) -> None:
        self.tick()
        Deliverable.objects.filter(
            collaboration__shop=self.shop, number=number, state=Deliverable.State.DUE
        ).update(state=Deliverable.State.CONFIRMED, confirmed_at=self.now)

    # What follows from it.

    def work(self) -> None:
        self.tick()
        attribute_lines(shop=self.shop, lake=None, now=self.now)
        accrue_commissions(shop=self.shop, now=self.now)
        self.all_worked()

    def all_worked(self) -> None:
        for due in self.lines.values():
            due.work(self.promised, "bo")

    def work_through(self, days: int) -> None:
        """Everything that follows, in one instant."""
        self.now += timedelta(days=days)
        self.tick()
        work_through(shop=self.shop, lake=None, now=self.now)
        self.all_worked()

    def confirm(self, days: int) -> None:
        self.now += timedelta(days=days)
        approve_commissions(shop=self.shop, now=self.now)
        make_payable(shop=self.shop, now=self.now)

    def given_by_hand(self, number: int, handle: str) -> None:
        due = self.known(number)
        if due is None:
            return
        self.tick()
        line = OrderLine.objects.get(shop=self.shop, order_id=f"o{number}")
        creator = self.creators.get(handle)
        said = {"line": line, "creator": creator, "reason": "r", "user": self.lin, "now": self.now}
        try:
            reattribute_by_hand(**said)
        except NothingToRedecide:
            assert due.earner in {None, handle}
            return
        assert due.earner not in {None, handle}
        due.is_on_record = True
        due.give(handle)
        self.saw("given by hand")

    def decided_again_by_rule(self, number: int) -> None:
        due = self.known(number)
        if due and due.earner is not None:
            self.tick()
            line = OrderLine.objects.get(shop=self.shop, order_id=f"o{number}")
            reattribute_by_rule(
                shop=self.shop, lines=[line], lake=None, reason="r", user=self.lin, now=self.now
            )
            due.is_on_record = True
            due.decide_by_rule("bo")
