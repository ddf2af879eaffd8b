"""The week's invitations as a budget: what is left, and what stands against each invitation.

Numbers are dated data per market (`data/outreach.toml`), never constants.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


class MarketWithoutOutreach(ValueError):
    """No limits are known for this market on this day."""

    def __init__(self, market: str, on: date) -> None:
        super().__init__(market, on)
        self.market, self.on = market, on


class TierUnknown(ValueError):
    """The market has no tier of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Tier:
    """What a shop may do by what it sold in the past 30 days.

    Attributes:
        sales_minor_max: the tier's upper bound; None for the highest.
        weekly_limit: None where the platform tells each shop its own number.
        limit_once: a number that is given once and does not come back with the week.
    """

    name: str
    sales_minor_max: int | None = None
    weekly_limit: int | None = None
    limit_once: int | None = None


@dataclass(frozen=True, slots=True)
class Outreach:
    """The rules of a market from a day on; `resets_on` is an ISO weekday."""

    in_force_from: date
    resets_on: int
    unanswered_max: int
    weekly_limit_unless_stated: int
    tiers: tuple[Tier, ...]

    def tier(self, name: str) -> Tier | None:
        return next((tier for tier in self.tiers if tier.name == name), None)


@cache
def _dated() -> dict[str, list[Outreach]]:
    text = files("linkstar.recruiting").joinpath("data/outreach.toml").read_text("utf-8")
    return {
        market: sorted(
            (
                Outreach(**{**row, "tiers": tuple(Tier(**tier) for tier in row["tiers"])})
                for row in rows
            ),
            key=lambda outreach: outreach.in_force_from,
        )
        for market, rows in tomllib.loads(text).items()
    }


def outreach_of(market: str, on: date) -> Outreach:
    """The rules in force in a market on a day.

    Raises:
        MarketWithoutOutreach: none are known.
    """
    known = [rules for rules in _dated().get(market, ()) if rules.in_force_from <= on]
    if not known:
        raise MarketWithoutOutreach(market, on)
    return known[-1]


def week_of(at: datetime, *, zone: str, resets_on: int) -> tuple[datetime, datetime]:
    """The budget's week an instant lies in: from 00:00 on its first day in the shop's zone.

    A week with a change of clocks has 167 or 169 hours.
    """
    place = ZoneInfo(zone)
    on = at.astimezone(place).date()
    first = on - timedelta(days=(on.isoweekday() - resets_on) % 7)
    start = datetime.combine(first, time.min, place)
    return start, datetime.combine(first + timedelta(days=7), time.min, place)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a shop may still spend. `is_stated` tells whether the shop named its number."""

    limit: int
    spent: int
    resets_at: datetime | None
    is_stated: bool

    @property
    def left(self) -> int:
        return max(self.limit - self.spent, 0)


def budget(
    rules: Outreach,
    *,
    tier: str,
    stated: int | None,
    spent_this_week: int,
    spent_ever: int,
    resets_at: datetime,
) -> Budget:
    """The budget of a shop: its own number first, then its tier's, then the careful one."""
    if stated is not None:
        return Budget(stated, spent_this_week, resets_at, is_stated=True)
    known = rules.tier(tier)
    if known is not None and known.limit_once is not None:
        return Budget(known.limit_once, spent_ever, None, is_stated=True)
    if known is not None and known.weekly_limit is not None:
        return Budget(known.weekly_limit, spent_this_week, resets_at, is_stated=True)
    return Budget(rules.weekly_limit_unless_stated, spent_this_week, resets_at, is_stated=False)


class Conflict(StrEnum):
    """Why an invitation is not sent."""

    NOT_VERIFIED = "not_verified"
    ALREADY_INVITED = "already_invited"
    NEGOTIATING = "negotiating"
    COLLABORATING = "collaborating"
    NAMED_IN_PLAN = "named_in_plan"
    NO_ANSWER = "no_answer"
    OVER_BUDGET = "over_budget"


class Remark(StrEnum):
    """What to know about an invitation that is sent all the same."""

    NO_ACCOUNT = "no_account"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of somebody who may be invited."""

    creator: str
    is_verified: bool = True
    has_account: bool = True
    is_connected: bool = False
    has_waiting_invitation: bool = False
    is_negotiating: bool = False
    is_collaborating: bool = False
    is_named_in_plan: bool = False
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one invitation."""

    creator: str
    conflicts: tuple[Conflict, ...]
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def is_sent(self) -> bool:
        return not self.conflicts

    @property
    def spends(self) -> bool:
        return self.is_sent and Remark.FREE not in self.remarks


def planned(candidates: Iterable[Candidate], *, left: int, unanswered_max: int) -> list[Planned]:
    """A dry run: in the order given, until the budget is spent. Nobody is planned twice."""
    result: list[Planned] = []
    seen: set[str] = set()
    for candidate in candidates:
        if candidate.creator in seen:
            continue
        seen.add(candidate.creator)
        conflicts = list(_conflicts(candidate, unanswered_max))
        if not conflicts and not candidate.is_connected and left <= 0:
            conflicts.append(Conflict.OVER_BUDGET)
        one = Planned(candidate.creator, tuple(conflicts), tuple(_remarks(candidate)))
        left -= one.spends
        result.append(one)
    return result


def _conflicts(candidate: Candidate, unanswered_max: int) -> Iterable[Conflict]:
    against = {
        Conflict.NOT_VERIFIED: not candidate.is_verified,
        Conflict.ALREADY_INVITED: candidate.has_waiting_invitation,
        Conflict.NEGOTIATING: candidate.is_negotiating,
        Conflict.COLLABORATING: candidate.is_collaborating,
        Conflict.NAMED_IN_PLAN: candidate.is_named_in_plan,
        Conflict.NO_ANSWER: candidate.unanswered >= unanswered_max,
    }
    return (conflict for conflict, applies in against.items() if applies)


def _remarks(candidate: Candidate) -> Iterable[Remark]:
    if not candidate.has_account:
        yield Remark.NO_ACCOUNT
    if candidate.is_connected:
        yield Remark.FREE


def totals(plan: Sequence[Planned]) -> tuple[int, int, int]:
    """How many are sent, how many of these spend, how many are held back."""
    sent = sum(one.is_sent for one in plan)
    return sent, sum(one.spends for one in plan), len(plan) - sent
