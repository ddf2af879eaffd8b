"""When a period ends, what may be paid, and the way of settlements, payouts and disputes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from linkstar.money.currencies import currency as currency_of


class SettlementState(StrEnum):
    """How far a closed period of a shop is."""

    CLOSED = "closed"
    APPROVED = "approved"
    PAYING = "paying"
    PAID = "paid"


class StatementState(StrEnum):
    """How far one creator's part of it is."""

    OPEN = "open"
    CARRIED = "carried"
    PAYING = "paying"
    PAID = "paid"


class PayoutState(StrEnum):
    """What became of one payment."""

    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


class DisputeState(StrEnum):
    """How far a dispute is."""

    OPEN = "open"
    ANSWERED = "answered"
    DECIDED = "decided"
    APPEALED = "appealed"
    FINAL = "final"


class Outcome(StrEnum):
    """Whom a decision gives the amount to."""

    CREATOR = "creator"
    SELLER = "seller"


class MoveRefused(ValueError):
    """From where it stands it cannot go there; the arguments are both states."""

    def __init__(self, frm: str, to: str) -> None:
        super().__init__(f"{frm} -> {to}")
        self.frm = frm
        self.to = to


SETTLEMENT_MOVES: Mapping[str, frozenset[str]] = {
    SettlementState.CLOSED: frozenset({SettlementState.APPROVED, SettlementState.PAID}),
    SettlementState.APPROVED: frozenset({SettlementState.PAYING, SettlementState.PAID}),
    SettlementState.PAYING: frozenset({SettlementState.APPROVED, SettlementState.PAID}),
    SettlementState.PAID: frozenset({SettlementState.APPROVED}),
}
STATEMENT_MOVES: Mapping[str, frozenset[str]] = {
    StatementState.OPEN: frozenset({StatementState.PAYING}),
    StatementState.CARRIED: frozenset(),
    StatementState.PAYING: frozenset({StatementState.PAID, StatementState.OPEN}),
    StatementState.PAID: frozenset({StatementState.OPEN}),
}
PAYOUT_MOVES: Mapping[str, frozenset[str]] = {
    PayoutState.SENT: frozenset({PayoutState.PAID, PayoutState.FAILED}),
    PayoutState.PAID: frozenset({PayoutState.RETURNED}),
    PayoutState.FAILED: frozenset(),
    PayoutState.RETURNED: frozenset(),
}
DISPUTE_MOVES: Mapping[str, frozenset[str]] = {
    DisputeState.OPEN: frozenset({DisputeState.ANSWERED, DisputeState.DECIDED}),
    DisputeState.ANSWERED: frozenset({DisputeState.DECIDED}),
    DisputeState.DECIDED: frozenset({DisputeState.APPEALED, DisputeState.FINAL}),
    DisputeState.APPEALED: frozenset({DisputeState.FINAL}),
    DisputeState.FINAL: frozenset(),
}
ANSWER_WITHIN = timedelta(days=5)
"""How long the other side has to answer before the dispute may be decided without it."""
APPEAL_WITHIN = timedelta(days=7)
"""How long a decision may be appealed; the amount stays held until then."""
REMINDED_BEFORE = timedelta(days=1)
"""How long before a clock ends the side it runs against is told once more."""
EVIDENCE_PER_MESSAGE_MAX = 5
EVIDENCE_PER_DISPUTE_MAX = 20


def move(moves: Mapping[str, frozenset[str]], frm: str, to: str) -> str:
    """The state it moves to.

    Raises:
        MoveRefused: there is no such step.
    """
    if to not in moves[frm]:
        raise MoveRefused(str(frm), str(to))
    return str(to)


class DisputeVerb(StrEnum):
    """What somebody can do in a dispute."""

    ANSWER = "answer"
    MESSAGE = "message"
    APPEAL = "appeal"


def side_verbs(
    state: str, outcome: str, clock_ends_at: datetime | None, now: datetime, *, is_opener: bool,
    is_creator: bool,
) -> list[DisputeVerb]:  # fmt: skip
    """What one of the two sides can do now, the weightiest first."""
    if state == DisputeState.FINAL:
        return []
    verbs = [DisputeVerb.MESSAGE]
    if state == DisputeState.OPEN and not is_opener:
        verbs.insert(0, DisputeVerb.ANSWER)
    has_lost = (outcome == Outcome.CREATOR) != is_creator
    is_open_to_appeal = clock_ends_at is not None and now < clock_ends_at
    if state == DisputeState.DECIDED and has_lost and is_open_to_appeal:
        verbs.insert(0, DisputeVerb.APPEAL)
    return verbs


def may_decide(state: str, clock_ends_at: datetime | None, now: datetime) -> bool:
    """Whether the operator may decide: it was answered or appealed, or not answered in time."""
    if state == DisputeState.OPEN:
        return clock_ends_at is None or now >= clock_ends_at
    return state in {DisputeState.ANSWERED, DisputeState.APPEALED}


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a shop's zone, the last one not included."""

    starts_on: date
    ends_before: date

    def end_in(self, zone: str) -> datetime:
        """The instant it ends, in UTC."""
        return datetime.combine(self.ends_before, time(), ZoneInfo(zone)).astimezone(UTC)


@cache
def _policies() -> dict[str, list[dict[str, Any]]]:
    text = files("linkstar.settlements").joinpath("data/policies.toml").read_text("utf-8")
    return tomllib.loads(text)


def period_of(market: str, day: date) -> Period:
    """The week from Monday, or the month, a day lies in, by the market's rule on that day."""
    rows = _policies().get(market) or _policies()["any"]
    in_force = [row for row in rows if row["in_force_from"] <= day] or rows[:1]
    if in_force[-1]["period"] == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7))
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1))


def last_ended(market: str, today: date) -> Period:
    """The newest period that is over on a day."""
    return period_of(market, period_of(market, today).starts_on - timedelta(days=1))


def minimum_minor(currency: str, day: date) -> int:
    """The least that is paid; 1 minor unit where no rule names the currency."""
    return _amount("minimum", currency, day) or 1


def two_people_above_minor(currency: str, day: date) -> int | None:
    """Above this sum two people approve; None where no rule names the currency: always two."""
    return _amount("two_people", currency, day)


def approvals_needed(total_minor: int, currency: str, day: date) -> int:
    """How many people have to approve a sum."""
    limit = two_people_above_minor(currency, day)
    return 2 if limit is None or total_minor > limit else 1


def is_payable(total_minor: int, currency: str, day: date) -> bool:
    """Whether a balance is paid; a smaller one, or one below nothing, is carried forward."""
    return total_minor >= minimum_minor(currency, day)


def settled_account(creator: str) -> str:
    """Where a closed statement's sum stands until it is paid."""
    return f"liability:creator:{creator}:settled"


def exchange_key(statement: str, number: int) -> str:
    """The exchange a payment of a statement begins with: a failed one's is never used again."""
    return f"exchange:{statement}:{number}"


def transit_account(shop: int) -> str:
    """What was handed to the bank and is not yet confirmed."""
    return f"liability:shop:{shop}:payouts_sent"


def bank_account(shop: int) -> str:
    """The account the shop pays from."""
    return f"asset:shop:{shop}:bank"


def _amount(table: str, currency: str, day: date) -> int | None:
    rows = [
        row
        for row in _policies()[table]
        if row["currency"] == currency and row["in_force_from"] <= day
    ]
    if not rows:
        return None
    units: int = rows[-1]["amount"] * 10 ** currency_of(currency).exponent
    return units
