"""Commission plans by version, whom they name, who promotes under them, and incentives."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import User
from linkstar.catalog.models import Product, Shop
from linkstar.creators.models import Creator


def plan_id() -> str:
    return new_id("pln")


def incentive_id() -> str:
    return new_id("inc")


def package_id() -> str:
    return new_id("pkg")


class Scope(models.TextChoices):
    """What a plan or an incentive is about, from the widest to the narrowest."""

    SHOP = "shop", _("the whole shop")
    CATEGORY = "category", _("a category")
    PRODUCT = "product", _("a product")


class Plan(models.Model):
    """A promise of commission. Its rates are versions (`PlanRate`); none is ever rewritten."""

    class Kind(models.TextChoices):
        OPEN = "open", _("open: any creator")
        TARGETED = "targeted", _("targeted: named creators")
        CAMPAIGN = "campaign", _("campaign")

    id = models.CharField(primary_key=True, max_length=40, default=plan_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    scope = models.CharField(_("applies to"), max_length=10, choices=Scope.choices)
    category = models.CharField(_("category"), max_length=300, blank=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="plans")
    campaign_id = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField(_("starts"))
    ends_before = models.DateField(_("ends before"), null=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    stops_before = models.DateField(_("stops before"), null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope="product", product__isnull=False)
                | Q(scope__in=["shop", "category"], product__isnull=True),
                name="plan_scope_names_its_product",
            ),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=F("starts_on")),
                name="plan_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanRate(models.Model):
    """One version of a plan's rate: from `starts_on` until the next version starts."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="rates")
    number = models.PositiveIntegerField()
    rate_bps = models.PositiveIntegerField(_("commission rate"))
    ads_rate_bps = models.PositiveIntegerField(_("rate for ads"), null=True)
    starts_on = models.DateField(_("from"))
    announced_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_rate_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}: {self.rate_bps} bps"


class PlanCreator(models.Model):
    """A creator named in a targeted or campaign plan, from one day until another."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="named")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="plans")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "creator", "starts_on"], name="named_once_from_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.creator}"


class Promotion(models.Model):
    """A creator shows a product from a day on: what keeps a rate locked when it is cut."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="promotions")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="promotions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="promotions")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "product"],
                condition=Q(ends_before=None),
                name="one_running_promotion",
            )
        ]

    def __str__(self) -> str:
        return f"{self.creator} · {self.product}"


class Incentive(models.Model):
    """Something granted on top for a time: no commission or fee taken, a boost, traffic."""

    class Kind(models.TextChoices):
        COMMISSION_FREE = "commission_free", _("no commission charged to the seller")
        FEE_FREE = "fee_free", _("no platform fee")
        BOOST = "boost", _("bonus rate for creators")
        TRAFFIC = "traffic", _("traffic support")

    class FundedBy(models.TextChoices):
        SELLER = "seller", _("the seller")
        PLATFORM = "platform", _("the platform")

    id = models.CharField(primary_key=True, max_length=40, default=incentive_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="incentives")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.SHOP)
    category = models.CharField(max_length=300, blank=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, null=True)
    bonus_bps = models.PositiveIntegerField(_("bonus rate"), default=0)
    funded_by = models.CharField(max_length=10, choices=FundedBy.choices)
    note = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField(_("starts"))
    ends_before = models.DateField(_("ends before"))
    stopped_at = models.DateTimeField(null=True)
    stops_before = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="incentive_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"


class Package(models.Model):
    """A price a seller offers for a number of videos within a time."""

    id = models.CharField(primary_key=True, max_length=40, default=package_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="packages")
    name = models.CharField(_("name"), max_length=120)
    videos = models.PositiveIntegerField(_("videos"))
    days = models.PositiveIntegerField(_("within days"))
    price_minor = models.PositiveBigIntegerField(_("price"))
    currency = models.CharField(max_length=3)
    stopped_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
