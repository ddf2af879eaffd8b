from datetime import timedelta

import pytest
from tests.app.recruiting.conftest import terms

from linkstar.accounts.models import Notification
from linkstar.catalog.models import Product
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.rules import MarketWithoutClocks, NotNow, TermsRefused
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.recruiting.actions import (
    accept_offer,
    counter_offer,
    decline_negotiation,
    propose,
    run_clocks,
    withdraw_negotiation,
)
from linkstar.recruiting.models import Negotiation, Offer
from linkstar.recruiting.rates import RateRefused
from linkstar.recruiting.rules import CreatorSuspended, Expired, NotYourTurn, OfferOutdated

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast, ada, serum, now) -> Negotiation:
    """Lin proposed 15 % to Ada."""
    return propose(
        shop=cast.shop, creator=ada, products=[serum], terms=terms(), user=cast.lin, now=now
    )


def counter(talk, cast, now, *, number=1, side="creator", **changed):
    return counter_offer(
        negotiation=talk, number=number, side=side, terms=terms(**changed), user=cast.ada, now=now
    )


class TestAFirstOffer:
    @pytest.fixture
    def offer(self, cast, ada, serum, now) -> dict:
        return {
            "shop": cast.shop, "creator": ada, "products": [serum], "terms": terms(), "now": now,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"products": []}, TermsRefused),
            ({"terms": terms(flat_fee=Money(100, "CNY"))}, TermsRefused),
            ({"terms": terms(rate_bps=900)}, RateRefused),
        ],
    )
    def test_that_could_never_be_agreed_opens_nothing(self, offer, changed, refusal) -> None:
        with pytest.raises(refusal):
            propose(**offer | changed)
        assert not Negotiation.objects.exists()

    def test_is_about_products_of_its_shop_alone(self, cast, offer, now) -> None:
        theirs = Product.objects.create(shop=cast.other_shop, external_id="o", seen_at=now)
        with pytest.raises(TermsRefused):
            propose(**offer | {"products": [theirs]})

    def test_waits_until_its_market_has_time_limits(self, cast, offer) -> None:
        cast.shop.market = "GB"
        cast.shop.save(update_fields=["market"])
        with pytest.raises(MarketWithoutClocks):
            propose(**offer)
        assert not Negotiation.objects.exists()


class TestAcceptingAnOffer:
    def test_freezes_the_newest_terms(self, talk, cast, now) -> None:
        counter(talk, cast, now, rate_bps=2_000)
        made = accept_offer(negotiation=talk, number=2, side="seller", user=cast.lin, now=now)
        assert (made.rate_bps, made.negotiation_id) == (2_000, talk.pk)

    def test_that_the_other_side_has_just_replaced_changes_nothing(self, talk, cast, now) -> None:
        counter(talk, cast, now, rate_bps=2_000)
        with pytest.raises(OfferOutdated):
            accept_offer(negotiation=talk, number=1, side="creator", user=cast.ada, now=now)
        assert not Collaboration.objects.exists()

    def test_of_ones_own_is_refused(self, talk, cast, now) -> None:
        with pytest.raises(NotYourTurn):
            accept_offer(negotiation=talk, number=1, side="seller", user=cast.lin, now=now)

    def test_by_two_people_makes_one_collaboration(self, talk, cast, now) -> None:
        accept_offer(negotiation=talk, number=1, side="creator", user=cast.ada, now=now)
        with pytest.raises(NotNow) as refused:
            accept_offer(negotiation=talk, number=1, side="creator", user=cast.ada, now=now)
        assert refused.value.state == "agreed"
        assert Collaboration.objects.count() == 1
        assert Notification.objects.filter(code="offer.accepted", user=cast.lin).count() == 1

    def test_after_its_time_is_refused(self, talk, cast, now) -> None:
        late = now + timedelta(days=7)
        with pytest.raises(Expired):
            accept_offer(negotiation=talk, number=1, side="creator", user=cast.ada, now=late)
        talk.refresh_from_db()
        assert talk.state == Negotiation.State.OPEN

    def test_with_a_creator_who_was_suspended_meanwhile_is_refused(self, talk, cast, now) -> None:
        Creator.objects.update(state=Creator.State.SUSPENDED)
        with pytest.raises(CreatorSuspended):
            accept_offer(negotiation=talk, number=1, side="creator", user=cast.ada, now=now)
        assert not Collaboration.objects.exists()


class TestACounterOffer:
    def test_gives_the_other_side_the_turn_and_a_new_clock(self, talk, cast, now) -> None:
        late = now + timedelta(days=6)
        made = counter(talk, cast, late, rate_bps=2_000)
        assert (made.number, made.expires_at) == (2, late + timedelta(days=7))
        with pytest.raises(NotYourTurn):
            counter(talk, cast, late, number=2, rate_bps=2_100)

    def test_outside_the_markets_bounds_is_refused(self, talk, cast, now) -> None:
        with pytest.raises(RateRefused) as refused:
            counter(talk, cast, now, rate_bps=8_500)
        assert (refused.value.least_bps, refused.value.most_bps) == (1_000, 8_000)
        assert Offer.objects.count() == 1


class TestEndingTheTalk:
    def test_by_either_side_is_final(self, talk, cast, now) -> None:
        decline_negotiation(negotiation=talk, side="seller", user=cast.lin, now=now)
        with pytest.raises(NotNow):
            accept_offer(negotiation=talk, number=1, side="creator", user=cast.ada, now=now)
        assert Notification.objects.filter(user=cast.ada, code="offer.declined").exists()

    def test_taking_back_is_for_who_made_the_open_offer(self, talk, cast, now) -> None:
        with pytest.raises(NotYourTurn):
            withdraw_negotiation(negotiation=talk, number=1, side="creator", now=now)
        withdraw_negotiation(negotiation=talk, number=1, side="seller", now=now)
        talk.refresh_from_db()
        assert talk.state == Negotiation.State.WITHDRAWN

    def test_taking_back_what_was_answered_meanwhile_is_refused(self, talk, cast, now) -> None:
        counter(talk, cast, now, rate_bps=2_000)
        with pytest.raises(OfferOutdated):
            withdraw_negotiation(negotiation=talk, number=1, side="seller", now=now)

    def test_comes_by_itself_and_both_are_told(self, talk, cast, now) -> None:
        assert run_clocks(now=now + timedelta(days=7)).negotiations == 1
        talk.refresh_from_db()
        assert talk.state == Negotiation.State.EXPIRED
        assert Notification.objects.filter(code="offer.expired").count() == 3  # Ada, Lin, Mei

    def test_does_not_come_while_a_newer_offer_waits(self, talk, cast, now) -> None:
        counter(talk, cast, now + timedelta(days=6), rate_bps=2_000)
        assert run_clocks(now=now + timedelta(days=8)).negotiations == 0
