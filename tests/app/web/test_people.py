"""Members, invitations by letter, and the audit log."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from tests.conftest import PASSWORD

from linkstar.accounts.actions import record
from linkstar.accounts.inviting import VALID_FOR, invite
from linkstar.accounts.models import AuditEvent, Invitation, Membership, Role, User
from linkstar.accounts.queries import role_in


@pytest.fixture
def lin(client, cast):
    client.force_login(cast.lin)
    return client


def invited(lin, email="nina@example.com", role="finance") -> str:
    """Invites somebody and returns the link's path, as the letter tells it."""
    lin.post(reverse("members"), {"email": email, "role": role})
    return re.search(r"https?://[^/]+(/invitations/\S+)", mail.outbox[-1].body).group(1)


def text(response) -> str:
    return response.content.decode()


class TestAnInvitation:
    def test_leads_a_new_person_from_the_letter_into_the_company(self, lin, cast, lake):
        link = invited(lin)
        lin.logout()
        assert "Lin&#x27;s brand" in text(lin.get(link))
        response = lin.post(link, {"password": PASSWORD}, follow=True)
        assert "Welcome to Lin&#x27;s brand." in text(response)
        nina = User.objects.get(email="nina@example.com")
        assert role_in(nina, cast.workspace) == Role.FINANCE
        assert nina.emailaddress_set.get().verified
        assert response.wsgi_request.user == nina
        verbs = AuditEvent.objects.filter(workspace=cast.workspace).values_list("verb", flat=True)
        assert set(verbs) == {"member.invited", "member.joined"}

    def test_leads_a_known_person_through_the_sign_in(self, lin, cast, client):
        link = invited(lin, "otto@example.com", "viewer")
        lin.logout()
        assert f"?next={link}" in text(client.get(link))
        client.force_login(cast.otto)
        client.post(link)
        assert role_in(cast.otto, cast.workspace) == Role.VIEWER

    def test_makes_no_second_account_for_a_known_address(self, lin, cast, client):
        link = invited(lin, "otto@example.com")
        lin.logout()
        client.post(link, {"password": PASSWORD})
        assert User.objects.filter(email="otto@example.com").count() == 1
        assert role_in(cast.otto, cast.workspace) is None

    def test_is_of_no_use_to_somebody_else(self, lin, cast, client):
        link = invited(lin)
        client.force_login(cast.otto)
        assert "another address" in text(client.get(link))
        assert client.post(link).status_code == 410
        assert role_in(cast.otto, cast.workspace) is None

    def test_works_once(self, lin, cast, client):
        link = invited(lin)
        lin.logout()
        client.post(link, {"password": PASSWORD})
        client.logout()
        assert "accepted before" in text(client.get(link))

    def test_that_ran_out_says_so(self, lin, cast, now):
        _, token = invite(
            workspace=cast.workspace, email="x@example.com", role=Role.VIEWER, user=cast.lin,
            now=now - VALID_FOR,
        )  # fmt: skip
        assert "ran out" in text(lin.get(reverse("invitation", args=[token])))

    def test_is_not_kept_when_its_letter_cannot_be_sent(self, lin, cast, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        response = lin.post(reverse("members"), {"email": "nina@example.com", "role": "viewer"})
        assert "nobody was invited" in text(response)
        assert not Invitation.objects.exists()
        assert not AuditEvent.objects.exists()

    def test_is_revoked_on_the_page(self, lin, cast):
        link = invited(lin)
        lin.post(reverse("invitation_revoke", args=[Invitation.objects.get().id]))
        assert "revoked" in text(lin.get(link))


class TestTheMembersPage:
    def member(self, cast, person):
        return Membership.objects.get(workspace=cast.workspace, user=person)

    def test_changes_a_role(self, lin, cast):
        address = reverse("member_role", args=[self.member(cast, cast.vera).pk])
        lin.post(address, {"role": "manager"})
        assert role_in(cast.vera, cast.workspace) == Role.MANAGER

    def test_keeps_the_last_owner_and_says_why(self, lin, cast):
        address = reverse("member_remove", args=[self.member(cast, cast.lin).pk])
        assert "only owner" in text(lin.post(address, follow=True))
        assert role_in(cast.lin, cast.workspace) == Role.OWNER

    def test_takes_a_person_out_at_once(self, lin, cast, client):
        lin.post(reverse("member_remove", args=[self.member(cast, cast.mei).pk]))
        client.force_login(cast.mei)
        assert client.get("/").status_code == 403


class TestTheAuditLog:
    @pytest.fixture(autouse=True)
    def lines(self, cast, now):
        record(workspace=cast.workspace, user=cast.mei, verb="link.made", target="lnk_1", now=now)
        record(
            workspace=cast.workspace, user=cast.lin, verb="shop.changed", target="shp_1", now=now,
            name="=cmd|' /C calc'!A0",
        )  # fmt: skip
        record(workspace=cast.other_workspace, user=cast.otto, verb="link.made", target="secret",
               now=now)  # fmt: skip

    def test_shows_the_companys_lines_and_no_others(self, lin):
        shown = text(lin.get(reverse("audit_log")))
        assert "link made" in shown
        assert "secret" not in shown

    def test_is_filtered_by_subject_person_and_day(self, lin):
        def shown(**given):
            return text(lin.get(reverse("audit_log"), given))

        assert "shp_1" not in shown(about="link")
        assert "lnk_1" not in shown(who="lin@")
        assert "lnk_1" in shown(first_day="2026-10-22", last_day="2026-10-22")
        assert "lnk_1" not in shown(first_day="2026-10-23")

    def test_is_a_file_without_formulas_and_taking_it_is_a_line(self, lin, cast):
        response = lin.get(reverse("audit_file"))
        rows = response.content.decode("utf-8-sig").splitlines()
        assert len(rows) == 3
        assert not any(cell.startswith("=") for row in rows for cell in row.split(","))
        assert AuditEvent.objects.filter(verb="audit.exported", user=cast.lin).exists()


class TestAnEmptyAuditLog:
    def test_says_what_will_stand_there_and_blames_no_filter_nobody_set(self, lin):
        shown = text(lin.get(reverse("audit_log")))
        assert "is written down here" in shown
        assert "matches these filters" not in shown
        assert "matches these filters" in text(lin.get(reverse("audit_log"), {"who": "nobody"}))


class TestTheStaffPage:
    @pytest.fixture
    def olga(self, client, cast):
        client.force_login(cast.olga)
        return client

    def post(self, client, email, mark, verb="grant"):
        given = {"email": email, "mark": mark, "verb": verb}
        return text(client.post(reverse("staff"), given, follow=True))

    def test_appoints_a_reviewer_and_takes_it_back(self, olga, cast):
        self.post(olga, "VERA@example.com", "reviewer")
        cast.vera.refresh_from_db()
        assert cast.vera.is_reviewer
        self.post(olga, "vera@example.com", "reviewer", "withdraw")
        cast.vera.refresh_from_db()
        assert not cast.vera.is_reviewer
        assert AuditEvent.objects.filter(user=cast.olga, target="vera@example.com").count() == 2

    def test_says_when_nobody_has_the_address(self, olga):
        assert "Nobody has an account" in self.post(olga, "no@example.com", "reviewer")

    def test_keeps_the_last_operator(self, olga, cast):
        assert "only operator" in self.post(olga, "olga@example.com", "operator", "withdraw")
        cast.olga.refresh_from_db()
        assert cast.olga.is_operator
