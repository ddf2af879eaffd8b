"""From accrued to confirmed to payable: whole sets at once, one entry per creator and currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet, Sum

from linkstar.catalog.models import Shop
from linkstar.commissions import rules
from linkstar.commissions.models import Commission
from linkstar.commissions.releasing import released_by
from linkstar.commissions.rules import State
from linkstar.ledger.actions import hold_book, post_entries
from linkstar.ledger.rules import Draft
from linkstar.orders.rules import ARRIVED, ENDED


@dataclass(frozen=True, slots=True)
class Moved:
    """How many amounts moved on, of how many creators."""

    amounts: int
    creators: int


@dataclass(frozen=True, slots=True)
class _Step:
    """One step on the way, and where it is written down."""

    frm: State
    to: State

    @property
    def entry_field(self) -> str:
        return f"{self.to}_by_entry"

    @property
    def moment_field(self) -> str:
        return f"{self.to}_at"


_APPROVE = _Step(State.ACCRUED, State.APPROVED)
_RELEASE = _Step(State.APPROVED, State.PAYABLE)


@transaction.atomic
def approve_commissions(*, shop: Shop, now: datetime) -> Moved:
    """Confirm what lines earn that arrived, or ended, and are not held by the platform.

    Nothing of a tiered commission is confirmed before the platform says which rate was reached.
    """
    hold_book(shop.workspace_id)
    is_open_tier = ~Q(line__tier_rates_bps="") & ~Q(line__state__in=[*ENDED, "settled"])
    ready = Commission.objects.filter(
        shop=shop,
        state=State.ACCRUED,
        line__state__in=[*ARRIVED, *ENDED],
        line__is_held=False,
        seen_revision=F("line__revision"),
    ).exclude(is_open_tier)
    return _move(shop, ready, _APPROVE, now)


@transaction.atomic
def make_payable(*, shop: Shop, now: datetime) -> Moved:
    """Release what was confirmed once the market's hold time after delivery is over."""
    hold_book(shop.workspace_id)
    return _move(shop, released_by(shop, now), _RELEASE, now)


def _move(shop: Shop, ready: QuerySet[Commission], step: _Step, now: datetime) -> Moved:
    groups = list(
        ready.order_by("creator", "currency")
        .values("creator", "currency")
        .annotate(minor=Sum("amount_minor"), amounts=Count("pk"), first=Min("pk"))
    )
    moving = [group for group in groups if group["minor"]]
    drafts = [_draft(shop, group, step, now) for group in moving]
    entries = post_entries(book=shop.workspace_id, drafts=drafts, now=now) if drafts else []
    ids = {draft.key: entry.pk for draft, entry in zip(drafts, entries, strict=True)}
    for group in groups:
        # Each creator's part is found by the index of state and creator, and moved with its entry.
        own = ready.filter(creator=group["creator"], currency=group["currency"])
        entry = ids.get(_key(group, step))
        moved = Commission.objects.filter(pk__in=own.order_by().values("pk")).update(
            state=step.to, **{step.moment_field: now, f"{step.entry_field}_id": entry}
        )
        assert moved == group["amounts"], "not the set that was booked"
    return Moved(sum(g["amounts"] for g in groups), len({g["creator"] for g in groups}))


def _key(group: Mapping[str, Any], step: _Step) -> str:
    return f"commissions_{step.to}:{group['first']}:{group['creator']}:{group['currency']}"


def _draft(shop: Shop, group: Mapping[str, Any], step: _Step, now: datetime) -> Draft:
    creator, currency = group["creator"], group["currency"]
    posting = rules.moved(
        group["minor"],
        currency,
        frm=rules.owed_account(creator, step.frm),
        to=rules.owed_account(creator, step.to),
    )
    facts = {"shop": shop.pk, "amounts": group["amounts"], "first": group["first"]}
    return Draft(f"commissions_{step.to}", _key(group, step), now, (posting,), facts)
