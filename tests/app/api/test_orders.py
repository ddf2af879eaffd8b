"""Orders and refunds told by programs, and what was earned with them read back."""

import pytest
from tests.app.api.conftest import error

from linkstar.attribution.actions import attribute_lines
from linkstar.commissions.actions import accrue_commissions
from linkstar.creators.models import Creator
from linkstar.orders.models import OrderLine, Refund, UnmatchedRefund

pytestmark = pytest.mark.django_db
AT = "2026-10-20T08:00:00Z"
LINE = {
    "order_id": "o1", "line_id": "1", "product_id": "serum", "creator": "@Ada",
    "ordered_at": AT, "items": 2, "price_micros": 10_000_000, "stated_rate_bps": 1_000,
}  # fmt: skip


@pytest.fixture
def shop(cast) -> dict:
    return {"shop_id": cast.shop.id}


@pytest.fixture
def stated(lins, shop):
    return lins.post("order-lines", shop | {"lines": [LINE]}).json()


class TestAnOrderLine:
    def test_is_told_and_read_back(self, lins, stated):
        assert (stated["stated"], stated["new"], stated["problems"]) == (1, 1, [])
        [line] = lins.get("order-lines").json()["items"]
        assert (line["order_id"], line["creator"], line["source"]) == ("o1", "ada", "api")

    def test_told_again_under_another_name_is_counted_once(self, lins, shop, stated):
        again = lins.post("order-lines", shop | {"lines": [LINE]}).json()
        assert (again["new"], again["unchanged"]) == (0, 1)
        assert OrderLine.objects.count() == 1

    def test_that_is_bad_harms_no_other(self, lins, shop):
        bad = LINE | {"order_id": "o2", "items_returned": 3}
        told = lins.post("order-lines", shop | {"lines": [LINE, bad]}).json()
        assert told["new"] == 1
        [problem] = told["problems"]
        assert (problem["order_id"], problem["code"]) == ("o2", "more_returned_than_ordered")

    def test_with_a_buyers_name_is_refused(self, lins, shop):
        response = lins.post("order-lines", shop | {"lines": [LINE | {"buyer": "Kim"}]})
        assert response.status_code == 422
        assert error(response)["field"] == "body.lines.0.buyer"
        assert not OrderLine.objects.exists()

    def test_without_an_instants_zone_is_refused(self, lins, shop):
        line = LINE | {"ordered_at": "2026-10-20T08:00:00"}
        said = error(lins.post("order-lines", shop | {"lines": [line]}))
        assert said["field"] == "body.lines.0.ordered_at"
        assert "zone" in said["expected"]

    def test_cannot_be_told_of_another_companys_shop(self, ottos, shop):
        assert ottos.post("order-lines", shop | {"lines": [LINE]}).status_code == 404

    def test_of_another_company_is_not_there(self, ottos, stated):
        assert ottos.get("order-lines").json()["items"] == []
        assert ottos.get(f"order-lines/{OrderLine.objects.get().pk}").status_code == 404

    @pytest.mark.usefixtures("stated")
    def test_says_who_earned_what_and_why(self, lins, adas, cast, now):
        attribute_lines(shop=cast.shop, lake=None, now=now)
        accrue_commissions(shop=cast.shop, now=now)
        line = lins.get(f"order-lines/{OrderLine.objects.get().pk}").json()
        [decision] = line["decisions"]
        assert decision["creator_id"] == cast.ada.creator.id
        [amount] = line["commissions"]
        assert amount["amount"] == {"minor": 200, "currency": "USD"}
        assert amount["base_micros"] * amount["rate_bps"] // 10_000 == 2_000_000
        assert lins.get("commissions").json()["items"] == [amount]
        assert adas.get("commissions").json()["items"] == [amount]


REFUND = {"key": "r1", "order_id": "o1", "line_id": "1", "happened_at": AT, "items": 1}


class TestARefund:
    def test_counts_once_by_its_key(self, lins, shop, stated):
        first = lins.post("refunds", shop | {"refunds": [REFUND]}).json()
        second = lins.post("refunds", shop | {"refunds": [REFUND]}).json()
        assert (first["counted"], second["counted"], second["known"]) == (1, 0, 1)
        assert Refund.objects.count() == 1
        assert lins.get("order-lines").json()["items"][0]["items_returned"] == 1

    def test_of_more_than_is_left_is_refused_by_name(self, lins, shop, stated):
        much = REFUND | {"items": 3}
        [problem] = lins.post("refunds", shop | {"refunds": [much]}).json()["problems"]
        assert problem["order_id"] == "o1"
        assert not Refund.objects.exists()

    def test_of_an_unknown_line_waits_for_it(self, lins, shop):
        told = lins.post("refunds", shop | {"refunds": [REFUND]}).json()
        assert told["unmatched"] == 1
        assert UnmatchedRefund.objects.count() == 1


class TestWhoEarnedALine:
    @pytest.fixture
    def undecided(self, cast, lins, shop, now):
        """Nobody is named but by a code that nobody has yet."""
        Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)
        lins.post("order-lines", shop | {"lines": [LINE | {"creator": "", "promo_code": "ada10"}]})
        attribute_lines(shop=cast.shop, lake=None, now=now)
        return OrderLine.objects.get()

    def test_is_told_by_a_code_that_was_given_late(self, lins, shop, undecided):
        code = {"code": "ADA10", "creator": "@ada", "starts_on": "2026-10-01"}
        given = lins.post("promo-codes", shop | code).json()
        assert (given["code"], given["ends_before"]) == ("ada10", None)
        assert error(lins.post("promo-codes", shop | code))["code"] == "PromoCodeTaken"
        told = lins.post(f"order-lines/{undecided.pk}/hear-again", {"reason": "late"}).json()
        assert [one["method"] for one in told["decisions"]] == ["promo_code", "nobody"]
        ended = lins.post(f"promo-codes/{given['id']}/end").json()
        assert ended["ends_before"] is not None
        assert lins.get("promo-codes").json()["items"] == [ended]

    def test_is_decided_by_a_persons_word(self, lins, undecided):
        said = {"reason": "her video", "creator": "ada"}
        told = lins.post(f"order-lines/{undecided.pk}/decide", said).json()
        assert told["decisions"][0]["method"] == "by_hand"
        again = lins.post(f"order-lines/{undecided.pk}/decide", said)
        assert error(again)["code"] == "NothingToRedecide"
