"""Clocks that ran out: each does what its table says, once, whoever asks and however often."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linkstar.collaborations.actions.noting import note, settle_stage
from linkstar.collaborations.models import Deliverable, Sample
from linkstar.collaborations.rules import (
    CLOCK,
    DELIVERABLE_MOVES,
    SAMPLE_MOVES,
    DeliverableState,
    SampleState,
)
from linkstar.collaborations.telling import tell_both

TOLD = {
    SampleState.EXPIRED: "sample.expired",
    SampleState.NOT_SHIPPED: "sample.not_shipped",
    SampleState.OVERDUE: "sample.overdue",
    DeliverableState.OVERDUE: "content.overdue",
    DeliverableState.CONFIRMED: "content.counted",
}
"""What both sides are told when a clock has moved something there."""


@dataclass(frozen=True, slots=True)
class RanOut:
    """One clock that ran out: of what, and the state it left behind."""

    collaboration_id: str
    what: str
    id: str
    state: str


def run_clocks(*, now: datetime) -> list[RanOut]:
    """Move everything whose time is over; a second call at the same instant finds nothing."""
    return [*_samples(now), *_deliverables(now)]


def _samples(now: datetime) -> Iterator[RanOut]:
    ticking = [state for state, event in SAMPLE_MOVES if event == CLOCK]
    over = Sample.objects.filter(state__in=ticking, clock_ends_at__lte=now)
    for pk in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            sample = over.select_for_update().filter(pk=pk).first()
            if sample is None:
                continue  # somebody acted in time after all
            sample.state = SAMPLE_MOVES[SampleState(sample.state), CLOCK]
            sample.clock_ends_at = None
            if sample.state == SampleState.EXPIRED:
                sample.ended_at = now
            sample.save(update_fields=["state", "clock_ends_at", "ended_at"])
            note(sample.collaboration, f"sample_{sample.state}", user=None, now=now, sample=pk)
            settle_stage(sample.collaboration, now=now)
            code, product = TOLD[SampleState(sample.state)], str(sample.product)
            tell_both(sample.collaboration, code, now=now, product=product)
        yield RanOut(sample.collaboration_id, "sample", pk, sample.state)


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
                if deliverable.state == DeliverableState.CONFIRMED:
                    deliverable.confirmed_at, deliverable.confirm_by = now, None
                deliverable.save(update_fields=["state", "confirmed_at", "confirm_by"])
                verb = f"content_{deliverable.state}_by_clock"
                note(deliverable.collaboration, verb, user=None, now=now, deliverable=pk)
                settle_stage(deliverable.collaboration, now=now)
                code, number = TOLD[DeliverableState(deliverable.state)], str(deliverable.number)
                tell_both(deliverable.collaboration, code, now=now, number=number)
            yield RanOut(deliverable.collaboration_id, "deliverable", pk, deliverable.state)
