"""Creators browse what any of them may promote, take a link, and give it up again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linkstar.catalog.models import Product
from linkstar.catalog.queries import day_of
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.plans.actions import make_plan
from linkstar.plans.offers import offer_package
from linkstar.plans.rules import Kind, Scope
from linkstar.recruiting.actions import draft_campaign, open_signup
from linkstar.tracking.actions import allow_host
from linkstar.tracking.models import TrackedLink


@pytest.fixture
def serum(cast, promoting, now):
    """A product of Lin's shop under an open plan, with its page and a package."""
    product = Product.objects.create(
        shop=cast.shop, external_id="serum", name="Glow serum", category="Beauty",
        landing_page="https://lin.example/serum", seen_at=now,
    )  # fmt: skip
    make_plan(
        shop=cast.shop, kind=Kind.OPEN, name="Open", scope=Scope.SHOP, rate_bps=1_750,
        starts_on=day_of(cast.shop, now), now=now,
    )  # fmt: skip
    offer_package(
        shop=cast.shop, name="Trio", videos=3, days=14, price=Money(30_000, "USD"), now=now
    )
    allow_host(shop=cast.shop, host="lin.example", now=now)
    return product


@pytest.fixture
def ada(cast, client, now):
    creator = Creator.objects.create(
        user=cast.ada, handle="ada", state=Creator.State.VERIFIED, created_at=now
    )
    client.force_login(cast.ada)
    return creator


def text(client, address: str, **posted: str) -> str:
    answer = client.post(address, posted, follow=True) if posted else client.get(address)
    return answer.content.decode()


class TestOpenPlans:
    def test_lead_to_a_link(self, client, serum, ada) -> None:
        listed = text(client, "/creator/open/")
        assert "Glow serum" in listed
        assert "17.5%" in listed
        page = text(client, f"/creator/open/{serum.pk}/")
        assert "Trio" in page
        assert "$300.00" in page
        made = text(client, f"/creator/open/{serum.pk}/link/", variant="bio")
        link = TrackedLink.objects.get()
        assert f"/r/{link.token}" in made
        assert "What you promote" in text(client, "/creator/open/")
        text(client, f"/creator/open/{serum.pk}/stop/", yes="1")
        link.refresh_from_db()
        assert link.stopped_at

    def test_are_narrowed_by_category_and_words(self, client, serum, ada) -> None:
        assert "Glow serum" in text(client, "/creator/open/?category=Beauty&q=glow")
        assert "No open plan is about such a product" in text(client, "/creator/open/?q=pan")

    def test_say_that_a_profile_has_to_be_verified(self, client, serum, ada) -> None:
        ada.state = Creator.State.PENDING
        ada.save()
        page = text(client, f"/creator/open/{serum.pk}/")
        assert "once your profile is verified" in page
        assert "Make the link" not in page
        text(client, f"/creator/open/{serum.pk}/link/", variant="")
        assert not TrackedLink.objects.exists()

    def test_name_where_a_link_may_lead(self, client, serum, ada) -> None:
        told = text(
            client, f"/creator/open/{serum.pk}/link/", destination="https://elsewhere.example/"
        )
        assert "lin.example" in told
        assert not TrackedLink.objects.exists()

    def test_do_not_show_what_is_not_open(self, cast, client, serum, ada, now) -> None:
        other = Product.objects.create(shop=cast.other_shop, external_id="x", seen_at=now)
        assert client.get(f"/creator/open/{other.pk}/").status_code == 404


class TestOpenCampaigns:
    @pytest.fixture
    def winter(self, cast, serum, now):
        """A campaign of Lin's about the serum."""
        on = day_of(cast.shop, timezone.now())
        terms = Terms(
            rate_bps=2_000, flat_fee=Money(0, "USD"), videos=1, lives=0, needs_sample=False,
            starts_on=on + timedelta(days=9), ends_before=on + timedelta(days=60),
        )  # fmt: skip
        at = timezone.now()
        drafted = draft_campaign(
            title="Winter", terms=terms, text="", signup_ends_at=at + timedelta(days=5), now=at,
            shop=cast.shop, products=[serum], user=cast.lin,
        )  # fmt: skip
        return open_signup(campaign=drafted, user=cast.lin, now=at)

    def test_are_narrowed_by_the_category_of_their_products(self, client, winter, ada) -> None:
        assert "Winter" in text(client, "/creator/campaigns/")
        assert "Winter" in text(client, "/creator/campaigns/?category=Beauty")
        told = text(client, "/creator/campaigns/?category=Kitchen")
        assert "Winter" not in told
        assert "No open campaign is about such a product" in told

    def test_call_what_comes_next_a_step_in_chinese(self, cast, client, winter) -> None:
        client.force_login(cast.lin)
        client.post("/language/", {"language": "zh-hans"})
        page = text(client, f"/recruiting/campaigns/{winter.pk}/")
        assert "<h2>下一步</h2>" in page
