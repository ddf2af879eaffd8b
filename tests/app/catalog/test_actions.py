import pytest

from linkstar.catalog.actions import ProductSeen, learn_products, open_shop
from linkstar.catalog.models import Product
from linkstar.catalog.products import ProductStated, change_product
from linkstar.catalog.queries import benchmark_shops, products_of
from linkstar.catalog.rules import ZoneUnknown

SERUM = ProductSeen("1729384756102938475", "Serum", "Beauty/ Skincare")


class TestAShop:
    def test_is_refused_a_zone_nobody_knows(self, cast, now) -> None:
        with pytest.raises(ZoneUnknown):
            open_shop(workspace=cast.workspace, name="Second", now=now, zone="Pacific")

    def test_gets_a_number_of_its_own_across_workspaces(self, cast) -> None:
        assert cast.shop.number != cast.other_shop.number

    def test_takes_part_in_the_benchmark_only_when_it_said_so(self, cast) -> None:
        assert list(benchmark_shops("US")) == []
        cast.shop.shares_with_benchmark = True
        cast.shop.save()
        assert list(benchmark_shops("US")) == [cast.shop]
        assert list(benchmark_shops("GB")) == []


class TestLearningProducts:
    def test_twice_changes_nothing_the_second_time(self, cast, now) -> None:
        assert learn_products(shop=cast.shop, seen=[SERUM], now=now) == 1
        assert learn_products(shop=cast.shop, seen=[SERUM], now=now) == 0
        assert Product.objects.get().category == "Beauty > Skincare"

    def test_keeps_what_a_file_says_nothing_about(self, cast, now) -> None:
        learn_products(shop=cast.shop, seen=[SERUM], now=now)
        learn_products(shop=cast.shop, seen=[ProductSeen(SERUM.external_id, "", "")], now=now)
        product = Product.objects.get()
        assert (product.name, product.category) == ("Serum", "Beauty > Skincare")

    def test_never_overrules_a_category_set_by_hand(self, cast, now) -> None:
        learn_products(shop=cast.shop, seen=[SERUM], now=now)
        stated = ProductStated(category="Health")
        change_product(product=Product.objects.get(), stated=stated, now=now)
        learn_products(shop=cast.shop, seen=[SERUM], now=now)
        assert Product.objects.get().category == "Health"

    def test_takes_the_last_word_where_a_file_names_a_product_twice(self, cast, now) -> None:
        twice = [SERUM, ProductSeen(SERUM.external_id, "Serum 30 ml", "Beauty > Skincare > Serums")]
        learn_products(shop=cast.shop, seen=twice, now=now)
        assert Product.objects.get().category == "Beauty > Skincare > Serums"

    def test_stays_within_the_workspace(self, cast, now) -> None:
        learn_products(shop=cast.shop, seen=[SERUM], now=now)
        assert products_of(cast.workspace).count() == 1
        assert products_of(cast.other_workspace).count() == 0
