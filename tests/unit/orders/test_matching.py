from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linkstar.orders.matching import Return, Sale, Why, sale_of

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
POUND = 1_000_000


def sale(number: int, *, items: int = 6, left: int | None = None, **said) -> Sale:
    usual = {
        "order_id": f"o{number}", "line_id": "mug", "article": "mug", "price_micros": POUND,
        "currency": "GBP", "ordered_at": NOON + timedelta(hours=number),
    }  # fmt: skip
    return Sale(id=number, items=items, left=items if left is None else left, **usual | said)


def back(items: int = 6, **said) -> Return:
    usual = {
        "order_id": "C9", "line_id": "mug", "article": "mug", "price_micros": POUND,
        "currency": "GBP", "happened_at": NOON + timedelta(days=9),
    }  # fmt: skip
    return Return(items=items, **usual | said)


class TestAReturnUnderANumberOfItsOwn:
    def test_is_of_the_sale_of_exactly_so_many_rather_than_of_an_earlier_one(self) -> None:
        found = sale_of(back(6), [sale(1, items=12), sale(2, items=6)])
        assert (found.sale.id, found.rivals) == (2, 0)

    def test_is_of_the_earliest_of_equals_and_says_how_many_there_were(self) -> None:
        found = sale_of(back(6), [sale(3), sale(1), sale(2)])
        assert (found.sale.id, found.rivals) == (1, 2)

    def test_is_part_of_a_larger_sale_where_none_is_exactly_so_large(self) -> None:
        assert sale_of(back(2), [sale(1, items=1), sale(2, items=12)]).sale.id == 2

    def test_of_a_sale_that_came_back_in_part_is_no_exact_match(self) -> None:
        assert sale_of(back(6), [sale(1, items=6, left=6), sale(2, items=9, left=6)]).rivals == 0

    def test_takes_no_later_sale_and_no_other_price_or_currency(self) -> None:
        wrong = [
            sale(1, ordered_at=NOON + timedelta(days=10)),
            sale(2, price_micros=POUND + 1),
            sale(3, currency="EUR"),
        ]
        assert sale_of(back(6), wrong).why is Why.NO_SUCH_SALE

    def test_of_an_item_nobody_sold_says_so(self) -> None:
        assert sale_of(back(6), []).why is Why.ITEM_UNKNOWN

    def test_of_more_than_any_sale_has_left_is_not_spread_over_several(self) -> None:
        assert sale_of(back(6), [sale(1, left=4), sale(2, left=4)]).why is Why.NOTHING_LEFT


class TestAReturnUnderTheNumberOfTheSale:
    def test_is_of_that_order_whatever_it_says_of_the_price(self) -> None:
        found = sale_of(back(2, order_id="o2", price_micros=None), [sale(1), sale(2)])
        assert (found.sale.id, found.rivals) == (2, 0)

    def test_is_of_the_line_of_that_number_first(self) -> None:
        lines = [sale(2, line_id="mug"), sale(2, line_id="mug#2")]
        assert sale_of(back(6, order_id="o2", line_id="mug#2"), lines).sale.line_id == "mug#2"

    def test_is_never_of_another_order(self) -> None:
        found = sale_of(back(6, order_id="o2"), [sale(1), sale(2, left=1)])
        assert found.why is Why.NOTHING_LEFT


@given(st.permutations([sale(n, items=1 + n % 3) for n in range(6)]), st.integers(1, 3))
def test_the_order_in_which_sales_are_given_decides_nothing(sales, items) -> None:
    assert sale_of(back(items), sales) == sale_of(back(items), sorted(sales, key=lambda s: s.id))
