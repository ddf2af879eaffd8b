"""Letting people into a workspace by a link sent to their address, and out of it again."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from linkstar.accounts.actions import join_workspace
from linkstar.accounts.ids import digest_of
from linkstar.accounts.models import Invitation, Membership, Role, User, Workspace

VALID_FOR = timedelta(days=7)
OPEN_INVITATIONS_MAX = 50


class AlreadyMember(ValueError):
    """The person belongs to the workspace already."""

    code = "people.already_member"


class TooManyInvitations(ValueError):
    """As many invitations are open as are allowed at once."""

    code = "people.too_many_invitations"
    params = {"most": OPEN_INVITATIONS_MAX}  # noqa: RUF012  # read only


class InvitationNotFound(ValueError):
    """No invitation has this token, or it was revoked."""

    code = "people.invitation_not_found"


class InvitationUsed(ValueError):
    """Somebody accepted it before; a link works once."""

    code = "people.invitation_used"


class InvitationExpired(ValueError):
    """It was not accepted in time."""

    code = "people.invitation_expired"


class NotTheirInvitation(ValueError):
    """It was sent to another address than the person's own."""

    code = "people.not_their_invitation"


class LastOwner(ValueError):
    """Without this person the workspace would have no owner."""

    code = "people.last_owner"


@transaction.atomic
def invite(
    *, workspace: Workspace, email: str, role: Role, user: User, now: datetime
) -> tuple[Invitation, str]:
    """An invitation and the token of its link, which is told once and kept as a digest only.

    An earlier open invitation of the same address is revoked: the newest link counts.

    Raises:
        AlreadyMember: see there.
        TooManyInvitations: see there.
    """
    address = email.strip().lower()
    if Membership.objects.filter(workspace=workspace, user__email__iexact=address).exists():
        raise AlreadyMember
    waiting = Invitation.objects.filter(workspace=workspace, accepted_at=None, revoked_at=None)
    waiting.filter(email=address).update(revoked_at=now)
    if waiting.filter(revoked_at=None, expires_at__gt=now).count() >= OPEN_INVITATIONS_MAX:
        raise TooManyInvitations
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        workspace=workspace,
        email=address,
        role=role,
        token_sha256=digest_of(token),
        invited_by=user,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    return made, token


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, now: datetime) -> Invitation:
    """Make the link lead nowhere.

    Raises:
        InvitationUsed: it was accepted before.
    """
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if held.accepted_at is not None:
        raise InvitationUsed
    held.revoked_at = held.revoked_at or now
    held.save(update_fields=["revoked_at"])
    return held


def invitation_for(token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link that can be accepted now.

    Raises:
        InvitationNotFound, InvitationUsed, InvitationExpired: see there.
    """
    found = Invitation.objects.select_related("workspace", "invited_by")
    invitation = found.filter(token_sha256=digest_of(token), revoked_at=None).first()
    if invitation is None:
        raise InvitationNotFound
    if invitation.accepted_at is not None:
        raise InvitationUsed
    if invitation.expires_at <= now:
        raise InvitationExpired
    return invitation


@transaction.atomic
def accept(*, token: str, user: User, now: datetime) -> Membership:
    """Join the workspace in the role that was offered; works once.

    Raises:
        InvitationNotFound, InvitationUsed, InvitationExpired: see there.
        NotTheirInvitation: see there.
        AlreadyMember: the person joined in another way meanwhile; their role stays.
    """
    Invitation.objects.select_for_update().filter(token_sha256=digest_of(token)).first()
    invitation = invitation_for(token, now=now)
    if user.email.lower() != invitation.email:
        raise NotTheirInvitation
    if Membership.objects.filter(workspace=invitation.workspace, user=user).exists():
        raise AlreadyMember
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return join_workspace(user=user, workspace=invitation.workspace, role=Role(invitation.role))


@transaction.atomic
def change_role(*, member: Membership, role: Role) -> Membership:
    """Give a member another role.

    Raises:
        LastOwner: see there.
    """
    held = _held(member)
    if held.role == Role.OWNER and role is not Role.OWNER:
        _keep_an_owner(held)
    held.role = role
    held.save(update_fields=["role"])
    return held


@transaction.atomic
def remove_member(*, member: Membership) -> None:
    """Take a person out of the workspace; what they did there stays written down.

    Raises:
        LastOwner: see there.
    """
    held = _held(member)
    if held.role == Role.OWNER:
        _keep_an_owner(held)
    held.delete()


def _held(member: Membership) -> Membership:
    """The member, with all members of the workspace held so that two owners cannot both go."""
    everybody = Membership.objects.select_for_update().filter(workspace=member.workspace)
    return next(one for one in everybody if one.pk == member.pk)


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.filter(workspace=leaving.workspace, role=Role.OWNER)
    if not owners.exclude(pk=leaving.pk).exists():
        raise LastOwner
