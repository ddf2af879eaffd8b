"""A shop's qualification with its documents and steps, and its part in the affiliate service."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import User


def qualification_id() -> str:
    return new_id("qlf")


def document_id() -> str:
    return new_id("doc")


class Qualification(models.Model):
    """What the company behind a shop says of itself, and how far its review has come."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        SUBMITTED = "submitted", _("waiting for review")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        SUSPENDED = "suspended", _("suspended")

    id = models.CharField(primary_key=True, max_length=40, default=qualification_id, editable=False)
    shop = models.OneToOneField(
        "catalog.Shop", on_delete=models.CASCADE, related_name="qualification"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    steps_taken = models.PositiveIntegerField(default=0)
    """Counts the steps, so that nobody decides on what they have not seen."""
    company_name = models.CharField(_("company name"), max_length=200, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=120, blank=True)
    contact_email = models.EmailField(_("company e-mail"), blank=True)
    contact_phone = models.CharField(_("company phone"), max_length=20, blank=True)
    sells_branded_goods = models.BooleanField(_("sells goods of a brand"), default=False)
    licence_valid_until = models.DateField(_("licence valid until"), null=True)
    shop_rating = models.DecimalField(_("shop rating"), max_digits=3, decimal_places=2, null=True)
    negative_review_bps = models.PositiveIntegerField(_("negative reviews"), null=True)
    return_bps = models.PositiveIntegerField(_("returns"), null=True)
    counterfeit_points = models.PositiveIntegerField(_("counterfeit points"), null=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    created_at = models.DateTimeField(_("created"))

    def __str__(self) -> str:
        return f"{self.shop} · {self.state}"


class QualificationDocument(models.Model):
    """One file. Handed in, it stays when another takes its place, for as long as papers are kept.

    An erased one has neither file nor name; what it was, its digest and its dates remain.
    """

    class Kind(models.TextChoices):
        BUSINESS_LICENCE = "business_licence", _("business licence")
        LEGAL_REPRESENTATIVE_ID = (
            "legal_representative_id",
            _("identity document of the legal representative"),
        )
        BRAND_AUTHORISATION = "brand_authorisation", _("brand authorisation")
        OTHER = "other", _("another document")

    id = models.CharField(primary_key=True, max_length=40, default=document_id, editable=False)
    qualification = models.ForeignKey(
        Qualification, on_delete=models.CASCADE, related_name="documents"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    name = models.CharField(_("file name"), max_length=120)
    stored_as = models.CharField(max_length=60, unique=True, editable=False)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    uploaded_at = models.DateTimeField()
    was_handed_in = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class QualificationStep(models.Model):
    """One step of the review, as it was taken; never changed afterwards."""

    qualification = models.ForeignKey(Qualification, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=Qualification.State.choices)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    reason = models.TextField(blank=True)
    document_reasons = models.JSONField(default=dict)
    """By document id, or by kind for one that was missing."""
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["qualification", "number"], name="one_step_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"


class AffiliateService(models.Model):
    """LinkStar switched on for a shop, from `enabled_at` until `disabled_at`.

    Switching it on again makes another row; the terms accepted stay with the row they opened.
    """

    shop = models.ForeignKey("catalog.Shop", on_delete=models.CASCADE, related_name="services")
    enabled_at = models.DateTimeField(_("switched on"))
    disabled_at = models.DateTimeField(_("switched off"), null=True)
    terms_version = models.CharField(_("terms"), max_length=20)
    terms_sha256 = models.CharField(max_length=64)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    accepted_at = models.DateTimeField(_("accepted"))
    default_rate_bps = models.PositiveIntegerField(_("default commission rate"))
    ctr_target_ratio = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    cvr_target_ratio = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    roas_target_ratio = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    uplift_target_ratio = models.DecimalField(max_digits=7, decimal_places=4, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop"], condition=Q(disabled_at=None), name="one_running_service"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shop} {self.enabled_at:%Y-%m-%d}"
