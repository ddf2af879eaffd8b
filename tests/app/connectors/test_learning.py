"""What files of orders say of products and their variants."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.golden.exports import FOLDER, SERUM, SKU
from tests.golden.reading import read_file

from linkstar.catalog.models import Product, ProductChange, Sku
from linkstar.catalog.products import ProductStated, SkuStated, add_product, put_sku
from linkstar.connectors.learning import learn, learn_who
from linkstar.creators.models import Creator
from linkstar.lake.store import Lake
from linkstar.money.amounts import Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def learnt(cast, tmp_path, now):
    def of(name: str) -> int:
        read_file(FOLDER / name, tmp_path)
        return learn(tmp_path / "products.parquet", shop=cast.shop, now=now)

    return of


class TestAffiliateOrders:
    def test_tell_the_price_of_products_and_variants_that_have_none(self, learnt) -> None:
        learnt("affiliate_orders_us.csv")
        serum = Product.objects.get(external_id=SERUM)
        assert (serum.name, serum.price_minor, serum.currency) == ("Vitamin C serum", 1_999, "USD")
        assert Sku.objects.get(external_id=SKU).price_minor == 1_999

    def test_twice_say_nothing_new(self, learnt) -> None:
        assert learnt("affiliate_orders_us.csv") >= 1
        assert learnt("affiliate_orders_us.csv") == 0
        assert not ProductChange.objects.exists()

    def test_leave_a_price_that_is_known(self, cast, learnt, now) -> None:
        stated = ProductStated(name="Vitamin C serum", price=Money(100, "USD"))
        add_product(shop=cast.shop, external_id=SERUM, stated=stated, now=now)
        learnt("affiliate_orders_us.csv")
        assert Product.objects.get(external_id=SERUM).price_minor == 100


class TestTheOrderList:
    """It names variants alone, never products."""

    def test_tells_the_category_of_a_product_whose_variant_is_known(
        self, cast, learnt, now
    ) -> None:
        serum = add_product(
            shop=cast.shop, external_id=SERUM, stated=ProductStated(name="Serum"), now=now
        )
        put_sku(product=serum, stated=SkuStated(SKU), now=now)
        learnt("OrderSKUList.xlsx")
        serum.refresh_from_db()
        assert serum.category != ""
        assert serum.name == "Serum"
        assert Sku.objects.get().price_minor is not None

    def test_of_unknown_variants_adds_nothing(self, learnt) -> None:
        assert learnt("OrderSKUList.xlsx") == 0
        assert not Product.objects.exists()


class TestRowsThatNameCreators:
    @pytest.fixture
    def learn_from(self, cast, tmp_path, now):
        def of(**columns: list) -> int:
            staged = tmp_path / "staged.parquet"
            pq.write_table(pa.table(columns), staged)
            return learn_who(
                Lake(tmp_path / "lake"), staged, workspace=cast.shop.workspace, now=now
            )

        return of

    def test_tell_the_category_most_of_them_have(self, learn_from) -> None:
        creators = ["ada", "ada", "ada", "bo", "bo"]
        learn_from(creator=creators, category=["Beauty", "Pets", "Pets", "Toys", None])
        categories = dict(Creator.objects.values_list("handle", "categories"))
        assert categories == {"ada": ["Pets"], "bo": ["Toys"]}

    def test_may_say_nothing_else_of_them(self, learn_from) -> None:
        assert learn_from(creator=["ada", "bo", None, "ada"]) == 2

    def test_of_none_are_no_news(self, learn_from) -> None:
        assert learn_from(content_id=["7312345678901234567"]) == 0
