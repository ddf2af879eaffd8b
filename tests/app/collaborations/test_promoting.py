"""Promoting under an open plan: found by category and rate, a link taken, given up again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import let_promote

from linkstar.catalog.actions import open_shop
from linkstar.catalog.affiliate_service import disable_service
from linkstar.catalog.listing import Wanted
from linkstar.catalog.models import Product, Qualification
from linkstar.catalog.qualification import ShopHeld
from linkstar.catalog.queries import day_of
from linkstar.collaborations.actions import (
    make_open_link,
    stop_open_promotion,
    submit_deliverable,
    take_down_content,
)
from linkstar.collaborations.queries import open_links_for
from linkstar.collaborations.rules import TermsRefused
from linkstar.creators.models import Creator
from linkstar.plans.actions import change_rate, make_plan, stop_plan
from linkstar.plans.models import Promotion
from linkstar.plans.open_offers import (
    product_on_offer,
    products_on_offer,
    shops_on_offer,
    what_comes,
)
from linkstar.plans.queries import why_this_rate
from linkstar.plans.rules import Kind, Scope
from linkstar.tracking.actions import allow_host
from linkstar.tracking.rules import DestinationRefused

DAY = timedelta(days=1)
PAGE = "https://lin.example/serum"


@pytest.fixture
def registry(tmp_path):
    return tmp_path / "registry.json"


@pytest.fixture
def promise(cast, now):
    def promised(rate_bps: int, *, shop=None, kind=Kind.OPEN, scope=Scope.SHOP, **about):
        shop = shop or cast.shop
        return make_plan(
            shop=shop, kind=kind, name="Plan", scope=scope, rate_bps=rate_bps,
            starts_on=day_of(shop, now), now=now, **about,
        )  # fmt: skip

    return promised


@pytest.fixture
def take(ada, serum, cast, registry, now):
    """Ada takes a link for the serum, to a site Lin's shop allows."""
    allow_host(shop=cast.shop, host="lin.example", now=now)

    def taken(**changed):
        said = {"creator": ada, "product": serum, "destination": PAGE, "now": now}
        return make_open_link(**said | changed, registry=registry)

    return taken


@pytest.fixture
def stop(ada, serum, registry, now):
    """Ada says that she no longer shows the serum."""
    return lambda: stop_open_promotion(creator=ada, product=serum, registry=registry, now=now)


def found(ada, now, **wanted) -> list[tuple[str, int]]:
    offers = products_on_offer(
        shops_on_offer(now=now), creator=ada, wanted=Wanted(**wanted), now=now
    )
    return [(offer.product.external_id, offer.rate_bps) for offer in offers]


class TestWhatIsOnOffer:
    def test_of_many_shops_takes_as_many_questions_as_of_one(
        self, cast, ada, promise, now, django_assert_num_queries
    ):
        Product.objects.create(shop=cast.shop, external_id="serum", name="Serum", seen_at=now)
        promise(1_600)
        with CaptureQueriesContext(connection) as of_one:
            assert found(ada, now) == [("serum", 1_600)]
        for place in range(3):
            shop = open_shop(workspace=cast.workspace, name=f"Shop {place}", now=now)
            let_promote(shop, user=cast.lin, now=now)
            Product.objects.create(shop=shop, external_id=f"p{place}", name="P", seen_at=now)
            promise(1_700 + place, shop=shop)
        with django_assert_num_queries(len(of_one)):
            assert [rate for _, rate in found(ada, now)] == [1_702, 1_701, 1_700, 1_600]

    def test_is_what_open_plans_are_about_the_highest_rate_first(
        self, cast, ada, serum, promise, now
    ):
        pan = Product.objects.create(
            shop=cast.shop, external_id="pan", name="Pan", category="Kitchen", seen_at=now
        )
        Product.objects.create(shop=cast.shop, external_id="old", retired_at=now, seen_at=now)
        promise(1_600)
        promise(2_000, scope=Scope.PRODUCT, product=pan)
        assert found(ada, now) == [("pan", 2_000), ("serum", 1_600)]
        assert found(ada, now, category="Beauty") == [("serum", 1_600)]
        assert found(ada, now, text="pan") == [("pan", 2_000)]

    def test_is_nothing_of_a_default_rate_or_a_plan_for_others(self, ada, serum, promise, now):
        bo = Creator.objects.create(handle="bo", state=Creator.State.VERIFIED, created_at=now)
        promise(2_000, kind=Kind.TARGETED, creators=[bo])
        assert found(ada, now) == []

    def test_has_the_rate_of_whoever_looks(self, ada, serum, promise, now):
        promise(1_600)
        promise(2_500, kind=Kind.TARGETED, creators=[ada])
        assert found(ada, now) == [("serum", 2_500)]

    def test_is_of_shops_that_may_promote(self, cast, ada, serum, promise, now):
        promise(1_600)
        unknown = open_shop(
            workspace=cast.workspace, name="New", external_id="n", category="Beauty",
            zone="America/Los_Angeles", now=now,
        )  # fmt: skip
        Product.objects.create(shop=unknown, external_id="new", seen_at=now)
        promise(3_000, shop=unknown)
        assert found(ada, now) == [("serum", 1_600)]
        Qualification.objects.filter(shop=cast.shop).update(state="suspended")
        assert found(ada, now) == []

    def test_says_what_is_known_of_the_days_to_come(self, ada, serum, promise, now):
        plan = promise(1_600)
        change_rate(plan=plan, rate_bps=1_700, starts_on=plan.starts_on + 5 * DAY, now=now)
        comes = what_comes(product_on_offer(serum, creator=ada, now=now), now=now)
        assert [version.rate_bps for version in comes.coming] == [1_700]
        assert (comes.ends_before, comes.lock_days) == (None, 30)


