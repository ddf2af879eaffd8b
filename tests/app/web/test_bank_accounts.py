"""Bank accounts: stated after signing in again, told to their owner, shown by their end only."""

import pytest
from tests.conftest import PASSWORD

from linkstar.accounts.models import AuditEvent, Notification
from linkstar.creators.models import Creator
from linkstar.settlements.models import BankAccount

OWN = "/creator/income/account/"
NUMBER = "000123456789"
SAID = {"holder": "Ada", "country": "US", "number": NUMBER, "routing_number": "021000021"}


@pytest.fixture
def ada(cast, now) -> Creator:
    return Creator.objects.create(user=cast.ada, handle="ada", created_at=now)


@pytest.fixture
def again(client, ada, cast):
    """Ada's browser, signed in again a moment ago."""
    client.force_login(cast.ada)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


class TestWhoever:
    def test_did_not_sign_in_again_is_asked_to(self, client, cast, ada) -> None:
        client.force_login(cast.ada)
        answer = client.get(OWN)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")

    def test_sends_the_form_too_late_changes_nothing_and_leaves_no_number_behind(
        self, client, cast, ada
    ) -> None:
        client.force_login(cast.ada)
        assert client.post(OWN, SAID).headers["Location"] == OWN
        assert not BankAccount.objects.exists()
        assert NUMBER not in str(dict(client.session))

    def test_only_runs_the_shop_does_not_see_where_it_pays_from(self, client, cast) -> None:
        client.force_login(cast.mei)
        assert client.get(f"/settings/shops/{cast.shop.pk}/account/").status_code == 404


class TestStating:
    def test_keeps_it_writes_it_down_and_tells_its_owner(self, again, cast, ada) -> None:
        page = again.post(OWN, SAID, follow=True).content.decode()
        assert "Saved: the account ending in 6789" in page
        again.post(OWN, SAID | {"number": "5555444433"})
        account = BankAccount.objects.get(creator=ada)
        assert (account.number, account.routing_number) == ("5555444433", "021000021")
        event = AuditEvent.objects.latest("pk")
        assert (event.user, event.verb) == (cast.ada, "bank_account.changed")
        assert (event.detail["ending"], event.detail["ending_before"]) == ("4433", "6789")
        assert NUMBER not in str(event.detail)
        assert list(Notification.objects.order_by("pk").values_list("user", "code")) == [
            (cast.ada.pk, "bank_account.stated"), (cast.ada.pk, "bank_account.changed"),
        ]  # fmt: skip

    def test_shows_the_end_alone_afterwards(self, again) -> None:
        again.post(OWN, SAID)
        page = again.get(OWN).content.decode()
        assert "…6789" in page
        assert NUMBER not in page

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"routing_number": "021000022"}, "This routing number cannot be right"),
            ({"number": ""}, "This field is required"),
            ({"country": "ZZ"}, "Select a valid choice"),
            ({"country": "DE", "number": "DE00370400440532013000", "routing_number": ""},
             "its check digits do not fit"),
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be_right_beside_its_field(self, again, said, words) -> None:
        answer = again.post(OWN, SAID | said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not BankAccount.objects.exists()

    def test_for_a_shop_is_told_to_everybody_who_pays(self, client, cast) -> None:
        client.force_login(cast.finn)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post(f"/settings/shops/{cast.shop.pk}/account/", SAID | {"holder": "Lin Ltd"})
        assert BankAccount.objects.get(shop=cast.shop).holder == "Lin Ltd"
        told = Notification.objects.filter(code="bank_account.stated")
        assert {each.user for each in told} == {cast.lin, cast.finn}
        assert "…6789" in client.get("/settings/").content.decode()
