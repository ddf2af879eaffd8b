"""From accrued to confirmed to payable: whole sets at once, one entry per creator and currency."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from linkstar.batches import many_made
from linkstar.catalog.models import Shop
from linkstar.commissions import rules
from linkstar.commissions.models import Commission
from linkstar.commissions.releasing import released_by
from linkstar.commissions.rules import State
from linkstar.config.database import room_for_indexes
from linkstar.ledger.actions import hold_book, write_entries
from linkstar.ledger.rules import Draft
from linkstar.orders.rules import ARRIVED, ENDED


@dataclass(frozen=True, slots=True)
class Moved:
    """How many amounts moved on, of how many creators."""

    amounts: int
    creators: int


class _Group(NamedTuple):
    """What of a creator in one currency and state moves, and the first of its amounts."""

    creator: str
    currency: str
    state: State
    minor: int
    amounts: int
    first: int


_OF_READY = ("id", "creator_id", "currency", "state", "amount_minor")
_GROUPS = """SELECT creator_id, currency, state,
    CAST(SUM(amount_minor) AS BIGINT), COUNT(*), MIN(id)
    FROM moving GROUP BY creator_id, currency, state ORDER BY creator_id, currency, state"""
_TOLD = """CREATE TEMPORARY TABLE told (creator VARCHAR(40), currency VARCHAR(3),
    state VARCHAR(10), entry VARCHAR(40), PRIMARY KEY (creator, currency, state))"""


@transaction.atomic
def approve_commissions(*, shop: Shop, now: datetime) -> Moved:
    """Confirm what lines earn that arrived, or ended, and are not held by the platform.

    Nothing of a tiered commission is confirmed before the platform says which rate was reached;
    what is left of its deposit is confirmed then.
    """
    hold_book(shop.workspace_id)
    is_open_tier = ~Q(line__tier_rates_bps="") & ~Q(line__state__in=[*ENDED, "settled"])
    ready = Commission.objects.filter(
        shop=shop,
        state__in=[State.DEPOSIT, State.ACCRUED],
        line__state__in=[*ARRIVED, *ENDED],
        line__is_held=False,
        seen_revision=F("line__revision"),
    ).exclude(is_open_tier)
    return _move(shop, ready, State.APPROVED, now)


@transaction.atomic
def make_payable(*, shop: Shop, now: datetime) -> Moved:
    """Release what was confirmed once the market's hold time after delivery is over."""
    hold_book(shop.workspace_id)
    return _move(shop, released_by(shop, now), State.PAYABLE, now)


@many_made()
def _move(shop: Shop, ready: QuerySet[Commission], to: State, now: datetime) -> Moved:
    """The set is named once, by a table that lives as long as the transaction, and moved whole."""
    named, asked = ready.order_by("pk").values(*_OF_READY).query.sql_with_params()
    with room_for_indexes(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE moving AS {named}", asked)
        cursor.execute(_GROUPS)
        groups = [_Group(*row) for row in cursor.fetchall()]
        drafts = {group: _draft(shop, group, to, now) for group in groups if group.minor}
        ids = write_entries(book=shop.workspace_id, drafts=list(drafts.values()), now=now)
        entries = dict(zip(drafts, ids, strict=True))
        cursor.execute(_TOLD)
        cursor.executemany(
            "INSERT INTO told VALUES (%s, %s, %s, %s)",
            [(group.creator, group.currency, group.state, entries.get(group)) for group in groups],
        )
        cursor.execute(
            f"UPDATE commissions_commission SET state = %s, {to}_at = %s,"
            f" {to}_by_entry_id = told.entry FROM moving JOIN told"
            " ON told.creator = moving.creator_id AND told.currency = moving.currency"
            " AND told.state = moving.state WHERE commissions_commission.id = moving.id",
            [str(to), connection.ops.adapt_datetimefield_value(now)],
        )
        assert cursor.rowcount == sum(group.amounts for group in groups), "another set was booked"
        for table in ("told", "moving"):
            cursor.execute(f"DROP TABLE {table}")
    return Moved(sum(group.amounts for group in groups), len({group.creator for group in groups}))


def _draft(shop: Shop, group: _Group, to: State, now: datetime) -> Draft:
    posting = rules.moved(
        group.minor,
        group.currency,
        frm=rules.owed_account(group.creator, group.state),
        to=rules.owed_account(group.creator, to),
    )
    key = f"commissions_{to}:{group.first}:{group.creator}:{group.currency}"
    facts = {"shop": shop.pk, "amounts": group.amounts, "first": group.first}
    return Draft(f"commissions_{to}", key, now, (posting,), facts)
