"""Clocks that ran out: each does what its table says, once, whoever asks and however often."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

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
    return [*_samples(now), *_supports(now), *_deliverables(now)]


def _samples(now: datetime) -> Iterator[RanOut]:
    ticking = [state for state, event in SAMPLE_MOVES if event == CLOCK]
    over = Sample.objects.filter(state__in=ticking, clock_ends_at__lte=now)
    for pk in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            sample = over.select_for_update().filter(pk=pk).first()
            if sample is None:
                continue  # somebody acted in time after all
            _move(sample, SAMPLE_MOVES[SampleState(sample.state), CLOCK], now)
            note(sample.collaboration, f"sample_{sample.state}", user=None, now=now, sample=pk)
            settle_stage(sample.collaboration, now=now)
            code, product = f"sample.{sample.state}", str(sample.product)
            tell_both(sample.collaboration, code, now=now, product=product)
        yield RanOut(sample.collaboration_id, "sample", pk, sample.state)


def _supports(now: datetime) -> Iterator[RanOut]:
    ticking = [state for state, event in SUPPORT_MOVES if event == CLOCK]
    over = Support.objects.filter(state__in=ticking, clock_ends_at__lte=now)
    for pk in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            support = over.select_for_update().filter(pk=pk).first()
            if support is None:
                continue  # somebody acted in time after all
            _move(support, SUPPORT_MOVES[SupportState(support.state), CLOCK], now)
            note(support.collaboration, f"support_{support.state}", user=None, now=now, support=pk)
            code = f"support.{support.state}"
            tell_both(support.collaboration, code, now=now, text=support.text)
        yield RanOut(support.collaboration_id, "support", pk, support.state)


def _move(one: Sample | Support, state: str, now: datetime) -> None:
    one.state, one.clock_ends_at = state, None
    if state in NOT_ANSWERED:
        one.ended_at = now
    one.save(update_fields=["state", "clock_ends_at", "ended_at"])


def _deliverables(now: datetime) -> Iterator[RanOut]:
    running = Deliverable.objects.filter(collaboration__ended_at=None)
    late = running.filter(
        state__in=[DeliverableState.DUE, DeliverableState.RETURNED], due_at__lte=now
    )
    unanswered = running.filter(state=DeliverableState.SUBMITTED, confirm_by__lte=now)
    for over in (late, unanswered):
        for pk in list(over.values_list("pk", flat=True)):
            with transaction.atomic():
                deliverable = over.select_for_update().filter(pk=pk).first()
                if deliverable is None:
                    continue  # somebody acted in time after all
                deliverable.state = DELIVERABLE_MOVES[DeliverableState(deliverable.state), CLOCK]
                is_confirmed = deliverable.state == DeliverableState.CONFIRMED
                if is_confirmed:
                    deliverable.confirmed_at, deliverable.confirm_by = now, None
                deliverable.save(update_fields=["state", "confirmed_at", "confirm_by"])
                verb = f"content_{deliverable.state}_by_clock"
                note(deliverable.collaboration, verb, user=None, now=now, deliverable=pk)
                settle_stage(deliverable.collaboration, now=now)
                code = "content.counted" if is_confirmed else "content.overdue"
                number = str(deliverable.number)
                tell_both(deliverable.collaboration, code, now=now, number=number)
            yield RanOut(deliverable.collaboration_id, "deliverable", pk, deliverable.state)
