"""Draws a marketplace from a seed: one seed, size and end give one marketplace."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from linkstar.sample.assortment import Line, lines
from linkstar.sample.audience import audience_of, weekday_effects
from linkstar.sample.market import (
    Contents,
    Creators,
    Floats,
    Ints,
    Market,
    Products,
    Shops,
    Size,
)
from linkstar.sample.reach import content_reach, daily_impressions, schedule
from linkstar.sample.stories import (
    CONTENTS_PER_STORY,
    CREATORS_IN_A_STORY,
    SLOW_CARTS,
    STORY_EFFECTS,
    plant,
)

LIVE_SHARE = 0.14
CONTENT_CV = 0.5
CREATOR_SIGMA = 0.35
PRODUCT_SIGMA = 0.12
POSTED_BEFORE_DAYS = 10
OTHER_WORKSPACES = 36
CTR_MAX = 0.5


def _mean_one(rng: np.random.Generator, sigma: float, size: int) -> Floats:
    return rng.lognormal(-(sigma**2) / 2, sigma, size)


def _draw_shops(rng: np.random.Generator, market_lines: tuple[Line, ...]) -> Shops:
    line = np.repeat(np.arange(len(market_lines)), [one.shops for one in market_lines])
    first_of_line = np.r_[True, line[1:] != line[:-1]]
    names = np.array([one.category for one in market_lines])[line]
    is_demo = first_of_line & np.isin(names, ["Beauty & Personal Care", "Kitchenware"])
    workspace = 1 + rng.permutation(len(line)) % OTHER_WORKSPACES
    return Shops(line, np.where(is_demo, 0, workspace), is_demo)


def _draw_products(
    rng: np.random.Generator, market_lines: tuple[Line, ...], paths: tuple[str, ...], shops: Shops
) -> Products:
    many = rng.integers(6, 17, len(shops.line))
    shop = np.repeat(np.arange(len(shops.line)), many)
    place = {path: index for index, path in enumerate(paths)}
    choices = [[place[path] for path in line.paths] for line in market_lines]
    serial = np.arange(len(shop)) - np.repeat(np.cumsum(many) - many, many)
    path = np.array(
        [
            choices[line][s % len(choices[line])]
            for line, s in zip(shops.line[shop], serial, strict=True)
        ]
    )
    price = np.array([line.price_minor for line in market_lines])[shops.line[shop]]
    return Products(
        shop=shop,
        path=path,
        effect=_mean_one(rng, PRODUCT_SIGMA, len(shop)),
        cart_ratio=0.16 * _mean_one(rng, 0.2, len(shop)),
        price_minor=(price * _mean_one(rng, 0.3, len(shop))).astype(np.int64) // 100 * 100 + 99,
    )


def _draw_creators(
    rng: np.random.Generator, market_lines: tuple[Line, ...], size: Size, beauty: int
) -> Creators:
    share = np.array([line.shops for line in market_lines], dtype=np.float64)
    line = rng.choice(len(market_lines), size.creators, p=share / share.sum())
    effect = _mean_one(rng, CREATOR_SIGMA, size.creators)
    reach = rng.lognormal(0, 0.9, size.creators)
    line[:CREATORS_IN_A_STORY] = beauty
    effect[:CREATORS_IN_A_STORY] = STORY_EFFECTS
    return Creators(line, effect, reach)


def _cast(rng: np.random.Generator, shops: Shops, creators: Creators, creator: Ints) -> Ints:
    """The shop each content promotes: one of at most four its creator works with."""
    weight = np.where(shops.is_demo, 3.0, _mean_one(rng, 0.25, len(shops.line)))
    works_with = np.empty((len(creators.line), 4), dtype=np.int64)
    for line in np.unique(creators.line):
        ours = np.flatnonzero(shops.line == line)
        them = np.flatnonzero(creators.line == line)
        chances = weight[ours] / weight[ours].sum()
        works_with[them] = rng.choice(ours, (len(them), 4), p=chances)
    works_with[:CREATORS_IN_A_STORY] = np.flatnonzero(shops.is_demo)[0]
    pick = np.minimum(rng.geometric(0.55, len(creator)) - 1, 3)
    return works_with[creator, pick]


def _pick_products(rng: np.random.Generator, products: Products, shop: Ints) -> Ints:
    """A product of the shop, the first ones far more often (Zipf-like)."""
    first = np.searchsorted(products.shop, shop, side="left")
    many = np.searchsorted(products.shop, shop, side="right") - first
    return first + np.floor(many * rng.random(len(shop)) ** 2.2).astype(np.int64)


def _owners(rng: np.random.Generator, size: Size) -> Ints:
    """The creator of each content, ascending: everybody has one, the busy have many."""
    fixed = np.repeat(np.arange(CREATORS_IN_A_STORY), CONTENTS_PER_STORY)
    others = np.arange(CREATORS_IN_A_STORY, size.creators)
    busy = rng.gamma(1.2, 1.0, len(others))
    rest = size.contents - len(fixed) - len(others)
    drawn = rng.choice(others, rest, p=busy / busy.sum())
    return np.sort(np.concatenate([fixed, others, drawn]))


def _base(market_lines: tuple[Line, ...]) -> Floats:
    """`[lines, 2]`: the rate of a video, of a LIVE."""
    return np.array([[line.ctr_video, line.ctr_live] for line in market_lines])


def _subcategory_effect(market_lines: tuple[Line, ...]) -> Floats:
    steps = (1.0, 1.18, 0.84)
    return np.array(
        [step for line in market_lines for step, _ in zip(steps, line.paths, strict=False)]
    )


def _draw_contents(
    rng: np.random.Generator,
    size: Size,
    *,
    starts_on: date,
    market_lines: tuple[Line, ...],
    shops: Shops,
    products: Products,
    creators: Creators,
) -> Contents:
    creator = _owners(rng, size)
    in_story = creator < CREATORS_IN_A_STORY
    is_live = (rng.random(size.contents) < LIVE_SHARE) & ~in_story
    posted = rng.integers(-POSTED_BEFORE_DAYS, size.days, size.contents)
    posted = np.where(is_live | in_story, np.maximum(posted, 0), posted)
    product = _pick_products(rng, products, _cast(rng, shops, creators, creator))
    shape = schedule(posted, is_live, size.days, starts_on.weekday())
    weight = content_reach(rng, creators.reach, creator, is_live)[:, None] * shape
    daily = daily_impressions(rng, weight, creator, size.impressions)

    line = shops.line[products.shop[product]]
    weekdays = (np.arange(size.days) + starts_on.weekday()) % 7
    of_weekday = (daily * weekday_effects()[weekdays]).sum(axis=1) / daily.sum(axis=1)
    typical = (
        _base(market_lines)[line, is_live.astype(np.int64)]
        * _subcategory_effect(market_lines)[products.path[product]]
        * creators.effect[creator]
        * products.effect[product]
        * of_weekday
    )
    spread = rng.gamma(1 / CONTENT_CV**2, CONTENT_CV**2, size.contents)
    return Contents(
        creator=creator,
        product=product,
        is_live=is_live,
        posted_day=posted,
        profile=2 * line + is_live,
        ctr=np.minimum(typical * spread, CTR_MAX),
        ctr_typical=typical,
        weekday_mean=of_weekday,
        daily=daily.astype(np.float32),
    )


def draw_market(*, seed: int, size: Size, ends_before: date) -> Market:
    """The marketplace of a seed: the same seed, size and end give the same marketplace."""
    rng = np.random.default_rng(seed)
    market_lines = tuple(lines())
    paths = tuple(path for line in market_lines for path in line.paths)
    starts_on = ends_before - timedelta(days=size.days)
    shops = _draw_shops(rng, market_lines)
    products = _draw_products(rng, market_lines, paths, shops)
    beauty = int(shops.line[np.flatnonzero(shops.is_demo)[0]])
    creators = _draw_creators(rng, market_lines, size, beauty)
    contents = _draw_contents(
        rng,
        size,
        starts_on=starts_on,
        market_lines=market_lines,
        shops=shops,
        products=products,
        creators=creators,
    )
    stories = plant(shops, products, contents)
    slowed = np.where(np.arange(len(products.shop)) == stories.slow_product, SLOW_CARTS, 1.0)
    return Market(
        seed=seed,
        starts_on=starts_on,
        ends_before=ends_before,
        lines=market_lines,
        paths=paths,
        audience=audience_of(market_lines),
        weekday_effect=weekday_effects(),
        shops=shops,
        products=replace(products, cart_ratio=products.cart_ratio * slowed),
        creators=creators,
        contents=contents,
        stories=stories,
        visitors=max(1_000, size.impressions // 3),
    )
