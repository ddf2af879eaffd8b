"""What may happen in a collaboration, in which order, and how long each side has for it.

The tables below are the whole machine: what is not in them is refused by name.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from linkstar.money.amounts import Money


class NotNow(ValueError):
    """This cannot happen in the state things are in; somebody else may have acted first."""

    def __init__(self, what: str, event: str, state: str) -> None:
        super().__init__(what, event, state)
        self.what, self.event, self.state = what, event, state


class TermsRefused(ValueError):
    """The terms cannot be agreed to; `reason` names which of them and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AlreadyExtended(ValueError):
    """The time for content is extended once."""


class TooLateToCancel(ValueError):
    """Content was delivered, or a sample is on its way: an agreement is kept from here on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MarketWithoutClocks(ValueError):
    """No clocks are known for this market on this day."""

    def __init__(self, market: str, on: date) -> None:
        super().__init__(market, on)
        self.market, self.on = market, on


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything both sides agree to. Frozen on the day of agreement.

    Attributes:
        rate_bps: commission in basis points of the base.
        ads_rate_bps: commission on orders through the seller's ads; None means the plan decides.
        flat_fee: paid for the deliverables together, zero for none.
        videos: how many videos are due.
        lives: how many LIVE streams are due.
        needs_sample: whether a sample is sent before content is due.
        starts_on: first day, in the shop's zone.
        ends_before: day after the last.
        text: what else was agreed, as written.
    """

    rate_bps: int
    flat_fee: Money
    videos: int
    lives: int
    needs_sample: bool
    starts_on: date
    ends_before: date
    ads_rate_bps: int | None = None
    text: str = ""


def check_terms(terms: Terms, *, currency: str) -> Terms:
    """The terms themselves, when they can be agreed to at all.

    Raises:
        TermsRefused: a rate above 100 %, nothing due, an end before the start, a fee below zero
            or in another currency than the shop settles in.
    """
    rates = [terms.rate_bps] if terms.ads_rate_bps is None else [terms.rate_bps, terms.ads_rate_bps]
    if any(not 0 <= rate <= 10_000 for rate in rates):
        raise TermsRefused("rate_out_of_range")
    if terms.videos < 0 or terms.lives < 0 or terms.videos + terms.lives == 0:
        raise TermsRefused("nothing_due")
    if terms.ends_before <= terms.starts_on:
        raise TermsRefused("ends_before_start")
    if terms.flat_fee.minor < 0:
        raise TermsRefused("fee_below_zero")
    if terms.flat_fee.currency != currency:
        raise TermsRefused("fee_in_another_currency")
    return terms


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long each side has, in one market from one day on."""

    sample_review_days: int
    sample_shipping_days: int
    content_days: int
    content_extension_days: int
    video_kept_up_days: int
    live_minutes_min: int
    confirmation_days: int
    support_answer_days: int
    support_days: int
    reminder_days: int


@cache
def _dated_clocks() -> dict[str, list[tuple[date, Clocks]]]:
    text = files("linkstar.collaborations").joinpath("data/clocks.toml").read_text("utf-8")
    return {
        market: sorted(
            (row.pop("in_force_from"), Clocks(**row)) for row in [dict(row) for row in rows]
        )
        for market, rows in tomllib.loads(text).items()
    }


def clocks_of(market: str, on: date) -> Clocks:
    """The clocks in force in a market on a day.

    Raises:
        MarketWithoutClocks: none are known.
    """
    in_force = [clocks for since, clocks in _dated_clocks().get(market, ()) if since <= on]
    if not in_force:
        raise MarketWithoutClocks(market, on)
    return in_force[-1]


def localisation_items(market: str, on: date) -> tuple[str, ...]:
    """What content for a market has to get right, by code; empty where nobody wrote it down."""
    return tuple(_localisation(market, on).get("items", ()))


def localisation_source(market: str, on: date) -> str:
    """Where that is written; empty where nobody wrote it down."""
    return str(_localisation(market, on).get("source", ""))


def _localisation(market: str, on: date) -> Mapping[str, Any]:
    text = files("linkstar.collaborations").joinpath("data/localisation.toml").read_text("utf-8")
    in_force = [row for row in tomllib.loads(text).get(market, []) if row["in_force_from"] <= on]
    return max(in_force, key=lambda row: row["in_force_from"], default={})


class SampleState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    SHIPPED = "shipped"
    RECEIVED = "received"
    COMPLETED = "completed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    NOT_SHIPPED = "not_shipped"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"


class DeliverableState(StrEnum):
    DUE = "due"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"


class SupportState(StrEnum):
    """Where a request for shooting support stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PROVIDED = "provided"
    REJECTED = "rejected"
    EXPIRED = "expired"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """Where a collaboration stands; follows from its samples and deliverables."""

    AGREED = "agreed"
    SAMPLE = "sample"
    CREATING = "creating"
    POSTED = "posted"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


