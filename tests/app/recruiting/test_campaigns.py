from datetime import timedelta

import pytest
from tests.app.recruiting.conftest import terms

from linkstar.accounts.models import AuditEvent, Notification
from linkstar.catalog.models import Product
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.rules import MarketWithoutClocks, NotNow, TermsRefused
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.recruiting.actions import (
    apply,
    cancel_campaign,
    decline_application,
    draft_campaign,
    open_signup,
    reconsider_application,
    run_clocks,
    select_application,
    withdraw_application,
)
from linkstar.recruiting.actions.campaigns import AlreadyApplied, CreatorNotVerified
from linkstar.recruiting.models import Application, Campaign, Negotiation
from linkstar.recruiting.queries import applications_to, campaigns_for, campaigns_of
from linkstar.recruiting.rules import PlacesTaken, SignupOver

pytestmark = pytest.mark.django_db


def select(application, cast, now, **more):
    return select_application(
        application=application, shop=cast.shop, user=cast.lin, now=now, **more
    )


def draft(cast, now, **changed):
    said = {
        "title": "Autumn", "text": "", "terms": terms(), "user": cast.lin, "now": now,
        "signup_ends_at": now + timedelta(days=7),
    }  # fmt: skip
    return draft_campaign(**said | changed)


class TestADraft:
    def test_without_a_product_is_refused(self, cast, now) -> None:
        with pytest.raises(TermsRefused):
            draft(cast, now, shop=cast.shop)

    def test_whose_signup_ends_after_the_campaign_is_refused(self, cast, serum, now) -> None:
        late = now + timedelta(days=90)
        with pytest.raises(TermsRefused):
            draft(cast, now, shop=cast.shop, products=[serum], signup_ends_at=late)

    def test_is_seen_by_no_creator(self, cast, ada, serum, now) -> None:
        draft(cast, now, shop=cast.shop, products=[serum])
        assert not campaigns_for(ada, now=now).exists()

    def test_that_was_opened_is_changed_no_more(self, cast, campaign, serum, now) -> None:
        with pytest.raises(NotNow):
            draft(cast, now, shop=cast.shop, products=[serum], campaign=campaign)

    def test_whose_fee_is_in_another_currency_is_refused(self, cast, serum, now) -> None:
        paid = terms(flat_fee=Money(100, "CNY"))
        with pytest.raises(TermsRefused) as refused:
            draft(cast, now, shop=cast.shop, products=[serum], terms=paid)
        assert refused.value.reason == "fee_in_another_currency"
        with pytest.raises(TermsRefused):
            draft(cast, now, market="GB", terms=terms(flat_fee=Money(100, "USD")))
        made = draft(cast, now, market="GB", terms=terms(flat_fee=Money(100, "GBP")))
        assert made.terms().flat_fee == Money(100, "GBP")

    def test_is_written_down_as_made_and_as_changed(self, cast, serum, now) -> None:
        made = draft(cast, now, shop=cast.shop, products=[serum])
        draft(cast, now, shop=cast.shop, products=[serum], campaign=made, title="Later")
        verbs = AuditEvent.objects.filter(target=made.pk).values_list("verb", flat=True)
        assert list(verbs.order_by("pk")) == ["campaign.drafted", "campaign.redrafted"]

    def test_of_a_market_where_nothing_can_be_agreed_is_not_opened(self, cast, serum, now) -> None:
        cast.shop.market = "GB"
        cast.shop.save(update_fields=["market"])
        for made in (
            draft(cast, now, shop=cast.shop, products=[serum]),
            draft(cast, now, market="GB", terms=terms(flat_fee=Money(0, "GBP"))),
        ):
            with pytest.raises(MarketWithoutClocks):
                open_signup(campaign=made, user=cast.lin, now=now)
            made.refresh_from_db()
            assert made.state == Campaign.State.DRAFT


class TestSigningUp:
    def test_tells_the_shop(self, cast, campaign, ada, now) -> None:
        apply(campaign=campaign, creator=ada, now=now, message="Me!")
        codes = Notification.objects.filter(user=cast.lin).values_list("code", flat=True)
        assert list(codes) == ["application.received"]

    def test_twice_is_refused_until_it_is_taken_back(self, campaign, ada, now) -> None:
        first = apply(campaign=campaign, creator=ada, now=now)
        with pytest.raises(AlreadyApplied):
            apply(campaign=campaign, creator=ada, now=now)
        withdraw_application(application=first, now=now)
        apply(campaign=campaign, creator=ada, now=now)
        assert Application.objects.count() == 2

    def test_after_its_end_is_refused(self, campaign, ada) -> None:
        with pytest.raises(SignupOver):
            apply(campaign=campaign, creator=ada, now=campaign.signup_ends_at)

    def test_is_for_verified_creators(self, campaign, ada, now) -> None:
        ada.state = Creator.State.SUSPENDED
        with pytest.raises(CreatorNotVerified):
            apply(campaign=campaign, creator=ada, now=now)


