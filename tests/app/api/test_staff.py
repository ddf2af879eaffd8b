"""Keys of reviewers and operators: what they do by API, and what no such key may."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.app.api.conftest import Caller, error
from tests.app.catalog.papers import hand_over
from tests.conftest import PASSWORD

from linkstar.accounts.api_keys import ReachTooWide, make_api_key
from linkstar.accounts.models import ApiKey, AuditEvent, Reach
from linkstar.catalog.models import Qualification
from linkstar.catalog.qualifying import hand_in
from linkstar.creators.models import Creator
from linkstar.recruiting.models import Campaign

pytestmark = pytest.mark.django_db


def staff(user, reach=Reach.WRITE) -> Caller:
    made = {"workspace": None, "name": "desk", "now": timezone.now(), "for_installation": True}
    return Caller(make_api_key(user=user, reach=reach, **made)[1])


@pytest.fixture
def ritas(cast) -> Caller:
    """Rita's program: reviews."""
    return staff(cast.rita)


@pytest.fixture
def olgas(cast) -> Caller:
    """Olga's program: runs the installation."""
    return staff(cast.olga, Reach.MONEY)


class TestAKeyForTheInstallation:
    def test_says_as_whom_it_acts(self, ritas, cast):
        told = ritas.get("me").json()
        assert (told["side"], told["marks"], told["email"]) == (
            "staff", ["reviewer"], cast.rita.email,
        )  # fmt: skip

    def test_is_made_by_those_who_run_it_only_and_reaches_as_far(self, cast):
        with pytest.raises(ReachTooWide):
            staff(cast.lin, Reach.READ)
        with pytest.raises(ReachTooWide):
            staff(cast.rita, Reach.MONEY)

    def test_does_nothing_once_its_maker_is_no_longer_one(self, ritas, cast):
        cast.rita.is_reviewer = False
        cast.rita.save()
        assert ritas.get("reviews").status_code == 401

    def test_gets_at_no_companys_own_and_no_company_at_it(self, olgas, lins):
        assert error(olgas.get("shops"))["code"] == "KeyForTheOtherSide"
        assert error(lins.get("health"))["code"] == "KeyForTheOtherSide"

    def test_of_a_reviewer_does_not_operate(self, ritas):
        assert error(ritas.get("health"))["code"] == "RoleTooNarrow"

    def test_is_made_on_the_page(self, client, cast):
        client.force_login(cast.rita)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        asked = {"name": "desk", "acts_for": "installation", "reach": "write", "days": "30"}
        assert client.post(reverse("new_api_key"), asked).status_code == 200
        assert ApiKey.objects.get(user=cast.rita).for_installation
        assert "this installation" in client.get(reverse("api_keys")).content.decode()


class TestReviewing:
    @pytest.fixture
    def waiting(self, cast, settings, tmp_path, now) -> Qualification:
        handed = hand_over(cast.shop, cast.lin, tmp_path, now)
        hand_in(shop=cast.shop, user=cast.lin, seen=handed.steps_taken, now=now)
        handed.refresh_from_db()
        return handed

    def test_finds_what_waits_and_sends_it_back_with_reasons(self, ritas, lins, cast, waiting):
        [found] = ritas.get("reviews").json()["items"]
        assert (found["id"], found["company"]["name"]) == (waiting.id, "Lin's brand")
        paper = found["papers"][0]["id"]
        sent = ritas.post(
            f"reviews/{waiting.id}/send-back",
            {"steps_taken": found["steps_taken"], "paper_reasons": {paper: "It is blurred."}},
        )
        assert sent.json()["state"] == "returned"
        steps = lins.get(f"shops/{cast.shop.id}/qualification").json()["steps"]
        assert steps[-1]["paper_reasons"] == {paper: "It is blurred."}
        logged = AuditEvent.objects.get(verb="qualification.send_back")
        assert (logged.workspace, logged.detail["api_key"]) == (
            cast.workspace, ApiKey.objects.get(user=cast.rita).id,
        )  # fmt: skip

    def test_is_refused_without_reasons_and_by_who_looked_too_long_ago(self, ritas, waiting):
        seen = {"steps_taken": waiting.steps_taken}
        blank = ritas.post(f"reviews/{waiting.id}/send-back", seen)
        assert error(blank)["code"] == "ReasonMissing"
        assert ritas.post(f"reviews/{waiting.id}/approve", seen).status_code == 200
        late = ritas.post(f"reviews/{waiting.id}/send-back", seen | {"reason": "Late."})
        assert error(late)["code"] == "ActedMeanwhile"

    def test_gives_no_paper_away(self, ritas, waiting):
        paper = waiting.documents.first()
        assert ritas.get(f"papers/{paper.id}").status_code == 403


