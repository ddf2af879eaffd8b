"""Shooting support: what a creator asks for to shoot with, and what the shop gives."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.collaborations.actions.noting import clocks_for, note, today_of
from linkstar.collaborations.models import Collaboration, Support
from linkstar.collaborations.rules import NotNow, TermsRefused, support_after
from linkstar.collaborations.telling import tell_creator, tell_seller, until
from linkstar.money.amounts import Money

SUPPORTS_OPEN_MAX = 10


@transaction.atomic
def request_support(
    *,
    collaboration: Collaboration,
    kind: str,
    text: str,
    wanted_on: date | None,
    now: datetime,
    user: User | None = None,
) -> Support:
    """Ask for help with shooting; the shop has some days to answer, less if it is wanted sooner.

    Raises:
        NotNow: the collaboration ended.
        TermsRefused: too many requests wait already, or the day it is wanted by is over.
    """
    if collaboration.ended_at is not None:
        raise NotNow("collaboration", "request_support", collaboration.state)
    waiting = Support.objects.filter(collaboration=collaboration, state=Support.State.REQUESTED)
    if waiting.count() >= SUPPORTS_OPEN_MAX:
        raise TermsRefused("too_many_requests")
    if wanted_on is not None and wanted_on < today_of(collaboration, now):
        raise TermsRefused("wanted_day_over")
    answer_by = now + timedelta(days=clocks_for(collaboration, now).support_answer_days)
    if wanted_on is not None:
        answer_by = min(answer_by, _end_of(wanted_on, collaboration))
    support = Support.objects.create(
        collaboration=collaboration,
        kind=kind,
        text=text.strip(),
        wanted_on=wanted_on,
        currency=collaboration.shop.currency,
        requested_at=now,
        clock_ends_at=answer_by,
    )
    note(collaboration, "support_requested", user=user, now=now, support=support.id)
    tell_seller(
        collaboration,
        "support.requested",
        now=now,
        text=support.text,
        until=until(answer_by, collaboration.shop),
    )
    return support


@transaction.atomic
def approve_support(
    *, support: Support, cost: Money, now: datetime, user: User | None = None
) -> Support:
    """Say yes, with what it is going to cost; it is due by the day it is wanted, or some days on.

    Raises:
        NotNow: it does not wait for an answer.
        TermsRefused: the cost is not in the shop's currency.
    """
    locked = _moved(support, "approve")
    if cost.currency != locked.currency:
        raise TermsRefused("cost_in_another_currency")
    locked.cost_minor, locked.decided_at = cost.minor, now
    days = timedelta(days=clocks_for(locked.collaboration, now).support_days)
    wanted = locked.wanted_on
    locked.clock_ends_at = _end_of(wanted, locked.collaboration) if wanted else now + days
    tell_creator(
        locked.collaboration,
        "support.approved",
        now=now,
        text=locked.text,
        until=until(locked.clock_ends_at, locked.collaboration.shop),
    )
    return _kept(locked, "support_approved", user=user, now=now)


@transaction.atomic
def reject_support(
    *, support: Support, reason: str, now: datetime, user: User | None = None
) -> Support:
    """Say no, and why.

    Raises:
        NotNow: it does not wait for an answer.
    """
    locked = _moved(support, "reject")
    locked.reason, locked.decided_at = reason, now
    locked.ended_at, locked.clock_ends_at = now, None
    tell_creator(locked.collaboration, "support.rejected", now=now, text=locked.text, reason=reason)
    return _kept(locked, "support_rejected", user=user, now=now)


@transaction.atomic
def provide_support(*, support: Support, now: datetime, user: User | None = None) -> Support:
    """It was given; its cost counts from now on.

    Raises:
        NotNow: it was not approved.
    """
    locked = _moved(support, "provide")
    locked.ended_at, locked.clock_ends_at = now, None
    tell_creator(locked.collaboration, "support.provided", now=now, text=locked.text)
    return _kept(locked, "support_provided", user=user, now=now)


@transaction.atomic
def withdraw_support(*, support: Support, now: datetime, user: User | None = None) -> Support:
    """The creator no longer needs it.

    Raises:
        NotNow: it was given or refused.
    """
    locked = _moved(support, "withdraw")
    locked.ended_at, locked.clock_ends_at = now, None
    tell_seller(locked.collaboration, "support.withdrawn", now=now, text=locked.text)
    return _kept(locked, "support_withdrawn", user=user, now=now)


def _end_of(on: date, collaboration: Collaboration) -> datetime:
    """When a day is over in the shop's zone."""
    return datetime.combine(on + timedelta(days=1), time.min, ZoneInfo(collaboration.shop.zone))


def _moved(support: Support, event: str) -> Support:
    locked = Support.objects.select_for_update().get(pk=support.pk)
    locked.state = support_after(locked.state, event)
    return locked


def _kept(support: Support, verb: str, *, user: User | None, now: datetime) -> Support:
    support.save()
    note(support.collaboration, verb, user=user, now=now, support=support.id)
    return support
