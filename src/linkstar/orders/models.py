"""Order lines as they are known now, what they said before, and every refund. No buyer is in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.catalog.models import Shop


class OrderLine(models.Model):
    """One product of one order, as the statements about it add up to.

    Empty text and null mean that nobody stated it. `revision` counts what was ever changed;
    `withdrawn_in` is the last revision that took statements back, 0 where none did.
    """

    class State(models.TextChoices):
        WITHDRAWN = "withdrawn", pgettext_lazy("order line", "withdrawn")
        PLACED = "placed", _("placed")
        PAID = "paid", _("paid")
        SHIPPED = "shipped", _("shipped")
        DELIVERED = "delivered", _("delivered")
        SETTLED = "settled", _("settled")
        REFUNDED = "refunded", _("refunded")
        CANCELLED = "cancelled", _("cancelled")
        INELIGIBLE = "ineligible", _("not eligible")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="order_lines")
    order_id = models.CharField(_("order"), max_length=64)
    line_id = models.CharField(_("line"), max_length=64)
    sku_id = models.CharField(_("SKU"), max_length=64, blank=True)
    product_id = models.CharField(_("product ID"), max_length=64, blank=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    creator = models.CharField(_("creator as stated"), max_length=120, blank=True)
    content_id = models.CharField(_("content ID"), max_length=64, blank=True)
    content_type = models.CharField(max_length=20, blank=True)
    collaboration = models.CharField(
        _("kind of collaboration, as stated"), max_length=60, blank=True
    )
    promo_code = models.CharField(_("promo code"), max_length=60, blank=True)
    status = models.CharField(_("status, as stated"), max_length=60, blank=True)
    settlement_status = models.CharField(_("settlement, as stated"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    is_held = models.BooleanField(_("held by the platform"), default=False)
    ordered_at = models.DateTimeField(_("ordered"))
    ordered_on = models.DateField()
    paid_at = models.DateTimeField(_("paid"), null=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    items = models.PositiveIntegerField(_("items"))
    items_returned = models.PositiveIntegerField(_("items returned"), default=0)
    currency = models.CharField(max_length=3)
    price_micros = models.BigIntegerField(_("price"))
    seller_discount_minor = models.BigIntegerField(_("seller's coupons"), null=True)
    platform_discount_minor = models.BigIntegerField(_("platform's coupons"), null=True)
    tax_minor = models.BigIntegerField(_("tax"), null=True)
    is_tax_included = models.BooleanField(_("price includes tax"), null=True)
    shipping_minor = models.BigIntegerField(_("shipping"), null=True)
    paid_minor = models.BigIntegerField(_("paid by the buyer"), null=True)
    refunded_minor = models.BigIntegerField(_("money given back"), default=0)
    stated_rate_bps = models.PositiveIntegerField(null=True)
    stated_ads_rate_bps = models.PositiveIntegerField(null=True)
    stated_commission_minor = models.BigIntegerField(null=True)
    stated_ads_commission_minor = models.BigIntegerField(null=True)
    tier_rates_bps = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=10)
    import_id = models.CharField(max_length=60, blank=True)
    stated_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    withdrawn_in = models.PositiveIntegerField(default=0)
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "order_id", "line_id"], name="one_order_line_per_id"
            ),
            models.CheckConstraint(
                condition=Q(items_returned__lte=F("items")), name="no_more_returned_than_ordered"
            ),
            models.CheckConstraint(condition=Q(items__gt=0), name="order_line_has_items"),
            models.CheckConstraint(condition=Q(price_micros__gte=0), name="price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0), name="refunded_is_not_negative"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["shop", "-ordered_at"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.line_id}"


class LineStatement(models.Model):
    """What a program stated of a line by key, word for word: files and reports lie in the facts.

    `digest` is of the words, so that the same ones stated again are kept once, with the later day.
    """

    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, db_index=False, related_name="line_statements"
    )
    order_id = models.CharField(max_length=64)
    line_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    said = models.TextField()
    stated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "order_id", "line_id", "digest"], name="one_statement_of_a_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.line_id}"


class LineRevision(models.Model):
    """What a line said before it was changed, kept for good."""

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=OrderLine.State.choices)
    is_held = models.BooleanField()
    status = models.CharField(max_length=60, blank=True)
    settlement_status = models.CharField(max_length=60, blank=True)
    creator = models.CharField(max_length=120, blank=True)
    content_id = models.CharField(max_length=64, blank=True)
    promo_code = models.CharField(max_length=60, blank=True)
    items = models.PositiveIntegerField()
    items_returned = models.PositiveIntegerField()
    price_micros = models.BigIntegerField()
    seller_discount_minor = models.BigIntegerField(null=True)
    platform_discount_minor = models.BigIntegerField(null=True)
    tax_minor = models.BigIntegerField(null=True)
    paid_minor = models.BigIntegerField(null=True)
    refunded_minor = models.BigIntegerField()
    stated_rate_bps = models.PositiveIntegerField(null=True)
    stated_commission_minor = models.BigIntegerField(null=True)
    source = models.CharField(max_length=10)
    import_id = models.CharField(max_length=60, blank=True)
    stated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "number"], name="one_revision_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.number}"


COUNTED_BY_LINE = "stated:"
"""How the keys of refunds begin that a line's own count of what came back tells of."""


class Refund(models.Model):
    """Items that came back, or money given back: one event, counted once by its key.

    `order_id` is the number it was stated under, `rivals` how many other lines it may have been of
    just as well: the published rule chose this one. One that was taken back has `withdrawn_at` and
    counts no longer.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="refunds")
    key = models.CharField(max_length=140)
    order_id = models.CharField(max_length=64, blank=True)
    items = models.PositiveIntegerField(_("items"), default=0)
    amount_minor = models.PositiveBigIntegerField(_("money given back"), default=0)
    happened_at = models.DateTimeField()
    rivals = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=10)
    import_id = models.CharField(max_length=60, blank=True)
    stated_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "key"], condition=Q(withdrawn_at=None), name="one_refund_per_key"
            ),
            models.CheckConstraint(
                condition=Q(items__gt=0) | Q(amount_minor__gt=0), name="refund_gives_something_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.key}"


class UnmatchedRefund(models.Model):
    """A refund that is of no line we know. It is listed until its line turns up.

    With an article it names no line at all: any that fits by `orders.matching` may be it.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="unmatched_refunds")
    key = models.CharField(max_length=140)
    order_id = models.CharField(max_length=64, blank=True)
    line_id = models.CharField(max_length=64, blank=True)
    article = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=40)
    items = models.PositiveIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    price_micros = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    happened_at = models.DateTimeField()
    source = models.CharField(max_length=10)
    import_id = models.CharField(max_length=60, blank=True)
    stated_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "order_id", "line_id", "key"], name="one_unmatched_refund_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.key}"
