"""Categories in the reader's language: paths are kept in English, shown as people say them."""

from collections.abc import Iterable, Sequence

from linkstar.catalog.models import Category, Product, Shop
from linkstar.catalog.rules import SEPARATOR, ancestry


class CategoryNames:
    """Looks up a path once and remembers it for the page."""

    def __init__(self, language: str) -> None:
        self._is_chinese = language.startswith("zh")
        self._known: dict[str, str] = {}

    def learn(self, paths: Iterable[str | None]) -> None:
        """Fetch the names of many paths in one query."""
        wanted = {node for path in paths if path for node in ancestry(path)} - {""}
        if self._is_chinese and wanted:
            named = Category.objects.filter(path__in=wanted).exclude(name_zh="")
            self._known.update(named.values_list("path", "name_zh"))

    def full(self, path: str | None) -> str:
        """The whole path, `Beauty > Skincare`; an en dash for none."""
        if not path:
            return "–"
        steps = [node for node in reversed(ancestry(path)) if node]
        return " › ".join(self._one(node) for node in steps)

    def last(self, path: str | None) -> str:
        """The deepest name alone, for narrow places."""
        return self._one(path) if path else "–"

    def _one(self, path: str) -> str:
        return self._known.get(path, path.rpartition(SEPARATOR)[2])


def categories_sold(shops: Sequence[Shop]) -> list[str]:
    """Every category those shops sell in, and those above, in order of their paths."""
    stated = Product.objects.filter(shop__in=shops).exclude(category="")
    paths = {*stated.values_list("category", flat=True).distinct(), *(s.category for s in shops)}
    return sorted({node for path in paths for node in ancestry(path)} - {""})
