"""Clocks that ran out: each does what its table says, once, whoever asks and however often."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from linkstar.collaborations.actions.noting import note, settle_stage
from linkstar.collaborations.models import Deliverable, Sample, Support
from linkstar.collaborations.rules import (
    CLOCK,
    DELIVERABLE_MOVES,
    SAMPLE_MOVES,
    SUPPORT_MOVES,
    DeliverableState,
    SampleState,
    SupportState,
)
from linkstar.collaborations.telling import tell_both

Row = TypeVar("Row", Sample, Support, Deliverable)
NOT_ANSWERED = frozenset({SampleState.EXPIRED, SupportState.EXPIRED})
"""Requests that end with their clock."""


@dataclass(frozen=True, slots=True)
class RanOut:
    """One clock that ran out: of what, and the state it left behind."""

    collaboration_id: str
    what: str
    id: str
    state: str


def run_clocks(*, now: datetime) -> list[RanOut]:
    """Move everything whose time is over; a second call at the same instant finds nothing."""
    samples = Sample.objects.filter(state__in=_ended_by_clock(SAMPLE_MOVES), clock_ends_at__lte=now)
    supports = Support.objects.filter(
        state__in=_ended_by_clock(SUPPORT_MOVES), clock_ends_at__lte=now
    )
    running = Deliverable.objects.filter(collaboration__ended_at=None)
    late = running.filter(
        state__in=[DeliverableState.DUE, DeliverableState.RETURNED], due_at__lte=now
    )
    unanswered = running.filter(state=DeliverableState.SUBMITTED, confirm_by__lte=now)
    return [
        *_each(samples, _end_sample, now),
        *_each(supports, _end_support, now),
        *_each(late, _end_deliverable, now),
        *_each(unanswered, _end_deliverable, now),
    ]


def _ended_by_clock(moves: Iterable[tuple[str, str]]) -> list[str]:
    return [state for state, event in moves if event == CLOCK]


def _each(
    over: QuerySet[Row], end: Callable[[Row, datetime], RanOut], now: datetime
) -> Iterator[RanOut]:
    """End each by itself, if nobody acted in time after all."""
    for pk in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            one = over.select_for_update().filter(pk=pk).first()
            if one is None:
                continue
            ran_out = end(one, now)
        yield ran_out


def _end_sample(sample: Sample, now: datetime) -> RanOut:
    _move(sample, SAMPLE_MOVES[SampleState(sample.state), CLOCK], now)
    note(sample.collaboration, f"sample_{sample.state}", user=None, now=now, sample=sample.pk)
    settle_stage(sample.collaboration, now=now)
    code, product = f"sample.{sample.state}", str(sample.product)
    tell_both(sample.collaboration, code, now=now, product=product)
    return RanOut(sample.collaboration_id, "sample", sample.pk, sample.state)


def _end_support(support: Support, now: datetime) -> RanOut:
    _move(support, SUPPORT_MOVES[SupportState(support.state), CLOCK], now)
    verb = f"support_{support.state}"
    note(support.collaboration, verb, user=None, now=now, support=support.pk)
    tell_both(support.collaboration, f"support.{support.state}", now=now, text=support.text)
    return RanOut(support.collaboration_id, "support", support.pk, support.state)


def _move(one: Sample | Support, state: str, now: datetime) -> None:
    one.state, one.clock_ends_at = state, None
    if state in NOT_ANSWERED:
        one.ended_at = now
    one.save(update_fields=["state", "clock_ends_at", "ended_at"])


def _end_deliverable(deliverable: Deliverable, now: datetime) -> RanOut:
    deliverable.state = DELIVERABLE_MOVES[DeliverableState(deliverable.state), CLOCK]
    is_confirmed = deliverable.state == DeliverableState.CONFIRMED
    if is_confirmed:
        deliverable.confirmed_at, deliverable.confirm_by = now, None
    deliverable.save(update_fields=["state", "confirmed_at", "confirm_by"])
    verb = f"content_{deliverable.state}_by_clock"
    note(deliverable.collaboration, verb, user=None, now=now, deliverable=deliverable.pk)
    settle_stage(deliverable.collaboration, now=now)
    code = "content.counted" if is_confirmed else "content.overdue"
    tell_both(deliverable.collaboration, code, now=now, number=str(deliverable.number))
    pk, state = deliverable.pk, deliverable.state
    return RanOut(deliverable.collaboration_id, "deliverable", pk, state)