class TestAnOpenLink:
    def test_is_the_creators_and_locks_the_rate(self, cast, promise, take, ada):
        plan = promise(1_900)
        link = take(variant="bio")
        assert (link.creator, link.product_id, link.collaboration_id) == ("ada", "serum", "")
        assert take(variant="bio").pk == link.pk
        assert list(open_links_for(ada)) == [link]
        tomorrow = plan.starts_on + DAY
        change_rate(plan=plan, rate_bps=1_600, starts_on=tomorrow, now=link.created_at)
        on = {"shop": cast.shop, "product": "serum", "on": tomorrow}
        assert why_this_rate(creator="ada", **on).rate_bps == 1_900
        assert why_this_rate(creator="bo", **on).rate_bps == 1_600

    def test_leads_only_where_the_shops_links_may(self, ada, promise, take):
        promise(1_900)
        with pytest.raises(DestinationRefused):
            take(destination="https://elsewhere.example/")
        assert not Promotion.objects.exists()

    def test_is_not_made_by_somebody_who_is_not_verified(self, ada, promise, take):
        promise(1_900)
        ada.state = Creator.State.PENDING
        with pytest.raises(TermsRefused) as refused:
            take()
        assert refused.value.reason == "creator_not_verified"

    def test_is_not_made_once_the_plan_is_over_and_those_made_stay(self, ada, promise, take, now):
        plan = promise(1_900)
        link = take()
        stop_plan(plan=plan, now=now)
        with pytest.raises(TermsRefused) as refused:
            take(now=now + DAY)
        assert refused.value.reason == "not_on_offer"
        assert list(open_links_for(ada)) == [link]

    def test_is_not_made_for_a_shop_that_is_held(self, cast, promise, take, now):
        promise(1_900)
        disable_service(shop=cast.shop, now=now)
        with pytest.raises(ShopHeld):
            take(now=now + DAY)


class TestGivingItUp:
    def test_ends_the_links_and_the_lock(self, ada, promise, take, stop):
        promise(1_900)
        link = take()
        stop()
        link.refresh_from_db()
        assert link.stopped_at is not None
        assert not Promotion.objects.filter(ends_before=None).exists()
        assert not open_links_for(ada).exists()

    def test_leaves_what_an_agreement_still_shows(self, agree, promise, take, stop, now):
        promise(1_900)
        due = agree(needs_sample=False).deliverables.get()
        submit_deliverable(deliverable=due, url="https://t.example/v/1", content_id="7", now=now)
        take()
        take_down_content(deliverable=due, now=now)
        running = Promotion.objects.filter(ends_before=None)
        assert running.exists()  # the link still shows it
        stop()
        assert not running.exists()
