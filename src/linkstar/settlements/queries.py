"""What was settled with whom, what waits and why, and what the seller bears besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.commissions.fee_rules import FEES_CHANNEL, FeePolicy, FeesUnknown, policy_on
from linkstar.commissions.models import Commission, PlatformFee
from linkstar.commissions.rules import Kind, State
from linkstar.creators.models import Creator
from linkstar.settlements.disputes import effect_of
from linkstar.settlements.models import (
    Dispute,
    Payout,
    PayoutBatch,
    Settlement,
    Statement,
)
from linkstar.settlements.owners import records_of
from linkstar.settlements.rules import (
    DisputeState,
    PayoutState,
    Period,
    SettlementState,
    StatementState,
    period_of,
)

BANK_ANSWERS_WITHIN = timedelta(days=5)
"""After that somebody should ask the bank what became of a payment."""


@dataclass(frozen=True, slots=True)
class Tally:
    """So many amounts of one kind, in one currency."""

    kind: str
    currency: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class Costs:
    """What a settlement costs the seller: what creators earn by component, and platform fees.

    Attributes:
        commissions: the amounts in the settlement by component; together `settlement.lines_minor`.
        borne_by_platform_minor: the part of them the platform bears in the seller's place.
        released_minor: the part of them that let go of deposits for tiered commissions; below 0.
        fees: what the platform charged, by kind; it takes them itself. Nothing says nothing
            where `fee_terms` are unknown.
        fees_since: fees booked from this day on are in it; None from the beginning.
        fee_terms: by which rule, at the end of the period.
    """

    commissions: Sequence[Tally]
    borne_by_platform_minor: int
    released_minor: int
    fees: Sequence[Tally]
    fees_since: date | None
    fee_terms: FeePolicy | FeesUnknown

    @property
    def fees_minor(self) -> int | None:
        """What the platform charged; None where nobody states what it charges."""
        if isinstance(self.fee_terms, FeesUnknown) and not self.fees:
            return None
        return sum(fee.minor for fee in self.fees)


def settlements_of(workspace: Workspace) -> QuerySet[Settlement]:
    """The newest first."""
    return (
        Settlement.objects.filter(shop__workspace=workspace)
        .select_related("shop")
        .order_by("-ends_before", "shop__number", "currency")
    )


def statements_of(workspace: Workspace) -> QuerySet[Statement]:
    """Every statement of the workspace's shops, the largest of a settlement first."""
    return (
        Statement.objects.filter(settlement__shop__workspace=workspace)
        .select_related("settlement__shop", "creator", "carried_into__settlement")
        .order_by("-total_minor", "pk")
    )


def statements_for(creator: Creator) -> QuerySet[Statement]:
    """The creator's own, on whichever record of theirs, the newest first."""
    return (
        Statement.objects.filter(creator__in=records_of(creator))
        .select_related("settlement__shop", "creator", "carried_into__settlement")
        .order_by("-settlement__ends_before", "settlement__currency", "pk")
    )


def batches_of(workspace: Workspace) -> QuerySet[PayoutBatch]:
    return PayoutBatch.objects.filter(settlement__shop__workspace=workspace).select_related(
        "settlement__shop", "user"
    )


def payouts_of(settlement: Settlement) -> QuerySet[Payout]:
    """Every payment ever made for it, the newest of a statement first."""
    return (
        Payout.objects.filter(statement__settlement=settlement)
        .select_related("statement__creator", "batch", "exchange__entry")
        .order_by("statement__creator__handle", "-number")
    )


def failed_of(settlement: Settlement) -> QuerySet[Payout]:
    """Payments for it that failed or came back, the newest of a statement last."""
    states = (PayoutState.FAILED, PayoutState.RETURNED)
    return Payout.objects.filter(statement__settlement=settlement, state__in=states).order_by(
        "number"
    )


def payouts_in(workspace: Workspace) -> QuerySet[Payout]:
    """Every payment of the workspace's shops."""
    return Payout.objects.filter(statement__settlement__shop__workspace=workspace).select_related(
        "statement__settlement__shop", "exchange__entry"
    )


def payments_of(statement: Statement) -> QuerySet[Payout]:
    """Every payment of one statement, the newest first."""
    return statement.payouts.select_related("exchange__entry").order_by("-number")


def amounts_of(statement: Statement) -> QuerySet[Commission]:
    """The amounts in it, with what explains each: its line or deliverable and who won it."""
    return (
        Commission.objects.filter(statement_line__statement=statement)
        .select_related("line", "deliverable__collaboration", "attribution", "creator")
        .order_by("earned_on", "pk")
    )


def held_sums(shops: Sequence[Shop]) -> list[Tally]:
    """What waits for disputes, by currency."""
    return _by_currency(Commission.objects.filter(shop__in=shops, state=State.HELD), "held")


def deposit_sums(shops: Sequence[Shop]) -> list[Tally]:
    """What is reserved at the highest rate of tiered commissions, by currency."""
    return _by_currency(Commission.objects.filter(shop__in=shops, state=State.DEPOSIT), "deposit")


