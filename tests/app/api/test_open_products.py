"""Creators' programs find what any of them may promote, take a link, and give it up again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.app.api.conftest import caller, error
from tests.app.web.conftest import lake  # noqa: F401  # a fixture
from tests.conftest import let_promote

from linkstar.accounts.models import AuditEvent, Reach
from linkstar.catalog.models import Product
from linkstar.catalog.queries import day_of
from linkstar.creators.models import Creator
from linkstar.plans.actions import make_plan
from linkstar.plans.models import Promotion
from linkstar.plans.rules import Kind, Scope
from linkstar.tracking.actions import allow_host
from linkstar.tracking.models import TrackedLink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture
def serum(cast) -> Product:
    """A product under an open plan; a toner of the same shop under none."""
    at = timezone.now()
    let_promote(cast.shop, user=cast.lin, now=at - timedelta(days=2))
    allow_host(shop=cast.shop, host="lin.example", now=at)
    serum, _ = (
        Product.objects.create(
            shop=cast.shop, external_id=name, name=name, category=f"Beauty > {name}", seen_at=at,
            landing_page=f"https://lin.example/{name}",
        )
        for name in ("serum", "toner")
    )  # fmt: skip
    make_plan(
        shop=cast.shop, kind=Kind.OPEN, name="Open", scope=Scope.PRODUCT, product=serum,
        rate_bps=1_750, starts_on=day_of(cast.shop, at), now=at,
    )  # fmt: skip
    return serum


class TestOpenProducts:
    def test_are_found_taken_up_and_given_up(self, adas, ada, serum):
        [found] = adas.get("open-products", q="ser").json()["items"]
        assert (found["product"]["id"], found["rate"]["rate_bps"]) == (serum.pk, 1_750)
        assert adas.get("open-products", category="Food").json()["items"] == []
        path = f"open-products/{serum.pk}"
        made = adas.post(f"{path}/links", {"variant": "bio"}).json()
        assert made["destination"] == serum.landing_page
        again = adas.post(f"{path}/links", {"variant": "bio"}).json()
        assert again["id"] == made["id"]
        [shown] = adas.get("open-products/promoted").json()["items"]
        assert shown["id"] == serum.pk
        assert [one["id"] for one in adas.get(path).json()["links"]] == [made["id"]]
        assert AuditEvent.objects.filter(verb="link.made").first().detail["api_key"]
        assert adas.post(f"{path}/stop").json()["links"] == []
        assert TrackedLink.objects.get().stopped_at is not None
        assert not Promotion.objects.filter(creator=ada, ends_before=None).exists()

    def test_no_longer_open_are_still_given_up(self, adas, serum):
        path = f"open-products/{serum.pk}"
        adas.post(f"{path}/links", {})
        serum.retired_at = timezone.now()
        serum.save()
        adas.language = "zh-Hans"
        late = adas.post(f"{path}/links", {"variant": "late"})
        assert (late.status_code, error(late)["details"]["reason"]) == (422, "not_on_offer")
        assert not error(late)["message"].isascii()
        assert adas.get(path).json()["rate"] is None
        assert adas.post(f"{path}/stop").status_code == 200
        assert adas.get(path).status_code == 404

    def test_lead_only_where_the_shop_allows(self, adas, serum):
        adas.language = "zh-Hans"
        path = f"open-products/{serum.pk}/links"
        astray = adas.post(path, {"destination": "https://evil.example/"})
        assert (astray.status_code, error(astray)["code"]) == (422, "DestinationRefused")
        assert not error(astray)["message"].isascii()
        assert error(adas.post(path, {"leads_to": "x"}))["code"] == "Invalid"
        assert not TrackedLink.objects.exists()

    def test_are_not_those_without_an_open_plan(self, adas, serum):
        toner = Product.objects.get(external_id="toner")
        assert adas.get(f"open-products/{toner.pk}").status_code == 404
        assert adas.post(f"open-products/{toner.pk}/links", {}).status_code == 404
        assert adas.get("open-products/999999").status_code == 404

    def test_are_for_creators_each_with_their_own_links(self, cast, lins, adas, serum, now):
        path = f"open-products/{serum.pk}"
        adas.post(f"{path}/links", {})
        Creator.objects.create(user=cast.bo, handle="bo", created_at=now)
        bos = caller(cast.bo, None, Reach.WRITE)
        assert bos.get(path).json()["links"] == []
        assert bos.get("open-products/promoted").json()["items"] == []
        unverified = bos.post(f"{path}/links", {})
        assert error(unverified)["details"]["reason"] == "creator_not_verified"
        assert bos.post(f"{path}/stop").status_code == 200
        assert TrackedLink.objects.get().stopped_at is None
        assert lins.get("open-products").status_code == 403
        assert lins.post(f"{path}/links", {}).status_code == 403
