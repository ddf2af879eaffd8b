from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.app.recruiting.conftest import terms
from tests.conftest import NOW

from linkstar.accounts.models import Notification
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.rules import NotNow, TermsRefused
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.plans.models import Plan, PlanCreator
from linkstar.recruiting.actions import (
    accept_invitation,
    counter_invitation,
    decline_invitation,
    dry_run,
    run_clocks,
    send_invitations,
    state_outreach,
    withdraw_invitation,
)
from linkstar.recruiting.models import Invitation, Negotiation
from linkstar.recruiting.outreach import Conflict, Remark
from linkstar.recruiting.queries import budget_of, invitations_for
from linkstar.recruiting.rates import RateRefused
from linkstar.recruiting.rules import CreatorSuspended, Expired, PlaceholderUnknown

pytestmark = pytest.mark.django_db


def send(batch, creators, cast, now):
    return send_invitations(batch=batch, creators=creators, user=cast.lin, now=now)


def told(user) -> list[str]:
    return list(Notification.objects.filter(user=user).values_list("code", flat=True))


class TestSending:
    def test_fills_the_text_in_and_tells_the_creator(self, invitation, cast) -> None:
        assert invitation.message.startswith("Hi Ada, Lin Beauty US offers 15% for Serum until 20")
        assert told(cast.ada) == ["invitation.received"]

    def test_spends_one_of_the_weeks_budget(self, cast, invitation, now) -> None:
        assert budget_of(cast.shop, now=now).spent == 1
        later = now + timedelta(days=7)
        assert budget_of(cast.shop, now=later).spent == 0

    def test_to_somebody_waiting_is_held_back(self, cast, batch, bo, invitation) -> None:
        sent, held = send(batch, [invitation.creator, bo], cast, invitation.sent_at)
        assert [one.creator for one in sent] == [bo]
        assert held[0].conflicts == (Conflict.ALREADY_INVITED,)

    def test_stops_at_the_number_the_shop_was_told(self, batch, cast, ada, bo) -> None:
        state_outreach(shop=cast.shop, tier="1", weekly_limit=1, user=cast.lin, now=NOW)
        sent, held = send(batch, [bo, ada], cast, NOW)
        assert [one.creator for one in sent] == [bo]
        assert held[0].conflicts == (Conflict.OVER_BUDGET,)

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"terms": terms(rate_bps=900)}, RateRefused),
            ({"terms": terms(videos=0)}, TermsRefused),
            ({"terms": terms(flat_fee=Money(100, "CNY"))}, TermsRefused),
            ({"products": []}, TermsRefused),
            ({"text": "{price}"}, PlaceholderUnknown),
        ],
    )
    def test_of_what_cannot_stand_sends_nothing(self, cast, batch, ada, wrong, refusal):
        with pytest.raises(refusal):
            send(replace(batch, **wrong), [ada], cast, NOW)
        assert not Invitation.objects.exists()
        assert not Notification.objects.exists()


class TestADryRun:
    def test_sends_nothing(self, cast, batch, ada, now) -> None:
        found = dry_run(shop=cast.shop, creators=[ada], products=batch.products, now=now)
        assert found.plan[0].is_sent
        assert found.budget.left == 50
        assert not Invitation.objects.exists()

    def plan(self, cast, batch, creator, now):
        return dry_run(shop=cast.shop, creators=[creator], products=batch.products, now=now).plan[0]

    def test_knows_who_has_no_account(self, cast, batch, cy, now) -> None:
        assert self.plan(cast, batch, cy, now).remarks == (Remark.NO_ACCOUNT,)

    def test_knows_a_suspended_creator_by_the_handle_of_an_own_record(
        self, cast, batch, cy, now
    ) -> None:
        Creator.objects.create(handle="cy", state=Creator.State.SUSPENDED, created_at=now)
        assert self.plan(cast, batch, cy, now).conflicts == (Conflict.NOT_VERIFIED,)

    def test_knows_who_is_named_in_a_targeted_plan(self, cast, batch, ada, serum, now) -> None:
        plan = Plan.objects.create(
            shop=cast.shop, kind=Plan.Kind.TARGETED, name="VIP", scope="category",
            category="Beauty", starts_on=date(2026, 1, 1), created_at=now,
        )  # fmt: skip
        PlanCreator.objects.create(plan=plan, creator=ada, starts_on=date(2026, 1, 1))
        assert self.plan(cast, batch, ada, now).conflicts == (Conflict.NAMED_IN_PLAN,)

    def test_knows_who_already_works_on_the_product(
        self, cast, batch, ada, invitation, now
    ) -> None:
        accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
        assert self.plan(cast, batch, ada, now).conflicts == (Conflict.COLLABORATING,)

    def test_knows_who_never_answers(self, cast, batch, ada, now) -> None:
        for week in range(5):
            at = now + timedelta(days=30 * week)
            send(batch, [ada], cast, at)
            run_clocks(now=at + timedelta(days=20))
        found = self.plan(cast, batch, ada, now + timedelta(days=200))
        assert found.conflicts == (Conflict.NO_ANSWER,)

    def test_is_free_for_who_answered_before(self, cast, batch, ada, invitation, now) -> None:
        decline_invitation(invitation=invitation, creator=ada, now=now)
        assert self.plan(cast, batch, ada, now).remarks == (Remark.FREE,)


