from datetime import UTC, date, datetime

import pytest

from linkstar.attribution.actions import attribute_lines
from linkstar.catalog.models import Product
from linkstar.collaborations.models import Collaboration
from linkstar.commissions.actions import accrue_commissions
from linkstar.creators.models import Creator
from linkstar.jobs.money import work_shop_through
from linkstar.ledger.models import Entry
from linkstar.orders.actions import StatedRefund, record_lines, record_refunds
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, State, StatedLine
from linkstar.plans.models import Plan, PlanRate
from linkstar.web.ledger_words import FACTS

ORDERED = datetime(2026, 10, 1, 18, tzinfo=UTC)


@pytest.fixture
def sold(cast, now) -> OrderLine:
    """Three of the serum, sold through Ada's video at 15 %, one of them given back."""
    plan = Plan.objects.create(
        shop=cast.shop, kind="open", name="open", scope="shop", starts_on=date(2026, 9, 1),
        created_at=now,
    )  # fmt: skip
    PlanRate.objects.create(
        plan=plan, number=1, rate_bps=1_500, starts_on=date(2026, 9, 1), announced_at=now
    )
    line = StatedLine(
        order_id="o1", line_id="1", product_id="serum", channel="tiktok", creator="ada",
        content_id="v1", promo_code="nobody10", state=State.PAID, ordered_at=ORDERED, items=3,
        currency="USD", price_micros=19_995_000,
    )  # fmt: skip
    record_lines(shop=cast.shop, lines=[line], source=Source.API, stated_at=now, now=now)
    attribute_lines(shop=cast.shop, lake=None, now=now)
    accrue_commissions(shop=cast.shop, now=now)
    back = StatedRefund(key="r", order_id="o1", line_id="1", happened_at=now, items=1)
    record_refunds(shop=cast.shop, refunds=[back], source=Source.API, now=now)
    accrue_commissions(shop=cast.shop, now=now)
    return OrderLine.objects.get()


