from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.recruiting.outreach import (
    Candidate,
    Conflict,
    MarketWithoutOutreach,
    Remark,
    budget,
    outreach_of,
    planned,
    totals,
    week_of,
)

PACIFIC = "America/Los_Angeles"
NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
RULES = outreach_of("US", date(2026, 10, 22))
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        creator=st.sampled_from([f"crt_{n}" for n in range(12)]),
        is_verified=st.booleans(),
        has_account=st.booleans(),
        is_connected=st.booleans(),
        has_waiting_invitation=st.booleans(),
        is_negotiating=st.booleans(),
        is_collaborating=st.booleans(),
        is_named_in_plan=st.booleans(),
        unanswered=st.integers(0, 6),
    ),
    max_size=20,
)


class TestTheWeek:
    def test_begins_on_sunday_at_midnight_in_the_shops_zone(self):
        start, end = week_of(NOW, zone=PACIFIC, resets_on=7)
        assert start.isoformat() == "2026-10-18T00:00:00-07:00"
        assert end.isoformat() == "2026-10-25T00:00:00-07:00"

    def test_has_an_hour_more_when_clocks_go_back(self):
        start, end = week_of(datetime(2026, 11, 3, tzinfo=UTC), zone=PACIFIC, resets_on=7)
        assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=169)

    @given(
        st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
        st.sampled_from([PACIFIC, "Asia/Shanghai", "Europe/London", "UTC"]),
        st.integers(1, 7),
    )
    def test_holds_every_instant_in_exactly_one(self, at, zone, resets_on):
        start, end = week_of(at, zone=zone, resets_on=resets_on)
        assert start <= at < end
        assert start.astimezone(ZoneInfo(zone)).isoweekday() == resets_on
        assert week_of(end, zone=zone, resets_on=resets_on)[0] == end


class TestTheRulesOfAMarket:
    def test_are_those_in_force_on_the_day(self):
        assert outreach_of("US", date(2024, 7, 1)).tier("1").weekly_limit == 500
        assert outreach_of("US", date(2026, 7, 1)).tier("0").limit_once == 1_000

    def test_are_not_made_up(self):
        with pytest.raises(MarketWithoutOutreach):
            outreach_of("US", date(2020, 1, 1))
        with pytest.raises(MarketWithoutOutreach):
            outreach_of("XX", date(2026, 1, 1))


class TestABudget:
    def budget(self, **changed):
        asked = {
            "tier": "", "stated": None, "spent_this_week": 7, "spent_ever": 300, "resets_at": NOW,
        }  # fmt: skip
        return budget(RULES, **asked | changed)

    def test_is_the_shops_own_number_where_it_named_one(self):
        found = self.budget(stated=200, tier="0")
        assert (found.limit, found.left, found.is_stated) == (200, 193, True)

    def test_of_a_new_seller_does_not_come_back_with_the_week(self):
        found = self.budget(tier="0")
        assert (found.limit, found.left, found.resets_at) == (1_000, 700, None)

    def test_is_the_careful_number_until_somebody_names_one(self):
        found = self.budget(tier="2")
        assert (found.limit, found.left, found.is_stated) == (50, 43, False)

    def test_is_never_below_zero(self):
        assert self.budget(stated=3).left == 0


class TestADryRun:
    @pytest.mark.parametrize(
        ("candidate", "conflict"),
        [
            ({"is_verified": False}, Conflict.NOT_VERIFIED),
            ({"has_waiting_invitation": True}, Conflict.ALREADY_INVITED),
            ({"is_negotiating": True}, Conflict.NEGOTIATING),
            ({"is_collaborating": True}, Conflict.COLLABORATING),
            ({"is_named_in_plan": True}, Conflict.NAMED_IN_PLAN),
            ({"unanswered": 5}, Conflict.NO_ANSWER),
        ],
    )
    def test_names_what_stands_against_somebody(self, candidate, conflict):
        [one] = planned([Candidate("crt_1", **candidate)], left=9, unanswered_max=5)
        assert one.conflicts == (conflict,)

    def test_stops_at_the_budget_and_lets_connected_creators_through(self):
        people = [Candidate("a"), Candidate("b"), Candidate("c", is_connected=True)]
        one, two, three = planned(people, left=1, unanswered_max=5)
        assert one.spends
        assert two.conflicts == (Conflict.OVER_BUDGET,)
        assert (three.is_sent, three.spends, three.remarks) == (True, False, (Remark.FREE,))

    @given(CANDIDATES, st.integers(0, 20))
    def test_never_spends_more_than_is_left_and_plans_everybody_once(self, people, left):
        plan = planned(people, left=left, unanswered_max=5)
        sent, spending, held = totals(plan)
        assert spending <= left
        assert len(plan) == len({one.creator for one in people}) == sent + held
        assert all(one.is_sent != bool(one.conflicts) for one in plan)

    @given(CANDIDATES, st.integers(0, 20))
    def test_holds_nobody_back_for_the_budget_while_there_is_some(self, people, left):
        plan = planned(people, left=left, unanswered_max=5)
        over = any(Conflict.OVER_BUDGET in one.conflicts for one in plan)
        assert not over or totals(plan)[1] == left
