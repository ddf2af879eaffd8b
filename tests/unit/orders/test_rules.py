from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.orders.rules import State, furthest, kept, tiers, word_of

SOLD = {
    "state": State.PAID, "items": 3, "items_returned": 0, "price_micros": 2_555_000,
    "discounts_minor": 0, "tax_minor": 0, "refunded_minor": 0, "currency": "GBP",
}  # fmt: skip


class TestWhatIsKept:
    def test_is_price_times_quantity_to_the_millionth(self) -> None:
        assert kept(**SOLD).base_micros == 7_665_000

    @pytest.mark.parametrize("state", [State.CANCELLED, State.REFUNDED, State.INELIGIBLE])
    def test_is_nothing_once_the_line_ended(self, state) -> None:
        assert kept(**SOLD | {"state": state}).base_micros == 0

    def test_leaves_coupons_and_tax_with_the_items_they_belong_to(self) -> None:
        said = SOLD | {"discounts_minor": 90, "tax_minor": 60, "items_returned": 1}
        assert kept(**said).base_micros == 2 * 2_555_000 - 1_000_000

    @given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 10**12), st.integers(0, 10**9))
    def test_is_within_a_millionth_of_the_exact_share_and_never_below_nothing(
        self, items, returned, price, discounts
    ) -> None:
        returned = min(items, returned)
        said = {
            "items": items, "items_returned": returned, "price_micros": price,
            "discounts_minor": discounts,
        }  # fmt: skip
        found = kept(**SOLD | said)
        exact = (price - Fraction(discounts * 10_000, items)) * (items - returned)
        assert abs(found.base_micros - max(exact, 0)) <= 1
        assert found.items == items - returned


class TestTiers:
    @pytest.mark.parametrize(
        ("written", "rates"),
        [("3.0 OR 5.0", (300, 500)), ("5% or 3%", (300, 500)), ("15%", ()), ("", ()), ("x", ())],
    )
    def test_are_read_lowest_first(self, written, rates) -> None:
        assert tiers(written) == rates


class TestWords:
    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("Settled", State.SETTLED), ("Ineligible", State.INELIGIBLE),
            ("Completed", State.DELIVERED), ("Canceled", State.CANCELLED),
            ("AWAITING_COLLECTION", State.PAID), ("Unpaid by customer", State.PLACED),
            ("已取消", State.CANCELLED),
        ],
    )  # fmt: skip
    def test_of_a_platform_mean_one_state(self, word, state) -> None:
        assert word_of("tiktok", word).state is state

    def test_that_nobody_wrote_down_mean_nothing(self) -> None:
        assert word_of("tiktok", "Teleported") is None

    def test_of_risk_control_hold_without_moving(self) -> None:
        assert (word_of("tiktok", "FROZEN").state, word_of("tiktok", "FROZEN").is_held) == (
            None, True,
        )  # fmt: skip


class TestFurthest:
    @given(st.lists(st.sampled_from(State), min_size=1))
    def test_does_not_depend_on_the_order(self, states) -> None:
        assert furthest(*states) is furthest(*reversed(states))
