"""The platform's category tree, kept as data in both languages, and how a category is named."""

import csv
from dataclasses import dataclass
from importlib.resources import files

from django.db import transaction

from linkstar.catalog.models import Category
from linkstar.catalog.rules import SEPARATOR, ancestry, category_path


@dataclass(frozen=True, slots=True)
class CategoryName:
    """A node of the category tree as the platform names it in both languages."""

    path: str
    external_id: str
    name_en: str
    name_zh: str


def category_names() -> list[CategoryName]:
    """Every category known by name: the first level whole, below it what is used here.

    Ids and Chinese names are those seen in the platform's exports; an empty id was not seen.
    """
    text = files(__package__).joinpath("data", "categories.csv").read_text(encoding="utf-8")
    return [CategoryName(**row) for row in csv.DictReader(text.splitlines())]


@transaction.atomic
def load_categories() -> int:
    """Add the categories that are not known yet; returns how many. Known ones stay as they are."""
    known = set(Category.objects.values_list("path", flat=True))
    fresh = [
        Category(
            path=name.path,
            external_id=name.external_id,
            name_en=name.name_en,
            name_zh=name.name_zh,
        )
        for name in category_names()
        if name.path not in known
    ]
    Category.objects.bulk_create(fresh)
    return len(fresh)


def path_named(stated: str) -> str:
    """The path a person means: an English path, a Chinese one, or the platform's id of a category.

    What is not in the tree is taken as it is written, because trees go deeper than the one here.
    """
    wanted = category_path(stated)
    if not wanted or Category.objects.filter(path=wanted).exists():
        return wanted
    by_id = Category.objects.filter(external_id=wanted).exclude(external_id="").first()
    if by_id is not None:
        return by_id.path
    last = wanted.rpartition(SEPARATOR)[2]
    same_last = Category.objects.filter(name_zh=last)
    return next((c.path for c in same_last if chinese_path(c.path) == wanted), wanted)


def chinese_path(path: str) -> str:
    """The path in Chinese; a step without a Chinese name keeps its English one."""
    steps = [node for node in reversed(ancestry(path)) if node]
    named = dict(Category.objects.filter(path__in=steps).values_list("path", "name_zh"))
    words = [named.get(node) or node.rpartition(SEPARATOR)[2] for node in steps]
    return SEPARATOR.join(words)
