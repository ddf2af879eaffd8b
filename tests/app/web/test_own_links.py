"""A creator makes a tracked link: for what was agreed, to where the shop's links may lead."""

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.app.recruiting.conftest import terms

from linkstar.catalog.models import Product
from linkstar.collaborations.actions import agree_collaboration, cancel_collaboration, linking
from linkstar.creators.models import Creator
from linkstar.plans.models import Promotion
from linkstar.tracking.actions import allow_host, take_off_host
from linkstar.tracking.models import ShopHost, TrackedLink
from linkstar.web.tracking import registry


@pytest.fixture
def serum(promoting, now) -> Product:
    allow_host(shop=promoting.shop, host="shop.example", now=now)
    return Product.objects.create(
        shop=promoting.shop, external_id="serum", name="Serum", seen_at=now,
        landing_page="https://shop.example/serum",
    )  # fmt: skip


@pytest.fixture
def agreement(cast, serum, now):
    ada = Creator.objects.create(user=cast.ada, handle="ada", created_at=now)
    return agree_collaboration(
        shop=cast.shop, creator=ada, products=[serum], terms=terms(), now=now
    )


@pytest.fixture
def ask(client, cast, lake, agreement, serum):
    """Ada sends the form."""
    client.force_login(cast.ada)

    def asked(**said: object) -> str:
        address = reverse("make_own_link", args=[agreement.pk])
        answer = client.post(address, {"product": serum.pk, **said}, follow=True)
        return answer.content.decode()

    return asked


class TestAnOwnLink:
    def test_leads_to_the_products_page_and_is_counted_as_hers(self, ask, agreement):
        page = ask(variant="bio")
        [link] = TrackedLink.objects.all()
        assert (link.creator, link.collaboration_id) == ("ada", agreement.pk)
        assert (link.product_id, link.destination) == ("serum", "https://shop.example/serum")
        assert f'data-copy="http://127.0.0.1:8001/r/{link.token}"' in page
        assert "<svg" in page

    def test_tells_that_she_shows_the_product(self, ask, serum):
        ask(variant="bio")
        assert Promotion.objects.get().product == serum

    def test_asked_for_again_is_the_same(self, ask):
        ask(variant="bio")
        ask(variant="bio")
        assert TrackedLink.objects.count() == 1

    def test_that_the_shop_stopped_says_so_and_is_not_offered(self, ask, client, cast, agreement):
        ask(variant="bio")
        [host] = ShopHost.objects.all()
        take_off_host(allowed=host, links=1, registry=registry(), now=timezone.now())
        for who, address in ((cast.ada, "own_collaboration"), (cast.lin, "collaboration")):
            client.force_login(who)
            page = client.get(reverse(address, args=[agreement.pk])).content.decode()
            assert "stopped" in page
            assert "data-copy" not in page
            assert "QR code" not in page

    def test_may_lead_to_another_page_of_the_shop(self, ask):
        ask(destination="https://eu.shop.example/gift")
        assert TrackedLink.objects.get().destination == "https://eu.shop.example/gift"

    def test_leads_nowhere_else(self, ask):
        page = ask(destination="https://elsewhere.example/serum")
        assert "The shop&#x27;s links lead only to: shop.example." in page
        assert not TrackedLink.objects.exists()

    def test_to_a_product_without_a_page_says_whom_to_ask(self, ask, serum):
        Product.objects.filter(pk=serum.pk).update(landing_page="")
        assert "Ask it for one." in ask()

    def test_is_for_an_agreed_product_only(self, ask, serum, now):
        other = Product.objects.create(shop=serum.shop, external_id="toner", seen_at=now)
        page = ask(product=other.pk)
        assert "Select a valid choice" in page
        assert not TrackedLink.objects.exists()

    def test_is_one_of_a_hundred_at_most(self, ask, monkeypatch):
        monkeypatch.setattr(linking, "LINKS_MAX", 1)
        ask(variant="one")
        assert "has a hundred links already" in ask(variant="two")

    def test_is_not_made_once_the_agreement_is_called_off(self, ask, agreement, now):
        cancel_collaboration(collaboration=agreement, is_creator=True, reason="Ill", now=now)
        assert "That is no longer possible" in ask()

    def test_is_nobody_elses_to_make(self, client, cast, agreement, serum, now):
        Creator.objects.create(user=cast.bo, handle="bo", created_at=now)
        client.force_login(cast.bo)
        address = reverse("make_own_link", args=[agreement.pk])
        assert client.post(address, {"product": serum.pk}).status_code == 404
