"""Content that is taken down: what it costs depends on how long it was up."""

from datetime import datetime, timedelta

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.collaborations.actions.noting import clocks_for, note, settle_stage
from linkstar.collaborations.actions.promoting import UP, stop_showing
from linkstar.collaborations.models import Deliverable
from linkstar.collaborations.rules import (
    DeliverableState,
    NotNow,
    deliverable_after,
    is_up_long_enough,
)
from linkstar.collaborations.telling import tell_seller, until


@transaction.atomic
def take_down_content(
    *, deliverable: Deliverable, now: datetime, user: User | None = None
) -> Deliverable:
    """The creator took the content off the platform.

    Taken down before it was up for as long as agreed, and not confirmed yet, it does not count: it
    is due again, with the time for changes. Otherwise what was delivered stays delivered. A rate
    that was kept is lost from tomorrow for products of which nothing else is up.

    Raises:
        NotNow: nothing of it is up.
    """
    locked = Deliverable.objects.select_for_update().get(pk=deliverable.pk)
    if locked.state not in UP or locked.taken_down_at is not None:
        raise NotNow("deliverable", "remove", locked.state)
    collaboration = locked.collaboration
    counts = _counts(locked, now)
    locked.taken_down_at = now
    if not counts:
        more = timedelta(days=clocks_for(collaboration, now).content_extension_days)
        locked.state = deliverable_after(locked.state, "remove")
        locked.confirm_by, locked.due_at = None, max(locked.due_at, now + more)
    locked.save()
    note(collaboration, "content_taken_down", user=user, now=now, deliverable=locked.id)
    settle_stage(collaboration, now=now)
    stop_showing(collaboration.creator, collaboration.products.all(), now=now)
    number, by = str(locked.number), until(locked.due_at, collaboration.shop)
    if counts:
        tell_seller(collaboration, "content.taken_down", now=now, number=number)
    else:
        tell_seller(collaboration, "content.taken_down_early", now=now, number=number, until=by)
    return locked


def _counts(deliverable: Deliverable, now: datetime) -> bool:
    """Whether it stays delivered: confirmed, or up for long enough."""
    if deliverable.state == DeliverableState.CONFIRMED or deliverable.submitted_at is None:
        return True
    clocks = clocks_for(deliverable.collaboration, now)
    return is_up_long_enough(
        deliverable.submitted_at, kind=deliverable.kind, clocks=clocks, now=now
    )
