"""Who belongs to the company, in which role, and who was invited; for owners."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from linkstar.accounts import inviting
from linkstar.accounts.models import Invitation, Membership, Role
from linkstar.api.calling import OWNS, RULES, caller_of, log, now, seller_of
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Number, Page, Text, choices, email_address
from linkstar.web.member_letters import invite_by_letter

router = Router()
RoleNamed = Annotated[Role, choices(Role)]
Email = Annotated[Text, Field(max_length=254), AfterValidator(email_address)]


class MemberTold(Schema):
    """A person of the company."""

    id: int
    email: str
    role: RoleNamed


class MemberInvited(Schema):
    """A person who was sent a link; without accepting it in time they are no member."""

    id: str
    email: str
    role: RoleNamed
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class NewMember(Asked):
    """Whom to send a link, and the role it gives."""

    email: Email
    role: RoleNamed


class RoleAsked(Asked):
    """Which role."""

    role: RoleNamed


class MemberGone(Schema):
    """Who was taken out."""

    id: int
    email: str


def _told(one: Membership) -> MemberTold:
    return MemberTold(id=one.pk, email=one.user.email, role=Role(one.role))


def _invited_told(one: Invitation) -> MemberInvited:
    names = ("id", "email", "created_at", "expires_at", "revoked_at")
    by = one.invited_by.email if one.invited_by else None
    return MemberInvited(
        role=Role(one.role), invited_by=by, **{name: getattr(one, name) for name in names}
    )


def own_member(request: HttpRequest, member_id: int) -> Membership:
    """A member of the company.

    Raises:
        Http404: there is none of this id.
    """
    own = Membership.objects.filter(workspace=seller_of(request).workspace)
    return get_object_or_404(own.select_related("user", "workspace"), pk=member_id)


def own_letter(request: HttpRequest, invitation_id: str) -> Invitation:
    """An invitation the company sent.

    Raises:
        Http404: there is none of this id.
    """
    own = Invitation.objects.filter(workspace=seller_of(request).workspace)
    return get_object_or_404(own.select_related("invited_by"), pk=invitation_id)


@router.get("members", response=Page[MemberTold], auth=OWNS)
def company_members(request: HttpRequest, piece: AskedPiece) -> Page[MemberTold]:
    """Everybody who belongs to the company."""
    own = Membership.objects.filter(workspace=seller_of(request).workspace)
    return page_of(own.select_related("user"), piece, _told, by=("pk",))


def _change_role(*, member: Membership, role: Role, now: datetime) -> None:
    del now
    inviting.change_role(member=member, role=role)


offer_moves(
    router,
    Kind(
        "member", "members/{member_id}", own_member, lambda _, one: _told(one), MemberTold,
        id_type=Number,
    ),
    (
        Move(
            "role", "Give a member another role; the last owner stays one.", _change_role, RULES,
            RoleAsked, hands={}, logs="member.role_changed",
        ),
    ),
)  # fmt: skip


@router.post("members/{member_id}/remove", response=MemberGone, auth=RULES)
@once
def remove_member(request: HttpRequest, member_id: Number) -> MemberGone:
    """Take a person out of the company, and with them every key they made for it."""
    own = own_member(request, member_id)
    gone = MemberGone(id=own.pk, email=own.user.email)
    inviting.remove_member(member=own)
    log(request, "member.left", gone.email)
    return gone


@router.get("member-invitations", response=Page[MemberInvited], auth=OWNS)
def member_invitations(request: HttpRequest, piece: AskedPiece) -> Page[MemberInvited]:
    """Links that were sent and not accepted yet, the latest first."""
    own = Invitation.objects.filter(workspace=seller_of(request).workspace, accepted_at=None)
    rows = own.select_related("invited_by")
    return page_of(rows, piece, _invited_told, by=("-created_at", "-pk"))


@router.post("member-invitations", response={201: MemberInvited}, auth=RULES)
@once
def invite_member(request: HttpRequest, asked: NewMember) -> MemberInvited:
    """Send somebody a link to join; where the letter cannot be sent, nobody is invited."""
    seller = seller_of(request)
    zones = (seller.user.display_zone, *(shop.zone for shop in seller.shops), "UTC")
    made = invite_by_letter(
        workspace=seller.workspace,
        email=asked.email,
        role=asked.role,
        user=caller_of(request).user,
        zone=next(zone for zone in zones if zone),
        now=now(),
    )
    log(request, "member.invited", made.email, role=str(asked.role))
    return _invited_told(made)


offer_moves(
    router,
    Kind(
        "letter", "member-invitations/{invitation_id}", own_letter,
        lambda _, one: _invited_told(one), MemberInvited, "invitation",
    ),
    (
        Move(
            "revoke", "The link leads nowhere any more.", inviting.revoke_invitation, RULES,
            hands={}, logs="member.invitation_revoked",
        ),
    ),
)  # fmt: skip
