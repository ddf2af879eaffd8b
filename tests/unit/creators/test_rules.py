import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.creators.models import Creator
from linkstar.creators.rules import (
    STATE_MOVES,
    AudienceRefused,
    HandleRefused,
    NotNow,
    Range,
    check_audience,
    handle_of,
    may_see_exactly,
    missing_to_submit,
    range_of,
    state_after,
    tenth_of,
    tier_of,
    told_count,
    told_share,
)

EVENTS = sorted({event for _, event in STATE_MOVES})


class TestAHandle:
    @pytest.mark.parametrize(
        "stated",
        [
            "@Ada.Lee", "ada.lee", " ＠ADA.LEE ", "https://www.tiktok.com/@Ada.Lee?lang=en",
            "tiktok.com/@ada.lee/video/73", "https://m.tiktok.com/@ada.lee#x",
        ],
    )  # fmt: skip
    def test_is_found_in_what_people_paste(self, stated):
        assert handle_of(stated) == "ada.lee"

    @pytest.mark.parametrize("stated", ["", "@", "two words", "a/b", "x" * 121, "名字!"])
    def test_that_is_none_is_refused(self, stated):
        with pytest.raises(HandleRefused):
            handle_of(stated)


class TestARange:
    @pytest.mark.parametrize(
        ("figure", "low", "high"),
        [(0, 0, 100), (99, 0, 100), (100, 100, 200), (12_345, 10_000, 20_000),
         (999_999, 500_000, 1_000_000), (7_000_000_000, 5_000_000_000, 50_000_000_000)],
    )  # fmt: skip
    def test_is_of_the_1_2_5_series(self, figure, low, high):
        assert range_of(figure) == Range(low, high)

    @given(st.integers(0, 10**12))
    def test_holds_its_figure_and_is_the_same_for_all_in_it(self, figure):
        found = range_of(figure)
        assert found.low <= figure < found.high or figure >= found.high >= 10**10
        assert range_of(found.low) == found

    @given(st.integers(0, 10_000))
    def test_of_a_share_is_its_tenth(self, share_bps):
        found = tenth_of(share_bps)
        assert found.low <= share_bps <= found.high
        assert found.high - found.low == 1_000


class TestWhatASellerSees:
    def test_is_exact_of_its_own_records(self):
        assert may_see_exactly(owner=7, viewer=7, has_consent=False)

    def test_is_exact_with_the_creators_consent_only(self):
        assert may_see_exactly(owner=None, viewer=7, has_consent=True)
        assert not may_see_exactly(owner=None, viewer=7, has_consent=False)

    def test_is_never_exact_of_another_sellers_record(self):
        assert not may_see_exactly(owner=8, viewer=7, has_consent=True)

    @given(st.integers(0, 10**9))
    def test_is_a_range_without_consent(self, figure):
        assert told_count(figure, exactly=True) == figure
        assert told_count(figure, exactly=False) == range_of(figure)

    def test_is_nothing_where_nothing_was_stated(self):
        assert told_count(None, exactly=False) is None
        assert told_share(None, exactly=False) is None


class TestTheStates:
    def test_are_exactly_those_that_are_recorded(self):
        named = {state for state, _ in STATE_MOVES} | set(STATE_MOVES.values())
        assert named == set(Creator.State.values)

    @given(st.lists(st.sampled_from(EVENTS), max_size=15))
    def test_lead_to_verified_through_a_person_only(self, events):
        state, seen = "draft", ["draft"]
        for event in events:
            try:
                after = state_after(state, event)
            except NotNow:
                continue
            if after == "verified":
                assert (state, event) in {("pending", "verify"), ("suspended", "reinstate")}
            state = after
            seen.append(state)
        if "verified" in seen:
            assert "pending" in seen


class TestAProfile:
    def test_says_what_is_missing(self):
        missing = missing_to_submit(
            name=" ", region="US", languages=[], categories=["Beauty"], channels=0
        )
        assert missing == ("name", "languages", "channel")


class TestAnAudience:
    def test_of_more_than_everybody_is_refused(self):
        with pytest.raises(AudienceRefused) as refused:
            check_audience([("gender", "female", 7_000), ("gender", "male", 4_000)])
        assert (refused.value.dimension, refused.value.total_bps) == ("gender", 11_000)

    def test_need_not_be_told_in_full(self):
        check_audience([("gender", "female", 7_000), ("age", "18-24", 10_000)])


@pytest.mark.parametrize(
    ("followers", "tier"),
    [(None, ""), (0, "nano"), (9_999, "nano"), (10_000, "micro"), (100_000, "mid"),
     (500_000, "macro"), (1_000_000, "mega")],
)  # fmt: skip
def test_a_tier_follows_from_followers(followers, tier):
    assert tier_of(followers) == tier