def living_disputes(shops: Sequence[Shop]) -> QuerySet[Dispute]:
    """Disputes about amounts that are not final, the oldest first."""
    return (
        Dispute.objects.filter(commission__shop__in=shops)
        .exclude(state=DisputeState.FINAL)
        .select_related("commission__line", "commission__creator", "commission__shop")
        .order_by("opened_at")
    )


def held_by(dispute: Dispute) -> int:
    """What the dispute holds, in minor units; what was settled before it is not held."""
    effect = effect_of(dispute)
    return effect.held_minor if effect else 0


def carried_sums(shops: Sequence[Shop]) -> list[Tally]:
    """What is carried forward and in no later statement yet, by currency."""
    waiting = _carried().filter(settlement__shop__in=shops)
    return _by_currency(waiting, "carried", of="total_minor", currency="settlement__currency")


def below_nothing(settlement: Settlement) -> dict[str, int]:
    """What creators owe the shop in the currency of a settlement.

    By the creator's id, in minor units below zero. It lowers their next statement; one that is open
    already, such as one whose payment came back, it does not.
    """
    owed = _carried().filter(
        settlement__shop=settlement.shop_id,
        settlement__currency=settlement.currency,
        total_minor__lt=0,
    )
    return dict(owed.values_list("creator_id", "total_minor"))


def _carried() -> QuerySet[Statement]:
    """What is in no later statement yet."""
    return Statement.objects.filter(state=StatementState.CARRIED, carried_into=None)


def waiting_sums(shops: Sequence[Shop]) -> list[Tally]:
    """What is payable and goes into the next settlement, by currency."""
    return _by_currency(Commission.objects.filter(shop__in=shops, state=State.PAYABLE), "payable")


def running_period(shop: Shop, now: datetime) -> Period:
    """The period that is running; it is closed on the day it ends before."""
    return period_of(shop.market, day_of(shop, now))


def costs_of(settlement: Settlement) -> Costs:
    """What the settlement costs the seller. Every fee the book has is in exactly one settlement.

    Fees count in the settlement whose time they were booked in: after the end of the shop's
    settlement before it in the same currency, and before its own.
    """
    taken = Commission.objects.filter(statement_line__statement__settlement=settlement)
    parts = (
        taken.order_by("component")
        .values_list("component")
        .annotate(n=Count("pk"), m=Sum("amount_minor"))
    )
    borne = taken.filter(is_paid_by_platform=True).aggregate(m=Sum("amount_minor"))["m"] or 0
    released = taken.filter(kind=Kind.RELEASED).aggregate(m=Sum("amount_minor"))["m"] or 0
    since = (
        Settlement.objects.filter(
            shop=settlement.shop,
            currency=settlement.currency,
            ends_before__lt=settlement.ends_before,
        )
        .order_by("-ends_before")
        .values_list("ends_before", flat=True)
        .first()
    )
    fees = PlatformFee.objects.filter(
        line__shop=settlement.shop,
        currency=settlement.currency,
        recorded_at__lt=_begin(settlement.ends_before, settlement.shop),
    )
    if since is not None:
        fees = fees.filter(recorded_at__gte=_begin(since, settlement.shop))
    charged = (
        fees.order_by("kind").values_list("kind").annotate(n=Count("pk"), m=Sum("amount_minor"))
    )
    code = settlement.currency
    return Costs(
        [Tally(component, code, count, minor) for component, count, minor in parts],
        borne,
        released,
        [Tally(kind, code, count, minor) for kind, count, minor in charged if minor],
        since,
        policy_on(settlement.shop.market, FEES_CHANNEL, settlement.ends_before - timedelta(days=1)),
    )


@dataclass(frozen=True, slots=True)
class Pending:
    """How many settlements and payments of a workspace wait for somebody."""

    to_approve: int
    to_pay: int
    unanswered: int
    failed: int


def pending_of(workspace: Workspace, *, now: datetime) -> Pending:
    """What waits: for people to approve or pay, and for the bank's answer for too long.

    A payment that failed counts until its statement is handed over again.
    """
    settlements = Settlement.objects.filter(shop__workspace=workspace)
    payouts = Payout.objects.filter(statement__settlement__shop__workspace=workspace)
    late = payouts.filter(state=PayoutState.SENT, changed_at__lt=now - BANK_ANSWERS_WITHIN)
    failed = payouts.filter(
        state__in=(PayoutState.FAILED, PayoutState.RETURNED), statement__state=StatementState.OPEN
    )
    return Pending(
        settlements.filter(state=SettlementState.CLOSED).count(),
        settlements.filter(state=SettlementState.APPROVED).count(),
        late.count(),
        failed.values("statement").distinct().count(),
    )


def _by_currency(
    rows: QuerySet[Any], kind: str, *, of: str = "amount_minor", currency: str = "currency"
) -> list[Tally]:
    grouped = rows.order_by(currency).values_list(currency).annotate(n=Count("pk"), m=Sum(of))
    return [Tally(kind, code, count, minor) for code, count, minor in grouped]


def _begin(day: date, shop: Shop) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(shop.zone))
