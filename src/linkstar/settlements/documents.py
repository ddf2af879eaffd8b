"""Statements and settlements as values: what their files say, in words that never change.

`docs/methods/settlement.md` lists the fields.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from linkstar.commissions.deposits import Release, releases_among
from linkstar.commissions.models import Commission
from linkstar.money.amounts import Money
from linkstar.money.dividing import MICROS
from linkstar.settlements import queries
from linkstar.settlements.models import Payout, Settlement, Statement

LINE_FIELDS = (
    "statement", "creator", "order_id", "line_id", "product_id", "content", "component", "kind",
    "earned_on", "items", "base", "rate_bps", "rate_source", "method", "amount_minor", "amount",
    "currency", "state", "tier_rates_bps", "deposit_minor", "due_minor",
)  # fmt: skip
CARRIED = "carried"
"""The `kind` of a row that stands for an earlier statement; with these, rows are the total."""


def statement_document(statement: Statement) -> dict[str, Any]:
    """One statement with every line, as JSON has it."""
    return {
        "version": 1,
        "statement": _head(statement),
        "payments": [payment_facts(each) for each in queries.payments_of(statement)],
        "lines": list(lines_of(statement)),
    }


def settlement_document(settlement: Settlement) -> dict[str, Any]:
    """A settlement with its statements and what it costs the seller, as JSON has it."""
    costs = queries.costs_of(settlement)
    statements = settlement.statements.select_related("creator", "settlement__shop")
    return {
        "version": 1,
        "settlement": {
            "settlement": settlement.pk,
            "shop": settlement.shop.name,
            "zone": settlement.shop.zone,
            "currency": settlement.currency,
            "starts_on": settlement.starts_on.isoformat(),
            "ends_before": settlement.ends_before.isoformat(),
            "state": settlement.state,
            "lines": settlement.lines,
            "lines_minor": settlement.lines_minor,
            "payable_minor": settlement.payable_minor,
            "approvals_needed": settlement.approvals_needed,
        },
        "commissions": [_tally(each) for each in costs.commissions],
        "borne_by_platform_minor": costs.borne_by_platform_minor,
        "deposits_released_minor": costs.released_minor,
        "platform_fees_known": costs.fees_minor is not None,
        "platform_fees": [_tally(each) for each in costs.fees],
        "platform_fees_since": costs.fees_since.isoformat() if costs.fees_since else None,
        "statements": [_head(each) for each in statements.order_by("-total_minor", "pk")],
    }


def lines_of(statement: Statement) -> Iterator[dict[str, Any]]:
    """What was carried over from each earlier statement, then every amount."""
    currency = statement.settlement.currency
    nothing: dict[str, Any] = dict.fromkeys(LINE_FIELDS)
    for earlier in statement.carried_from.select_related("settlement").order_by("pk"):
        yield nothing | {
            "statement": statement.pk,
            "creator": statement.creator.handle,
            "order_id": earlier.pk,
            "component": CARRIED,
            "kind": CARRIED,
            "earned_on": earlier.settlement.starts_on.isoformat(),
            "amount_minor": earlier.total_minor,
            "amount": f"{Money(earlier.total_minor, currency).amount:f}",
            "currency": currency,
            "state": earlier.state,
        }
    amounts = queries.amounts_of(statement)
    releases = releases_among(amounts)
    for amount in amounts:
        yield _line(statement, amount, releases.get(amount.pk))


def _line(statement: Statement, amount: Commission, release: Release | None) -> dict[str, Any]:
    line, deliverable = amount.line, amount.deliverable
    return {
        "statement": statement.pk,
        "creator": statement.creator.handle,
        "order_id": line.order_id if line else None,
        "line_id": line.line_id if line else None,
        "product_id": line.product_id if line else None,
        "content": deliverable.content_id if deliverable else line.content_id if line else None,
        "component": amount.component,
        "kind": amount.kind,
        "earned_on": amount.earned_on.isoformat(),
        "items": amount.items if line else None,
        "base": f"{Decimal(amount.base_micros) / MICROS:f}" if line else None,
        "rate_bps": amount.rate_bps,
        "rate_source": amount.rate_source or None,
        "method": amount.attribution.method if amount.attribution else None,
        "amount_minor": amount.amount_minor,
        "amount": f"{Money(amount.amount_minor, amount.currency).amount:f}",
        "currency": amount.currency,
        "state": amount.state,
        "tier_rates_bps": " ".join(map(str, release.rates_bps)) if release else None,
        "deposit_minor": release.held_minor if release else None,
        "due_minor": release.due_minor if release else None,
    }


def _head(statement: Statement) -> dict[str, Any]:
    settlement = statement.settlement
    return {
        "statement": statement.pk,
        "settlement": settlement.pk,
        "shop": settlement.shop.name,
        "zone": settlement.shop.zone,
        "creator": statement.creator.handle,
        "creator_name": statement.creator.name,
        "currency": settlement.currency,
        "starts_on": settlement.starts_on.isoformat(),
        "ends_before": settlement.ends_before.isoformat(),
        "state": statement.state,
        "lines": statement.lines,
        "lines_minor": statement.lines_minor,
        "carried_minor": statement.carried_minor,
        "total_minor": statement.total_minor,
    }


def payment_facts(payout: Payout) -> dict[str, Any]:
    """A payment: what it takes off the statement, what is paid, and at which rate if any."""
    stamped = payout.exchanged.stamped if payout.exchanged else None
    return {
        "payout": payout.pk,
        "number": payout.number,
        "state": payout.state,
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "paid_minor": payout.paid.minor,
        "paid_currency": payout.paid.currency,
        "rate": f"{stamped.rate:f}" if stamped else None,
        "rate_on": stamped.on.isoformat() if stamped else None,
        "rate_source": stamped.source if stamped else None,
    }


def _tally(tally: queries.Tally) -> dict[str, Any]:
    return {"kind": tally.kind, "count": tally.count, "minor": tally.minor}
