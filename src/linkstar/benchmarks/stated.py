"""A benchmark as a file states it: rows with periods become cells of a window and of its weeks."""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.cells import CELLS, stated_cells

_PLACE = ["category", "content_type", "channel", "definition"]
_DAYS_OF_WEEK = 7


class MarketNotStated(LookupError):
    """The file has no figures of the market that was asked for."""

    def __init__(self, market: str, stated: tuple[str, ...]) -> None:
        super().__init__(market, stated)
        self.market = market
        self.stated = stated


class PeriodsDiffer(ValueError):
    """Figures of one place over several periods that are not weeks cannot make one edition."""

    def __init__(self, periods: tuple[tuple[date | None, date | None], ...]) -> None:
        super().__init__(periods)
        self.periods = periods


@dataclass(frozen=True, slots=True, eq=False)
class StatedBenchmark:
    """Cells of one market, the window they cover (None where the file is silent), and whose."""

    cells: pa.Table
    starts_on: date | None
    ends_before: date | None
    source_name: str
    licence: str


def stated_benchmark(rows: pa.Table, *, market: str) -> StatedBenchmark:
    """The edition a file states for one market.

    A row over exactly one ISO week, in a file that covers more, is that week's cell. Where a place
    has weeks and no figure for the whole window, the weeks' counts are added up to one.

    Args:
        rows: at least market, category, definition, impressions and clicks; and as far as stated
            content_type, channel, starts_on, ends_before, shops, creators, contents, p25, median,
            p75, source, licence.
        market: whose figures.

    Raises:
        MarketNotStated: there are none.
        PeriodsDiffer: a place has figures of several periods longer than a week.
        ColumnNotStated, CellInvalid: see `stated_cells`.
    """
    own = rows.filter(pc.equal(pc.utf8_upper(rows["market"]), market))
    if own.num_rows == 0:
        stated = pc.unique(rows["market"]).drop_null().to_pylist()
        raise MarketNotStated(market, tuple(sorted(stated)))
    starts, ends = _days(own, "starts_on"), _days(own, "ends_before")
    first, last = pc.min(starts).as_py(), pc.max(ends).as_py()
    week = [
        start if _is_week(start, end) and (start, end) != (first, last) else None
        for start, end in zip(starts.to_pylist(), ends.to_pylist(), strict=True)
    ]
    cells = stated_cells(own.append_column("week_starts_on", pa.array(week, pa.date32())))
    _refuse_several_windows(cells, starts, ends)
    return StatedBenchmark(
        cells=pa.concat_tables([cells, _windows_of_weeks(cells)]),
        starts_on=first,
        ends_before=last,
        source_name=_names(own, "source"),
        licence=_names(own, "licence"),
    )


def _days(rows: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in rows.column_names:
        return pa.chunked_array([pa.nulls(rows.num_rows, pa.date32())])
    return rows[name].cast(pa.date32())


def _is_week(start: date | None, end: date | None) -> bool:
    if start is None or end is None:
        return False
    return start.weekday() == 0 and (end - start).days == _DAYS_OF_WEEK


def _refuse_several_windows(
    cells: pa.Table, starts: pa.ChunkedArray, ends: pa.ChunkedArray
) -> None:
    whole = pc.is_null(cells["week_starts_on"])
    places = cells.select(_PLACE).filter(whole)
    if places.group_by(_PLACE).aggregate([]).num_rows < places.num_rows:
        periods = zip(starts.filter(whole).to_pylist(), ends.filter(whole).to_pylist(), strict=True)
        raise PeriodsDiffer(tuple(dict.fromkeys(periods)))


def _windows_of_weeks(cells: pa.Table) -> pa.Table:
    """For places that only have weeks: the whole window, their counts added up."""
    weekly = cells.filter(pc.is_valid(cells["week_starts_on"]))
    whole = cells.filter(pc.is_null(cells["week_starts_on"])).select(_PLACE)
    alone = weekly.join(whole, keys=_PLACE, join_type="left anti")
    summed = alone.group_by(_PLACE).aggregate([("impressions", "sum"), ("clicks", "sum")])
    names = [name.removesuffix("_sum") for name in summed.column_names]
    if not summed.num_rows:
        return CELLS.empty_table()
    return stated_cells(summed.rename_columns(names))


def _names(rows: pa.Table, column: str) -> str:
    if column not in rows.column_names:
        return ""
    return ", ".join(sorted(set(pc.unique(rows[column]).drop_null().to_pylist())))
