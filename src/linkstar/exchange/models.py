"""Exchange rates: how many units of a currency one unit of another was worth on a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ExchangeRate(models.Model):
    """One rate as one source states it for one day. A rate in use is never changed."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=8)
    source = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "base", "quote", "on"], name="one_rate_per_source_and_day"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_is_positive"),
        ]
        indexes: ClassVar = [models.Index(fields=["base", "quote", "-on"])]

    def __str__(self) -> str:
        return f"{self.on} {self.base} {self.quote} {self.rate}"
