import csv
from datetime import UTC, datetime

import pytest

from linkstar.attribution.actions import attribute_lines
from linkstar.catalog.models import Product
from linkstar.commissions.actions import accrue_commissions
from linkstar.orders.actions import record_lines
from linkstar.orders.rules import Source, State, StatedLine

DAYS = "from=2026-10-01&to=2026-10-28"


@pytest.fixture
def sold(cast, now) -> None:
    line = StatedLine(
        order_id="o1", line_id="1", product_id="serum", channel="tiktok", creator="ada",
        content_id="v1", state=State.PAID, ordered_at=datetime(2026, 10, 1, 18, tzinfo=UTC),
        items=3, currency="USD", price_micros=20_000_000, stated_rate_bps=1_500,
    )  # fmt: skip
    record_lines(shop=cast.shop, lines=[line], source=Source.API, stated_at=now, now=now)
    attribute_lines(shop=cast.shop, lake=None, now=now)
    accrue_commissions(shop=cast.shop, now=now)


class TestThePage:
    def test_shows_what_is_known_and_a_dash_for_what_is_not(self, client, cast, sold, now) -> None:
        client.force_login(cast.vera)
        page = client.get(f"/profit/?{DAYS}").content.decode()
        for words in ("@ada", "USD", "60.00", "estimated 9.00", "6.67×", "–"):
            assert words in page, words
        assert "Shooting support" not in page.partition("<thead>")[2]
        assert '<a href="/orders/?q=ada">@ada</a>' in page
        page = client.get(f"/profit/?by=product&{DAYS}").content.decode()
        assert '<a href="/orders/?q=serum">' in page
        Product.objects.create(shop=cast.shop, external_id="serum", name="Vitamin C", seen_at=now)
        page = client.get(f"/profit/?by=product&{DAYS}").content.decode()
        assert '<a href="/orders/?q=serum">Vitamin C</a>' in page
        page = client.get(f"/profit/?by=product&q=vitamin&{DAYS}").content.decode()
        assert "Vitamin C</a>" in page
        text = client.get(f"/profit/accounts.csv?by=product&q=vitamin&{DAYS}").content.decode()
        assert len(text.splitlines()) == 2
        page = client.get(f"/profit/?currency=CNY&{DAYS}").content.decode()
        assert "No exchange rate for USD" in page

    def test_sorts_and_narrows_every_account_there_is(self, client, cast, sold, now) -> None:
        lines = [
            StatedLine(
                order_id=f"n{n}", line_id="1", product_id=f"p{n:03}", creator="bo",
                state=State.PAID, ordered_at=datetime(2026, 10, 2, 18, tzinfo=UTC), items=1,
                currency="USD", price_micros=n * 1_000_000, stated_rate_bps=1_000,
            )
            for n in range(1, 103)
        ]  # fmt: skip
        record_lines(shop=cast.shop, lines=lines, source=Source.API, stated_at=now, now=now)
        client.force_login(cast.vera)
        page = client.get(f"/profit/?by=product&sort=kept&{DAYS}").content.decode()
        assert page.index(">p001") < page.index(">p002")
        assert "103 rows" in page
        assert ">p102" not in page
        page = client.get(f"/profit/?by=product&sort=kept&page=2&{DAYS}").content.decode()
        assert ">p102" in page
        page = client.get(f"/profit/?by=product&q=P05&sort=nothing&{DAYS}").content.decode()
        assert "10 rows" in page
        assert page.index(">p059") < page.index(">p050")
        text = client.get(f"/profit/accounts.csv?by=product&q=p05&{DAYS}").content.decode()
        assert len(text.splitlines()) == 11

    def test_of_another_workspace_shows_none_of_it(self, client, cast, sold) -> None:
        client.force_login(cast.otto)
        page = client.get(f"/profit/?{DAYS}").content.decode()
        assert "No orders yet" in page
        assert "@ada" not in page


class TestTheFile:
    def test_leaves_empty_what_is_not_known(self, client, cast, sold) -> None:
        client.force_login(cast.vera)
        text = client.get(f"/profit/accounts.csv?{DAYS}").content.decode("utf-8-sig")
        [told] = csv.DictReader(text.splitlines())
        assert told["ID"] == "ada"
        assert told["ROI"] == ""
        assert cast.workspace.auditevent_set.filter(verb="profit.exported").exists()