class TestSelecting:
    def test_on_the_campaigns_terms_begins_the_collaboration(
        self, cast, campaign, ada, now
    ) -> None:
        select(apply(campaign=campaign, creator=ada, now=now), cast, now)
        made = Collaboration.objects.get()
        assert (made.creator, made.campaign_id, made.rate_bps) == (ada, campaign.pk, 1_500)
        codes = Notification.objects.filter(user=cast.ada).values_list("code", flat=True)
        assert list(codes) == ["application.selected"]

    def test_on_other_terms_asks_the_creator(self, cast, campaign, ada, now) -> None:
        one = apply(campaign=campaign, creator=ada, now=now)
        select(one, cast, now, terms=terms(rate_bps=500))
        assert Negotiation.objects.get().state == Negotiation.State.OPEN
        assert not Collaboration.objects.exists()

    def test_gives_the_last_place_away_once(self, cast, campaign, ada, bo, now) -> None:
        first, second = (apply(campaign=campaign, creator=c, now=now) for c in (ada, bo))
        select(first, cast, now)
        with pytest.raises(PlacesTaken):
            select(second, cast, now)
        second.refresh_from_db()
        assert second.state == Application.State.APPLIED
        assert Collaboration.objects.count() == 1

    def test_whom_somebody_selected_or_who_left_is_refused(self, cast, campaign, ada, now):
        one = apply(campaign=campaign, creator=ada, now=now)
        withdraw_application(application=one, now=now)
        with pytest.raises(NotNow):
            select(one, cast, now)

    def test_a_decline_can_be_undone(self, cast, campaign, ada, now) -> None:
        one = apply(campaign=campaign, creator=ada, now=now)
        decline_application(application=one, user=cast.lin, now=now)
        reconsider_application(application=one, now=now)
        select(one, cast, now)
        assert Collaboration.objects.count() == 1


class TestAnOperatorsCampaign:
    @pytest.fixture
    def everybodys(self, cast, now) -> Campaign:
        made = draft(cast, now, user=cast.olga, title="Black Friday")
        return open_signup(campaign=made, user=cast.olga, now=now)

    def test_is_seen_by_all_sellers_of_the_market(self, cast, everybodys) -> None:
        assert everybodys in campaigns_of(cast.workspace)
        assert everybodys in campaigns_of(cast.other_workspace)

    def test_gives_a_creator_to_the_shop_that_comes_first(
        self, cast, everybodys, ada, serum, now
    ) -> None:
        one = apply(campaign=everybodys, creator=ada, now=now)
        candle = Product.objects.create(shop=cast.other_shop, external_id="1", seen_at=now)
        select(one, cast, now, products=[serum])
        with pytest.raises(NotNow):
            select_application(
                application=one, shop=cast.other_shop, user=cast.otto, products=[candle], now=now
            )
        assert list(applications_to(everybodys, cast.workspace)) == [one]
        assert list(applications_to(everybodys, cast.other_workspace)) == []

    def test_is_not_for_a_shop_of_another_market(self, cast, everybodys, ada, serum, now) -> None:
        one = apply(campaign=everybodys, creator=ada, now=now)
        cast.shop.market = "GB"
        cast.shop.save(update_fields=["market"])
        with pytest.raises(TermsRefused) as refused:
            select(one, cast, now, products=[serum])
        assert refused.value.reason == "shop_of_another_market"
        one.refresh_from_db()
        assert one.state == Application.State.APPLIED

    def test_needs_products_of_the_shop_that_selects(self, cast, everybodys, ada, now) -> None:
        one = apply(campaign=everybodys, creator=ada, now=now)
        with pytest.raises(TermsRefused):
            select(one, cast, now)
        one.refresh_from_db()
        assert one.state == Application.State.APPLIED


class TestCancelling:
    def test_tells_who_waited_and_keeps_what_was_agreed(self, cast, campaign, ada, bo, now):
        first, second = (apply(campaign=campaign, creator=c, now=now) for c in (ada, bo))
        select(first, cast, now)
        cancel_campaign(campaign=campaign, user=cast.lin, now=now)
        second.refresh_from_db()
        assert second.state == Application.State.DECLINED
        assert Notification.objects.get(user=cast.bo).code == "campaign.cancelled"
        assert Collaboration.objects.get().ended_at is None


def test_signup_closes_by_itself(campaign) -> None:
    assert run_clocks(now=campaign.signup_ends_at).campaigns == 1
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.CLOSED
