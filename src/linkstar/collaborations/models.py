"""Agreements with their frozen terms, what is due under them, samples, messages, history."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import User
from linkstar.catalog.models import Product, Shop, Sku
from linkstar.creators.models import Creator
from linkstar.plans.models import Plan


def collaboration_id() -> str:
    return new_id("col")


def deliverable_id() -> str:
    return new_id("dlv")


def sample_id() -> str:
    return new_id("smp")


def support_id() -> str:
    return new_id("sup")


class Collaboration(models.Model):
    """One creator's agreement on products. Its terms are frozen on the day it is agreed."""

    class State(models.TextChoices):
        AGREED = "agreed", _("agreed")
        SAMPLE = "sample", _("sample on its way")
        CREATING = "creating", _("content due")
        POSTED = "posted", pgettext_lazy("state", "posted")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.CharField(primary_key=True, max_length=40, default=collaboration_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="collaborations")
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="collaborations")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True)
    campaign_id = models.CharField(max_length=40, blank=True)
    negotiation_id = models.CharField(max_length=40, blank=True)
    products = models.ManyToManyField(Product, related_name="collaborations")
    state = models.CharField(max_length=10, choices=State.choices, default=State.AGREED)
    rate_bps = models.PositiveIntegerField(_("commission rate"))
    ads_rate_bps = models.PositiveIntegerField(_("rate for ads"), null=True)
    flat_fee_minor = models.PositiveBigIntegerField(_("flat fee"), default=0)
    currency = models.CharField(max_length=3, default="USD")
    videos = models.PositiveIntegerField(_("videos"), default=1)
    lives = models.PositiveIntegerField(_("LIVE streams"), default=0)
    needs_sample = models.BooleanField(_("with a sample"), default=False)
    terms = models.TextField(_("terms"), blank=True)
    starts_on = models.DateField(_("starts"))
    ends_before = models.DateField(_("ends before"))
    agreed_at = models.DateTimeField(_("agreed"))
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="collaboration_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["negotiation_id"],
                condition=~Q(negotiation_id=""),
                name="one_collaboration_per_negotiation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop} · {self.creator}"


class Deliverable(models.Model):
    """One video or LIVE that is due, and what became of it."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        SUBMITTED = "submitted", _("submitted")
        CONFIRMED = "confirmed", _("confirmed")
        RETURNED = "returned", _("returned")
        OVERDUE = "overdue", _("overdue")
        CANCELLED = "cancelled", _("cancelled")

    id = models.CharField(primary_key=True, max_length=40, default=deliverable_id, editable=False)
    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.CASCADE, related_name="deliverables"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[("video", _("video")), ("live", _("LIVE"))])
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField(_("due"))
    was_extended = models.BooleanField(default=False)
    content_id = models.CharField(max_length=64, blank=True)
    url = models.URLField(max_length=500, blank=True)
    submitted_at = models.DateTimeField(null=True)
    confirm_by = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    taken_down_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collaboration", "number"], name="one_deliverable_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.collaboration} {self.number}"


class Sample(models.Model):
    """A sample on its way from request to content, with the clock of its state."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("waiting for review")
        APPROVED = "approved", _("to ship")
        SHIPPED = "shipped", _("in transit")
        RECEIVED = "received", _("content due")
        COMPLETED = "completed", _("completed")
        REJECTED = "rejected", _("rejected")
        EXPIRED = "expired", _("review time over")
        NOT_SHIPPED = "not_shipped", _("not shipped in time")
        OVERDUE = "overdue", _("content overdue")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.CharField(primary_key=True, max_length=40, default=sample_id, editable=False)
    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.CASCADE, related_name="samples"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, null=True)
    quantity = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REQUESTED)
    clock_ends_at = models.DateTimeField(null=True)
    address = models.TextField(_("shipping address"), blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    cost_minor = models.PositiveBigIntegerField(_("cost of the product"), null=True)
    shipping_minor = models.PositiveBigIntegerField(_("cost of shipping"), null=True)
    currency = models.CharField(max_length=3, default="USD")
    was_extended = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.product} · {self.state}"


class Support(models.Model):
    """Help with shooting: what a creator asked for, what became of it, and what it cost."""

    class Kind(models.TextChoices):
        STUDIO = "studio", _("studio or place")
        PROPS = "props", _("props and decoration")
        CREW = "crew", _("camera, light or sound")
        EDITING = "editing", _("editing")
        ADVICE = "advice", _("advice on script or product")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        REQUESTED = "requested", _("waiting for an answer")
        APPROVED = "approved", _("promised")
        PROVIDED = "provided", pgettext_lazy("support", "given")
        REJECTED = "rejected", _("rejected")
        EXPIRED = "expired", _("not answered in time")
        OVERDUE = "overdue", _("not given in time")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.CharField(primary_key=True, max_length=40, default=support_id, editable=False)
    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.CASCADE, related_name="supports"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=500)
    wanted_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    clock_ends_at = models.DateTimeField(null=True)
    cost_minor = models.PositiveBigIntegerField(_("cost"), null=True)
    currency = models.CharField(max_length=3, default="USD")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} · {self.state}"


class LocalisationTick(models.Model):
    """One thing the content of an agreement gets right for its market, and who looked at it."""

    collaboration = models.ForeignKey(Collaboration, on_delete=models.CASCADE, related_name="ticks")
    item = models.CharField(max_length=20)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    is_creators = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collaboration", "item"], name="item_ticked_once")
        ]

    def __str__(self) -> str:
        return self.item


class Message(models.Model):
    """What one side wrote to the other."""

    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.CASCADE, related_name="messages"
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    is_from_creator = models.BooleanField()
    text = models.TextField(_("message"))
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class TimelineEntry(models.Model):
    """What happened in a collaboration, in order; `verb` is a code the pages have words for."""

    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.CASCADE, related_name="timeline"
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    verb = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "timeline entries"
        indexes: ClassVar = [models.Index(fields=["collaboration", "at"])]

    def __str__(self) -> str:
        return self.verb
