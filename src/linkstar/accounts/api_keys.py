"""Keys by which programs act for a person: shown once, checked at each call, revoked any time."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from linkstar.accounts.ids import digest_of
from linkstar.accounts.models import ApiKey, Reach, Role, User, Workspace
from linkstar.accounts.queries import APPROVERS, WRITERS, role_in

PREFIX = "ls_api_"
SHOWN = 12
OPEN_KEYS_MAX = 50
USE_NOTED_EVERY = timedelta(minutes=5)


class ApiKeyUnknown(ValueError):
    """Nobody made this key, or it was revoked, or whoever made it is gone."""

    code = "api_key.unknown"


class ApiKeyExpired(ValueError):
    """Its time ran out."""

    code = "api_key.expired"


class ReachTooWide(ValueError):
    """Its maker may do less than the key was to do."""

    code = "api_key.reach_too_wide"


class TooManyApiKeys(ValueError):
    """As many of a person's keys work as are allowed at once."""

    code = "api_key.too_many"
    params = {"most": OPEN_KEYS_MAX}  # noqa: RUF012  # read only


@transaction.atomic
def make_api_key(
    *,
    user: User,
    workspace: Workspace | None,
    name: str,
    reach: Reach,
    now: datetime,
    expires_at: datetime | None = None,
    for_installation: bool = False,
) -> tuple[ApiKey, str]:
    """A new key, and the secret to show now: afterwards nobody can look it up.

    Without a workspace it is for what its maker does as a creator, or, `for_installation`, as a
    reviewer or operator.

    Raises:
        ReachTooWide, TooManyApiKeys: see there.
    """
    User.objects.select_for_update().get(pk=user.pk)
    allowed = staff_reaches_of(user) if for_installation else reaches_of(user, workspace)
    if reach not in allowed:
        raise ReachTooWide
    if working_keys(ApiKey.objects.filter(user=user), now=now).count() >= OPEN_KEYS_MAX:
        raise TooManyApiKeys
    key = PREFIX + secrets.token_urlsafe(32)
    made = ApiKey.objects.create(
        user=user,
        workspace=workspace,
        for_installation=for_installation,
        name=name,
        reach=reach,
        shown_start=key[:SHOWN],
        digest=digest_of(key),
        created_at=now,
        expires_at=expires_at,
    )
    return made, key


def revoke_api_key(*, key: ApiKey, now: datetime) -> ApiKey:
    """The key no longer works; revoking twice changes nothing."""
    key.revoked_at = key.revoked_at or now
    key.save(update_fields=["revoked_at"])
    return key


def key_for(secret: str, *, now: datetime) -> ApiKey:
    """The key behind a secret, when it works now; that it is in use is noted now and then.

    Raises:
        ApiKeyUnknown, ApiKeyExpired: see there.
    """
    found = ApiKey.objects.select_related("user", "workspace")
    key = found.filter(digest=digest_of(secret), revoked_at=None, user__is_active=True).first()
    if key is None:
        raise ApiKeyUnknown
    if key.expires_at is not None and key.expires_at <= now:
        raise ApiKeyExpired
    if key.used_at is None or now - key.used_at >= USE_NOTED_EVERY:
        key.used_at = now
        key.save(update_fields=["used_at"])
    return key


def reaches_of(user: User, workspace: Workspace | None) -> list[Reach]:
    """How far a key the person makes now may go there, narrowest first; empty for a stranger."""
    if workspace is None:
        return [Reach.READ, Reach.WRITE] if user.is_creator else []
    role = role_in(user, workspace)
    if role is None:
        return []
    may = {Reach.READ: True, Reach.WRITE: role in WRITERS, Reach.MONEY: role in APPROVERS}
    return [reach for reach in Reach if may[reach]]


def staff_reaches_of(user: User) -> list[Reach]:
    """How far a key for running the installation may go: only operators decide about money."""
    if user.is_operator:
        return list(Reach)
    return [Reach.READ, Reach.WRITE] if user.is_reviewer else []


def keys_seen_by(user: User, workspace: Workspace | None, role: Role | None) -> QuerySet[ApiKey]:
    """A person's own keys; an owner's workspace's, too. The newest first."""
    seen = Q(user=user)
    if workspace is not None and role is Role.OWNER:
        seen |= Q(workspace=workspace)
    return ApiKey.objects.filter(seen).select_related("user", "workspace").order_by("-created_at")


def working_keys(keys: QuerySet[ApiKey], *, now: datetime) -> QuerySet[ApiKey]:
    return keys.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
