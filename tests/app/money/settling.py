"""Finn settles: closing, approving, paying, disputes, exchange, and putting right."""

from datetime import timedelta
from decimal import Decimal

from tests.app.money.selling import Selling

from linkstar.commissions.models import Commission
from linkstar.exchange.actions import exchange, settle_exchange
from linkstar.exchange.rules import Stamped, convert
from linkstar.ledger.actions import AlreadyReversed, post_entry, reverse_entry
from linkstar.ledger.models import Entry
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.settlements import actions as settling
from linkstar.settlements.models import Dispute, Payout, Settlement
from linkstar.settlements.rules import MoveRefused, Outcome, last_ended


class Settling(Selling):
    # Settling and paying.

    def close(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.tick()
        period = last_ended("US", self.now.date())
        closed = settling.close_period(shop=self.shop, period=period, now=self.now)
        self.saw("closed" if closed.is_new and closed.settlements else "closed nothing")

    def approve(self, user: str) -> None:
        self.tick()
        for settlement in Settlement.objects.filter(shop=self.shop, state="closed"):
            try:
                settling.approve_settlement(
                    settlement=settlement, user=getattr(self, user), now=self.now
                )
            except settling.AlreadyApproved:
                assert settlement.approvals_needed == 2
                self.saw("one person alone refused")

    def pay(self) -> None:
        self.tick()
        for settlement in Settlement.objects.filter(shop=self.shop):
            try:
                paid = settling.make_payouts(settlement=settlement, user=self.finn, now=self.now)
            except MoveRefused:
                assert settlement.state == "closed"
            else:
                self.happened["payouts"] += len(paid.payouts)
                self.happened["without account"] += len(paid.without_account)

    def bank_says(self, place: int, word: str) -> None:
        payouts = Payout.objects.filter(statement__settlement__shop=self.shop).order_by("-pk")
        for payout in payouts[place : place + 1]:
            self.tick()
            stated = [settling.StatedPayout(payout.pk, word, "by the bank")]
            done = settling.import_payout_status(shop=self.shop, stated=stated, now=self.now)
            follows = {"sent": ("paid", "failed"), "paid": ("returned",)}.get(payout.state, ())
            assert done.changed == (word in follows)
            self.happened[word] += done.changed

    def bo_opens_an_account(self) -> None:
        self._open_account("bo")

    # Disputes.

    def dispute(self, place: int, is_from_creator: bool) -> None:  # noqa: FBT001  # drawn
        rows = Commission.objects.filter(shop=self.shop, line__isnull=False).order_by("-pk")
        for commission in rows[place : place + 1]:
            self.tick()
            try:
                settling.open_dispute(
                    commission=commission, user=self.lin, is_from_creator=is_from_creator,
                    text="Why?", now=self.now,
                )  # fmt: skip
            except settling.DisputeRefused as refused:
                self.saw(refused.reason)
            else:
                self.saw("dispute")

    def _living(self, *states: str) -> list[Dispute]:
        found = Dispute.objects.filter(commission__shop=self.shop, state__in=states)
        return list(found.select_related("commission__line", "commission__creator"))

    def dispute_answered(self) -> None:
        for dispute in self._living("open"):
            self.tick()
            settling.answer_dispute(
                dispute=dispute, user=self.finn, is_creator=not dispute.is_from_creator,
                text="So.", now=self.now,
            )  # fmt: skip

    def dispute_decided(self, outcome: Outcome) -> None:
        for dispute in self._living("answered", "appealed"):
            self.tick()
            settling.decide_dispute(
                dispute=dispute, outcome=outcome, user=self.lin, text="So.", now=self.now
            )
            if dispute.state == "appealed":
                self._is_final(dispute, outcome)

    def dispute_appealed(self) -> None:
        for dispute in self._living("decided"):
            if dispute.clock_ends_at > self.now:
                settling.appeal_dispute(
                    dispute=dispute, user=self.lin, is_creator=dispute.outcome == "seller",
                    text="No.", now=self.now,
                )  # fmt: skip

    def dispute_ended(self) -> None:
        for dispute in self._living("decided"):
            self.now = max(self.now, dispute.clock_ends_at)
            settling.end_dispute(dispute=dispute, now=self.now)
            self._is_final(dispute, Outcome(dispute.outcome))

    def _is_final(self, dispute: Dispute, outcome: Outcome) -> None:
        """Where the seller won, what this creator earned is nobody's; the whole shop is accrued."""
        self.saw(f"final for the {outcome}")
        if outcome is Outcome.SELLER:
            due = self.lines[dispute.commission.line.order_id]
            if due.earner == dispute.commission.creator.handle:
                due.is_on_record = True
                due.give("")
            for line in self.lines.values():
                if line.earner is not None:
                    line.accrue(self.promised)

    # The book by itself.

    def exchanged(self, minor: int, rate: int, off: int) -> None:
        self.tick()
        stamped = Stamped("USD", "CNY", Decimal(rate).scaleb(-6), self.now.date(), "ECB")
        bought = convert(Money(minor, "USD"), stamped)
        if not bought.minor:
            return
        bank = f"asset:shop:{self.shop.number}:bank"
        entry = exchange(
            book=self.workspace.pk, account=bank, amount=Money(minor, "USD"), stamped=stamped,
            key=f"fx:{self.now}", now=self.now,
        )  # fmt: skip
        if off % 3:
            received = Money(max(1, bought.minor + off), "CNY")
            settle_exchange(
                book=self.workspace.pk, exchanged=entry, bank=bank, received=received,
                key=f"fxs:{self.now}", now=self.now,
            )  # fmt: skip
            self.saw("exchange cleared")

    def put_right(self, minor: int) -> None:
        """Something is entered by mistake and taken back by its mirror image, once."""
        self.tick()
        posting = Posting("asset:bank", "equity:opening", Money(minor, "USD"))
        draft = Draft("entered", f"by hand:{self.now}", self.now, (posting,))
        entry = post_entry(book=self.workspace.pk, draft=draft, now=self.now)
        back = {"entry": entry, "happened_at": self.now, "now": self.now}
        first = reverse_entry(key=f"back:{entry.key}", **back)
        assert reverse_entry(key=f"back:{entry.key}", **back) == first
        try:
            reverse_entry(key="again", **back)
        except AlreadyReversed:
            self.saw("second reversal refused")
        assert Entry.objects.filter(reverses=entry).count() == 1
