"""Deliverables: handed in, confirmed or returned."""

from datetime import datetime, timedelta

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.collaborations.actions.noting import clocks_for, note, settle_stage
from linkstar.collaborations.models import Collaboration, Deliverable, Sample
from linkstar.collaborations.rules import (
    AlreadyExtended,
    NotNow,
    SampleState,
    TermsRefused,
    confirm_by,
    deliverable_after,
    sample_after,
)
from linkstar.collaborations.telling import tell_creator, tell_seller, until
from linkstar.plans.offers import start_promotion


@transaction.atomic
def submit_deliverable(
    *,
    deliverable: Deliverable,
    url: str,
    content_id: str,
    now: datetime,
    user: User | None = None,
) -> Deliverable:
    """The content is published: where it is, and its id on the platform.

    From this day on the creator promotes the agreed products, which locks their rate.

    Raises:
        NotNow: it was handed in before, or is not due any more.
        TermsRefused: another deliverable of the shop names this content already.
    """
    locked = _moved(deliverable, "submit")
    collaboration = locked.collaboration
    taken = Deliverable.objects.filter(
        collaboration__shop=collaboration.shop, content_id=content_id
    ).exclude(pk=locked.pk)
    if content_id and taken.exists():
        raise TermsRefused("content_named_twice")
    locked.url, locked.content_id, locked.submitted_at = url, content_id, now
    by = confirm_by(now, kind=locked.kind, clocks=clocks_for(collaboration, now))
    locked.confirm_by, locked.taken_down_at = by, None
    locked.reason = ""
    kept = _kept(locked, "content_submitted", user=user, now=now, content_id=content_id)
    _complete_samples(collaboration, now)
    _start_promoting(collaboration, now)
    tell_seller(
        collaboration,
        "content.submitted",
        now=now,
        number=str(kept.number),
        until=until(by, collaboration.shop),
    )
    return kept


@transaction.atomic
def confirm_deliverable(
    *, deliverable: Deliverable, now: datetime, user: User | None = None
) -> Deliverable:
    """The seller accepts what was handed in.

    Raises:
        NotNow: nothing waits for confirmation.
    """
    locked = _moved(deliverable, "confirm")
    locked.confirmed_at, locked.confirm_by = now, None
    _tell(locked, "content.confirmed", now=now)
    return _kept(locked, "content_confirmed", user=user, now=now)


@transaction.atomic
def return_deliverable(
    *, deliverable: Deliverable, reason: str, now: datetime, user: User | None = None
) -> Deliverable:
    """The seller says what must be changed; the time to do so starts anew.

    Raises:
        NotNow: nothing waits for confirmation.
    """
    locked = _moved(deliverable, "return")
    more = timedelta(days=clocks_for(locked.collaboration, now).content_extension_days)
    locked.reason, locked.confirm_by = reason, None
    locked.due_at = max(locked.due_at, now + more)
    by = until(locked.due_at, locked.collaboration.shop)
    _tell(locked, "content.returned", now=now, reason=reason, until=by)
    return _kept(locked, "content_returned", user=user, now=now, reason=reason)


@transaction.atomic
def award_deliverable(
    *, deliverable: Deliverable, now: datetime, user: User | None = None
) -> Deliverable:
    """A dispute was decided for the creator: what was returned or late counts as confirmed.

    Raises:
        NotNow: it was never handed in, or is confirmed or cancelled already.
    """
    locked = _moved(deliverable, "award")
    locked.confirmed_at, locked.confirm_by = now, None
    return _kept(locked, "content_awarded", user=user, now=now)


@transaction.atomic
def extend_deliverable(
    *, deliverable: Deliverable, now: datetime, user: User | None = None
) -> Deliverable:
    """More time for one deliverable, once.

    Raises:
        NotNow: it is not due.
        AlreadyExtended: it was extended before.
    """
    locked = _moved(deliverable, "extend")
    if locked.was_extended:
        raise AlreadyExtended
    more = timedelta(days=clocks_for(locked.collaboration, now).content_extension_days)
    locked.was_extended, locked.due_at = True, locked.due_at + more
    by = until(locked.due_at, locked.collaboration.shop)
    _tell(locked, "content.extended", now=now, until=by)
    return _kept(locked, "content_extended", user=user, now=now)


@transaction.atomic
def cancel_deliverable(
    *, deliverable: Deliverable, reason: str, now: datetime, user: User | None = None
) -> Deliverable:
    """The seller lets go of one deliverable; the creator is told why.

    Raises:
        NotNow: it was handed in.
    """
    locked = _moved(deliverable, "cancel")
    locked.reason = reason
    _tell(locked, "content.cancelled", now=now, reason=reason)
    return _kept(locked, "content_cancelled", user=user, now=now, reason=reason)


def _complete_samples(collaboration: Collaboration, now: datetime) -> None:
    """Content came, so the samples sent for it have done their work."""
    waiting = {SampleState.RECEIVED, SampleState.OVERDUE}
    for sample in Sample.objects.filter(collaboration=collaboration, state__in=waiting):
        sample.state = sample_after(sample.state, "complete")
        sample.clock_ends_at, sample.ended_at = None, now
        sample.save(update_fields=["state", "clock_ends_at", "ended_at"])


def _start_promoting(collaboration: Collaboration, now: datetime) -> None:
    for product in collaboration.products.all():
        start_promotion(creator=collaboration.creator, product=product, now=now)


def _tell(deliverable: Deliverable, code: str, *, now: datetime, **params: str) -> None:
    number = str(deliverable.number)
    tell_creator(deliverable.collaboration, code, now=now, number=number, **params)


def _moved(deliverable: Deliverable, event: str) -> Deliverable:
    locked = Deliverable.objects.select_for_update().get(pk=deliverable.pk)
    if locked.collaboration.state == Collaboration.State.CANCELLED:
        raise NotNow("collaboration", event, locked.collaboration.state)
    locked.state = deliverable_after(locked.state, event)
    return locked


def _kept(
    deliverable: Deliverable, verb: str, *, user: User | None, now: datetime, **detail: object
) -> Deliverable:
    deliverable.save()
    note(deliverable.collaboration, verb, user=user, now=now, deliverable=deliverable.id, **detail)
    settle_stage(deliverable.collaboration, now=now)
    return deliverable
