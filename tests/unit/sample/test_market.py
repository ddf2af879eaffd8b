"""The drawn marketplace has the shape and the truth its documentation promises."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from linkstar.sample.drawing import draw_market
from linkstar.sample.market import Market, Size

SIZE = Size(creators=600, contents=5_000, impressions=400_000, days=28)
ENDS_BEFORE = date(2026, 10, 23)


@pytest.fixture(scope="module")
def market() -> Market:
    return draw_market(seed=11, size=SIZE, ends_before=ENDS_BEFORE)


class TestTheSameSeed:
    def test_draws_the_same_marketplace(self, market: Market) -> None:
        again = draw_market(seed=11, size=SIZE, ends_before=ENDS_BEFORE)
        for field in fields(market.contents):
            mine, theirs = (getattr(one.contents, field.name) for one in (market, again))
            assert np.array_equal(mine, theirs), field.name

    def test_is_not_another_seed(self, market: Market) -> None:
        other = draw_market(seed=12, size=SIZE, ends_before=ENDS_BEFORE)
        assert not np.array_equal(market.contents.ctr, other.contents.ctr)


class TestTheMarketplace:
    def test_has_300_shops_of_which_two_are_the_demo_sellers(self, market: Market) -> None:
        assert len(market.shops.line) == 300
        assert market.shops.is_demo.sum() == 2
        assert (market.shops.workspace[market.shops.is_demo] == 0).all()
        assert (market.shops.workspace[~market.shops.is_demo] > 0).all()

    def test_spreads_the_asked_impressions_over_its_days(self, market: Market) -> None:
        assert market.contents.daily.sum() == pytest.approx(400_000, rel=1e-4)
        assert (market.contents.daily.sum(axis=0) > 0).all()

    def test_shows_no_content_before_it_is_posted(self, market: Market) -> None:
        early = np.arange(SIZE.days) < market.contents.posted_day[:, None]
        assert market.contents.daily[early].sum() == 0

    def test_gives_every_creator_something_to_show(self, market: Market) -> None:
        assert len(np.unique(market.contents.creator)) == SIZE.creators

    def test_promotes_products_of_the_creators_own_category_only(self, market: Market) -> None:
        of_product = market.shops.line[market.products.shop[market.contents.product]]
        assert (of_product == market.creators.line[market.contents.creator]).all()

    def test_has_heavy_tailed_impressions(self, market: Market) -> None:
        total = np.sort(market.contents.daily.sum(axis=1))
        assert total[-len(total) // 10 :].sum() > 0.3 * total.sum()


class TestTheTruth:
    def test_spreads_contents_around_their_typical_rate_by_half_of_it(self, market: Market) -> None:
        spread = market.contents.ctr / market.contents.ctr_typical
        assert spread.mean() == pytest.approx(1, abs=0.04)
        assert spread.std() == pytest.approx(0.5, abs=0.04)

    def test_is_always_a_probability(self, market: Market) -> None:
        assert ((market.contents.ctr > 0) & (market.contents.ctr <= 0.5)).all()

    def test_rates_lives_above_videos(self, market: Market) -> None:
        live = market.contents.is_live
        rate = market.contents.ctr_typical
        assert rate[live].mean() > 1.2 * rate[~live].mean()


class TestTheStories:
    def test_let_a_mid_size_creator_beat_larger_stars(self, market: Market) -> None:
        told = market.stories
        total = np.bincount(market.contents.creator, weights=market.contents.daily.sum(axis=1))
        assert all(total[told.winner] < 0.6 * total[star] for star in told.stars)
        effect = market.creators.effect
        assert all(effect[told.winner] > 2 * effect[star] for star in told.stars)

    def test_happen_in_the_demo_sellers_shops(self, market: Market) -> None:
        product_shop = market.products.shop
        bought = product_shop[market.contents.product[market.stories.bought_content]]
        slow = product_shop[market.stories.slow_product]
        winners = product_shop[market.contents.product[market.contents.creator == 0]]
        assert market.shops.is_demo[bought]
        assert market.shops.is_demo[slow]
        assert market.shops.is_demo[winners].all()

    def test_slow_one_product_down_after_the_click(self, market: Market) -> None:
        carts = market.products.cart_ratio
        assert carts[market.stories.slow_product] < 0.35 * np.median(carts)
