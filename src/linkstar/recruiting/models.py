"""Campaigns and applications, invitations with their templates, negotiations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import User, Workspace
from linkstar.catalog.models import Product, Shop
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money


def campaign_id() -> str:
    return new_id("cmp")


def application_id() -> str:
    return new_id("apl")


def invitation_id() -> str:
    return new_id("inv")


def negotiation_id() -> str:
    return new_id("neg")


class Proposed(models.Model):
    """Terms one side proposes: what `collaborations` freezes once both sides agree."""

    rate_bps = models.PositiveIntegerField(_("commission rate"))
    ads_rate_bps = models.PositiveIntegerField(_("rate for ads"), null=True)
    flat_fee_minor = models.PositiveBigIntegerField(_("flat fee"), default=0)
    currency = models.CharField(max_length=3, default="USD")
    videos = models.PositiveIntegerField(_("videos"), default=1)
    lives = models.PositiveIntegerField(_("LIVE streams"), default=0)
    needs_sample = models.BooleanField(_("with a sample"), default=False)
    starts_on = models.DateField(_("starts"))
    ends_before = models.DateField(_("ends before"))

    class Meta:
        abstract = True

    def terms(self, text: str = "") -> Terms:
        """As both sides would agree to them."""
        return Terms(
            rate_bps=self.rate_bps,
            ads_rate_bps=self.ads_rate_bps,
            flat_fee=Money(self.flat_fee_minor, self.currency),
            videos=self.videos,
            lives=self.lives,
            needs_sample=self.needs_sample,
            starts_on=self.starts_on,
            ends_before=self.ends_before,
            text=text,
        )


def fields_of(terms: Terms) -> dict[str, Any]:
    """Terms as the fields of a `Proposed` record."""
    return {
        "rate_bps": terms.rate_bps,
        "ads_rate_bps": terms.ads_rate_bps,
        "flat_fee_minor": terms.flat_fee.minor,
        "currency": terms.flat_fee.currency,
        "videos": terms.videos,
        "lives": terms.lives,
        "needs_sample": terms.needs_sample,
        "starts_on": terms.starts_on,
        "ends_before": terms.ends_before,
    }


class Campaign(Proposed):
    """An open call creators sign up to.

    Without a shop it is the operator's, for all shops of a market: any of them selects among who
    signed up, and names its products then.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open for sign-up")
        CLOSED = "closed", _("sign-up closed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.CharField(primary_key=True, max_length=40, default=campaign_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, related_name="campaigns")
    title = models.CharField(_("title"), max_length=200)
    terms_text = models.TextField(_("terms"), blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    market = models.CharField(_("market"), max_length=2, default="US")
    products = models.ManyToManyField(Product, related_name="campaigns")
    places = models.PositiveIntegerField(_("places"), null=True)
    signup_ends_at = models.DateTimeField(_("sign-up ends"))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Application(models.Model):
    """A creator signs up to a campaign."""

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        SELECTED = "selected", _("selected")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.CharField(primary_key=True, max_length=40, default=application_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="applications")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="applications")
    message = models.TextField(_("message"), blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.APPLIED)
    shop = models.ForeignKey(Shop, on_delete=models.SET_NULL, null=True)  # that selected
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "creator"],
                condition=~Q(state="withdrawn"),
                name="one_running_application",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.creator}"


class InvitationTemplate(models.Model):
    """A text for invitations, in one language."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="invitation_templates"
    )
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "name", "language"], name="one_template_per_name_and_language"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(Proposed):
    """A shop asks a creator, on terms.

    It spends one of the week's when sent to a creator the shop has no connection with yet.
    """

    class State(models.TextChoices):
        SENT = "sent", _("sent")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.CharField(primary_key=True, max_length=40, default=invitation_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="invitations")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="invitations")
    products = models.ManyToManyField(Product, related_name="invitations")
    message = models.TextField(_("message"), blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    spends = models.BooleanField(default=True)
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "creator"],
                condition=Q(state="sent"),
                name="one_waiting_invitation_per_creator",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop", "sent_at"]),
            models.Index(fields=["expires_at"], condition=Q(state="sent"), name="invitation_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.shop} · {self.creator}"


class Negotiation(models.Model):
    """Offers going back and forth until one is taken or the talk ends."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.CharField(primary_key=True, max_length=40, default=negotiation_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="negotiations")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="negotiations")
    invitation = models.OneToOneField(
        Invitation, on_delete=models.SET_NULL, null=True, related_name="negotiation"
    )
    application = models.OneToOneField(
        Application, on_delete=models.SET_NULL, null=True, related_name="negotiation"
    )
    products = models.ManyToManyField(Product, related_name="negotiations")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.shop} · {self.creator}"


class Offer(Proposed):
    """One step of a negotiation: everything one side proposes. Never changed, only answered."""

    class Side(models.TextChoices):
        SELLER = "seller", _("seller")
        CREATOR = "creator", _("creator")

    negotiation = models.ForeignKey(Negotiation, on_delete=models.CASCADE, related_name="offers")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=10, choices=Side.choices)
    message = models.TextField(_("message"), blank=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["negotiation", "number"], name="one_offer_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.negotiation} {self.number}"


class OutreachLimit(models.Model):
    """How many creators a shop may contact in a week, as the platform tells that shop."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="outreach")
    tier = models.CharField(_("tier"), max_length=10, blank=True)
    weekly_limit = models.PositiveIntegerField(_("invitations a week"), null=True)
    stated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.shop} {self.tier}"
