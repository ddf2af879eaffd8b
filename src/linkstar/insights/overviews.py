"""The first page's figures: the verdict, what stands out and what needs a look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.insights.answers import UpliftAnswer
from linkstar.stats.states import State

SHOWN = 5
_LOOKED_AT = (State.SUSPICIOUS, State.BELOW)


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of a period; `ctr` is null without impressions."""

    impressions: int
    clicks: int

    @property
    def ctr(self) -> float | None:
        return self.clicks / self.impressions if self.impressions else None


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """What the overview page says.

    Attributes:
        answer: by creator; its `total` is the verdict.
        before: totals of the period of the same length just before.
        stands_out: creators above the benchmark, by lower limit x impressions.
        needs_a_look: suspicious creators, then those below, by clicks lost against the benchmark.
        creators: with any impressions.
        contents: with any impressions; rows that lump contents count as many as they say.
        sums: other measures that are stated, by name: orders, add_to_carts, items ...
        money: per currency, gmv_minor, refunds_minor, commission_minor where stated.
        data_until: day after the last one told by any file or event; None without data.
    """

    answer: UpliftAnswer
    before: Totals
    stands_out: pa.Table
    needs_a_look: pa.Table
    creators: int
    contents: int
    sums: Mapping[str, int]
    money: Mapping[str, Mapping[str, int]]
    data_until: date | None

    @property
    def now(self) -> Totals:
        total = self.answer.total
        if total.num_rows == 0:
            return Totals(0, 0)
        return Totals(total["impressions"][0].as_py(), total["clicks"][0].as_py())


def stands_out(rows: pa.Table) -> pa.Table:
    """The creators worth more: above the benchmark, by lower limit of uplift x impressions."""
    above = rows.filter(pc.equal(rows["state"], State.ABOVE.value))
    worth = pc.multiply(above["low"], above["impressions"].cast(pa.float64()))
    return _first(above, worth, "descending")


def needs_a_look(rows: pa.Table) -> pa.Table:
    """Suspicious creators, then those below the benchmark by how many clicks they miss."""
    kinds = [
        _first(found, _clicks_over(found), "ascending")
        for found in (rows.filter(pc.equal(rows["state"], state.value)) for state in _LOOKED_AT)
    ]
    return pa.concat_tables(kinds).slice(0, SHOWN)


def _clicks_over(rows: pa.Table) -> pa.ChunkedArray:
    """Clicks beyond what the benchmark would have given; negative are missed."""
    expected = pc.multiply(rows["benchmark_ctr"], rows["covered_impressions"].cast(pa.float64()))
    return pc.subtract(rows["clicks"].cast(pa.float64()), expected)


def _first(rows: pa.Table, value: pa.ChunkedArray, order: str) -> pa.Table:
    keyed = rows.append_column("value", value)
    at = pc.sort_indices(keyed, [("value", order), ("key", "ascending")])
    return rows.take(at).slice(0, SHOWN)


def summed(measures: pa.Table, money: frozenset[str]) -> dict[str, int]:
    """The measures that are stated at all, each added up; amounts of money left out."""
    names = [f.name for f in measures.schema if pa.types.is_integer(f.type) and f.name != "shop"]
    sums = {name: pc.sum(measures[name]).as_py() for name in names if name not in money}
    return {name: value for name, value in sums.items() if value is not None}


def money_by_currency(measures: pa.Table, money: frozenset[str]) -> dict[str, dict[str, int]]:
    """Amounts per currency, never added across."""
    found: dict[str, dict[str, int]] = {}
    for currency in pc.unique(measures["currency"]).drop_null().to_pylist():
        own = measures.filter(pc.equal(measures["currency"], currency))
        sums = {name: pc.sum(own[name]).as_py() for name in sorted(money)}
        found[currency] = {name: value for name, value in sums.items() if value is not None}
    return found
