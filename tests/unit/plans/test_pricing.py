"""Many lines at once get the answer that is told for each of them."""

from datetime import timedelta

import pyarrow as pa
from hypothesis import given, settings
from tests.unit.plans.books import CREATORS, FIRST, PRODUCTS, books

from linkstar.plans.book import ShopBook
from linkstar.plans.pricing import ASKED, RATES, price
from linkstar.plans.terms import terms_of
from linkstar.plans.tracing import Trace, trace

LINES = [
    {"creator": creator, "product": product, "day": FIRST + timedelta(days=n)}
    for n in range(-3, 125, 4)
    for creator in (*CREATORS, "stranger")
    for product in PRODUCTS
]


def told(traced: Trace) -> dict[str, object]:
    paid = traced.paid
    return {
        "rate_bps": traced.rate_bps,
        "ads_rate_bps": traced.ads_rate_bps,
        "plan_id": paid.promise.plan if paid else None,
        "plan_version": paid.version.number if paid else None,
        "kind": paid.promise.kind.value if paid else None,
        "kept_before": traced.kept.kept_before if traced.kept else None,
        "seller_bonus_bps": traced.seller_bonus_bps,
        "platform_bonus_bps": traced.platform_bonus_bps,
        "commission_free": traced.commission_free,
        "fee_free": traced.fee_free,
    }


class TestPrice:
    @settings(max_examples=150, deadline=None)
    @given(books())
    def test_says_of_every_line_what_its_trace_says(self, book: ShopBook) -> None:
        priced = price(book, pa.Table.from_pylist(LINES, schema=ASKED)).to_pylist()
        traced = [
            told(trace(book, creator=line["creator"], product=line["product"], on=line["day"]))
            for line in LINES
        ]
        assert priced == traced

    def test_of_nothing_is_nothing(self) -> None:
        assert price(ShopBook(terms_of("US")), ASKED.empty_table()).schema == RATES

    def test_without_any_plan_is_null_and_not_zero(self) -> None:
        asked = pa.Table.from_pylist(LINES[:2], schema=ASKED)
        assert price(ShopBook(terms_of("US")), asked)["rate_bps"].to_pylist() == [None, None]
