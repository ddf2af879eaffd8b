"""What people call comparisons of the reconciliation, and the reasons for differences."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.commissions.three_ways import Comparison, Reason

COMPARISONS: dict[str, tuple[Any, Any, Any]] = {
    Comparison.ORDERS_AFFILIATES: (
        _("Order list against affiliate orders"),
        _("Order list"),
        _("Affiliate orders"),
    ),
    Comparison.ORDERS_INCOME: (
        _("Orders against the revenue of statements"),
        pgettext_lazy("side", "Orders"),
        _("Statement revenue"),
    ),
    Comparison.COMMISSION: (
        _("Commission claimed against commission charged"),
        _("Affiliate orders"),
        _("Statement charge"),
    ),
    Comparison.INCOME_PAYOUT: (
        _("Revenue of statements against what they pay out"),
        _("Statement revenue"),
        _("Paid out"),
    ),
}
"""Per comparison: its name, its left side, its right side."""
REASONS: dict[str, Any] = {
    Reason.MATCHED: _("agrees"),
    Reason.NOT_SETTLED: _("not settled yet"),
    Reason.REFUNDED: _("refunded or cancelled"),
    Reason.NO_CLAIM: _("no creator claims it"),
    Reason.FEE: _("fees and adjustments"),
    Reason.PLATFORM_DISCOUNT: _("coupon of the platform"),
    Reason.CURRENCY: _("different currencies"),
    Reason.NO_FILE: _("no file of those days"),
    Reason.AMOUNT_DIFFERS: _("amounts differ"),
    Reason.AMOUNT_UNKNOWN: _("an amount is unknown"),
    Reason.LINE_MISSING: _("missing on one side"),
    Reason.SETTLEMENT_OVERDUE: _("settlement overdue"),
}
SIDES: dict[str, Any] = {
    "orders": _("Order list"),
    "affiliates": _("Affiliate orders"),
    "income": _("Income statements"),
}
