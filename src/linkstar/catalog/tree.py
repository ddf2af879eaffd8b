"""The platform's category tree, kept as data in both languages, and one spelling of a category."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from linkstar.catalog.rules import SEPARATOR, ancestry

_SPLIT = re.compile(r"\s*(?:>|›|»|/(?=\s)|(?<=\s)/)\s*")


@dataclass(frozen=True, slots=True)
class CategoryName:
    """A node of the category tree as the platform names it in both languages."""

    path: str
    external_id: str
    name_en: str
    name_zh: str


@cache
def category_names() -> tuple[CategoryName, ...]:
    """Every category known by name: the first level whole, below it what is used here.

    Ids and Chinese names are those seen in the platform's exports; an empty id was not seen.
    """
    text = files(__package__).joinpath("data", "categories.csv").read_text(encoding="utf-8")
    return tuple(CategoryName(**row) for row in csv.DictReader(text.splitlines()))


def category_path(stated: str) -> str:
    """One spelling for a category path: English names from the root joined by ` > `.

    `Beauty & Personal Care/ Skincare`, `Beauty & Personal Care>Skincare` and `美妆个护 > 护肤` are
    the same path. A bare slash inside a name stays, and so does what the tree does not know.
    """
    names = [" ".join(name.split()) for name in _SPLIT.split(stated.strip())]
    path = SEPARATOR.join(name for name in names if name)
    for node in ancestry(path):
        if node in english_paths():
            return english_paths()[node] + path[len(node) :]
    return path


def path_named(stated: str) -> str:
    """The path a person means, who may give the platform's id of a category, too.

    What is not in the tree is taken as it is written, because trees go deeper than the one here.
    """
    wanted = category_path(stated)
    return next((one.path for one in category_names() if one.external_id == wanted != ""), wanted)


def chinese_path(path: str) -> str:
    """The path in Chinese; a step without a Chinese name keeps its English one."""
    steps = [node for node in reversed(ancestry(path)) if node]
    return SEPARATOR.join(_chinese().get(node, node.rpartition(SEPARATOR)[2]) for node in steps)


@cache
def english_paths() -> Mapping[str, str]:
    """Paths as Chinese files write them, each with the English one it is kept under."""
    return {chinese_path(one.path): one.path for one in category_names()}


@cache
def _chinese() -> Mapping[str, str]:
    return {one.path: one.name_zh for one in category_names()}
