"""A shop that may not promote offers nothing and agrees nothing; what was agreed goes on."""

from datetime import timedelta

import pytest
from tests.app.recruiting.conftest import terms

from linkstar.catalog.models import AffiliateService, Qualification
from linkstar.catalog.qualification import ShopHeld, Standing, Verb
from linkstar.catalog.qualifying import decide
from linkstar.collaborations.actions import agree_collaboration
from linkstar.collaborations.models import Collaboration
from linkstar.plans.actions import make_plan
from linkstar.plans.rules import Kind, Scope
from linkstar.recruiting.actions import (
    accept_invitation,
    accept_offer,
    apply,
    counter_invitation,
    draft_campaign,
    open_signup,
    propose,
    select_application,
    send_invitations,
)
from linkstar.recruiting.actions.campaigns import close_signup
from linkstar.recruiting.models import Invitation
from linkstar.recruiting.queries import campaigns_for, open_campaigns

YEARS = timedelta(days=365 * 5)


@pytest.fixture
def suspend(cast, now):
    """Suspends Lin's shop, which was approved."""

    def suspended() -> None:
        decide(
            shop=cast.shop, verb=Verb.SUSPEND, user=cast.rita, seen=1, reason="Complaint", now=now
        )

    return suspended


def test_a_suspended_shop_invites_nobody_until_it_is_lifted(cast, batch, ada, suspend, now) -> None:
    suspend()
    with pytest.raises(ShopHeld) as refused:
        send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
    assert refused.value.standing is Standing.SUSPENDED
    assert not Invitation.objects.exists()
    decide(shop=cast.shop, verb=Verb.LIFT, user=cast.rita, seen=2, now=now)
    sent, _ = send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
    assert len(sent) == 1


def test_what_it_offered_before_cannot_be_accepted(cast, invitation, ada, suspend, now) -> None:
    suspend()
    with pytest.raises(ShopHeld):
        accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
    invitation.refresh_from_db()
    assert (invitation.state, Collaboration.objects.count()) == ("sent", 0)


def test_a_negotiation_stands_still(cast, invitation, ada, suspend, now) -> None:
    talk = counter_invitation(
        invitation=invitation, creator=ada, terms=terms(rate_bps=2_000), user=cast.ada, now=now
    )
    suspend()
    with pytest.raises(ShopHeld):
        accept_offer(negotiation=talk, number=2, side="seller", user=cast.lin, now=now)
    assert not Collaboration.objects.exists()


def test_its_campaigns_are_shown_only_to_those_who_signed_up(
    campaign, ada, bo, suspend, now
) -> None:
    apply(campaign=campaign, creator=ada, now=now)
    assert list(campaigns_for(bo, now=now)) == [campaign]
    suspend()
    assert list(open_campaigns(now=now)) == []
    assert list(campaigns_for(bo, now=now)) == []
    assert list(campaigns_for(ada, now=now)) == [campaign]
    with pytest.raises(ShopHeld):
        apply(campaign=campaign, creator=bo, now=now)


def test_its_campaigns_select_nobody_and_are_not_opened_again(
    cast, campaign, ada, suspend, now
) -> None:
    signed_up = apply(campaign=campaign, creator=ada, now=now)
    suspend()
    with pytest.raises(ShopHeld):
        select_application(application=signed_up, shop=cast.shop, user=cast.lin, now=now)
    close_signup(campaign=campaign, user=cast.lin, now=now)
    with pytest.raises(ShopHeld):
        open_signup(campaign=campaign, user=cast.lin, now=now)
    signed_up.refresh_from_db()
    assert signed_up.state == "applied"


def test_the_pages_say_why(cast, campaign, suspend, now, client) -> None:
    close_signup(campaign=campaign, user=cast.lin, now=now)
    suspend()
    client.force_login(cast.lin)
    page = client.post(f"/recruiting/campaigns/{campaign.pk}/open/", follow=True).content.decode()
    assert "The shop is suspended: nothing new can be offered or agreed" in page


def test_a_licence_that_ran_out_holds_it_too(cast, batch, ada, now) -> None:
    with pytest.raises(ShopHeld) as refused:
        send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now + YEARS)
    assert refused.value.standing is Standing.LICENCE_EXPIRED


class TestAShopThatNeverQualified:
    @pytest.fixture(autouse=True)
    def unqualified(self, cast):
        """Lin's shop is new: nobody has looked at it."""
        Qualification.objects.filter(shop=cast.shop).delete()

    def test_invites_nobody(self, cast, batch, ada, now):
        with pytest.raises(ShopHeld) as refused:
            send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
        assert refused.value.standing is Standing.NOT_QUALIFIED
        assert not Invitation.objects.exists()

    def test_opens_no_campaign(self, cast, serum, now):
        drafted = draft_campaign(
            title="First", text="", terms=terms(), products=[serum], shop=cast.shop,
            signup_ends_at=now + timedelta(days=7), user=cast.lin, now=now,
        )  # fmt: skip
        with pytest.raises(ShopHeld):
            open_signup(campaign=drafted, user=cast.lin, now=now)

    def test_makes_no_offer_and_no_agreement(self, cast, serum, ada, now):
        about = {"shop": cast.shop, "creator": ada, "products": [serum], "terms": terms()}
        with pytest.raises(ShopHeld):
            propose(**about, now=now)
        with pytest.raises(ShopHeld):
            agree_collaboration(**about, now=now)

    def test_promises_named_creators_nothing_but_may_prepare_an_open_plan(self, cast, ada, now):
        about = {"shop": cast.shop, "scope": Scope.SHOP, "rate_bps": 1_500, "now": now}
        starts_on = now.date()
        with pytest.raises(ShopHeld):
            make_plan(kind=Kind.TARGETED, name="A", creators=[ada], starts_on=starts_on, **about)
        assert make_plan(kind=Kind.OPEN, name="B", starts_on=starts_on, **about).pk

    @pytest.mark.parametrize(
        "path", ["/recruiting/invitations/", "/plans/", "/collaborations/new/"]
    )
    def test_is_told_why_and_where_to_see_to_it(self, cast, client, path):
        client.force_login(cast.lin)
        page = client.get(path).content.decode()
        assert "The shop is not qualified yet" in page
        assert f"/settings/shops/{cast.shop.id}/qualification/" in page


def test_a_shop_that_never_switched_linkstar_on_is_led_there(cast, batch, ada, client, now) -> None:
    AffiliateService.objects.filter(shop=cast.shop).delete()
    with pytest.raises(ShopHeld) as refused:
        send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
    assert refused.value.standing is Standing.SERVICE_OFF
    client.force_login(cast.lin)
    page = client.get("/recruiting/invitations/").content.decode()
    assert f'href="/affiliate/{cast.shop.id}/"' in page
