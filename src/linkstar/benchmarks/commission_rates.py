"""What shops that take part in the benchmark promise in a category: mean and quartiles of rates.

One figure per shop, the mean of its open rates over its products there, so that a shop with many
products does not speak for all. The floor of shops is that of the benchmark book, the reader's own
shops are left out, and figures are rounded to half a percent so that no single shop's can be read.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from linkstar.accounts.models import Workspace
from linkstar.accounts.row_security import everything_in_sight
from linkstar.benchmarks.rules import SHOPS_MIN
from linkstar.catalog.queries import benchmark_shops
from linkstar.plans.book import ShopBook
from linkstar.plans.books import books_of
from linkstar.plans.models import Plan
from linkstar.plans.pricing import ASKED, price
from linkstar.plans.rules import contains

ROUNDED_TO_BPS = 50


@dataclass(frozen=True, slots=True)
class CategoryRates:
    """Mean and quartiles of open commission rates in a category, on a day."""

    category: str
    on: date
    shops: int
    mean_bps: int
    p25_bps: int
    median_bps: int
    p75_bps: int


@dataclass(frozen=True, slots=True)
class CategoryRatesAbsent:
    """Too few shops that take part have an open rate there; nothing is told, not even how many."""

    category: str
    shops_min: int


@everything_in_sight()
def category_rates(
    market: str, category: str, *, on: date, reader: Workspace
) -> CategoryRates | CategoryRatesAbsent:
    """What other shops that take part promise everybody in the category, itself and below."""
    others = benchmark_shops(market).exclude(workspace=reader)
    with_plans = others.filter(id__in=Plan.objects.filter(kind=Plan.Kind.OPEN).values("shop"))
    books = books_of(list(with_plans), creator="")
    means = [_mean_rate(book, category, on) for book in books]
    known = np.array([mean for mean in means if mean is not None], dtype=np.float64)
    if not category or known.size < SHOPS_MIN:
        return CategoryRatesAbsent(category, SHOPS_MIN)
    p25, median, p75 = np.quantile(known, (0.25, 0.5, 0.75))
    return CategoryRates(
        category, on, known.size, _rounded(known.mean()), *map(_rounded, (p25, median, p75))
    )


def _mean_rate(book: ShopBook, category: str, on: date) -> float | None:
    """A shop's open rate, averaged over its products there; None without product or rate."""
    inside = [p for p in book.categories if contains(category, book.category_on(p, on))]
    lines = [{"creator": "", "product": product, "day": on} for product in inside]
    rates = price(book, pa.Table.from_pylist(lines, schema=ASKED))["rate_bps"].drop_null()
    return float(np.mean(rates.to_numpy())) if len(rates) else None


def _rounded(rate_bps: float) -> int:
    return ROUNDED_TO_BPS * round(float(rate_bps) / ROUNDED_TO_BPS)
