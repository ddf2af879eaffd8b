from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.collaborations.rules import (
    CLOCK,
    DELIVERABLE_MOVES,
    SAMPLE_MOVES,
    SUPPORT_MOVES,
    DeliverableState,
    MarketWithoutClocks,
    NotNow,
    SampleState,
    Stage,
    Terms,
    TermsRefused,
    TooLateToCancel,
    check_cancelling,
    check_terms,
    clocks_of,
    confirm_by,
    deliverable_after,
    fulfilment_bps,
    sample_after,
    stage,
)
from linkstar.money.amounts import Money

TODAY = date(2026, 10, 22)
NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
SAMPLE_STATES = st.lists(st.sampled_from(SampleState), max_size=4)
DELIVERABLE_STATES = st.lists(st.sampled_from(DeliverableState), min_size=1, max_size=5)


def terms(**changed: object) -> Terms:
    agreed = {
        "rate_bps": 1_500,
        "flat_fee": Money(20_000, "USD"),
        "videos": 2,
        "lives": 0,
        "needs_sample": True,
        "starts_on": TODAY,
        "ends_before": TODAY + timedelta(days=30),
    }
    return Terms(**agreed | changed)


class TestTerms:
    def test_stand_as_agreed(self) -> None:
        assert check_terms(terms(), currency="USD") == terms()

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"rate_bps": 10_001}, "rate_out_of_range"),
            ({"rate_bps": -1}, "rate_out_of_range"),
            ({"ads_rate_bps": 20_000}, "rate_out_of_range"),
            ({"videos": 0}, "nothing_due"),
            ({"videos": -1, "lives": 2}, "nothing_due"),
            ({"ends_before": TODAY}, "ends_before_start"),
            ({"flat_fee": Money(-1, "USD")}, "fee_below_zero"),
            ({"flat_fee": Money(100, "CNY")}, "fee_in_another_currency"),
        ],
    )
    def test_are_refused_by_name(self, changed: dict[str, object], reason: str) -> None:
        with pytest.raises(TermsRefused) as refused:
            check_terms(terms(**changed), currency="USD")
        assert refused.value.reason == reason


class TestClocks:
    def test_of_the_us_are_those_the_platform_states(self) -> None:
        clocks = clocks_of("US", TODAY)
        assert (clocks.sample_review_days, clocks.content_days) == (7, 14)
        assert (clocks.content_extension_days, clocks.video_kept_up_days) == (7, 3)

    def test_of_a_market_nobody_wrote_down_are_refused(self) -> None:
        with pytest.raises(MarketWithoutClocks):
            clocks_of("ZZ", TODAY)

    def test_before_the_first_rule_are_refused(self) -> None:
        with pytest.raises(MarketWithoutClocks):
            clocks_of("US", date(2020, 1, 1))

    def test_never_confirm_a_video_before_it_stayed_up(self) -> None:
        clocks = clocks_of("US", TODAY)
        by = confirm_by(NOW, kind="video", clocks=clocks)
        assert by >= NOW + timedelta(days=clocks.video_kept_up_days)


