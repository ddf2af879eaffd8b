"""A person looks at a creator who signed up: verified, returned with a reason, suspended."""

from datetime import datetime

from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.accounts.notifying import notify
from linkstar.creators.models import Channel, Creator
from linkstar.creators.rules import (
    HowVerified,
    ProfileIncomplete,
    missing_to_submit,
    state_after,
)

PROFILE_PAGE = "/creator/profile/"


class HandleTaken(ValueError):
    """Another creator is verified under this handle."""

    def __init__(self, handle: str) -> None:
        super().__init__(handle)
        self.handle = handle


@transaction.atomic
def submit(*, creator: Creator, now: datetime) -> Creator:
    """Hand the profile in for verification; operators and reviewers are told.

    Raises:
        ProfileIncomplete: something is missing.
        NotNow: it waits already, or is verified or suspended.
    """
    found = _locked(creator)
    after = state_after(found.state, "submit")
    missing = missing_to_submit(
        name=found.name,
        region=found.region,
        languages=found.languages,
        categories=found.categories,
        channels=Channel.objects.filter(creator=found).count(),
    )
    if missing:
        raise ProfileIncomplete(missing)
    found.state, found.state_reason, found.submitted_at = after, "", now
    found.save(update_fields=["state", "state_reason", "submitted_at"])
    notify(
        users=User.objects.filter(is_operator=True, is_active=True),
        code="creator.submitted",
        now=now,
        address="/operator/creators/",
        creator=found.handle,
    )
    return found


@transaction.atomic
def verify(*, creator: Creator, how: HowVerified, user: User, now: datetime) -> Creator:
    """Somebody saw that the channel is this person's; sellers can find them from now on.

    Raises:
        HandleTaken: another creator is verified under the handle.
        NotNow: it does not wait for verification.
    """
    found = _locked(creator)
    after = state_after(found.state, "verify")
    others = Creator.objects.filter(workspace=None, handle=found.handle).exclude(pk=found.pk)
    if others.filter(state__in=[Creator.State.VERIFIED, Creator.State.SUSPENDED]).exists():
        raise HandleTaken(found.handle)
    Channel.objects.filter(creator=found, handle=found.handle).update(
        verified_at=now, verified_how=how
    )
    return _decided(found, after, "", code="creator.verified", user=user, now=now, how=str(how))


@transaction.atomic
def return_creator(*, creator: Creator, reason: str, user: User, now: datetime) -> Creator:
    """Give the profile back with what is wrong.

    Raises:
        NotNow: it does not wait for verification.
    """
    found = _locked(creator)
    after = state_after(found.state, "return")
    return _decided(found, after, reason, code="creator.returned", user=user, now=now)


@transaction.atomic
def suspend(*, creator: Creator, reason: str, user: User, now: datetime) -> Creator:
    """No seller finds or invites them any more; what was agreed goes on.

    Raises:
        NotNow: they are not verified.
    """
    found = _locked(creator)
    after = state_after(found.state, "suspend")
    return _decided(found, after, reason, code="creator.suspended", user=user, now=now)


@transaction.atomic
def reinstate(*, creator: Creator, user: User, now: datetime) -> Creator:
    """End a suspension.

    Raises:
        NotNow: they are not suspended.
    """
    found = _locked(creator)
    after = state_after(found.state, "reinstate")
    return _decided(found, after, "", code="creator.reinstated", user=user, now=now)


def _locked(creator: Creator) -> Creator:
    return Creator.objects.select_for_update().get(pk=creator.pk)


def _decided(
    creator: Creator,
    state: str,
    reason: str,
    *,
    code: str,
    user: User,
    now: datetime,
    how: str = "",
) -> Creator:
    creator.state, creator.state_reason = state, reason.strip()
    creator.save(update_fields=["state", "state_reason"])
    detail = {"handle": creator.handle, "reason": creator.state_reason, "how": how}
    record(workspace=None, user=user, verb=code, target=creator.pk, now=now, **detail)
    if creator.user is not None:
        notify(
            users=[creator.user],
            code=code,
            now=now,
            address=PROFILE_PAGE,
            reason=creator.state_reason,
        )
    return creator
