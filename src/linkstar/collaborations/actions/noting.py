"""What every verb does at its end: note it in the timeline, bring the stage up to date."""

from datetime import date, datetime

from linkstar.accounts.models import User
from linkstar.catalog.queries import day_of
from linkstar.collaborations.models import Collaboration, TimelineEntry
from linkstar.collaborations.rules import Clocks, Stage, clocks_of, stage


def note(
    collaboration: Collaboration, verb: str, *, user: User | None, now: datetime, **detail: object
) -> TimelineEntry:
    """One line of the timeline."""
    return TimelineEntry.objects.create(
        collaboration=collaboration, user=user, verb=verb, detail=detail, at=now
    )


def settle_stage(collaboration: Collaboration, *, now: datetime) -> Stage:
    """Store the stage that follows from samples and deliverables, and the end when it is one."""
    kept = Collaboration.objects.get(pk=collaboration.pk)
    if kept.state == Stage.CANCELLED:
        return Stage.CANCELLED
    reached = stage(
        needs_sample=kept.needs_sample,
        samples=kept.samples.values_list("state", flat=True),
        deliverables=kept.deliverables.values_list("state", flat=True),
    )
    has_ended = reached in {Stage.COMPLETED, Stage.CANCELLED}
    kept.state, kept.ended_at = reached, (kept.ended_at or now) if has_ended else None
    kept.save(update_fields=["state", "ended_at"])
    collaboration.state, collaboration.ended_at = kept.state, kept.ended_at
    return reached


def today_of(collaboration: Collaboration, now: datetime) -> date:
    """The day it is in the shop's zone."""
    return day_of(collaboration.shop, now)


def clocks_for(collaboration: Collaboration, now: datetime) -> Clocks:
    """The clocks of the shop's market today."""
    return clocks_of(collaboration.shop.market, today_of(collaboration, now))