class TestTheTables:
    @given(state=st.sampled_from(SampleState), event=st.text(max_size=12))
    def test_refuse_what_is_not_in_them(self, state: SampleState, event: str) -> None:
        if (state, event) in SAMPLE_MOVES:
            assert sample_after(state, event) == SAMPLE_MOVES[state, event]
            return
        with pytest.raises(NotNow) as refused:
            sample_after(state, event)
        assert refused.value.state == state

    @pytest.mark.parametrize("moves", [SAMPLE_MOVES, DELIVERABLE_MOVES, SUPPORT_MOVES])
    def test_leave_nothing_waiting_for_ever(self, moves) -> None:
        """A state without a clock waits for a parcel, or for what is late already."""
        leaving = {state for state, _ in moves}
        ticking = {state for state, event in moves if event == CLOCK}
        assert leaving - ticking <= {
            SampleState.SHIPPED,
            SampleState.NOT_SHIPPED,
            SampleState.OVERDUE,
            DeliverableState.OVERDUE,
        }

    @given(events=st.lists(st.sampled_from(sorted({event for _, event in SAMPLE_MOVES}))))
    def test_never_lead_back_to_a_sample_that_has_not_left(self, events: list[str]) -> None:
        state, was_out = SampleState.REQUESTED, False
        for event in events:
            if (state, event) not in SAMPLE_MOVES:
                continue
            state = sample_after(state, event)
            was_out = was_out or state == SampleState.SHIPPED
            assert not (was_out and state in {SampleState.REQUESTED, SampleState.APPROVED})

    @given(events=st.lists(st.sampled_from(sorted({event for _, event in DELIVERABLE_MOVES}))))
    def test_confirm_only_what_was_handed_in(self, events: list[str]) -> None:
        state, before = DeliverableState.DUE, DeliverableState.DUE
        for event in events:
            if (state, event) in DELIVERABLE_MOVES:
                before, state = state, deliverable_after(state, event)
            if state == DeliverableState.CONFIRMED:
                assert before == DeliverableState.SUBMITTED or event == "award"
                break


class TestTheStage:
    @pytest.mark.parametrize(
        ("needs_sample", "samples", "deliverables", "reached"),
        [
            (True, [], ["due"], Stage.AGREED),
            (True, ["requested"], ["due"], Stage.AGREED),
            (True, ["approved"], ["due"], Stage.SAMPLE),
            (True, ["shipped"], ["due"], Stage.SAMPLE),
            (True, ["received"], ["due"], Stage.CREATING),
            (False, [], ["due", "due"], Stage.CREATING),
            (False, [], ["submitted", "due"], Stage.POSTED),
            (True, ["completed"], ["confirmed", "cancelled"], Stage.COMPLETED),
            (False, [], ["cancelled"], Stage.CANCELLED),
        ],
    )
    def test_follows(self, needs_sample, samples, deliverables, reached) -> None:
        assert (
            stage(needs_sample=needs_sample, samples=samples, deliverables=deliverables) == reached
        )

    @given(needs=st.booleans(), samples=SAMPLE_STATES, deliverables=DELIVERABLE_STATES)
    def test_is_posted_or_completed_once_content_was_confirmed(
        self, needs, samples, deliverables
    ) -> None:
        reached = stage(needs_sample=needs, samples=samples, deliverables=deliverables)
        if DeliverableState.CONFIRMED in deliverables:
            assert reached in {Stage.POSTED, Stage.COMPLETED}


class TestCancelling:
    def test_is_free_to_both_before_a_sample_leaves(self) -> None:
        for is_creator in (True, False):
            check_cancelling(is_creator=is_creator, samples=["approved"], deliverables=["due"])

    def test_by_the_seller_waits_while_a_sample_is_out(self) -> None:
        with pytest.raises(TooLateToCancel, match="sample_is_out"):
            check_cancelling(is_creator=False, samples=["received"], deliverables=["due"])

    def test_by_the_seller_is_free_again_once_content_is_overdue(self) -> None:
        check_cancelling(is_creator=False, samples=["overdue"], deliverables=["overdue"])

    def test_by_the_creator_does_not_excuse_overdue_content(self) -> None:
        with pytest.raises(TooLateToCancel, match="content_overdue"):
            check_cancelling(is_creator=True, samples=["overdue"], deliverables=["due"])

    @given(is_creator=st.booleans(), samples=SAMPLE_STATES)
    def test_never_takes_back_what_was_delivered(self, is_creator, samples) -> None:
        with pytest.raises(TooLateToCancel, match="content_delivered"):
            check_cancelling(
                is_creator=is_creator, samples=samples, deliverables=["submitted", "due"]
            )


class TestFulfilment:
    def test_counts_only_samples_whose_time_is_over(self) -> None:
        assert fulfilment_bps(completed=3, overdue=1) == 7_500

    def test_of_nothing_is_no_figure(self) -> None:
        assert fulfilment_bps(completed=0, overdue=0) is None
