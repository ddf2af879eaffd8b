"""Closing a period: every payable amount goes into one statement, once, or nothing happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from linkstar.batches import many_made
from linkstar.catalog.models import Shop
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State, moved, owed_account
from linkstar.ledger.actions import hold_book, write_entries
from linkstar.ledger.rules import Draft
from linkstar.settlements import rules
from linkstar.settlements.models import Settlement, Statement, StatementLine
from linkstar.settlements.rules import Period, StatementState


class PeriodNotOver(ValueError):
    """A period is closed when it is over; `ends_at` says when that is."""

    def __init__(self, ends_at: datetime) -> None:
        super().__init__(ends_at.isoformat())
        self.ends_at = ends_at


@dataclass(frozen=True, slots=True)
class Closed:
    """The settlements of a period, and whether this call made them."""

    settlements: Sequence[Settlement]
    is_new: bool


@many_made()
@transaction.atomic
def close_period(*, shop: Shop, period: Period, now: datetime) -> Closed:
    """Settle what was payable when the period ended, one settlement per currency.

    What is payable since an earlier period and in no statement yet is taken along. A period that
    was closed before, or lies before one that was, stays as it is, so running this twice or ten
    times at once settles once. All of it happens or nothing.

    Raises:
        PeriodNotOver: the period has not ended.
    """
    ends_at = period.end_in(shop.zone)
    if now < ends_at:
        raise PeriodNotOver(ends_at)
    hold_book(shop.workspace_id)
    before = Settlement.objects.filter(shop=shop, ends_before__gte=period.ends_before)
    if before.exists():
        same = before.filter(starts_on=period.starts_on).order_by("currency")
        return Closed(list(same), is_new=False)
    ready = Commission.objects.filter(shop=shop, state=State.PAYABLE, payable_at__lt=ends_at)
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for group in (
        ready.order_by("currency", "creator")
        .values("currency", "creator")
        .annotate(minor=Sum("amount_minor"), lines=Count("pk"))
    ):
        groups.setdefault(group["currency"], []).append(group)
    made = [
        _close_currency(shop, period, currency, of_creators, now)
        for currency, of_creators in groups.items()
    ]
    _take_lines(made, ends_at)
    return Closed(made, is_new=True)


def _close_currency(
    shop: Shop,
    period: Period,
    currency: str,
    groups: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Settlement:
    carried = _carried(shop, currency, [group["creator"] for group in groups])
    totals = {g["creator"]: g["minor"] + sum(s.total_minor for s in carried[g["creator"]])
              for g in groups}  # fmt: skip
    payable = sum(t for t in totals.values() if rules.is_payable(t, currency, now.date()))
    settlement = Settlement.objects.create(
        shop=shop,
        currency=currency,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        lines=sum(group["lines"] for group in groups),
        lines_minor=sum(group["minor"] for group in groups),
        payable_minor=payable,
        approvals_needed=rules.approvals_needed(payable, currency, now.date()),
        closed_at=now,
    )
    moving = [group for group in groups if group["minor"]]
    drafts = [_draft(settlement, group, now) for group in moving]
    entries = write_entries(book=shop.workspace_id, drafts=drafts, now=now)
    by_creator = {g["creator"]: entry for g, entry in zip(moving, entries, strict=True)}
    statements = Statement.objects.bulk_create(
        (
            Statement(
                settlement=settlement,
                creator_id=group["creator"],
                state=StatementState.OPEN
                if rules.is_payable(totals[group["creator"]], currency, now.date())
                else StatementState.CARRIED,
                lines=group["lines"],
                lines_minor=group["minor"],
                carried_minor=totals[group["creator"]] - group["minor"],
                total_minor=totals[group["creator"]],
                entry_id=by_creator.get(group["creator"]),
            )
            for group in groups
        ),
        batch_size=1_000,
    )
    for statement in statements:
        for earlier in carried[statement.creator_id]:
            Statement.objects.filter(pk=earlier.pk).update(carried_into=statement)
    return settlement


def _carried(shop: Shop, currency: str, creators: Sequence[str]) -> dict[str, list[Statement]]:
    """Totals of earlier statements that were not paid, by creator."""
    found: dict[str, list[Statement]] = {creator: [] for creator in creators}
    for statement in Statement.objects.filter(
        settlement__shop=shop,
        settlement__currency=currency,
        state=StatementState.CARRIED,
        carried_into=None,
    ):
        if statement.creator_id in found:
            found[statement.creator_id].append(statement)
    return found


def _draft(settlement: Settlement, group: Mapping[str, Any], now: datetime) -> Draft:
    creator = group["creator"]
    posting = moved(
        group["minor"],
        settlement.currency,
        frm=owed_account(creator, State.PAYABLE),
        to=rules.settled_account(creator),
    )
    return Draft(
        kind="statement_closed",
        key=f"statement:{settlement.pk}:{creator}",
        happened_at=now,
        postings=(posting,),
        facts={"settlement": settlement.pk, "amounts": group["lines"]},
    )


def _take_lines(settlements: Sequence[Settlement], ends_at: datetime) -> None:
    """Put the amounts into their statements and mark them settled, as whole sets."""
    for settlement in settlements:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO settlements_statementline (statement_id, commission_id)"
                " SELECT s.id, c.id FROM commissions_commission c"
                " JOIN settlements_statement s"
                " ON s.creator_id = c.creator_id AND s.settlement_id = %s"
                " WHERE c.shop_id = %s AND c.state = %s AND c.currency = %s AND c.payable_at < %s"
                " ORDER BY c.id",
                (
                    settlement.pk,
                    settlement.shop_id,
                    str(State.PAYABLE),
                    settlement.currency,
                    connection.ops.adapt_datetimefield_value(ends_at),
                ),
            )
        taken = StatementLine.objects.filter(statement__settlement=settlement)
        count = Commission.objects.filter(
            Q(pk__in=taken.values("commission")), state=State.PAYABLE
        ).update(state=State.SETTLED)
        assert count == settlement.lines, "not the set that was summed"