class TestOperating:
    def test_verifies_a_creator_by_how_it_was_seen(self, olgas, cast, now):
        di = Creator.objects.create(handle="di", state=Creator.State.PENDING, created_at=now)
        [found] = olgas.get("profile-reviews").json()["items"]
        assert found["handle"] == "di"
        done = olgas.post(f"profile-reviews/{di.pk}/verify", {"how": "bio_code"})
        assert done.json()["state"] == "verified"
        again = olgas.post(f"profile-reviews/{di.pk}/verify", {"how": "bio_code"})
        assert again.status_code == 409

    def test_returns_a_profile_with_its_reason_only(self, olgas, now):
        di = Creator.objects.create(handle="di", state=Creator.State.PENDING, created_at=now)
        assert error(olgas.post(f"profile-reviews/{di.pk}/return"))["code"] == "Invalid"
        done = olgas.post(f"profile-reviews/{di.pk}/return", {"reason": "No such channel."})
        assert done.json()["state_reason"] == "No such channel."

    def test_opens_a_campaign_for_all_shops(self, olgas, adas, lins):
        today = timezone.now()
        terms = {
            "rate_bps": 1_500, "starts_on": (today + timedelta(days=9)).date().isoformat(),
            "ends_before": (today + timedelta(days=60)).date().isoformat(),
        }  # fmt: skip
        ends = (today + timedelta(days=5)).isoformat()
        asked = {"title": "Summer", "terms": terms, "signup_ends_at": ends}
        made = olgas.post("market-campaigns", asked).json()
        assert (made["shop"], made["state"]) == (None, "draft")
        assert adas.get("campaigns").json()["items"] == []
        path = f"market-campaigns/{made['id']}"
        changed = olgas.patch(path, {"title": "Autumn", "places": 9}).json()
        assert changed == made | {"title": "Autumn", "places": 9}
        assert lins.patch(path, {"title": "Mine"}).status_code == 403
        assert lins.patch(f"campaigns/{made['id']}", {"title": "Mine"}).status_code == 404
        assert olgas.post(f"market-campaigns/{made['id']}/open").status_code == 200
        assert error(olgas.patch(path, {"places": 2}))["code"] == "NotNow"
        assert [one["id"] for one in adas.get("campaigns").json()["items"]] == [made["id"]]
        assert lins.get(f"campaigns/{made['id']}").status_code == 200
        assert Campaign.objects.count() == 1

    def test_sees_how_the_installation_is(self, olgas):
        told = olgas.get("health").json()
        assert told["disk_total_bytes"] > told["disk_free_bytes"] > 0


class TestRatesByProgram:
    def test_are_told_and_stated_by_whoever_runs_the_installation(self, olgas) -> None:
        said = {"base": "USD", "quote": "CNY", "rate": "6.9"}
        stated = olgas.post("exchange-rates", said).json()
        assert (Decimal(stated["rate"]), stated["source"]) == (Decimal("6.9"), "operator")
        [known] = olgas.get("exchange-rates").json()["items"]
        assert (known["on"], Decimal(known["rate"])) == (stated["on"], Decimal("6.9"))
        other = olgas.post("exchange-rates", said | {"rate": "6.8"})
        assert (other.status_code, error(other)["code"]) == (409, "RateStated")
        wrong = olgas.post("exchange-rates", said | {"rate": "-1"})
        assert (wrong.status_code, error(wrong)["code"]) == (422, "RateRefused")
