"""The three-way reconciliation of shops: every row with its reason, and the sums of the gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from linkstar.catalog.models import Shop
from linkstar.commissions.rules import hold_on
from linkstar.commissions.three_ways import Tally, judged, tallies, word_table
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.three_sides import compared_sides, stated_rows


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was compared, why it differs, and what became of every stated row.

    Attributes:
        rows: as `COMPARED`, with `reason` and `is_open`.
        tallies: their sums.
        stated: as `STATED`, for the whole of the files.
    """

    rows: pa.Table
    tallies: list[Tally]
    stated: pa.Table


def reconcile(
    lake: Lake,
    *,
    workspace: int,
    shops: Sequence[Shop],
    today: date,
    starts_on: date | None = None,
    ends_before: date | None = None,
) -> Reconciliation:
    """Hold the order list, the affiliate orders and the statements of shops against each other.

    Args:
        lake: where the facts are.
        workspace: whose.
        shops: which of its shops.
        today: whose hold time decides when a settlement is overdue.
        starts_on: only orders from this day on; rows without a day always count.
        ends_before: only orders before this day.
    """
    scope = Scope(workspace, tuple(shop.number for shop in shops))
    compared = compared_sides(
        lake,
        scope,
        words=word_table(),
        hold_days={shop.number: hold_on(shop.market, today).days for shop in shops},
        starts_on=starts_on,
        ends_before=ends_before,
    )
    rows = judged(compared)
    return Reconciliation(rows, tallies(rows), stated_rows(lake, scope))
