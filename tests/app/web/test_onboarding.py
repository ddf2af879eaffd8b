"""The five first steps beside every page, and further shops of a company."""

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.app.catalog.papers import qualified
from tests.app.web.conftest import published_edition

from linkstar.accounts.models import Notification
from linkstar.catalog.affiliate_service import StartingPoint, enable_service
from linkstar.catalog.models import Shop
from linkstar.catalog.terms import terms_on
from linkstar.config.places import Places
from linkstar.connectors.models import ImportFile
from linkstar.plans.models import Plan
from linkstar.recruiting.models import Campaign
from linkstar.web.onboarding import checklist_of


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.PLACES = Places(tmp_path)
    return settings.PLACES


@pytest.fixture
def lin(client, cast):
    client.force_login(cast.lin)
    return client


def settings_page(client):
    return client.get(reverse("settings"))


def done_of(client) -> int:
    return checklist_of(settings_page(client).wsgi_request).done


class TestTheChecklist:
    def test_begins_with_nothing_done(self, lin):
        shown = settings_page(lin).content.decode()
        assert "First steps" in shown
        assert "0/5" in shown

    def test_is_shown_to_those_who_can_take_the_steps(self, client, cast):
        client.force_login(cast.vera)
        assert "First steps" not in settings_page(client).content.decode()

    def test_counts_each_step_and_leaves_when_all_are_done(self, lin, cast, places, now):
        ImportFile.objects.create(
            workspace=cast.workspace, shop=cast.shop, user=cast.lin, name="a.csv", sha256="0" * 64,
            size=1, created_at=now, state=ImportFile.State.DONE,
        )  # fmt: skip
        assert done_of(lin) == 1
        Shop.objects.filter(id=cast.shop.id).update(category="Beauty & Personal Care")
        published_edition(cast, now)
        assert done_of(lin) == 2
        qualified(cast.shop, owner=cast.lin, reviewer=cast.rita, folder=places.documents, now=now)
        terms = terms_on(now.date(), own=places.terms)
        enable_service(
            shop=cast.shop, user=cast.lin, terms=terms, accepted_version=terms.version,
            start=StartingPoint(default_rate_bps=1500), now=now,
        )  # fmt: skip
        assert done_of(lin) == 3
        Plan.objects.create(
            shop=cast.shop, kind="open", name="All", scope="shop", starts_on=now.date(),
            created_at=now,
        )  # fmt: skip
        assert done_of(lin) == 4
        call = Campaign.objects.create(
            shop=cast.shop, title="Autumn", market="US", rate_bps=1500,
            starts_on=now.date(), ends_before=now.date() + timedelta(days=9),
            signup_ends_at=now, created_at=now,
        )  # fmt: skip
        assert done_of(lin) == 4
        Campaign.objects.filter(pk=call.pk).update(state=Campaign.State.OPEN)
        assert "First steps" not in settings_page(lin).content.decode()
        assert lin.session["onboarded"] == cast.workspace.id


class TestAFurtherShop:
    def test_settles_in_the_currency_of_its_market(self, lin, cast):
        given = {"name": "Lin London", "market": "GB", "zone": "Europe/London"}
        lin.post(reverse("new_shop"), given)
        london = Shop.objects.get(name="Lin London")
        assert (london.currency, london.workspace) == ("GBP", cast.workspace)

    def test_is_on_a_market_there_is(self, lin):
        given = {"name": "Lin Bern", "market": "CH", "zone": "Europe/Zurich"}
        assert lin.post(reverse("new_shop"), given).status_code == 200
        assert not Shop.objects.filter(name="Lin Bern").exists()


class TestAReview:
    def test_tells_reviewers_and_the_company_what_happened(self, cast, places, now):
        qualified(cast.shop, owner=cast.lin, reviewer=cast.rita, folder=places.documents, now=now)
        told = set(Notification.objects.values_list("user__email", "code"))
        assert told == {
            ("rita@example.com", "qualification.submit"),
            ("lin@example.com", "qualification.approve"),
            ("mei@example.com", "qualification.approve"),
        }