class TestAccepting:
    def test_begins_the_collaboration_on_these_terms(self, cast, invitation, ada, now) -> None:
        made = accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
        assert (made.rate_bps, made.videos, made.creator) == (1_500, 2, ada)
        invitation.refresh_from_db()
        assert invitation.state == Invitation.State.ACCEPTED
        assert invitation.negotiation.state == Negotiation.State.AGREED
        assert told(cast.lin) == told(cast.mei) == ["invitation.accepted"]
        assert told(cast.vera) == []

    def test_twice_makes_one_collaboration(self, cast, invitation, ada, now) -> None:
        accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
        with pytest.raises(NotNow):
            accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
        assert Collaboration.objects.count() == 1

    def test_after_its_time_does_nothing(self, cast, invitation, ada, now) -> None:
        with pytest.raises(Expired):
            accept_invitation(
                invitation=invitation, creator=ada, user=cast.ada, now=invitation.expires_at
            )
        assert not Negotiation.objects.exists()
        invitation.refresh_from_db()
        assert invitation.state == Invitation.State.SENT

    def test_what_was_taken_back_is_refused(self, cast, invitation, ada, now) -> None:
        withdraw_invitation(invitation=invitation, user=cast.lin, now=now)
        with pytest.raises(NotNow) as refused:
            accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
        assert refused.value.state == "withdrawn"
        assert told(cast.ada) == ["invitation.received", "invitation.withdrawn"]

    def test_by_a_suspended_creator_leaves_the_invitation_as_it_is(
        self, cast, invitation, ada, now
    ) -> None:
        Creator.objects.update(state=Creator.State.SUSPENDED)
        with pytest.raises(CreatorSuspended):
            accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
        invitation.refresh_from_db()
        assert invitation.state == Invitation.State.SENT

    def test_on_terms_the_market_no_longer_allows_changes_nothing(
        self, cast, invitation, ada, now
    ) -> None:
        Invitation.objects.update(rate_bps=9_000)
        with pytest.raises(RateRefused):
            accept_invitation(invitation=invitation, creator=ada, user=cast.ada, now=now)
        invitation.refresh_from_db()
        assert invitation.state == Invitation.State.SENT


class TestACounterOffer:
    def test_asks_the_seller(self, cast, invitation, ada, now) -> None:
        talk = counter_invitation(
            invitation=invitation, creator=ada, terms=terms(rate_bps=2_000), user=cast.ada, now=now
        )
        assert [(o.side, o.rate_bps) for o in talk.offers.order_by("number")] == [
            ("seller", 1_500), ("creator", 2_000),
        ]  # fmt: skip
        assert told(cast.lin) == ["offer.received"]
        assert not Collaboration.objects.exists()


class TestAnOwnRecord:
    def test_reaches_the_creator_who_signs_up_later(self, cast, batch, cy, now) -> None:
        [sent], _ = send(batch, [cy], cast, now)
        signed_up = Creator.objects.create(
            user=cast.bo, handle="cy", state=Creator.State.VERIFIED, created_at=now
        )
        assert list(invitations_for(signed_up)) == [sent]
        made = accept_invitation(invitation=sent, creator=signed_up, user=cast.bo, now=now)
        assert made.creator == signed_up

    def test_is_not_shown_to_who_only_claims_the_handle(self, cast, batch, cy, now) -> None:
        send(batch, [cy], cast, now)
        claims = Creator.objects.create(
            user=cast.bo, handle="cy", state=Creator.State.PENDING, created_at=now
        )
        assert list(invitations_for(claims)) == []


class TestTheClock:
    def test_ends_what_nobody_answered_once_and_tells_the_shop(self, cast, invitation) -> None:
        late = invitation.expires_at
        assert run_clocks(now=late - timedelta(seconds=1)).invitations == 0
        assert run_clocks(now=late).invitations == 1
        assert run_clocks(now=late).invitations == 0
        invitation.refresh_from_db()
        assert invitation.state == Invitation.State.EXPIRED
        assert told(cast.lin) == ["invitation.expired"]
