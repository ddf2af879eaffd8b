"""How a plan stands on a day: its state, its rate, what comes next, and what is still kept."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from linkstar.plans.rules import NEVER, MarketTerms, Promise, Version, kept_before


class State(StrEnum):
    """Where a plan is in its life."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    STOPPING = "stopping"  # stopped; today is its last day
    ENDED = "ended"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class KeptRate:
    """A rate creators keep who promoted when it ended, and the day they are told of its end."""

    version: Version
    ended_on: date
    kept_before: date
    told_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan on a day."""

    state: State
    current: Version | None
    coming: tuple[Version, ...]
    kept: tuple[KeptRate, ...]


def standing(promise: Promise, terms: MarketTerms, *, on: date) -> Standing:
    """How the plan stands on the day."""
    coming = [v for v in promise.versions if max(v.starts_on, promise.starts_on) > on]
    return Standing(
        state=state_on(promise, on),
        current=promise.version_on(on),
        coming=tuple(sorted(coming, key=lambda v: (v.starts_on, v.number))),
        kept=tuple(kept_rates(promise, terms, on=on)),
    )


def state_on(promise: Promise, on: date) -> State:
    """The plan's state: what the diagram in docs/methods/commission-plans.md shows."""
    if on >= promise.last_before:
        is_stopped = promise.last_before == promise.stops_before
        return State.STOPPED if is_stopped else State.ENDED
    if on < promise.starts_on:
        return State.SCHEDULED
    return State.STOPPING if promise.stops_before is not None else State.RUNNING


def kept_rates(promise: Promise, terms: MarketTerms, *, on: date) -> list[KeptRate]:
    """Rates of this plan that are, or will be, kept beyond their end; the first to end first."""
    kept = []
    for version, ended_on, following in _ends(promise):
        is_cut = following is None or following.rate_bps < version.rate_bps
        if not is_cut or ended_on == promise.ends_before:
            continue
        own = terms.on(promise.kind, ended_on)
        until = kept_before(
            ended_on=ended_on,
            lock_days=own.lock_days,
            planned_end=promise.ends_before,
            at_planned_end=False,
        )
        if own.lock_days and until > on:
            told_on = until - timedelta(days=own.notice_days)
            kept.append(KeptRate(version, ended_on, until, told_on))
    return kept


def _ends(promise: Promise) -> list[tuple[Version, date, Version | None]]:
    """Every version that was in force, the day it no longer is, and what follows it."""
    days = sorted({promise.starts_on, *(v.starts_on for v in promise.versions)})
    in_force = [(day, promise.version_on(day)) for day in days if day >= promise.starts_on]
    told = [(day, version) for day, version in in_force if version is not None]
    if not told:
        return []  # stopped before it began
    ends = [(day, version) for day, version in told[1:]] + [(promise.last_before, None)]
    return [
        (version, ended_on, following)
        for (_, version), (ended_on, following) in zip(told, ends, strict=True)
        if ended_on != NEVER
    ]