State = TypeVar("State", bound=StrEnum)

CLOCK = "clock"
"""The event of a clock running out."""

SAMPLE_MOVES: Mapping[tuple[SampleState, str], SampleState] = {
    (SampleState.REQUESTED, "approve"): SampleState.APPROVED,
    (SampleState.REQUESTED, "reject"): SampleState.REJECTED,
    (SampleState.REQUESTED, "withdraw"): SampleState.WITHDRAWN,
    (SampleState.REQUESTED, CLOCK): SampleState.EXPIRED,
    (SampleState.APPROVED, "ship"): SampleState.SHIPPED,
    (SampleState.APPROVED, "withdraw"): SampleState.WITHDRAWN,
    (SampleState.APPROVED, CLOCK): SampleState.NOT_SHIPPED,
    (SampleState.NOT_SHIPPED, "ship"): SampleState.SHIPPED,
    (SampleState.NOT_SHIPPED, "withdraw"): SampleState.WITHDRAWN,
    (SampleState.SHIPPED, "receive"): SampleState.RECEIVED,
    (SampleState.RECEIVED, "extend"): SampleState.RECEIVED,
    (SampleState.RECEIVED, "complete"): SampleState.COMPLETED,
    (SampleState.RECEIVED, CLOCK): SampleState.OVERDUE,
    (SampleState.OVERDUE, "complete"): SampleState.COMPLETED,
}

DELIVERABLE_MOVES: Mapping[tuple[DeliverableState, str], DeliverableState] = {
    (DeliverableState.DUE, "submit"): DeliverableState.SUBMITTED,
    (DeliverableState.DUE, "extend"): DeliverableState.DUE,
    (DeliverableState.DUE, "cancel"): DeliverableState.CANCELLED,
    (DeliverableState.DUE, CLOCK): DeliverableState.OVERDUE,
    (DeliverableState.SUBMITTED, "confirm"): DeliverableState.CONFIRMED,
    (DeliverableState.SUBMITTED, "return"): DeliverableState.RETURNED,
    (DeliverableState.SUBMITTED, "remove"): DeliverableState.RETURNED,
    (DeliverableState.SUBMITTED, CLOCK): DeliverableState.CONFIRMED,
    (DeliverableState.RETURNED, "submit"): DeliverableState.SUBMITTED,
    (DeliverableState.RETURNED, "cancel"): DeliverableState.CANCELLED,
    (DeliverableState.RETURNED, CLOCK): DeliverableState.OVERDUE,
    (DeliverableState.SUBMITTED, "award"): DeliverableState.CONFIRMED,
    (DeliverableState.RETURNED, "award"): DeliverableState.CONFIRMED,
    (DeliverableState.OVERDUE, "award"): DeliverableState.CONFIRMED,
    (DeliverableState.OVERDUE, "submit"): DeliverableState.SUBMITTED,
    (DeliverableState.OVERDUE, "cancel"): DeliverableState.CANCELLED,
}

SUPPORT_MOVES: Mapping[tuple[SupportState, str], SupportState] = {
    (SupportState.REQUESTED, "approve"): SupportState.APPROVED,
    (SupportState.REQUESTED, "reject"): SupportState.REJECTED,
    (SupportState.REQUESTED, "withdraw"): SupportState.WITHDRAWN,
    (SupportState.REQUESTED, CLOCK): SupportState.EXPIRED,
    (SupportState.APPROVED, "provide"): SupportState.PROVIDED,
    (SupportState.APPROVED, "withdraw"): SupportState.WITHDRAWN,
    (SupportState.APPROVED, CLOCK): SupportState.OVERDUE,
    (SupportState.OVERDUE, "provide"): SupportState.PROVIDED,
    (SupportState.OVERDUE, "withdraw"): SupportState.WITHDRAWN,
}

