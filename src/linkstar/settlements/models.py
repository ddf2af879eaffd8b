"""Closed periods, each creator's statement in them, payouts, and disputes about amounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Deliverable
from linkstar.commissions.models import Commission
from linkstar.creators.models import Creator
from linkstar.exchange.booking import Exchange
from linkstar.exchange.rules import Stamped
from linkstar.ledger.models import Entry
from linkstar.money.amounts import Money
from linkstar.settlements.sealing import SealedField


def settlement_id() -> str:
    return new_id("stl")


def statement_id() -> str:
    return new_id("stm")


def batch_id() -> str:
    return new_id("bat")


def payout_id() -> str:
    return new_id("pay")


def dispute_id() -> str:
    return new_id("dsp")


def evidence_id() -> str:
    return new_id("evd")


class Settlement(models.Model):
    """A closed period of a shop in one currency; what the seller settles, the sum of statements."""

    class State(models.TextChoices):
        CLOSED = "closed", _("to be approved")
        APPROVED = "approved", _("approved, to be paid")
        PAYING = "paying", _("handed to the bank")
        PAID = "paid", _("paid")

    id = models.CharField(primary_key=True, max_length=40, default=settlement_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="settlements")
    currency = models.CharField(max_length=3)
    starts_on = models.DateField(_("starts"))
    ends_before = models.DateField(_("ends before"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CLOSED)
    lines = models.PositiveIntegerField(default=0)
    lines_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField(default=0)
    approvals_needed = models.PositiveIntegerField()
    closed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "currency", "starts_on"], name="one_settlement_per_period"
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="settlement_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop} {self.starts_on} {self.currency}"


class Approval(models.Model):
    """One person's word that a settlement may be paid."""

    settlement = models.ForeignKey(Settlement, on_delete=models.CASCADE, related_name="approvals")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["settlement", "user"], name="one_approval_per_person_and_settlement"
            )
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id} {self.user_id}"


class Statement(models.Model):
    """What one creator is settled in one period: the lines, and what was carried over.

    `total_minor` is `carried_minor` and `lines_minor` together. A total that is not paid, being
    below the minimum or below nothing, is carried into the creator's next statement.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be paid")
        CARRIED = "carried", _("carried forward")
        PAYING = "paying", _("handed to the bank")
        PAID = "paid", _("paid")

    id = models.CharField(primary_key=True, max_length=40, default=statement_id, editable=False)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="statements")
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="statements")
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    lines = models.PositiveIntegerField(default=0)
    lines_minor = models.BigIntegerField(default=0)
    carried_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(_("total"))
    carried_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="carried_from"
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["settlement", "creator"], name="one_statement_per_creator_and_settlement"
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("carried_minor") + F("lines_minor")),
                name="statement_total_is_its_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator} {self.total_minor}"


class StatementLine(models.Model):
    """One amount in one statement. No amount is ever in two."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="rows")
    commission = models.OneToOneField(
        Commission, on_delete=models.PROTECT, related_name="statement_line"
    )

    def __str__(self) -> str:
        return f"{self.statement_id} {self.commission_id}"


class BankAccount(models.Model):
    """Where a creator is paid, or where a shop pays from. Pages show the end of the number only.

    `currency` is what a creator is paid in; empty for whichever was earned.
    """

    creator = models.OneToOneField(
        Creator, on_delete=models.CASCADE, null=True, related_name="bank_account"
    )
    shop = models.OneToOneField(
        Shop, on_delete=models.CASCADE, null=True, related_name="bank_account"
    )
    holder = models.CharField(_("account holder"), max_length=70)
    number = SealedField(_("IBAN or account number"))
    routing_number = models.CharField(_("routing number (ABA)"), max_length=9, blank=True)
    bic = models.CharField(_("BIC (SWIFT code)"), max_length=11, blank=True)
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    changed_at = models.DateTimeField(_("stated"), null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(creator__isnull=False, shop=None) | Q(creator=None, shop__isnull=False),
                name="bank_account_is_somebodys",
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder} …{self.ending}"

    @property
    def ending(self) -> str:
        """All of the number that is ever shown."""
        return str(self.number)[-4:]


class PayoutBatch(models.Model):
    """Payments handed to the bank together, in one file."""

    id = models.CharField(primary_key=True, max_length=40, default=batch_id, editable=False)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="batches")
    made_at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True)

    class Meta:
        verbose_name_plural = "payout batches"

    def __str__(self) -> str:
        return self.pk


