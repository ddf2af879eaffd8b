"""Shops and products as programs see and change them."""

import pytest
from tests.app.api.conftest import error

from linkstar.catalog.models import Product, ProductChange

pytestmark = pytest.mark.django_db
SERUM = {"external_id": "serum", "name": "Serum", "price": {"minor": 1999, "currency": "USD"}}


@pytest.fixture
def serum(lins, cast):
    return lins.post("products", SERUM | {"shop_id": cast.shop.id}).json()


class TestAProduct:
    def test_is_added_and_read_back(self, lins, serum):
        assert serum["price"] == {"minor": 1999, "currency": "USD"}
        assert lins.get(f"products/{serum['id']}").json() == serum

    def test_is_added_once_under_one_id(self, lins, serum, cast):
        response = lins.post("products", SERUM | {"shop_id": cast.shop.id})
        assert response.status_code == 409
        assert error(response)["code"] == "ProductKnown"
        assert error(response)["field"] == "body.external_id"

    def test_is_changed_in_what_is_named_alone(self, lins, serum):
        told = lins.patch(f"products/{serum['id']}", {"brand": "Glow"}).json()
        assert told["brand"] == "Glow"
        assert told["name"] == "Serum"

    def test_keeps_what_it_said_before(self, lins, serum):
        lins.patch(f"products/{serum['id']}", {"price": {"minor": 1799, "currency": "USD"}})
        [change] = lins.get(f"products/{serum['id']}/changes").json()["items"]
        assert change["field"] == "price"
        assert change["before"]["minor"] == 1999

    def test_of_another_company_is_not_there(self, ottos, serum):
        for response in (
            ottos.get(f"products/{serum['id']}"),
            ottos.patch(f"products/{serum['id']}", {"brand": "Mine"}),
        ):
            assert response.status_code == 404
            assert error(response)["code"] == "NotFound"
        assert Product.objects.get().brand == ""

    def test_is_not_added_to_another_companys_shop(self, ottos, cast):
        assert ottos.post("products", SERUM | {"shop_id": cast.shop.id}).status_code == 404

    def test_in_an_unknown_currency_is_refused(self, lins, cast):
        said = SERUM | {"shop_id": cast.shop.id, "price": {"minor": 1, "currency": "XXX"}}
        assert error(lins.post("products", said))["field"] == "body.price.currency"

    def test_has_variants(self, lins, serum):
        path = f"products/{serum['id']}/skus"
        told = lins.post(path, {"external_id": "s-1", "name": "30 ml"}).json()
        [sku] = told["skus"]
        assert sku["name"] == "30 ml"
        assert lins.send("DELETE", f"{path}/{sku['id']}").json()["skus"] == []


class TestManyProducts:
    def test_are_changed_all_or_none(self, lins, cast, ottos):
        ids = [
            lins.post("products", {"shop_id": cast.shop.id, "external_id": f"p{n}"}).json()["id"]
            for n in range(3)
        ]
        theirs = {"shop_id": cast.other_shop.id, "external_id": "p"}
        other = ottos.post("products", theirs).json()["id"]
        wrong = {"product_ids": [*ids, other], "add_tags": ["new"]}
        assert lins.post("products/change-many", wrong).status_code == 404
        assert not ProductChange.objects.exists()
        right = {"product_ids": ids, "add_tags": ["new"]}
        assert lins.post("products/change-many", right).json() == {"asked": 3, "changed": 3}


class TestAList:
    @pytest.fixture(autouse=True)
    def products(self, cast, now):
        Product.objects.bulk_create(
            Product(shop=cast.shop, external_id=f"p{n}", seen_at=now) for n in range(7)
        )

    def test_comes_in_pieces_that_lose_and_repeat_nothing(self, lins, cast, now):
        seen, cursor = [], ""
        while cursor is not None:
            piece = lins.get("products", limit=3, cursor=cursor).json()
            seen += [one["external_id"] for one in piece["items"]]
            cursor = piece["next_cursor"]
            Product.objects.create(shop=cast.shop, external_id=f"later-{cursor}", seen_at=now)
        assert seen == [f"p{n}" for n in reversed(range(7))]

    @pytest.mark.parametrize("cursor", ["x", "WyJhIl0=", "W10=", "WzEsMl0=", "e30="])
    def test_refuses_a_cursor_that_is_none_of_its_own(self, lins, cursor):
        response = lins.get("products", cursor=cursor)
        assert response.status_code == 422
        assert error(response)["code"] == "CursorUnreadable"

    def test_has_the_companys_own_only(self, ottos):
        assert ottos.get("products").json() == {"items": [], "next_cursor": None}


class TestAShop:
    def test_is_opened_changed_and_read(self, lins):
        made = lins.post("shops", {"name": "Lin Home US", "market": "US"})
        assert made.status_code == 201
        assert made.json()["currency"] == "USD"
        path = f"shops/{made.json()['id']}"
        assert lins.patch(path, {"name": "Lin Living US"}).json()["zone"] == "America/Los_Angeles"
        assert lins.get(path).json()["name"] == "Lin Living US"
        assert len(lins.get("shops").json()["items"]) == 2

    def test_in_an_unknown_market_or_zone_is_refused_by_name(self, lins):
        assert error(lins.post("shops", {"name": "A", "market": "QQ"}))["code"] == "MarketUnknown"
        assert (
            error(lins.post("shops", {"name": "A", "zone": "Mars/North"}))["code"] == "ZoneUnknown"
        )
