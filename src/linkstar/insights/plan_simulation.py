"""What a change of commission would cost, told by the orders of the past.

The latest days with orders are played again from the day the change begins: once under the plans as
they are, once with the change for who already promotes (their rate is kept for a while), and once
when nothing is kept any more.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.catalog.models import Shop
from linkstar.lake.affiliate_sales import affiliate_sales, last_day_of_sales
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.plans.book import ShopBook
from linkstar.plans.pricing import ASKED, price
from linkstar.plans.rules import Promotion

DAYS = 28
"""Four whole weeks, so that every weekday counts the same."""
OLDEST_DAYS = 180
"""Orders older than half a year say little about the next month."""


@dataclass(frozen=True, slots=True)
class NoOrders:
    """There is nothing to tell it from; `last_on` is the latest order known, if any."""

    last_on: date | None


@dataclass(frozen=True, slots=True)
class CostInCurrency:
    """Commission on the same orders in one currency, in minor units.

    Attributes:
        base_minor: what commission is worked out from.
        now_minor: under the plans as they are.
        at_first_minor: with the change, while rates are kept for who already promotes.
        unchanged_later_minor: without it, once nothing is kept from earlier changes either.
        later_minor: with the change, once nothing is kept.
        lines: order lines.
        lines_changed: those whose rate differs in the end.
        lines_without_rate: those that no plan covers, before or after.
    """

    currency: str
    base_minor: int
    now_minor: int
    at_first_minor: int
    unchanged_later_minor: int
    later_minor: int
    lines: int
    lines_changed: int
    lines_without_rate: int

    @property
    def difference_minor(self) -> int:
        """What the seller pays more (or, below zero, less) in the end."""
        return self.later_minor - self.unchanged_later_minor


@dataclass(frozen=True, slots=True)
class Simulated:
    """The same orders at three prices, one line per currency."""

    played_from: date
    played_before: date
    kept_days: int
    creators_changed: int
    costs: tuple[CostInCurrency, ...]


def simulate(
    lake: Lake, *, shop: Shop, before: ShopBook, after: ShopBook, starts_on: date, today: date
) -> Simulated | NoOrders:
    """What orders like those of the latest `DAYS` days with sales would earn creators."""
    scope = Scope(shop.workspace.number, (shop.number,))
    last_on = last_day_of_sales(lake, scope)
    if last_on is None or last_on < today - timedelta(days=OLDEST_DAYS):
        return NoOrders(last_on)
    ends_before = last_on + timedelta(days=1)
    begins = ends_before - timedelta(days=DAYS)
    sales = affiliate_sales(lake, scope, starts_on=begins, ends_before=ends_before)
    if sales.num_rows == 0:
        return NoOrders(last_on)
    asked = _moved(sales, (starts_on - begins).days)
    sold = _who_sold(sales, starts_on - timedelta(days=1))
    promoting = (*before.promotions, *sold)
    now = _earned(replace(before, promotions=promoting), asked, sales)
    at_first = _earned(replace(after, promotions=promoting), asked, sales)
    unchanged = _earned(replace(before, promotions=()), asked, sales)
    later = _earned(replace(after, promotions=()), asked, sales)
    codes, currencies = _by_currency(sales)
    return Simulated(
        played_from=begins,
        played_before=ends_before,
        kept_days=after.terms.lock_days_max,
        creators_changed=_creators_where(sales, unchanged.rate != later.rate),
        costs=tuple(
            _cost(currency, codes == number, sales, now, at_first, unchanged, later)
            for number, currency in enumerate(currencies)
        ),
    )


@dataclass(frozen=True)
class _Earned:
    rate: npt.NDArray[np.int64]
    minor: npt.NDArray[np.int64]


def _moved(sales: pa.Table, days: int) -> pa.Table:
    """The questions of the plans: the same orders so many days later."""
    moved = pc.add(sales["ordered_on"].cast(pa.int32()), pa.scalar(days, pa.int32()))
    columns = [sales["creator"], sales["product_id"], moved.cast(pa.date32())]
    return pa.table(columns, schema=ASKED)


def _who_sold(sales: pa.Table, on: date) -> list[Promotion]:
    """Who sold a product was showing it before the change begins."""
    pairs = sales.select(["creator", "product_id"]).group_by(["creator", "product_id"])
    told = pairs.aggregate([]).to_pylist()
    return [Promotion(pair["creator"], pair["product_id"], on) for pair in told]


def _earned(book: ShopBook, asked: pa.Table, sales: pa.Table) -> _Earned:
    """Rates and commission, rounded half to even; what no plan covers earns nothing."""
    rate = price(book, asked)["rate_bps"].fill_null(-1).to_numpy().astype(np.int64)
    base = sales["base_minor"].to_numpy()
    whole, rest = np.divmod(base * np.maximum(rate, 0), 10_000)
    up = (rest > 5_000) | ((rest == 5_000) & (whole % 2 == 1))
    return _Earned(rate, whole + up)


def _by_currency(sales: pa.Table) -> tuple[npt.NDArray[np.int64], list[str]]:
    coded = pc.fill_null(sales["currency"], "").combine_chunks().dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()


def _creators_where(sales: pa.Table, changed: npt.NDArray[np.bool_]) -> int:
    return pc.count_distinct(sales["creator"].filter(pa.array(changed))).as_py() or 0


def _cost(
    currency: str,
    rows: npt.NDArray[np.bool_],
    sales: pa.Table,
    *earned: _Earned,
) -> CostInCurrency:
    now, at_first, unchanged, later = earned
    lines = sales["lines"].to_numpy()
    without = rows & (unchanged.rate < 0) & (later.rate < 0)
    return CostInCurrency(
        currency=currency,
        base_minor=int(sales["base_minor"].to_numpy()[rows].sum()),
        now_minor=int(now.minor[rows].sum()),
        at_first_minor=int(at_first.minor[rows].sum()),
        unchanged_later_minor=int(unchanged.minor[rows].sum()),
        later_minor=int(later.minor[rows].sum()),
        lines=int(lines[rows].sum()),
        lines_changed=int(lines[rows & (unchanged.rate != later.rate)].sum()),
        lines_without_rate=int(lines[without].sum()),
    )
