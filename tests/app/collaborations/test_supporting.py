"""Shooting support: asked for, promised with its cost, given, refused, taken back."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from linkstar.accounts.models import Notification
from linkstar.catalog.queries import day_of
from linkstar.collaborations.actions import (
    approve_support,
    cancel_collaboration,
    provide_support,
    reject_support,
    request_support,
    run_clocks,
    withdraw_support,
)
from linkstar.collaborations.actions.supporting import SUPPORTS_OPEN_MAX
from linkstar.collaborations.rules import NotNow, TermsRefused
from linkstar.money.amounts import Money

COST = Money(4_500, "USD")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def made(cast, ada, agree):
    """An agreement with Ada, who has an account."""
    ada.user = cast.ada
    ada.save()
    return agree()


@pytest.fixture
def asked(made, now):
    return request_support(
        collaboration=made, kind="studio", text=" A bright room ", wanted_on=None, now=now
    )


def codes(user) -> list[str]:
    told = Notification.objects.filter(user=user, code__startswith="support.").order_by("pk")
    return list(told.values_list("code", flat=True))


class TestSupport:
    def test_is_asked_for_promised_and_given(self, cast, made, asked, now):
        approve_support(support=asked, cost=COST, now=now)
        given = provide_support(support=asked, now=now)
        assert (given.state, given.cost_minor, given.text) == ("provided", 4_500, "A bright room")
        assert codes(cast.lin) == ["support.requested"]
        assert codes(cast.ada) == ["support.approved", "support.provided"]
        verbs = list(made.timeline.order_by("pk").values_list("verb", flat=True))
        assert verbs[-3:] == ["support_requested", "support_approved", "support_provided"]

    def test_is_refused_with_a_reason(self, cast, asked, now):
        refused = reject_support(support=asked, reason="Fully booked", now=now)
        assert (refused.state, refused.reason) == ("rejected", "Fully booked")
        assert Notification.objects.get(user=cast.ada).params["reason"] == "Fully booked"

    def test_is_taken_back_until_it_was_given(self, cast, asked, now):
        approve_support(support=asked, cost=COST, now=now)
        withdraw_support(support=asked, now=now)
        assert codes(cast.lin)[-1] == "support.withdrawn"
        with pytest.raises(NotNow):
            provide_support(support=asked, now=now)

    def test_is_answered_once(self, asked, now):
        approve_support(support=asked, cost=COST, now=now)
        with pytest.raises(NotNow):
            reject_support(support=asked, reason="No", now=now)

    def test_costs_in_the_shops_currency(self, asked, now):
        with pytest.raises(TermsRefused):
            approve_support(support=asked, cost=Money(1, "CNY"), now=now)

    def test_ends_with_the_agreement_and_is_not_asked_for_after_it(self, made, asked, now):
        cancel_collaboration(collaboration=made, is_creator=True, reason="Ill", now=now)
        asked.refresh_from_db()
        assert asked.state == "withdrawn"
        made.refresh_from_db()
        with pytest.raises(NotNow):
            request_support(collaboration=made, kind="props", text="x", wanted_on=None, now=now)

    def test_ends_when_nobody_answers_in_time(self, cast, asked, now):
        assert run_clocks(now=now + 5 * DAY - SECOND) == []
        [over] = run_clocks(now=now + 5 * DAY)
        assert (over.what, over.state) == ("support", "expired")
        asked.refresh_from_db()
        assert (asked.ended_at, asked.clock_ends_at) == (now + 5 * DAY, None)
        assert codes(cast.lin) == ["support.requested", "support.expired"]
        assert codes(cast.ada) == ["support.expired"]
        with pytest.raises(NotNow):
            approve_support(support=asked, cost=COST, now=now + 6 * DAY)

    def test_that_was_promised_and_not_given_can_still_be_given(self, cast, asked, now):
        approve_support(support=asked, cost=COST, now=now)
        [over] = [each for each in run_clocks(now=now + 14 * DAY) if each.what == "support"]
        assert over.state == "overdue"
        assert codes(cast.ada)[-1] == codes(cast.lin)[-1] == "support.overdue"
        assert provide_support(support=asked, now=now + 15 * DAY).state == "provided"

    def test_is_answered_and_given_by_the_day_it_is_wanted(self, cast, made, now):
        on = day_of(cast.shop, now) + DAY
        wanted = request_support(
            collaboration=made, kind="crew", text="Two lights", wanted_on=on, now=now
        )
        ends_at = datetime.combine(on + DAY, time.min, ZoneInfo(cast.shop.zone))
        assert wanted.clock_ends_at == ends_at
        assert approve_support(support=wanted, cost=COST, now=now).clock_ends_at == ends_at

    def test_is_not_wanted_by_a_day_that_is_over(self, cast, made, now):
        on = day_of(cast.shop, now) - DAY
        with pytest.raises(TermsRefused) as refused:
            request_support(collaboration=made, kind="crew", text="x", wanted_on=on, now=now)
        assert refused.value.reason == "wanted_day_over"

    def test_waits_ten_times_at_most(self, made, now):
        about = {"collaboration": made, "kind": "props", "text": "x", "wanted_on": None}
        for _each in range(SUPPORTS_OPEN_MAX):
            request_support(**about, now=now)
        with pytest.raises(TermsRefused):
            request_support(**about, now=now)


def test_the_pages_of_both_sides_lead_through_it(cast, made, client, now) -> None:
    client.force_login(cast.ada)
    wanted = {"kind": "crew", "text": "Two lights", "wanted_on": "2030-01-05"}
    client.post(f"/creator/collaborations/{made.pk}/support/", wanted)
    support = made.supports.get()
    client.force_login(cast.lin)
    act = f"/supports/{support.pk}"
    assert "Say what it costs you" in client.post(f"{act}/approve/", follow=True).content.decode()
    page = client.post(f"{act}/approve/", {"cost": "45"}, follow=True).content.decode()
    assert "$45.00" in page
    assert "It was given" in page
    client.post(f"{act}/provide/")
    client.force_login(cast.ada)
    page = client.get(f"/creator/collaborations/{made.pk}/").content.decode()
    assert "Two lights" in page
    assert "$45.00" not in page
    client.force_login(cast.bo)
    assert client.post(f"/creator/supports/{support.pk}/withdraw/").status_code == 404
