"""Who stops after the click: against the same shop's others, and never for want of clicks."""

from dataclasses import replace

from linkstar.insights.after_click import AfterClick, beside_others


def product(key: str, clicks: int, carts: int, shop: int = 1) -> AfterClick:
    return AfterClick(key, key, shop, clicks, carts)


def short(*products: AfterClick) -> list[str]:
    return [one.key for one in beside_others(products) if one.is_short]


def test_far_fewer_carts_than_with_the_others_are_short() -> None:
    assert short(product("slow", 1_000, 30), product("a", 2_000, 320), product("b", 500, 80)) == [
        "slow"
    ]


def test_the_usual_share_leaves_the_product_itself_out() -> None:
    told = beside_others([product("a", 1_000, 0), product("b", 100, 20)])
    assert {one.key: one.usual_ratio for one in told} == {"a": 0.2, "b": 0.0}


def test_a_third_fewer_are_not_short_however_many_clicks_there_are() -> None:
    assert short(product("a", 100_000, 10_000), product("b", 100_000, 15_000)) == []


def test_too_few_clicks_say_nothing() -> None:
    assert short(product("a", 100, 0), product("b", 10_000, 1_600)) == []


def test_clicks_that_look_bought_say_nothing_of_the_page() -> None:
    bought = replace(product("bought", 1_000, 30), is_suspicious=True)
    assert short(bought, product("a", 2_000, 320)) == []


def test_shops_are_not_compared_with_one_another() -> None:
    told = [product("a", 1_000, 20), product("b", 1_000, 300, shop=2)]
    assert short(*told) == []
    assert all(one.usual_ratio is None for one in beside_others(told))


def test_who_misses_most_carts_comes_first() -> None:
    missing = [product("little", 1_000, 30), product("much", 5_000, 100)]
    assert short(*missing, product("usual", 9_000, 1_500)) == ["much", "little"]
