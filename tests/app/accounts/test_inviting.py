from datetime import timedelta

import pytest

from linkstar.accounts.actions import add_user
from linkstar.accounts.inviting import (
    OPEN_INVITATIONS_MAX,
    VALID_FOR,
    AlreadyMember,
    InvitationExpired,
    InvitationNotFound,
    InvitationUsed,
    LastOwner,
    NotTheirInvitation,
    TooManyInvitations,
    accept,
    change_role,
    invitation_for,
    invite,
    remove_member,
    revoke_invitation,
)
from linkstar.accounts.models import Invitation, Membership, Role
from linkstar.accounts.queries import role_in


@pytest.fixture
def nina(db):
    return add_user(email="nina@example.com", password="a long enough password")


@pytest.fixture
def offered(cast, now):
    return invite(
        workspace=cast.workspace, email="Nina@Example.com", role=Role.FINANCE, user=cast.lin,
        now=now,
    )  # fmt: skip


class TestAnInvitation:
    def test_gives_the_role_offered_once(self, cast, nina, offered, now):
        _, token = offered
        accept(token=token, user=nina, now=now)
        assert role_in(nina, cast.workspace) == Role.FINANCE
        with pytest.raises(InvitationUsed):
            accept(token=token, user=nina, now=now)

    def test_keeps_no_token_that_could_be_read_from_the_records(self, offered):
        invitation, token = offered
        assert token not in str(vars(invitation))

    def test_is_only_for_the_address_it_was_sent_to(self, cast, offered, now):
        with pytest.raises(NotTheirInvitation):
            accept(token=offered[1], user=cast.otto, now=now)
        assert role_in(cast.otto, cast.workspace) is None

    def test_runs_out(self, cast, nina, offered, now):
        with pytest.raises(InvitationExpired):
            accept(token=offered[1], user=nina, now=now + VALID_FOR)
        assert invitation_for(offered[1], now=now + VALID_FOR - timedelta(seconds=1))

    def test_leads_nowhere_once_revoked(self, nina, offered, now):
        revoke_invitation(invitation=offered[0], now=now)
        with pytest.raises(InvitationNotFound):
            accept(token=offered[1], user=nina, now=now)

    def test_cannot_be_revoked_after_it_was_accepted(self, nina, offered, now):
        accept(token=offered[1], user=nina, now=now)
        with pytest.raises(InvitationUsed):
            revoke_invitation(invitation=offered[0], now=now)

    def test_is_replaced_by_a_newer_one_for_the_same_address(self, cast, nina, offered, now):
        _, newer = invite(
            workspace=cast.workspace, email="nina@example.com", role=Role.VIEWER, user=cast.lin,
            now=now,
        )  # fmt: skip
        with pytest.raises(InvitationNotFound):
            accept(token=offered[1], user=nina, now=now)
        accept(token=newer, user=nina, now=now)
        assert role_in(nina, cast.workspace) == Role.VIEWER

    def test_is_not_made_for_somebody_who_is_there(self, cast, now):
        with pytest.raises(AlreadyMember):
            invite(
                workspace=cast.workspace, email="MEI@example.com", role=Role.OWNER, user=cast.lin,
                now=now,
            )  # fmt: skip

    def test_does_not_change_the_role_of_somebody_who_joined_meanwhile(
        self, cast, nina, offered, now
    ):
        Membership.objects.create(workspace=cast.workspace, user=nina, role=Role.OWNER)
        with pytest.raises(AlreadyMember):
            accept(token=offered[1], user=nina, now=now)
        assert role_in(nina, cast.workspace) == Role.OWNER

    def test_is_one_of_fifty_open_ones_at_most(self, cast, offered, now):
        one = Invitation.objects.get()
        Invitation.objects.bulk_create(
            Invitation(
                workspace=cast.workspace, email=f"{n}@example.com", role=Role.VIEWER,
                token_sha256=str(n), created_at=one.created_at, expires_at=one.expires_at,
            )
            for n in range(OPEN_INVITATIONS_MAX - 1)
        )  # fmt: skip
        with pytest.raises(TooManyInvitations):
            invite(
                workspace=cast.workspace, email="x@example.com", role=Role.VIEWER, user=cast.lin,
                now=now,
            )  # fmt: skip


class TestTheLastOwner:
    def member(self, cast, person):
        return Membership.objects.get(workspace=cast.workspace, user=person)

    def test_can_neither_leave_nor_step_down(self, cast):
        with pytest.raises(LastOwner):
            remove_member(member=self.member(cast, cast.lin))
        with pytest.raises(LastOwner):
            change_role(member=self.member(cast, cast.lin), role=Role.VIEWER)
        assert role_in(cast.lin, cast.workspace) == Role.OWNER

    def test_can_once_there_is_another(self, cast):
        change_role(member=self.member(cast, cast.mei), role=Role.OWNER)
        remove_member(member=self.member(cast, cast.lin))
        assert role_in(cast.lin, cast.workspace) is None
        with pytest.raises(LastOwner):
            remove_member(member=self.member(cast, cast.mei))
