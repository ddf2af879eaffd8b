"""Invented names: creators, shops, products, titles. Any likeness to real ones is chance."""

import numpy as np
from numpy.typing import NDArray

from linkstar.sample.assortment import Line

Ints = NDArray[np.int64]

_FIRST = (
    "ava", "mila", "zoe", "nina", "ruby", "iris", "cleo", "juno", "tess", "wren", "kai", "leo",
    "max", "theo", "ezra", "milo", "otis", "remy", "beau", "dane", "luz", "sol", "noor", "yara",
    "mei", "lin", "hana", "suki", "priya", "anya", "faye", "gwen", "hope", "ivy", "jade", "kira",
)  # fmt: skip
_SECOND = (
    "finds", "daily", "picks", "tries", "edit", "haul", "notes", "lab", "home", "style", "loves",
    "reviews", "corner", "club", "diary", "thread", "vibe", "mode", "stack", "list", "shelf",
)  # fmt: skip
_SHOP_FIRST = (
    "Juniper", "Harbor", "Copper", "Maple", "Cedar", "Willow", "Meadow", "Summit", "Lantern",
    "Orchard", "Pebble", "Saffron", "Indigo", "Marlow", "Quartz", "Sorrel", "Tandem", "Verve",
    "Birch", "Coral", "Drift", "Ember", "Fable", "Grove", "Hollow",
)  # fmt: skip
_SHOP_SECOND = ("Supply", "Goods", "House", "Works", "Collective", "Market", "Studio", "Lane")
_ADJECTIVES = ("Everyday", "Soft", "Compact", "Classic", "Travel", "Pro", "Mini", "Deluxe")
_OPENERS = (
    "I did not expect this {noun}",
    "Three weeks with the {noun}",
    "{noun}: worth it?",
    "My honest {noun} test",
    "Before you buy a {noun}",
    "The {noun} everyone asks about",
    "Morning routine with my {noun}",
    "Unboxing the {noun}",
)
WORKSPACE_NAMES = (
    "Northlight", "Bluegrain", "Fernway", "Oakline", "Saltmarsh", "Riverbend", "Stonebridge",
    "Goldleaf", "Highfield", "Clearwater", "Ashgrove", "Brightside",
)  # fmt: skip
WORKSPACE_ENDS = ("Brands", "Trading", "Commerce")


def creator_handles(number: int) -> list[str]:
    """Distinct handles without `@`, lower case."""
    pairs = [f"{first}.{second}" for second in _SECOND for first in _FIRST]
    rounds = -(-number // len(pairs))
    return [pair if turn == 0 else f"{pair}{turn + 1}" for turn in range(rounds) for pair in pairs][
        :number
    ]


def display_name(handle: str) -> str:
    """`ava.finds2` is written `Ava Finds 2`."""
    first, _, second = handle.partition(".")
    word = second.rstrip("0123456789")
    return " ".join(filter(None, (first.title(), word.title(), second[len(word) :])))


def shop_names(number: int) -> list[str]:
    """Distinct shop names."""
    pairs = [f"{first} {second}" for second in _SHOP_SECOND for first in _SHOP_FIRST]
    rounds = -(-number // len(pairs))
    return [
        pair if turn == 0 else f"{pair} {turn + 1}" for turn in range(rounds) for pair in pairs
    ][:number]


def product_name(line: Line, serial: int) -> str:
    noun = line.nouns[serial % len(line.nouns)]
    return f"{_ADJECTIVES[serial // len(line.nouns) % len(_ADJECTIVES)]} {noun}".capitalize()


def content_title(line: Line, serial: int) -> str:
    opener = _OPENERS[serial % len(_OPENERS)]
    title = opener.format(noun=line.nouns[serial // len(_OPENERS) % len(line.nouns)])
    return title[0].upper() + title[1:]


def long_ids(numbers: Ints, *, prefix: int) -> list[str]:
    """Ids of 19 digits, as the platform writes them, that no two numbers share."""
    return [str(prefix * 10**17 + int(number) * 7_919 + 1_000_003) for number in numbers]
