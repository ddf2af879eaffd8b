"""Keys for programs, as a person makes, sees and revokes them."""

import re

import pytest
from django.test import Client
from tests.conftest import PASSWORD

from linkstar.accounts.models import ApiKey, AuditEvent, Reach

pytestmark = pytest.mark.django_db
NEW, LIST = "/profile/api-keys/new/", "/profile/api-keys/"


@pytest.fixture
def signed_in(cast):
    """A browser of somebody who has just given the password."""

    def browser(user) -> Client:
        client = Client()
        client.force_login(user)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return browser


def asked(acts_for: str, reach: str = "read", days: str = "90") -> dict[str, str]:
    return {"name": "Warehouse", "acts_for": acts_for, "reach": reach, "days": days}


class TestMakingAKey:
    def test_asks_for_the_password_again(self, client, cast):
        client.force_login(cast.lin)
        assert "/reauthenticate/" in client.get(NEW).headers["Location"]
        client.post(NEW, asked(cast.workspace.id))
        assert not ApiKey.objects.exists()

    def test_shows_it_once_and_it_works(self, signed_in, cast):
        browser = signed_in(cast.lin)
        page = browser.post(NEW, asked(cast.workspace.id, "money")).content.decode()
        [key] = set(re.findall(r"ls_api_[\w-]{40,}", page))
        assert key not in browser.get(LIST).content.decode()
        answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})
        assert answer.json()["email"] == "lin@example.com"
        assert AuditEvent.objects.get(verb="api_key.made").workspace == cast.workspace

    def test_goes_no_further_than_the_role(self, signed_in, cast):
        page = signed_in(cast.vera).post(NEW, asked(cast.workspace.id, "write")).content.decode()
        assert "does not reach that far" in page
        assert not ApiKey.objects.exists()

    def test_is_for_no_company_the_person_does_not_belong_to(self, signed_in, cast):
        signed_in(cast.otto).post(NEW, asked(cast.workspace.id))
        assert not ApiKey.objects.exists()

    def test_is_for_creators_under_their_own_name(self, signed_in, cast):
        signed_in(cast.ada).post(NEW, asked("creator", "write", days=""))
        made = ApiKey.objects.get()
        assert (made.workspace, made.user, made.reach) == (None, cast.ada, Reach.WRITE)
        assert made.expires_at is None


class TestRevokingAKey:
    @pytest.fixture
    def vera_has_one(self, signed_in, cast):
        signed_in(cast.vera).post(NEW, asked(cast.workspace.id))
        return ApiKey.objects.get()

    def test_is_for_its_maker_and_for_owners(self, signed_in, cast, vera_has_one):
        path = f"{LIST}{vera_has_one.id}/revoke/"
        for stranger in (cast.mei, cast.otto, cast.ada):
            assert signed_in(stranger).post(path).status_code == 404
        assert "vera@example.com" in signed_in(cast.lin).get(LIST).content.decode()
        signed_in(cast.lin).post(path)
        vera_has_one.refresh_from_db()
        assert vera_has_one.revoked_at is not None
        assert "revoked" in signed_in(cast.vera).get(LIST).content.decode()
