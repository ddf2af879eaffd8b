from decimal import ROUND_HALF_EVEN, Decimal

from hypothesis import given
from hypothesis import strategies as st

from linkstar.money.dividing import half_even, micros_per_minor, shares


class TestHalfEven:
    @given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
    def test_agrees_with_decimal(self, numerator, denominator) -> None:
        # 40 digits hold every such quotient well enough to see which side of a half it lies on.
        from decimal import localcontext

        with localcontext(prec=60):
            exact = Decimal(numerator) / Decimal(denominator)
            assert half_even(numerator, denominator) == int(
                exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
            )

    def test_rounds_halves_to_the_even_neighbour(self) -> None:
        assert [half_even(n, 10) for n in (5, 15, 25, -5, -15)] == [0, 2, 2, 0, -2]


class TestShares:
    @given(st.integers(0, 10**9), st.lists(st.integers(0, 100), min_size=1, max_size=20))
    def test_add_up_and_stay_within_one_of_their_weight(self, total, weights) -> None:
        parts = shares(total, weights)
        assert sum(parts) == total
        if any(weights):
            exact = [total * weight / sum(weights) for weight in weights]
            assert all(abs(part - e) < 1 for part, e in zip(parts, exact, strict=True))

    def test_give_the_odd_units_to_the_largest_remainders(self) -> None:
        assert shares(100, [1, 1, 1]) == [34, 33, 33]
        assert shares(10, [5, 3, 1]) == [6, 3, 1]


class TestMicros:
    def test_of_a_minor_unit_follow_the_currency(self) -> None:
        assert [micros_per_minor(code) for code in ("USD", "JPY")] == [10_000, 1_000_000]
