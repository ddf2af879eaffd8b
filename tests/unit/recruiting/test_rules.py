from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.collaborations.rules import NotNow
from linkstar.recruiting.models import Application, Campaign, Invitation, Negotiation
from linkstar.recruiting.rules import (
    CLOCK,
    MACHINES,
    PLACEHOLDERS,
    BraceAlone,
    Expired,
    NotYourTurn,
    OfferOutdated,
    PlaceholderUnknown,
    PlacesTaken,
    after,
    can,
    check_answer,
    check_places,
    check_text,
    check_time,
    filled,
    state_at,
)

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
STATES = {
    "campaign": Campaign.State.values,
    "application": Application.State.values,
    "invitation": Invitation.State.values,
    "negotiation": Negotiation.State.values,
}
START = {
    "campaign": "draft", "application": "applied", "invitation": "sent", "negotiation": "open",
}  # fmt: skip
FINAL = {
    "campaign": {"cancelled"},
    "application": {"selected", "withdrawn"},
    "invitation": {"accepted", "declined", "expired", "withdrawn"},
    "negotiation": {"agreed", "declined", "expired", "withdrawn"},
}
EVENTS = sorted({event for moves in MACHINES.values() for _, event in moves})


@pytest.mark.parametrize("machine", MACHINES)
class TestAMachine:
    def test_has_exactly_the_states_that_are_recorded(self, machine):
        named = {state for state, _ in MACHINES[machine]} | set(MACHINES[machine].values())
        assert named == set(STATES[machine])

    def test_reaches_every_state_from_its_start(self, machine):
        reached, fresh = {START[machine]}, {START[machine]}
        while fresh:
            fresh = {to for (f, _), to in MACHINES[machine].items() if f in fresh} - reached
            reached |= fresh
        assert reached == set(STATES[machine])

    def test_never_leaves_a_final_state(self, machine):
        assert not FINAL[machine] & {state for state, _ in MACHINES[machine]}

    @given(events=st.lists(st.sampled_from(EVENTS), max_size=12))
    def test_ends_only_where_it_may_whatever_happens(self, machine, events):
        state = START[machine]
        for event in events:
            if can(machine, state, event):
                state = after(machine, state, event)
            else:
                with pytest.raises(NotNow):
                    after(machine, state, event)
        assert state in STATES[machine]
        if state in FINAL[machine]:
            assert not any(can(machine, state, event) for event in EVENTS)


class TestAClock:
    def test_counts_from_the_moment_it_runs_out(self):
        assert state_at("invitation", "sent", NOW, now=NOW) == "expired"
        assert state_at("invitation", "sent", NOW, now=NOW - timedelta(seconds=1)) == "sent"

    def test_changes_nothing_that_was_answered(self):
        assert state_at("invitation", "accepted", NOW, now=NOW + timedelta(days=9)) == "accepted"

    @given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
    def test_refuses_exactly_when_the_state_says_so(self, late):
        assert (
            state_at("negotiation", "open", NOW, now=NOW + late)
            == MACHINES["negotiation"]["open", CLOCK]
        )
        with pytest.raises(Expired):
            check_time("offer", NOW, zone="UTC", now=NOW + late)


class TestAnsweringAnOffer:
    def test_is_for_the_other_side(self):
        check_answer(side="creator", number=3, newest_side="seller", newest=3)

    def test_of_ones_own_is_refused(self):
        with pytest.raises(NotYourTurn):
            check_answer(side="seller", number=3, newest_side="seller", newest=3)

    def test_that_was_followed_by_another_is_refused(self):
        with pytest.raises(OfferOutdated) as refused:
            check_answer(side="creator", number=2, newest_side="seller", newest=3)
        assert refused.value.newest == 3

    @given(st.integers(1, 50))
    def test_lets_one_side_at_a_time(self, newest):
        side = "seller" if newest % 2 else "creator"
        outcomes = []
        for one in ("seller", "creator"):
            try:
                check_answer(side=one, number=newest, newest_side=side, newest=newest)
            except NotYourTurn:
                outcomes.append(False)
            else:
                outcomes.append(True)
        assert sum(outcomes) == 1


class TestPlaces:
    @given(st.integers(0, 40), st.integers(1, 40))
    def test_are_never_given_away_twice(self, selected, places):
        if selected >= places:
            with pytest.raises(PlacesTaken):
                check_places(selected=selected, places=places)
        else:
            check_places(selected=selected, places=places)

    def test_without_a_number_are_unlimited(self):
        check_places(selected=10_000, places=None)


class TestATemplate:
    def test_is_filled_in(self):
        text = "Hi {creator}, {shop} offers {rate} until {until}."
        values = {"creator": "Ada", "shop": "Lin", "rate": "15%", "until": "2026-11-01"}
        assert filled(text, values) == "Hi Ada, Lin offers 15% until 2026-11-01."

    def test_names_every_placeholder_nobody_knows(self):
        with pytest.raises(PlaceholderUnknown) as refused:
            check_text("{creator} {price} {佣金}")
        assert refused.value.names == ("price", "佣金")

    @pytest.mark.parametrize("text", ["{creator", "creator}", "{{creator}", "a } b { c"])
    def test_with_a_lonely_brace_is_refused(self, text):
        with pytest.raises(BraceAlone):
            check_text(text)

    @given(st.sampled_from(PLACEHOLDERS), st.text(max_size=30))
    def test_never_reads_a_value_again(self, name, value):
        assert filled("<{" + name + "}>", {name: value}) == f"<{value}>"


def test_every_refusal_has_its_sentence() -> None:
    from linkstar.web.recruiting.words import _SENTENCES, NOT_NOW, REFUSED

    assert set(REFUSED) == set(_SENTENCES)
    started = {(machine, START[machine]) for machine in ("invitation", "negotiation")}
    all_states = {(machine, state) for machine, states in STATES.items() for state in states}
    assert all_states - started == set(NOT_NOW)
