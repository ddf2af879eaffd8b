"""Decisions about who earned order lines, each kept for good, and promo codes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Collaboration
from linkstar.creators.models import Creator
from linkstar.orders.models import OrderLine


class PromoCode(models.Model):
    """A code buyers type in that names a creator, between two days. Codes are case-folded."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="promo_codes")
    code = models.CharField(_("promo code"), max_length=60)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="promo_codes")
    starts_on = models.DateField(_("starts"))
    ends_before = models.DateField(_("ends before"), null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "code", "starts_on"], name="one_promo_code_from_a_day"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Attribution(models.Model):
    """One decision about one order line. The current one counts; earlier ones stay."""

    class Method(models.TextChoices):
        PLATFORM = "platform", _("stated by the platform")
        PROMO_CODE = "promo_code", _("promo code")
        LIVE = "live", _("sold in a LIVE")
        LAST_CLICK = "last_click", _("last valid click")
        BY_HAND = "by_hand", _("decided by hand")
        NOBODY = "nobody", _("nobody")

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="attributions")
    number = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    method = models.CharField(_("how"), max_length=12, choices=Method.choices)
    creator = models.ForeignKey(
        Creator, on_delete=models.PROTECT, null=True, related_name="attributions"
    )
    collaboration = models.ForeignKey(Collaboration, on_delete=models.PROTECT, null=True)
    content_id = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=20, blank=True)
    earned_at = models.DateTimeField()
    earned_on = models.DateField()
    is_ad = models.BooleanField(_("through an ad"), default=False)
    ads_creator = models.CharField(max_length=120, blank=True)
    rule = models.CharField(max_length=20)
    why = models.JSONField()
    line_revision = models.PositiveIntegerField()
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "number"], name="one_attribution_per_number"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(is_current=True), name="one_current_attribution"
            ),
            models.CheckConstraint(
                condition=Q(method="nobody", creator=None) | ~Q(method="nobody"),
                name="nobody_is_no_creator",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.number}: {self.method}"
