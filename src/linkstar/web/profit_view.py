"""Which accounts of a profit and loss are shown, and in which order, by an address."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.batches import batched
from linkstar.catalog.models import Product, Shop
from linkstar.commissions.profit import By
from linkstar.commissions.profit_rules import Part, Profit

Value = float | None
SORTS: dict[str, tuple[str | Promise, Callable[[Profit], Value]]] = {
    "orders": (_("Orders kept"), lambda row: row.kept_orders),
    "sales": (_("Sales"), lambda row: row.of(Part.SALES)),
    "kept": (_("Kept"), lambda row: row.of(Part.KEPT)),
    "commission": (_("Commission"), lambda row: row.of(Part.COMMISSION)),
    "flat_fee": (_("Flat fees"), lambda row: row.of(Part.FLAT_FEE)),
    "platform_fee": (_("Platform fees"), lambda row: row.of(Part.PLATFORM_FEE)),
    "samples": (_("Samples and shipping"), lambda row: row.samples_minor),
    "support": (_("Shooting support"), lambda row: row.of(Part.SUPPORT)),
    "exchange": (_("Exchange"), lambda row: row.of(Part.EXCHANGE)),
    "left": (_("Left before cost of goods"), lambda row: row.left_minor),
    "roas": ("ROAS", lambda row: row.roas),
    "roi": ("ROI", lambda row: row.roi),
}
"""What a column is called and what it sorts by."""
USUAL = "-kept"
_KEYS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class View:
    """The words looked for, and the column sorted by."""

    words: str
    column: str
    is_descending: bool


def view_of(params: Mapping[str, str]) -> View:
    """What an address asks for; a column there is not is not sorted by."""
    asked = params.get("sort", "")
    column = asked.removeprefix("-")
    sort = asked if column in SORTS else USUAL
    words = params.get("q", "").strip().lstrip("@").casefold()
    return View(words, sort.removeprefix("-"), sort.startswith("-"))


def product_names(shops: Sequence[Shop], by: By, rows: Sequence[Profit]) -> dict[str, str]:
    """What the catalogue calls products; one that shops name otherwise is not named."""
    if by is not By.PRODUCT:
        return {}
    named: dict[str, set[str]] = defaultdict(set)
    for some in batched([row.key for row in rows], _KEYS_AT_ONCE):
        found = Product.objects.filter(shop__in=shops, external_id__in=some)
        for key, name in found.exclude(name="").values_list("external_id", "name"):
            named[key].add(name)
    return {key: names.pop() for key, names in named.items() if len(names) == 1}


def viewed(rows: Sequence[Profit], view: View, names: Mapping[str, str]) -> list[Profit]:
    """The accounts looked for, in order; currency by currency, what is not known at the end.

    They are looked for by their id, and by their name where `names` has one.
    """
    found = [row for row in rows if view.words in f"{row.key} {names.get(row.key, '')}".casefold()]
    value = SORTS[view.column][1]

    def place(row: Profit) -> tuple[str, bool, float, str]:
        known = value(row)
        sign = -1 if view.is_descending else 1
        return row.currency, known is None, sign * (known or 0), row.key

    return sorted(found, key=place)
