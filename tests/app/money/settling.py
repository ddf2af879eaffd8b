"""Finn settles: closing, approving, paying, disputes, exchange, and putting right."""

from datetime import timedelta
from decimal import Decimal

from tests.app.money.selling import Selling
from tests.books import post_entry, take_back

from linkstar.commissions.models import Commission
from linkstar.exchange.actions import RateStated, state_rate
from linkstar.ledger.actions import AlreadyReversed
from linkstar.ledger.models import Entry
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.settlements import actions as settling
from linkstar.settlements.models import BankAccount, Dispute, Payout, Settlement
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
                self.happened["waits for a rate"] += len(paid.without_rate)
                for payout in paid.payouts:
                    self.happened["exchanged"] += payout.paid.currency != "USD"

    def bank_says(self, place: int, word: str, off: int | None) -> None:
        """`off` is how much more than was sold it took or gave back; None where it says nothing."""
        payouts = Payout.objects.filter(statement__settlement__shop=self.shop).order_by("-pk")
        for payout in payouts.select_related("exchange")[place : place + 1]:
            self.tick()
            amount = None if off is None else Money(payout.amount_minor + off, "USD")
            stated = [settling.StatedPayout(payout.pk, word, "by the bank", amount)]
            done = settling.import_payout_status(shop=self.shop, stated=stated, now=self.now)
            news = self._news(payout, word, off)
            assert bool(done.changed) == bool(news)
            for each in news:
                self.saw(each)

    def _news(self, payout: Payout, word: str, off: int | None) -> list[str]:
        """What is new about a payment by this word, as the bank's file is understood."""
        follows = {"sent": ("paid", "failed"), "paid": ("returned",)}.get(payout.state, ())
        is_late = word == "paid" and payout.state == "returned" and off is not None
        if word not in {*follows, payout.state} and not is_late:
            return []
        step = [word] if word in follows else []
        if off is None:
            return step
        if word == "failed" or payout.amount_minor + off <= 0:
            return []
        if payout.exchanged is None:
            return [] if off else step
        said = payout.exchanged.taken_minor if word == "paid" else payout.exchanged.given_back_minor
        return [*step, "exchange cleared"] if said is None else []

    def bo_opens_an_account(self) -> None:
        self._open_account("bo")

    def is_paid_in(self, handle: str, currency: str) -> None:
        BankAccount.objects.filter(creator=self.ids[handle]).update(currency=currency)

    def rate_stated(self, currency: str, rate: int) -> None:
        """One for the day and no other; a rate of yesterday stays as it is."""
        told = {"base": "USD", "quote": currency, "on": self.now.date(), "now": self.now}
        try:
            state_rate(rate=Decimal(rate).scaleb(-6), is_sure=True, **told)
        except RateStated:
            self.saw("second rate refused")

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

    def put_right(self, minor: int) -> None:
        """Something is entered by mistake and taken back by its mirror image, once."""
        self.tick()
        posting = Posting("asset:bank", "equity:opening", Money(minor, "USD"))
        draft = Draft("entered", f"by hand:{self.now}", self.now, (posting,))
        entry = post_entry(book=self.workspace.pk, draft=draft, now=self.now)
        back = take_back(entry, f"back:{entry.key}", self.now)
        assert take_back(entry, f"back:{entry.key}", self.now) == back
        try:
            take_back(entry, "again", self.now)
        except AlreadyReversed:
            self.saw("second reversal refused")
        assert Entry.objects.filter(reverses=entry).count() == 1
