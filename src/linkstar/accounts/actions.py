"""Opening workspaces and letting people in."""

from contextvars import ContextVar
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Max

from linkstar.accounts.models import AuditEvent, Membership, Role, User, Workspace

acting_key: ContextVar[str] = ContextVar("acting_key", default="")
"""The id of the API key this call came with; empty where a person acts on pages."""


class EmailTaken(ValueError):
    """Somebody already signs in with this address."""


@transaction.atomic
def open_workspace(*, name: str, now: datetime, is_sample: bool = False) -> Workspace:
    """A new tenant. Its `number` is the small integer that facts carry."""
    highest = Workspace.objects.aggregate(highest=Max("number"))["highest"] or 0
    return Workspace.objects.create(
        name=name, number=highest + 1, created_at=now, is_sample=is_sample
    )


@transaction.atomic
def add_user(
    *,
    email: str,
    password: str,
    language: str = "zh-hans",
    is_operator: bool = False,
    is_reviewer: bool = False,
    is_creator: bool = False,
) -> User:
    """A person who can sign in; what they may do beyond that is told by membership and marks.

    Whoever runs the installation, or a link sent to the address, vouches for it: it counts as
    confirmed. People who sign up by themselves confirm theirs by a link.

    Raises:
        EmailTaken: the address is already in use.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email)
    user = User.objects.create_user(
        email,
        password,
        language=language,
        is_operator=is_operator,
        is_staff=is_operator,
        is_reviewer=is_reviewer,
        is_creator=is_creator,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def join_workspace(*, user: User, workspace: Workspace, role: Role) -> Membership:
    """Give a person a role in a workspace; the role given last counts."""
    membership, _ = Membership.objects.update_or_create(
        workspace=workspace, user=user, defaults={"role": role}
    )
    return membership


def record(
    *,
    workspace: Workspace | None,
    user: User | None,
    verb: str,
    target: str,
    now: datetime,
    **detail: object,
) -> AuditEvent:
    """Write one line of the audit log; what was done with a key names the key."""
    if key := acting_key.get():
        detail["api_key"] = key
    return AuditEvent.objects.create(
        workspace=workspace, user=user, verb=verb, target=target, detail=detail, at=now
    )


def begin_as_creator(*, user: User) -> User:
    """Mark a person as one who promotes under their own name."""
    user.is_creator = True
    user.save(update_fields=["is_creator"])
    return user


def set_language(*, user: User, language: str) -> User:
    """Speak to the person in this language from now on."""
    user.language = language
    user.save(update_fields=["language"])
    return user


def set_display_zone(*, user: User, zone: str) -> User:
    """Show instants in this zone beside the shop's own; empty shows the shop's alone."""
    user.display_zone = zone
    user.save(update_fields=["display_zone"])
    return user
