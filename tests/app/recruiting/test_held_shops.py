"""A shop that lost its qualification offers nothing and agrees nothing; what was agreed goes on."""

from datetime import timedelta

import pytest
from tests.app.catalog.papers import FACTS, qualified
from tests.app.recruiting.conftest import terms

from linkstar.catalog.qualification import ShopHeld, Standing, Verb
from linkstar.catalog.qualifying import decide
from linkstar.collaborations.models import Collaboration
from linkstar.recruiting.actions import (
    accept_invitation,
    accept_offer,
    apply,
    counter_invitation,
    open_signup,
    select_application,
    send_invitations,
)
from linkstar.recruiting.actions.campaigns import close_signup
from linkstar.recruiting.models import Invitation
from linkstar.recruiting.queries import campaigns_for, open_campaigns

YEARS = timedelta(days=365 * 5)


@pytest.fixture
def suspend(cast, tmp_path, now):
    """Lin's shop was approved and is suspended; lifting it is `lift`."""
    qualified(cast.shop, owner=cast.lin, reviewer=cast.rita, folder=tmp_path, now=now)

    def suspended() -> None:
        decide(
            shop=cast.shop, verb=Verb.SUSPEND, user=cast.rita, seen=2, reason="Complaint", now=now
        )

    return suspended


def test_a_suspended_shop_invites_nobody_until_it_is_lifted(cast, batch, ada, suspend, now) -> None:
    suspend()
    with pytest.raises(ShopHeld) as refused:
        send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
    assert refused.value.standing is Standing.SUSPENDED
    assert not Invitation.objects.exists()
    decide(shop=cast.shop, verb=Verb.LIFT, user=cast.rita, seen=3, now=now)
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


def test_a_licence_that_ran_out_holds_it_too(cast, batch, ada, suspend, now) -> None:
    assert FACTS.licence_valid_until is not None
    with pytest.raises(ShopHeld) as refused:
        send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now + YEARS)
    assert refused.value.standing is Standing.LICENCE_EXPIRED
