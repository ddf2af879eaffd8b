"""Refunds as single events: counted once by their key, never more than was sold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F

from linkstar.batches import batched
from linkstar.catalog.actions import hold_shop
from linkstar.catalog.models import Shop
from linkstar.money.dividing import micros_per_minor
from linkstar.orders.actions.merging import KEPT
from linkstar.orders.actions.problems import Problem
from linkstar.orders.models import LineRevision, OrderLine, Refund, UnmatchedRefund
from linkstar.orders.rules import NOT_SOLD, Source, State, furthest, state_of_times

NO_SUCH_LINE = "line_unknown"
_NAMES_AT_ONCE = 500


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
    lines = _lines_named(shop, refunds)
    told = _told_before(lines.values())
    known = unmatched = 0
    problems: list[Problem] = []
    counted: list[_Counted] = []
    origin = {
        "source": str(source), "import_id": import_id, "stated_at": now, "recorded_at": now,
    }  # fmt: skip
    for refund in refunds:
        line = lines.get((refund.order_id, refund.line_id))
        if line is None:
            unmatched += _set_apart(shop, refund, origin)
        elif (line.pk, refund.key) in told:
            known += 1
        elif code := refusal(line, refund):
            problems.append(Problem(refund.order_id, refund.line_id, code, refund.key))
        else:
            told.add((line.pk, refund.key))
            counted.append(_taken_off(line, refund, origin, rivals=0))
    _write(counted)
    known += len(refunds) - len(counted) - known - unmatched - len(problems)
    return Refunded(len(refunds), len(counted), known, unmatched, tuple(problems))


def _lines_named(shop: Shop, refunds: Sequence[StatedRefund]) -> dict[tuple[str, str], OrderLine]:
    """As `line_named`, for many."""
    found: dict[tuple[str, str], OrderLine] = {}
    for orders in batched(sorted({refund.order_id for refund in refunds}), _NAMES_AT_ONCE):
        stated = OrderLine.objects.filter(shop=shop, order_id__in=orders)
        for line in stated.exclude(state=State.WITHDRAWN):
            found[line.order_id, line.line_id] = line
    return found


def _told_before(lines: Iterable[OrderLine]) -> set[tuple[int, str]]:
    """Every refund that counts for these lines, by line and key."""
    told: set[tuple[int, str]] = set()
    for some in batched((line.pk for line in lines), _NAMES_AT_ONCE):
        counts = Refund.objects.filter(line__in=some, withdrawn_at=None)
        told |= set(counts.values_list("line_id", "key"))
    return told


def line_named(shop: Shop, order_id: str, line_id: str) -> OrderLine | None:
    """The line of these numbers; None where nobody states it, or nobody does any more."""
    named = OrderLine.objects.filter(shop=shop, order_id=order_id, line_id=line_id)
    return named.exclude(state=State.WITHDRAWN).first()


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
        order_id=refund.order_id,
        line_id=refund.line_id,
        defaults={
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
        origin: `source`, `import_id`, `stated_at` and `recorded_at`.
        rivals: how many other lines it may have been of just as well.
    """
    _write([_taken_off(line, refund, origin, rivals=rivals)])


class _Counted(NamedTuple):
    """A line that says what is left of it, what it said before, and the refund between."""

    line: OrderLine
    before: LineRevision
    refund: Refund


def _taken_off(
    line: OrderLine, refund: StatedRefund, origin: Mapping[str, Any], *, rivals: int
) -> _Counted:
    """Take the refund off the line as we hold it; `_write` is left to do."""
    before = _revision(line)
    line.items_returned += refund.items
    line.refunded_minor += refund.amount_minor
    line.revision += 1
    line.changed_at = origin["recorded_at"]
    if line.items_returned == line.items and line.state not in NOT_SOLD:
        line.state = OrderLine.State.REFUNDED
    counted = Refund(
        line=line,
        key=refund.key,
        order_id=refund.order_id,
        items=refund.items,
        amount_minor=refund.amount_minor,
        happened_at=refund.happened_at,
        rivals=rivals,
        **origin,
    )
    return _Counted(line, before, counted)


def _write(counted: Sequence[_Counted]) -> None:
    """Write what was taken off: what lines said before, the refunds, what lines say now."""
    LineRevision.objects.bulk_create([each.before for each in counted], batch_size=_NAMES_AT_ONCE)
    Refund.objects.bulk_create([each.refund for each in counted], batch_size=_NAMES_AT_ONCE)
    lines = {each.line.pk: each.line for each in counted}.values()
    instant = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE orders_orderline SET state = %s, items_returned = %s, refunded_minor = %s,"
            " revision = %s, changed_at = %s WHERE id = %s",
            [
                (
                    str(line.state),
                    line.items_returned,
                    line.refunded_minor,
                    line.revision,
                    instant(line.changed_at),
                    line.pk,
                )
                for line in lines
            ],
        )


def take_back_refund(refund: Refund, *, now: datetime) -> None:
    """Count a refund no longer; the line is as far as it was before everything had come back."""
    line = OrderLine.objects.get(pk=refund.line_id)
    _revision(line).save()
    Refund.objects.filter(pk=refund.pk).update(withdrawn_at=now)
    left = line.items_returned - refund.items
    is_back = line.state == State.REFUNDED and left < line.items <= line.items_returned
    OrderLine.objects.filter(pk=line.pk).update(
        items_returned=left,
        refunded_minor=F("refunded_minor") - refund.amount_minor,
        revision=F("revision") + 1,
        changed_at=now,
        state=_state_before(line) if is_back else line.state,
    )


def _state_before(line: OrderLine) -> State:
    earlier = line.revisions.filter(items_returned__lt=F("items")).exclude(state=State.WITHDRAWN)
    told = earlier.order_by("-number").first()
    by_times = state_of_times(
        paid=line.paid_at,
        shipped=line.shipped_at,
        delivered=line.delivered_at,
        settled=line.settled_at,
        cancelled=line.cancelled_at,
    )
    return furthest(by_times, State(told.state) if told else None)


def _revision(line: OrderLine) -> LineRevision:
    """What the line says, to be kept before it is changed."""
    said = {name: getattr(line, name) for name in KEPT}
    return LineRevision(line=line, number=line.revision, **said)
