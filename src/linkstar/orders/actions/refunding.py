"""Refunds as single events: counted once by their key, never more than was sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from linkstar.catalog.actions import hold_shop
from linkstar.catalog.models import Shop
from linkstar.money.dividing import micros_per_minor
from linkstar.orders.actions.problems import Problem
from linkstar.orders.models import LineRevision, OrderLine, Refund, UnmatchedRefund
from linkstar.orders.rules import Source

NO_SUCH_LINE = "line_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRefund:
    """Items that came back, or money that was given back without any.

    Attributes:
        key: names the event; the same key again changes nothing.
        order_id: which order.
        line_id: which of its lines.
        happened_at: when.
        items: how many came back.
        amount_minor: money given back beside returned items.
        currency: of the amount, where it names no line; the shop's own if empty.
    """

    key: str
    order_id: str
    line_id: str
    happened_at: datetime
    items: int = 0
    amount_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Refunded:
    """`stated = counted + known + unmatched + refused`."""

    stated: int
    counted: int
    known: int
    unmatched: int
    problems: tuple[Problem, ...]


@transaction.atomic
def record_refunds(
    *,
    shop: Shop,
    refunds: Sequence[StatedRefund],
    source: Source,
    now: datetime,
    import_id: str = "",
) -> Refunded:
    """Count each refund against its line, once.

    A refund of a line nobody knows is kept apart and listed (`UnmatchedRefund`). One that gives
    back more than is left of its line is refused by name; the others stand.
    """
    hold_shop(shop)
    counted = known = unmatched = 0
    problems = []
    origin = {"source": str(source), "import_id": import_id, "recorded_at": now}
    for refund in refunds:
        line = OrderLine.objects.filter(
            shop=shop, order_id=refund.order_id, line_id=refund.line_id
        ).first()
        if line is None:
            unmatched += _set_apart(shop, refund, origin)
            continue
        if Refund.objects.filter(line=line, key=refund.key).exists():
            known += 1
            continue
        code = refusal(line, refund)
        if code:
            problems.append(Problem(refund.order_id, refund.line_id, code, refund.key))
            continue
        count_refund(line, refund, origin)
        counted += 1
    known += len(refunds) - counted - known - unmatched - len(problems)
    return Refunded(len(refunds), counted, known, unmatched, tuple(problems))


def refusal(line: OrderLine, refund: StatedRefund) -> str:
    """Why the refund cannot be counted; empty when it can."""
    if refund.items < 0 or refund.amount_minor < 0 or not (refund.items or refund.amount_minor):
        return "refund_of_nothing"
    if line.items_returned + refund.items > line.items:
        return "more_returned_than_ordered"
    left = line.items - line.items_returned - refund.items
    given_back = (line.refunded_minor + refund.amount_minor) * micros_per_minor(line.currency)
    if refund.amount_minor and given_back > line.price_micros * left:
        return "refund_above_sale"
    return ""


def _set_apart(shop: Shop, refund: StatedRefund, origin: dict[str, object]) -> int:
    _, is_new = UnmatchedRefund.objects.get_or_create(
        shop=shop,
        key=refund.key,
        defaults={
            "order_id": refund.order_id,
            "line_id": refund.line_id,
            "reason": NO_SUCH_LINE,
            "items": refund.items,
            "amount_minor": refund.amount_minor,
            "currency": refund.currency or shop.currency,
            "happened_at": refund.happened_at,
            **origin,
        },
    )
    return int(is_new)


def count_refund(
    line: OrderLine, refund: StatedRefund, origin: Mapping[str, Any], *, rivals: int = 0
) -> None:
    """Count a refund against a line that has so much left; what the line said before is kept.

    Args:
        line: which one.
        refund: what came back.
        origin: `source`, `import_id` and `recorded_at`.
        rivals: how many other lines it may have been of just as well.
    """
    kept_fields = {
        field.name
        for field in LineRevision._meta.concrete_fields  # noqa: SLF001
    } - {"id", "line", "number"}
    LineRevision.objects.create(
        line=line,
        number=line.revision,
        **{name: getattr(line, name) for name in kept_fields},
    )
    Refund.objects.create(
        line=line,
        key=refund.key,
        order_id=refund.order_id,
        items=refund.items,
        amount_minor=refund.amount_minor,
        happened_at=refund.happened_at,
        rivals=rivals,
        **origin,
    )
    returned = line.items_returned + refund.items
    changes = {"state": OrderLine.State.REFUNDED} if returned == line.items else {}
    if line.state in {OrderLine.State.CANCELLED, OrderLine.State.INELIGIBLE}:
        changes = {}
    OrderLine.objects.filter(pk=line.pk).update(
        items_returned=F("items_returned") + refund.items,
        refunded_minor=F("refunded_minor") + refund.amount_minor,
        revision=F("revision") + 1,
        changed_at=origin["recorded_at"],
        **changes,
    )
