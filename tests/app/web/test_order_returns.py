from datetime import UTC, datetime

import pytest

from linkstar.attribution.models import Attribution
from linkstar.orders.actions import record_lines, record_returns
from linkstar.orders.matching import Return
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, State, StatedLine
from linkstar.tracking.models import TrackedLink

SOLD_AT = datetime(2026, 10, 1, 18, tzinfo=UTC)


@pytest.fixture
def shelf(cast, now):
    """Six mugs sold twice; six came back, and a fee nobody knows."""
    mugs = [
        StatedLine(
            order_id=order, sku_id="mug", state=State.DELIVERED, ordered_at=SOLD_AT, items=6,
            currency="USD", price_micros=2_955_000,
        )
        for order in ("o1", "o2")
    ]  # fmt: skip
    record_lines(shop=cast.shop, lines=mugs, source=Source.IMPORT, stated_at=now, now=now)
    back = [
        Return(
            order_id=order, line_id=article, article=article, price_micros=price, currency="USD",
            happened_at=now, items=items,
        )
        for order, article, price, items in (("C3", "mug", 2_955_000, 6), ("C4", "fee", 10_500, 2))
    ]  # fmt: skip
    return record_returns(
        shop=cast.shop, returns=back, source=Source.IMPORT, stated_at=now, now=now
    )


def read(client, user, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class TestCancellationsAndReturns:
    def test_list_what_fits_no_line_with_its_sum_and_why(self, client, cast, shelf) -> None:
        page = read(client, cast.vera, "/orders/returns/")
        for words in ("C4", "fee", "0.021 USD", "nobody bought this item before"):
            assert words in page, words
        assert "C3" not in page

    def test_list_what_the_rule_chose_one_line_of_several_for(self, client, cast, shelf) -> None:
        page = read(client, cast.vera, "/orders/returns/?show=tied")
        for words in ("C3", "o1", "$17.73", "1 other line fitted"):
            assert words in page, words

    def test_of_another_workspace_are_not_seen(self, client, cast, shelf) -> None:
        page = read(client, cast.otto, "/orders/returns/?show=all")
        assert "There are none." in page

    def test_are_told_on_the_page_of_their_line(self, client, cast, shelf) -> None:
        line = OrderLine.objects.get(order_id="o1")
        page = read(client, cast.lin, f"/orders/{line.pk}/")
        assert "stated as C3" in page
        assert "1 other line fitted" in page


class TestTheWinningClick:
    def test_is_shown_with_its_link(self, client, cast, shelf, now) -> None:
        line = OrderLine.objects.get(order_id="o2")
        link = TrackedLink.objects.create(
            shop=cast.shop, destination="https://shop.example.com/", created_at=now
        )
        heard = {
            "claim": "last_click", "verdict": "won", "creator": "ada", "content": "v1",
            "product": "", "at": SOLD_AT.isoformat(), "evidence": "c1", "link": link.token,
        }  # fmt: skip
        Attribution.objects.create(
            line=line, number=1, method="last_click", earned_at=SOLD_AT, earned_on=SOLD_AT.date(),
            rule="1", why=[heard], line_revision=1, decided_at=now,
        )  # fmt: skip
        page = read(client, cast.vera, f"/orders/{line.pk}/")
        assert f"/links/{link.pk}/" in page
        assert f"link {link.token}" in page