SAMPLE_IS_OUT = frozenset({SampleState.SHIPPED, SampleState.RECEIVED})
"""The seller has paid for it and waits for content."""
_SAMPLE_IN_HAND = frozenset({SampleState.RECEIVED, SampleState.COMPLETED, SampleState.OVERDUE})
_SAMPLE_ON_ITS_WAY = frozenset({SampleState.APPROVED, SampleState.SHIPPED, SampleState.NOT_SHIPPED})
_DELIVERED = frozenset({DeliverableState.SUBMITTED, DeliverableState.CONFIRMED})


def _after(what: str, moves: Mapping[tuple[State, str], State], state: State, event: str) -> State:
    after = moves.get((state, event))
    if after is None:
        raise NotNow(what, event, state)
    return after


def sample_after(state: str, event: str) -> SampleState:
    """The state of a sample after an event.

    Raises:
        NotNow: the event cannot happen in this state.
    """
    return _after("sample", SAMPLE_MOVES, SampleState(state), event)


def deliverable_after(state: str, event: str) -> DeliverableState:
    """The state of a deliverable after an event.

    Raises:
        NotNow: the event cannot happen in this state.
    """
    return _after("deliverable", DELIVERABLE_MOVES, DeliverableState(state), event)


def support_after(state: str, event: str) -> SupportState:
    """The state of a request for support after an event.

    Raises:
        NotNow: the event cannot happen in this state.
    """
    return _after("support", SUPPORT_MOVES, SupportState(state), event)


def stage(*, needs_sample: bool, samples: Iterable[str], deliverables: Iterable[str]) -> Stage:
    """Where a collaboration that was not cancelled stands."""
    due, sent = set(deliverables), set(samples)
    if due <= {DeliverableState.CONFIRMED, DeliverableState.CANCELLED}:
        return Stage.COMPLETED if DeliverableState.CONFIRMED in due else Stage.CANCELLED
    if due & _DELIVERED:
        return Stage.POSTED
    if not needs_sample or sent & _SAMPLE_IN_HAND:
        return Stage.CREATING
    return Stage.SAMPLE if sent & _SAMPLE_ON_ITS_WAY else Stage.AGREED


def check_cancelling(
    *, is_creator: bool, samples: Iterable[str], deliverables: Iterable[str]
) -> None:
    """Whether one side may still call it off.

    Before a sample leaves either side may. Once it is out, the creator may only when nothing is
    overdue and the seller only when content is. Delivered content is never taken back this way.

    Raises:
        TooLateToCancel: it may not.
    """
    due, sent = set(deliverables), set(samples)
    if due & _DELIVERED:
        raise TooLateToCancel("content_delivered")
    is_overdue = DeliverableState.OVERDUE in due or SampleState.OVERDUE in sent
    if is_overdue and is_creator:
        raise TooLateToCancel("content_overdue")
    if sent & SAMPLE_IS_OUT and not is_creator and not is_overdue:
        raise TooLateToCancel("sample_is_out")


def confirm_by(submitted_at: datetime, *, kind: str, clocks: Clocks) -> datetime:
    """When a submitted deliverable counts as confirmed without a word from the seller.

    Never before the days that a video must stay up.
    """
    kept_up = clocks.video_kept_up_days if kind == "video" else 0
    return submitted_at + timedelta(days=max(clocks.confirmation_days, kept_up))


def is_up_long_enough(submitted_at: datetime, *, kind: str, clocks: Clocks, now: datetime) -> bool:
    """Whether content handed in may be taken down and still count; a LIVE is over anyway."""
    kept_up = clocks.video_kept_up_days if kind == "video" else 0
    return now >= submitted_at + timedelta(days=kept_up)


def fulfilment_bps(*, completed: int, overdue: int) -> int | None:
    """Share of samples whose content came among those whose time is over; None for none."""
    over = completed + overdue
    return round(10_000 * completed / over) if over else None
