"""What was recommended to whom, with the probability of being shown, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.catalog.models import Product, Shop
from linkstar.creators.models import Creator


def recommendation_id() -> str:
    return new_id("rec")


class Recommendation(models.Model):
    """One list for one product and day. The same seed and facts give the same list."""

    id = models.CharField(
        primary_key=True, max_length=40, default=recommendation_id, editable=False
    )
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="recommendations")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="recommendations")
    on = models.DateField(_("day"))
    number = models.PositiveIntegerField(default=1)
    seed = models.BigIntegerField()
    rules_version = models.PositiveIntegerField()
    candidates = models.PositiveIntegerField()
    with_facts = models.PositiveIntegerField()
    benchmark_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "on", "number"], name="one_recommendation_per_day_and_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.on}"


class RecommendationPlace(models.Model):
    """One creator on one list, as the rules placed them; `used_at` is when somebody invited."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="places"
    )
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="recommended")
    position = models.PositiveIntegerField()
    score = models.FloatField()
    is_exploration = models.BooleanField()
    probability = models.FloatField()
    figures = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recommendation", "position"], name="one_creator_per_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.creator}"
