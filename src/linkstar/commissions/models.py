"""Amounts of commission, one row per amount booked; what the book says, in words people use."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.attribution.models import Attribution
from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Deliverable
from linkstar.creators.models import Creator
from linkstar.ledger.models import Entry
from linkstar.orders.models import OrderLine


class Commission(models.Model):
    """One amount a creator earned or gave back, and how far it is.

    What a line earned is the sum of its rows: the first accrued it, each later one changed it. The
    amounts, rate and base of a row never change; `state` is what the book says, written in the same
    transaction. `seen_revision` and `seen_attribution` say what the row was last held against.
    """

    class Component(models.TextChoices):
        STANDARD = "standard", _("commission")
        ADS = "ads", _("commission for ads")
        SELLER_BOOST = "seller_boost", _("bonus from the seller")
        PLATFORM_BOOST = "platform_boost", _("bonus from the platform")
        FLAT_FEE = "flat_fee", _("flat fee")

    class Kind(models.TextChoices):
        ACCRUED = "accrued", _("accrued")
        CLAWED_BACK = "clawed_back", _("clawed back")
        RESTORED = "restored", _("restored")
        RELEASED = "released", _("deposit released")
        REATTRIBUTED = "reattributed", _("earned by somebody else")

    class State(models.TextChoices):
        DEPOSIT = "deposit", pgettext_lazy("amount", "deposit")
        ACCRUED = "accrued", _("accrued")
        APPROVED = "approved", _("confirmed")
        PAYABLE = "payable", _("payable")
        HELD = "held", _("held")
        SETTLED = "settled", _("settled")
        PAID = "paid", _("paid")

    # Constraints and the index below begin with these: an index of their own would only cost.
    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, db_index=False, related_name="commissions"
    )
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="commissions")
    line = models.ForeignKey(
        OrderLine, on_delete=models.CASCADE, db_index=False, null=True, related_name="commissions"
    )
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, db_index=False, null=True, related_name="commissions"
    )
    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT, null=True)
    component = models.CharField(max_length=16, choices=Component.choices)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    items = models.PositiveIntegerField(_("items kept"), default=0)
    base_micros = models.BigIntegerField(_("base"), default=0)
    rate_bps = models.PositiveIntegerField(_("rate"), null=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    is_paid_by_platform = models.BooleanField(default=False)
    rate_source = models.CharField(max_length=12, blank=True)
    plan_id = models.CharField(max_length=40, blank=True)
    plan_version = models.PositiveIntegerField(null=True)
    kept_before = models.DateField(_("old rate kept until"), null=True)
    earned_on = models.DateField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    payable_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="commissions"
    )
    approved_by_entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="commissions_approved"
    )
    payable_by_entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="commissions_made_payable"
    )
    seen_revision = models.PositiveIntegerField(default=0)
    seen_attribution = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "creator", "component", "number"],
                name="one_commission_per_line_and_number",
            ),
            models.UniqueConstraint(
                fields=["deliverable", "number"], name="one_commission_per_deliverable_and_number"
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=False) | Q(deliverable__isnull=False),
                name="commission_is_for_something",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor=0, entry=None)
                | Q(entry__isnull=False) & ~Q(amount_minor=0),
                name="commission_amount_stands_in_the_book",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["shop", "state", "creator"])]

    def __str__(self) -> str:
        return f"{self.component} {self.kind} {self.amount_minor} {self.currency}"


class PlatformFee(models.Model):
    """One amount the platform charged for a line, or gave back; what it costs is their sum."""

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("referral fee")
        REFUND_ADMINISTRATION = "refund_administration", _("refund administration fee")

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="fees")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    number = models.PositiveIntegerField()
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    policy_from = models.DateField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="fees")
    recorded_at = models.DateTimeField()
    seen_revision = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "kind", "number"], name="one_platform_fee_per_line_and_number"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor=0, entry=None)
                | Q(entry__isnull=False) & ~Q(amount_minor=0),
                name="platform_fee_stands_in_the_book",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"