def read(client, user, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class TestTheLines:
    def test_say_who_earned_them_and_how_much(self, client, cast, sold) -> None:
        page = read(client, cast.vera, "/orders/?q=@ada")
        assert "o1" in page
        assert "2 / 3" in page
        assert "$6.00" in page
        assert "No line matches" in read(client, cast.vera, "/orders/?q=@bo")
        assert "o1" in read(client, cast.vera, "/orders/?q=v1")
        assert "No line matches" in read(client, cast.vera, "/orders/?q=v2")

    def test_name_the_products_the_catalogue_knows(self, client, cast, sold, now) -> None:
        Product.objects.filter(shop=cast.shop).delete()
        serum = Product.objects.create(
            shop=cast.shop, external_id="serum", name="Vitamin C", seen_at=now
        )
        Product.objects.create(
            shop=cast.other_shop, external_id="serum", name="Otto's soap", seen_at=now
        )
        page = read(client, cast.vera, "/orders/")
        assert "Vitamin C" in page
        assert "Otto" not in page
        assert f"/catalogue/{serum.pk}/" in read(client, cast.vera, f"/orders/{sold.pk}/")

    def test_of_an_empty_workspace_say_how_to_begin(self, client, cast) -> None:
        assert "No orders yet" in read(client, cast.otto, "/orders/")


class TestALine:
    def test_explains_every_amount_and_every_claim(self, client, cast, sold) -> None:
        page = read(client, cast.lin, f"/orders/{sold.pk}/")
        # 3 x 19.995 = 59.985, 15 % of it 8.99775; 2 x 19.995 = 39.99, 15 % of it 5.9985
        for words in ("$9.00", "−$3.00", "59.985 USD", "15%", "no such code", "earned the line"):
            assert words in page, words
        assert f"/ledger/entries/{Entry.objects.first().pk}/" in page

    def test_says_that_a_tiered_commission_is_a_deposit_until_a_rate_is_reached(
        self, client, cast, sold, now
    ) -> None:
        tiered = StatedLine(
            order_id="o2", line_id="1", product_id="serum", channel="tiktok", creator="ada",
            state=State.PAID, ordered_at=ORDERED, items=1, currency="USD",
            price_micros=10_000_000, tier_rates_bps="15 OR 20",
        )  # fmt: skip
        record_lines(shop=cast.shop, lines=[tiered], source=Source.API, stated_at=now, now=now)
        work_shop_through.call_local(cast.shop.pk)
        line = OrderLine.objects.get(order_id="o2")
        page = read(client, cast.lin, f"/orders/{line.pk}/")
        for words in ("$2.00", "15% / 20%", "set aside at the highest rate"):
            assert words in page, words
        assert "set aside" not in read(client, cast.lin, f"/orders/{sold.pk}/")

    def test_hides_the_book_from_who_does_not_settle(self, client, cast, sold) -> None:
        assert "/ledger/entries/" not in read(client, cast.mei, f"/orders/{sold.pk}/")


class TestDecidingAgain:
    def test_moves_the_line_on_the_record_and_its_commission_after_it(
        self, client, cast, sold, now
    ) -> None:
        Creator.objects.create(workspace=cast.workspace, handle="bo", created_at=now)
        client.force_login(cast.lin)
        said = {"creator": "@Bo", "reason": "his video"}
        page = client.post(f"/orders/{sold.pk}/reattribute/", said, follow=True).content.decode()
        assert "his video" in page
        assert "The platform names @ada now" in page
        work_shop_through.call_local(cast.shop.pk)
        page = read(client, cast.lin, f"/orders/{sold.pk}/")
        assert "earned by somebody else" in page
        assert "earned the line until somebody decided again" in page
        client.post(f"/orders/{sold.pk}/reattribute/", {"reason": "see the claims", "by_rule": "1"})
        page = read(client, cast.lin, f"/orders/{sold.pk}/")
        assert f"{cast.lin} Reason: his video" in page  # of the earlier decision
        assert cast.workspace.auditevent_set.filter(verb="line.reattributed").exists()

    def test_means_whoever_works_for_the_shop_by_agreement(self, client, cast, sold, now) -> None:
        own = Creator.objects.create(workspace=cast.workspace, handle="bo", created_at=now)
        signed_up = Creator.objects.create(handle="bo", state="verified", created_at=now)
        Collaboration.objects.create(
            shop=cast.shop, creator=signed_up, currency="USD", rate_bps=1_500,
            starts_on=date(2026, 9, 1), ends_before=date(2026, 12, 1), agreed_at=now,
        )  # fmt: skip
        client.force_login(cast.lin)
        client.post(f"/orders/{sold.pk}/reattribute/", {"creator": "@Bo", "reason": "his video"})
        assert sold.attributions.get(is_current=True).creator == signed_up != own

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"creator": "bo", "reason": ""}, "Say why"),
            ({"creator": "nobody-here", "reason": "x"}, "No creator has the handle"),
            ({"creator": "ada", "reason": "x"}, "Nothing changes"),
        ],
    )
    def test_needs_a_reason_and_a_creator_there_is(self, client, cast, sold, said, words) -> None:
        client.force_login(cast.lin)
        page = client.post(f"/orders/{sold.pk}/reattribute/", said, follow=True).content.decode()
        assert words in page
        assert sold.attributions.count() == 1


class TestTheBook:
    def test_leads_from_accounts_to_entries_and_back_to_the_line(self, client, cast, sold) -> None:
        page = read(client, cast.lin, "/ledger/")
        assert f"expense:shop:{cast.shop.number}:commission" in page
        assert "add up to $0.00" in page
        assert f"{cast.shop.name} · commission" in page
        assert "@ada · accrued" in page
        entry = Entry.objects.order_by("sequence").first()
        page = read(client, cast.lin, f"/ledger/entries/{entry.pk}/")
        assert f'href="/orders/{sold.pk}/"' in page
        assert all(f"<dt>{FACTS[name]}</dt>" in page for name in entry.facts)
        path = f"expense:shop:{cast.shop.number}:commission"
        page = read(client, cast.lin, f"/ledger/account/?path={path}&currency=USD")
        assert "clawed back" in page
        assert "@ada · accrued" in page

    def test_as_of_the_past_was_empty(self, client, cast, sold) -> None:
        page = read(client, cast.lin, "/ledger/?as_of=2026-01-01T00:00")
        assert "Nothing stood in the book" in page
        assert "add up to $0.00" in read(client, cast.lin, "/ledger/?as_of=9999-12-31T23:59")

    def test_is_handed_out_as_files(self, client, cast, sold) -> None:
        client.force_login(cast.lin)
        for kind, words in (("csv", "sequence,entry"), ("beancount", " open Expenses")):
            body = b"".join(client.get(f"/ledger/book.{kind}").streaming_content).decode()
            assert words in body
