"""Products as people write them down, and what is kept of each change."""

import pytest

from linkstar.catalog.actions import ProductSeen, learn_products
from linkstar.catalog.listing import Order, Wanted, brands_of, history_of, listed
from linkstar.catalog.models import Product, ProductChange, Sku
from linkstar.catalog.products import (
    BulkChange,
    ProductKnown,
    ProductStated,
    SkuStated,
    TagsRefused,
    add_product,
    change_many,
    change_product,
    drop_sku,
    put_sku,
    set_retired,
)
from linkstar.catalog.taxonomy import load_categories
from linkstar.catalog.tree import chinese_path, path_named
from linkstar.money.amounts import Money
from linkstar.plans.books import category_histories

pytestmark = pytest.mark.django_db
STATED = ProductStated(
    name="Serum", category="Beauty/ Skincare", brand="Glow", price=Money(2_499, "USD"),
    tags=("bestseller", " new  arrival ", "bestseller"),
)  # fmt: skip


@pytest.fixture
def serum(cast, now):
    return add_product(shop=cast.shop, external_id="17293", stated=STATED, now=now)


class TestAddingAProduct:
    def test_tidies_its_category_and_tags(self, serum) -> None:
        assert serum.category == "Beauty > Skincare"
        assert serum.tags == ["bestseller", "new arrival"]
        assert serum.category_set_by_hand

    def test_twice_is_refused(self, cast, serum, now) -> None:
        with pytest.raises(ProductKnown):
            add_product(shop=cast.shop, external_id="17293", stated=STATED, now=now)

    def test_with_too_many_tags_is_refused(self, cast, now) -> None:
        many = ProductStated(tags=tuple(f"t{n}" for n in range(21)))
        with pytest.raises(TagsRefused):
            add_product(shop=cast.shop, external_id="1", stated=many, now=now)
        assert not Product.objects.exists()


class TestChangingAProduct:
    def test_writes_down_what_differs_and_nothing_else(self, serum, now) -> None:
        changes = change_product(
            product=serum, stated=ProductStated(name="Serum", brand="Glow Lab"), now=now
        )
        assert [(c.field, c.before, c.after) for c in changes] == [("brand", "Glow", "Glow Lab")]
        assert history_of(serum).count() == 1

    def test_by_a_file_leaves_a_category_set_by_hand(self, serum, now) -> None:
        change_product(product=serum, stated=ProductStated(category="Home"), now=now, source="f")
        assert Product.objects.get().category == "Beauty > Skincare"

    def test_in_category_is_dated_for_commission(self, cast, serum, now) -> None:
        change_product(product=serum, stated=ProductStated(category="Home"), now=now)
        assert [c.category for c in category_histories(cast.shop)["17293"]] == [
            "Beauty > Skincare", "Home",
        ]  # fmt: skip

    def test_learnt_from_a_file_is_kept_too(self, cast, serum, now) -> None:
        Product.objects.update(category_set_by_hand=False)
        seen = [ProductSeen("17293", "Serum 30 ml", "Beauty > Serums", Money(99, "USD"))]
        assert learn_products(shop=cast.shop, seen=seen, now=now) == 1
        assert set(ProductChange.objects.values_list("field", flat=True)) == {"name", "category"}
        assert Product.objects.get().price_minor == 2_499


class TestASku:
    def test_put_twice_changes_nothing_and_put_anew_keeps_its_price(self, serum, now) -> None:
        stated = SkuStated("s1", "GLOW-30", "30 ml", Money(2_499, "USD"))
        assert put_sku(product=serum, stated=stated, now=now)
        assert not put_sku(product=serum, stated=stated, now=now)
        assert put_sku(product=serum, stated=SkuStated("s1", price=Money(1_999, "USD")), now=now)
        [change] = ProductChange.objects.all()
        assert (change.before["minor"], change.after["minor"]) == (2_499, 1_999)
        assert Sku.objects.get().seller_sku == "GLOW-30"

    def test_dropped_leaves_word_of_what_it_was(self, serum, now) -> None:
        put_sku(product=serum, stated=SkuStated("s1", name="30 ml"), now=now)
        drop_sku(sku=Sku.objects.get(), now=now)
        assert not Sku.objects.exists()
        assert history_of(serum).get().before["name"] == "30 ml"


class TestChangingMany:
    def test_counts_only_those_that_changed(self, cast, serum, now) -> None:
        other = add_product(shop=cast.shop, external_id="2", stated=ProductStated(), now=now)
        wanted = BulkChange(add_tags=("bestseller",))
        assert change_many(products=[serum, other], wanted=wanted, now=now) == 1
        assert Product.objects.get(external_id="2").tags == ["bestseller"]

    def test_is_all_or_nothing(self, cast, serum, now) -> None:
        full = add_product(
            shop=cast.shop, external_id="2", now=now,
            stated=ProductStated(tags=tuple(f"t{n}" for n in range(20))),
        )  # fmt: skip
        wanted = BulkChange(category="Home", add_tags=("one more",))
        with pytest.raises(TagsRefused):
            change_many(products=[serum, full], wanted=wanted, now=now)
        assert Product.objects.get(external_id="17293").category == "Beauty > Skincare"

    def test_retires_and_brings_back(self, serum, now) -> None:
        for retired, expected in ((True, now), (True, now), (False, None)):
            change_many(products=[serum], wanted=BulkChange(retired=retired), now=now)
            assert Product.objects.get().retired_at == expected
        assert history_of(serum).count() == 2


class TestTheList:
    def test_finds_by_text_category_brand_and_price(self, cast, serum, now) -> None:
        bare = add_product(shop=cast.shop, external_id="2", stated=ProductStated(), now=now)
        put_sku(product=serum, stated=SkuStated("s1", "GLOW-30"), now=now)
        shops = [cast.shop]
        assert list(listed(shops, Wanted(text="glow-30"))) == [serum]
        assert list(listed(shops, Wanted(category="Beauty"))) == [serum]
        assert list(listed(shops, Wanted(brand="Glow"))) == [serum]
        assert list(listed(shops, Wanted(has_price=False))) == [bare]
        assert list(listed(shops, Wanted(order=Order.NAME_DOWN))) == [serum, bare]
        assert brands_of(shops) == ["Glow"]

    def test_leaves_out_what_is_sold_no_more_unless_asked(self, cast, serum, now) -> None:
        set_retired(product=serum, is_retired=True, now=now)
        assert list(listed([cast.shop], Wanted())) == []
        assert list(listed([cast.shop], Wanted(is_retired=True))) == [serum]


class TestACategoryAPersonNames:
    def test_may_be_chinese_english_or_an_id_of_the_platform(self, db) -> None:
        assert load_categories() > 30
        skincare = "Beauty & Personal Care > Skincare"
        assert path_named("美妆个护/ 护肤") == skincare
        assert path_named("Beauty & Personal Care>Skincare") == skincare
        assert path_named("601450") == "Beauty & Personal Care"
        assert path_named("Deeper > Than > Known") == "Deeper > Than > Known"
        assert chinese_path(skincare) == "美妆个护 > 护肤"

    def test_is_loaded_once(self, db) -> None:
        load_categories()
        assert load_categories() == 0
