"""The catalogue as people read and change it."""

import pytest

from linkstar.catalog.models import Product, ProductChange, Sku
from linkstar.catalog.products import ProductStated, add_product
from linkstar.money.amounts import Money

pytestmark = pytest.mark.django_db
FORM = {
    "external_id": "1729384756102938475", "name": "Glow serum", "category": "Beauty > Skincare",
    "brand": "Glow", "price": "24.99", "currency": "USD", "tags": "bestseller, new",
    "image_url": "", "landing_page": "https://shop.example/serum",
}  # fmt: skip


@pytest.fixture
def serum(cast, now):
    stated = ProductStated(name="Serum", category="Beauty", brand="Glow", price=Money(1_999, "USD"))
    return add_product(shop=cast.shop, external_id="17293", stated=stated, now=now)


class TestAddingAProduct:
    def test_puts_it_on_the_list(self, lin, lake) -> None:
        lin.post("/catalogue/new/", FORM)
        page = lin.get("/catalogue/").content.decode()
        assert "Glow serum" in page
        assert "$24.99" in page
        assert Product.objects.get().tags == ["bestseller", "new"]

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"external_id": "a b"}, "Letters, digits, dots and dashes only"),
            ({"price": "-1"}, "greater than or equal to 0"),
            ({"price": "9.99", "currency": "JPY"}, "no such small amounts"),
            ({"landing_page": "javascript:alert(1)"}, "Enter a valid URL"),
            ({"tags": ",".join(f"t{n}" for n in range(21))}, "At most 20 tags"),
        ],
    )
    def test_that_cannot_be_says_why(self, lin, lake, fields, told) -> None:
        assert told in lin.post("/catalogue/new/", FORM | fields).content.decode()
        assert not Product.objects.exists()

    def test_twice_says_so(self, lin, lake, serum) -> None:
        page = lin.post("/catalogue/new/", FORM | {"external_id": "17293"}).content.decode()
        assert "has a product with this ID already" in page


class TestAProduct:
    def test_shows_what_it_said_before(self, lin, lake, serum) -> None:
        page = lin.post(f"/catalogue/{serum.pk}/", FORM, follow=True).content.decode()
        assert "$19.99" in page
        assert "$24.99" in page
        assert ProductChange.objects.filter(field="price").count() == 1

    def test_saved_as_it_is_changes_nothing(self, lin, lake, serum) -> None:
        same = FORM | {
            "name": "Serum", "category": "Beauty", "price": "19.99", "tags": "",
            "landing_page": "",
        }  # fmt: skip
        page = lin.post(f"/catalogue/{serum.pk}/", same, follow=True).content.decode()
        assert "Nothing was different." in page
        assert not ProductChange.objects.exists()

    def test_takes_variants_and_lets_go_of_them(self, lin, lake, serum) -> None:
        sku = {"sku": "s1", "variant": "30 ml", "price": "9.5", "currency": "USD"}
        page = lin.post(f"/catalogue/{serum.pk}/skus/", sku, follow=True).content.decode()
        assert "$9.50" in page
        lin.post(f"/catalogue/{serum.pk}/skus/drop/", {"sku": Sku.objects.get().id})
        assert not Sku.objects.exists()

    def test_is_read_but_not_changed_by_a_viewer(self, client, cast, lake, serum) -> None:
        client.force_login(cast.vera)
        assert "$19.99" in client.get(f"/catalogue/{serum.pk}/").content.decode()
        assert client.post(f"/catalogue/{serum.pk}/", FORM).status_code == 404

    def test_is_not_there_for_another_workspace(self, client, cast, lake, serum) -> None:
        client.force_login(cast.otto)
        assert client.get(f"/catalogue/{serum.pk}/").status_code == 404
        client.post("/catalogue/bulk/", {"product": [serum.pk], "category": "Home"})
        serum.refresh_from_db()
        assert serum.category == "Beauty"


class TestTheList:
    def test_is_searched_filtered_and_sorted(self, lin, lake, cast, serum, now) -> None:
        add_product(
            shop=cast.shop,
            external_id="2",
            stated=ProductStated(name="Mop", category="Home"),
            now=now,
        )
        for asked, expected in (
            ("?q=ser", {"Serum"}), ("?category=Home", {"Mop"}), ("?brand=Glow", {"Serum"}),
            ("?price=no", {"Mop"}), ("?sold=no", set()), ("?category=Nothing", {"Serum", "Mop"}),
        ):  # fmt: skip
            page = lin.get(f"/catalogue/{asked}").content.decode()
            assert {name for name in ("Serum", "Mop") if f">{name}</a>" in page} == expected
        page = lin.get("/catalogue/?sort=name").content.decode()
        assert page.index(">Mop</a>") < page.index(">Serum</a>")
        assert 'aria-sort="ascending"' in page

    def test_changes_the_ticked_ones(self, lin, lake, serum) -> None:
        change = {"product": [serum.pk], "category": "Home", "add_tags": "q4", "retired": "yes"}
        page = lin.post("/catalogue/bulk/?sold=all", change, follow=True).content.decode()
        assert "1 product was changed." in page
        serum.refresh_from_db()
        assert (serum.category, serum.tags) == ("Home", ["q4"])
        assert serum.retired_at is not None

    def test_says_to_tick_some_first(self, lin, lake, serum) -> None:
        page = lin.post("/catalogue/bulk/", {"category": "Home"}, follow=True).content.decode()
        assert "Tick the products" in page