class Payout(models.Model):
    """One payment of one statement; a failed one is followed by another with the next number."""

    class State(models.TextChoices):
        SENT = "sent", _("handed to the bank")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        RETURNED = "returned", _("returned by the bank")

    id = models.CharField(primary_key=True, max_length=40, default=payout_id, editable=False)
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="payouts")
    number = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENT)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=70)
    account_number = SealedField()
    routing_number = models.CharField(max_length=9, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    country = models.CharField(max_length=2)
    account_changed_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement", "number"], name="one_payout_per_statement_and_number"
            ),
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(state__in=["sent", "paid"]),
                name="one_living_payout_per_statement",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="payout_amount_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.amount_minor} {self.currency}"

    @property
    def settled(self) -> Money:
        """What it takes off the statement, in the currency that was earned."""
        return Money(self.amount_minor, self.currency)

    @property
    def exchanged(self) -> PayoutExchange | None:
        """What it is exchanged into; None where it is paid as it was earned."""
        return getattr(self, "exchange", None)

    @property
    def paid(self) -> Money:
        """What the bank is told to pay."""
        return self.exchanged.bought if self.exchanged else self.settled


class PayoutExchange(models.Model):
    """What a payment is paid as, where its creator's account is in another currency.

    The rate, its day and its source stand in the entry. `taken_minor` is what the bank took from
    the shop, `given_back_minor` what it gave when the payment came back, both in the currency that
    was earned; None until somebody says so.
    """

    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="exchange")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    taken_minor = models.PositiveBigIntegerField(null=True)
    given_back_minor = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="exchanged_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(taken_minor=None) | Q(taken_minor__gt=0), name="taken_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(given_back_minor=None) | Q(given_back_minor__gt=0),
                name="given_back_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.bought}"

    @property
    def bought(self) -> Money:
        """What is paid."""
        return Money(self.amount_minor, self.currency)

    @property
    def booked(self) -> Exchange:
        """The exchange as the book has it."""
        return Exchange(self.entry.key, self.payout.settled, self.bought)

    @property
    def stamped(self) -> Stamped:
        """The rate it was exchanged at, with its day and source."""
        said = self.entry.facts
        on = date.fromisoformat(said["on"])
        rate = Decimal(said["rate"])
        return Stamped(self.payout.currency, self.currency, rate, on, said["source"])


class Dispute(models.Model):
    """One side doubts what a creator earned, or that a deliverable is not confirmed.

    `commission` names what was earned: with a line, or with a deliverable that was confirmed.
    `deliverable` is set instead where nothing is earned, because it was returned or is overdue.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ANSWERED = "answered", _("to be decided")
        DECIDED = "decided", _("decided, may be appealed")
        APPEALED = "appealed", _("appealed")
        FINAL = "final", _("final")

    class Outcome(models.TextChoices):
        CREATOR = "creator", _("for the creator")
        SELLER = "seller", _("for the seller")

    id = models.CharField(primary_key=True, max_length=40, default=dispute_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="disputes")
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="disputes")
    commission = models.ForeignKey(
        Commission, on_delete=models.PROTECT, null=True, related_name="disputes"
    )
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, null=True, related_name="disputes"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    is_from_creator = models.BooleanField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    opened_at = models.DateTimeField()
    clock_ends_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["commission"],
                condition=~Q(state="final"),
                name="one_living_dispute_per_commission",
            ),
            models.UniqueConstraint(
                fields=["deliverable"],
                condition=~Q(state="final"),
                name="one_living_dispute_per_deliverable",
            ),
            models.CheckConstraint(
                condition=Q(commission__isnull=False, deliverable=None)
                | Q(commission=None, deliverable__isnull=False),
                name="dispute_is_about_something",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "clock_ends_at"], name="dispute_state_and_clock")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class DisputeMessage(models.Model):
    """What one side said, or handed in as evidence, in words."""

    class Kind(models.TextChoices):
        CLAIM = "claim", _("claim")
        ANSWER = "answer", _("answer")
        MESSAGE = "message", _("message")
        DECISION = "decision", _("decision")
        APPEAL = "appeal", _("appeal")

    class Side(models.TextChoices):
        CREATOR = "creator", _("creator")
        SELLER = "seller", _("seller")
        OPERATOR = "operator", _("operator")

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    side = models.CharField(max_length=10, choices=Side.choices)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    text = models.TextField(_("message"))
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class DisputeEvidence(models.Model):
    """A file that was handed in with a message; it lies where no page reaches."""

    id = models.CharField(primary_key=True, max_length=40, default=evidence_id, editable=False)
    message = models.ForeignKey(DisputeMessage, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=120)
    stored_as = models.CharField(max_length=60, unique=True)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "dispute evidence"

    def __str__(self) -> str:
        return self.name


class Hold(models.Model):
    """An amount that waits for a dispute, and where it goes back to."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="holds")
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, related_name="holds")
    state_before = models.CharField(max_length=10)
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["commission"],
                condition=Q(released_at=None),
                name="one_living_hold_per_commission",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.commission_id}"
