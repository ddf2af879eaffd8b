"""The written form of everything in a marketplace, as Arrow columns ready to be taken by index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linkstar.sample import names
from linkstar.sample.market import Bools, Ints, Market

CHANNEL: Final = "tiktok"
TYPES = ("video", "live")
DEMO_SHOPS = ("Starlane Beauty", "Nestora Kitchen")
WINNER = "juno.tries"
STARS = ("ava.finds", "mila.daily", "zoe.picks")


@dataclass(frozen=True, slots=True)
class Column:
    """Distinct values, taken by index as a dictionary column: cheap for millions of rows."""

    values: pa.Array

    def take(self, index: NDArray[np.integer]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), self.values)


@dataclass(frozen=True, slots=True)
class Labels:
    """Columns by what they name; `shop` is the id of the shop on the platform."""

    shop: Column
    creator: Column
    creator_name: Column
    content: Column
    title: Column
    content_type: Column
    posted_on: pa.Array
    product: Column
    product_name: Column
    path: Column

    def handle(self, creator: int) -> str:
        return str(self.creator.values[creator].as_py())


def constant(text: str | None, many: int) -> pa.DictionaryArray:
    """The same text (or nothing) in every row."""
    index = np.zeros(many, dtype=np.int32)
    empty = None if text is not None else np.ones(many, dtype=np.bool_)
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=empty), pa.array([text or ""]))


def among(words: Sequence[str], index: NDArray[np.integer], known: Bools | None) -> pa.Array:
    """The words by index, nothing where it is not known."""
    unknown = None if known is None else ~known
    return pa.DictionaryArray.from_arrays(
        pa.array(index.astype(np.int32), mask=unknown), pa.array(words)
    )


def numbered(letter: str, numbers: Ints) -> pa.Array:
    """`i17000000042`: a letter that says what it is, and the number."""
    return pc.binary_join_element_wise(letter, pc.cast(pa.array(numbers), pa.string()), "")


def visitors(numbers: Ints) -> pa.Array:
    """`v12` for a person, `bot-3` for a visitor that is none."""
    people = numbered("v", numbers)
    if bool((numbers >= 0).all()):
        return people
    return pc.if_else(pa.array(numbers >= 0), people, numbered("bot", numbers))


def shop_external_ids(market: Market) -> list[str]:
    """What the platform calls each shop."""
    return [f"USLS{index + 1:05d}" for index in range(len(market.shops.line))]


def all_shop_names(market: Market) -> list[str]:
    """A name per shop; the demo seller's two are always called the same."""
    ordinary = names.shop_names(len(market.shops.line))
    for place, name in zip(np.flatnonzero(market.shops.is_demo), DEMO_SHOPS, strict=True):
        ordinary[place] = name
    return ordinary


def _handles(market: Market) -> list[str]:
    starring = (WINNER, *STARS)
    others = [
        handle
        for handle in names.creator_handles(len(market.creators.line) + len(starring))
        if handle not in starring
    ]
    return [*starring, *others][: len(market.creators.line)]


def labels_of(market: Market) -> Labels:
    """Names for all that a marketplace consists of; the same marketplace has the same names."""
    handles = _handles(market)
    products = market.products
    serials = np.arange(len(products.shop)) - np.searchsorted(products.shop, products.shop)
    product_lines = market.shops.line[products.shop]
    content_numbers = np.arange(len(market.contents.creator))
    content_lines = product_lines[market.contents.product]
    posted = [market.starts_on + timedelta(days=day) for day in market.contents.posted_day.tolist()]
    return Labels(
        shop=Column(pa.array(shop_external_ids(market))),
        creator=Column(pa.array(handles)),
        creator_name=Column(pa.array([names.display_name(handle) for handle in handles])),
        content=Column(pa.array(names.long_ids(content_numbers, prefix=75))),
        title=Column(
            pa.array(
                [
                    names.content_title(market.lines[line], serial)
                    for line, serial in zip(content_lines, content_numbers.tolist(), strict=True)
                ]
            )
        ),
        content_type=Column(pa.array(TYPES)),
        posted_on=pa.array(posted, pa.date32()),
        product=Column(pa.array(names.long_ids(np.arange(len(products.shop)), prefix=17))),
        product_name=Column(
            pa.array(
                [
                    names.product_name(market.lines[line], serial)
                    for line, serial in zip(product_lines, serials.tolist(), strict=True)
                ]
            )
        ),
        path=Column(pa.array(market.paths)),
    )
